from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "yishi.commitments"
    label = "commitments"

    def ready(self) -> None:
        from yishi.kit.hooks import connect  # noqa: PLC0415
        from yishi.organisations.counted_days import COUNTS  # noqa: PLC0415

        from . import rules  # noqa: F401, PLC0415
        from .services.recounting import days_recount  # noqa: PLC0415

        connect(((COUNTS, days_recount),))
