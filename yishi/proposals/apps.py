from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "yishi.proposals"
    label = "proposals"

    def ready(self) -> None:
        from . import rules  # noqa: F401, PLC0415
