from django.apps import AppConfig


class DeliberationConfig(AppConfig):
    name = "yishi.deliberation"
    label = "deliberation"

    def ready(self) -> None:
        from . import (  # noqa: F401, PLC0415
            rules,
            rules_consultations,
            rules_releases,
            rules_sittings,
            rules_worries,
            wiring,
        )

        wiring.connect()
