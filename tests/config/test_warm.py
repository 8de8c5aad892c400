"""A web process reads what its pages need before the first of them is asked for."""

import gc
import logging

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.template import engines

from yishi.config import environment
from yishi.config.warm import answered, warm

pytestmark = pytest.mark.django_db

SERVER = "postgres://yishi:secret@localhost/yishi"


@pytest.fixture
def application():
    """The site as a server calls it; the test's own connection stays open behind it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_after_it_every_template_is_read_and_nothing_is_wrong(application, caplog):
    loader = engines["django"].engine.template_loaders[0]
    loader.reset()
    with caplog.at_level(logging.WARNING, "yishi.web"):
        warm(application)
    assert caplog.messages == []
    folder = engines["django"].template_dirs[0]
    read = {str(path.relative_to(folder)) for path in folder.rglob("*.html")}
    assert len(read) > 200 and read <= set(loader.get_template_cache)


@pytest.mark.parametrize("host", ["site.example.cn", ".example.cn", "*"])
def test_the_start_page_answers_under_whichever_name_the_site_has(application, settings, host):
    settings.ALLOWED_HOSTS = [host]
    assert answered(application, "/") == "200 OK"
    settings.SECURE_PROXY_SSL_HEADER, settings.SECURE_SSL_REDIRECT = ("HTTP_X_FORWARDED_PROTO", "https"), True
    assert answered(application, "/") == "200 OK"


def test_a_start_page_that_fails_is_in_the_log_and_the_process_starts(application, caplog, monkeypatch):
    monkeypatch.setattr("yishi.config.warm.answered", lambda *_: "500 Internal Server Error")
    with caplog.at_level(logging.WARNING, "yishi.web"):
        warm(application)
    assert "500" in caplog.text


def test_processes_are_one_per_core_on_sqlite_two_at_most_or_as_many_as_were_named(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: {0, 1, 2})
    counts = [
        environment.read({"YISHI_ENV_FILE": "", **given})["workers"]
        for given in ({}, {"DATABASE_URL": SERVER}, {"DATABASE_URL": SERVER, "YISHI_WORKERS": "2"})
    ]
    assert counts == [2, 3, 2]
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: {0})
    assert environment.read({"YISHI_ENV_FILE": ""})["workers"] == 1


def test_what_stands_is_passed_over_later(application):
    try:
        warm(application)
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
