"""What Django keeps by task is kept by thread.

Language, time zone, address prefix and connections lie in `asgiref.local.Local`, so that asynchronous views have their
own. Here every view is synchronous and runs in one thread (granian, WSGI), where both mean the same; but each reading
of a Local takes a lock and five calls, and a page reads it five hundred times: a fifteenth of its time.
"""

import threading
from typing import Any

from django.db import connections
from django.urls import base
from django.utils import timezone
from django.utils.translation import trans_real


def register() -> None:
    """At the start, before a thread keeps anything; doing it again changes nothing."""
    places: tuple[tuple[Any, str], ...] = (
        (trans_real, "_active"),
        (timezone, "_active"),
        (base, "_prefixes"),
        (base, "_urlconfs"),
        (connections, "_connections"),
    )
    for owner, name in places:
        kept = getattr(owner, name)
        if not isinstance(kept, threading.local):
            setattr(owner, name, _by_thread(kept))


def _by_thread(kept: Any) -> threading.local:
    """With what this thread has already."""
    by_thread = threading.local()
    for name, value in _held(kept).items():
        setattr(by_thread, name, value)
    return by_thread


def _held(kept: Any) -> dict[str, Any]:
    storage = kept._storage
    if isinstance(storage, threading.local):
        return dict(storage.__dict__)
    return dict(storage._storage().data)
