from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "yishi.reporting"
    label = "reporting"

    def ready(self) -> None:
        from . import rules  # noqa: F401, PLC0415
        from .fold import listen  # noqa: PLC0415

        listen()
