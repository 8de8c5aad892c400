"""Django's sessions in the database, found by a question that is compiled once: every request asks it."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from yishi.database.gather import Given
from yishi.database.kept import kept_question


class SessionStore(DatabaseStore):
    """The name is that of Django's own: what it has signed is read."""

    def _get_session_from_db(self) -> Any:
        def asked() -> dict[str, Any]:
            key, now = Given("key", CharField()), Given("now", DateTimeField())
            return {"found": self.model.objects.filter(session_key=key, expire_date__gt=now)}

        question = kept_question("session", None, asked, is_reached=False)
        found = question.answer(key=self.session_key, now=timezone.now())["found"]
        if not found:
            self._session_key = None
        return found[0] if found else None
