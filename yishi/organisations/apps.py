from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "yishi.organisations"
    label = "organisations"

    def ready(self) -> None:
        from . import rules  # noqa: F401, PLC0415  declares the room's rights
