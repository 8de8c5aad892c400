from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "yishi.config"
    label = "config"

    def ready(self) -> None:
        from yishi.database.folding import register

        from . import checks  # noqa: F401  registers the start-up checks

        register()
