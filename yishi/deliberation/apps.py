from django.apps import AppConfig


class DeliberationConfig(AppConfig):
    name = "yishi.deliberation"
    label = "deliberation"
