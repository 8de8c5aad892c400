from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "yishi.journal"
    label = "journal"
