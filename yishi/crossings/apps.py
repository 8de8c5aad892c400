from django.apps import AppConfig


class CrossingsConfig(AppConfig):
    name = "yishi.crossings"
    label = "crossings"

    def ready(self) -> None:
        from . import wiring  # noqa: PLC0415

        wiring.connect()
