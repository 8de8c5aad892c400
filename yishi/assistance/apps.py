from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    name = "yishi.assistance"
    label = "assistance"

    def ready(self) -> None:
        from . import rules, rules_deeds, rules_projects  # noqa: F401, PLC0415
