from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    name = "yishi.assistance"
    label = "assistance"

    def ready(self) -> None:
        from . import wiring  # noqa: PLC0415

        wiring.connect()
