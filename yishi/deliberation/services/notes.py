"""A leader's note on a matter's file (拟办, 批示), with a scan where it was on paper."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.database.words import Words
from yishi.deliberation.models import LeaderNote, Matter
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import permit

from .telling import tell_convener

AUTHOR = Words("author", 64, _("Write who wrote the note: title, then name."), "note.no_author", "note.long_author")
TEXT = Words("text", 4000, _("Write what the note says, or add a scan of it."), "note.no_text", "note.long_text")


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
        author, text = AUTHOR.kept(author), TEXT.kept(text, needed=scan is None)
        stands_there = _("This day is still to come. Write the day that stands on the note.")
        happened(written_on or today, "written_on", code="note", today=today, to_come=stands_there)
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
