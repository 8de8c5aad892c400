from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    name = "yishi.attachments"
    label = "attachments"
