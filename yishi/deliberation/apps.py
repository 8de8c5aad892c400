from django.apps import AppConfig


class DeliberationConfig(AppConfig):
    name = "yishi.deliberation"
    label = "deliberation"

    def ready(self) -> None:
        from . import rules, rules_releases, rules_sittings, rules_worries, wiring  # noqa: F401, PLC0415

        wiring.connect()
