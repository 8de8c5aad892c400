from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "yishi.commitments"
    label = "commitments"

    def ready(self) -> None:
        from . import rules  # noqa: F401, PLC0415
