from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "yishi.organisations"
    label = "organisations"
