from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "yishi.web"
    label = "web"

    def ready(self) -> None:
        from .shell import across, sections, titles, waiting  # noqa: PLC0415

        across.connect()
        sections.connect()
        titles.connect()
        waiting.connect()
