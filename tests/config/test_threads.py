"""Language, time zone, address prefix and connections are each thread's own."""

import threading

from django.db import connections
from django.urls import base
from django.utils import timezone, translation
from django.utils.translation import trans_real

from yishi.config import threads


def test_they_are_kept_by_thread():
    places = ((trans_real, "_active"), (timezone, "_active"), (base, "_prefixes"), (base, "_urlconfs"))
    assert all(isinstance(getattr(owner, name), threading.local) for owner, name in places)
    assert isinstance(connections._connections, threading.local)


def test_another_thread_speaks_its_own_language_and_has_its_own_connection():
    said = []

    def elsewhere():
        before = translation.get_language()
        with translation.override("en"):
            said.append((before, translation.get_language(), connections["default"]))
        connections.close_all()

    with translation.override("de"):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        assert translation.get_language() == "de"
    assert said[0][:2] == ("zh-hans", "en")
    assert said[0][2] is not connections["default"]


def test_to_register_again_forgets_nothing():
    with translation.override("en"):
        threads.register()
        assert translation.get_language() == "en"
