from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "yishi.config"
    label = "config"

    def ready(self) -> None:
        from yishi.database import choices, folding, statements

        from . import (
            checks,  # noqa: F401  registers the start-up checks
            threads,
        )

        choices.register()
        folding.register()
        statements.register()
        threads.register()
