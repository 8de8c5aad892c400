"""A leader's note on a matter's file (拟办, 批示), with a scan where it was on paper."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.deliberation.models import LeaderNote, Matter
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.text import clean
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import permit

from .telling import tell_convener

MAX_AUTHOR = 64
MAX_TEXT = 4000


def _check_words(author: str, text: str, *, has_scan: bool) -> None:
    """Refuse a note without its author or, where no scan shows it, its text; and either where it is too long."""
    if not author:
        raise Refusal("note.no_author", _("Write who wrote the note: title, then name."), field="author")
    if len(author) > MAX_AUTHOR:
        raise Refusal("note.long_author", _("Title and name together are too long; shorten them."), field="author")
    if not text and not has_scan:
        raise Refusal("note.no_text", _("Write what the note says, or add a scan of it."), field="text")
    if len(text) > MAX_TEXT:
        raise Refusal(
            "note.long_text", _("The note is longer than %(max)d characters.") % {"max": MAX_TEXT}, field="text"
        )


def note_add(
    *,
    actor: Viewer,
    matter: Matter,
    kind: str,
    author: str,
    text: str,
    written_on: date | None = None,
    body: Body | None = None,
    scan: Attachment | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Put a note on the file. `author` is title before name, as on paper. Result: note.

    Refuses an unknown kind, an empty author or text, a day to come; text may be empty where a scan shows the note.
    """
    by = permit("note.add", actor, matter)
    sent = {
        "matter": matter.pk,
        "kind": kind,
        "author": author,
        "text": text,
        "written_on": written_on,
        "body": body.pk if body else None,
        "scan": scan.sha256 if scan else None,
    }
    with act("deliberation.note.add", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        today = timezone.localdate()
        if kind not in LeaderNote.Kind.values:
            raise Refusal("note.kind", _("Choose what kind of note it is."), field="kind")
        author, text = clean(author), clean(text)
        _check_words(author, text, has_scan=scan is not None)
        if written_on and written_on > today:
            raise Refusal(
                "note.future",
                _("This day is still to come. Write the day that stands on the note."),
                field="written_on",
            )
        note = LeaderNote.objects.create(
            matter=matter,
            kind=kind,
            body=body,
            author=author,
            text=text,
            scan=scan,
            written_on=written_on or today,
            recorded_by=actor.person,
            at=this.now,
        )
        this.entry(subject=("matter", matter.pk), place=matter.place_id, dims={"kind": kind}, data={"note": note.pk})
        if not actor.holds(matter.convener_id):
            tell_convener(matter, "note.added", once=f"note/{note.pk}")
        this.result(note=note.pk)
    return this.receipt
