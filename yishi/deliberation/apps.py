from django.apps import AppConfig


class DeliberationConfig(AppConfig):
    name = "yishi.deliberation"
    label = "deliberation"

    def ready(self) -> None:
        from . import rules  # noqa: F401, PLC0415
