"""Logs name no person and open no file."""

import logging

from yishi.config.logs import Line


def line(name: str, message: str, *args: object) -> str:
    return Line("%(name)s %(message)s").format(logging.LogRecord(name, logging.WARNING, "", 1, message, args, None))


def test_an_address_keeps_its_shape_and_loses_its_codes():
    shown = line("django.request", "Not Found: %s", "/desk/worries/0192f0c1-2b3c-7def-8abc-001122334455/screen/")
    assert shown == "django.request Not Found: /desk/worries/…/screen/"
    assert line("django.request", "Not Found: %s", "/follow/MN7Q2K8X") == "django.request Not Found: /follow/…"
    assert line("django.request", "Not Found: %s", "/search?q=13800001234") == "django.request Not Found: /search"


def test_a_phone_number_is_never_logged():
    assert "13800001234" not in line("yishi.notices", "cannot send to %s", "13800001234")
    assert "86-13800001234" not in line("anything", "86-13800001234")


def test_an_ordinary_line_stays_as_it_is():
    assert line("yishi.work", "job %s failed", "clocks") == "yishi.work job clocks failed"
