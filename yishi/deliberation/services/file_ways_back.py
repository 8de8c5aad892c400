"""Ways back from what was put on a matter's file by mistake: a study, its visit, its finding, a leader's note.

What is taken back stays on its page with the reason, and counts for nothing (`database/taken_back.py`).
"""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.database.taken_back import locked_standing
from yishi.database.words import Words
from yishi.deliberation.models import LeaderNote, Matter, Study, StudyFinding, StudyVisit
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .course import matter_move_on
from .studies import open_matter
from .telling import tell_authors, tell_convener

REASON = Words("reason", 300, _("Please write why, in a few words."))
GONE = _("This was taken back already.")


def study_take_back(*, actor: Viewer, study: Study, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take back a study that was opened by mistake, with its visits and findings. Refused once it is checked. Those who
    raised the matter were invited to it, and are told. Result: study."""
    by = permit("study.run", actor, study.matter)
    with act("deliberation.study.take_back", actor=by, act_id=act_id, body=_sent(study, reason)) as this:
        if this.replayed:
            return this.receipt
        matter = open_matter(study.matter)
        row = _unchecked(study)
        why = REASON.kept(reason)
        visits = list(row.visits.all())
        for part in (*visits, *row.findings.all(), row):
            part.take_back(why, this.now, this.actor.person_id)
        _enter(this, matter, visits=-len(visits), study=row.pk)
        tell_authors(matter, "study.taken_back", once=f"study_back/{row.pk}")
    return this.receipt


def visit_take_back(*, actor: Viewer, visit: StudyVisit, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take back a visit that was recorded by mistake; a study that has no other is to be handed in anew. Result:
    visit."""
    return _part("visit", actor, visit, reason, act_id)


def finding_take_back(*, actor: Viewer, finding: StudyFinding, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take back a finding that was written down by mistake; a study that has no other is to be handed in anew. Result:
    finding."""
    return _part("finding", actor, finding, reason, act_id)


def note_take_back(*, actor: Viewer, note: LeaderNote, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take a leader's note off the file: it was put there by mistake, or says what the paper does not say. Result:
    note."""
    by = permit("note.add", actor, note.matter)
    with act("deliberation.note.take_back", actor=by, act_id=act_id, body=_sent(note, reason)) as this:
        if this.replayed:
            return this.receipt
        row = locked_standing(note, GONE)
        row.take_back(REASON.kept(reason), this.now, this.actor.person_id)
        _enter(this, note.matter, note=row.pk)
        if not actor.holds(note.matter.convener_id):
            tell_convener(note.matter, "note.taken_back", once=f"note_back/{row.pk}")
    return this.receipt


def _part(name: str, actor: Viewer, part: Any, reason: str, act_id: UUID | None) -> Receipt:
    by = permit("study.run", actor, part.study.matter)
    with act(f"deliberation.study.{name}_take_back", actor=by, act_id=act_id, body=_sent(part, reason)) as this:
        if this.replayed:
            return this.receipt
        matter = open_matter(part.study.matter)
        study = _unchecked(part.study)
        row = locked_standing(part, GONE)
        row.take_back(REASON.kept(reason), this.now, this.actor.person_id)
        if not study.visits.exists() or not study.findings.exists():
            study.handed_in_on = None
            study.save(update_fields=["handed_in_on"])
        _enter(this, matter, visits=-1 if name == "visit" else 0, study=study.pk, **{name: row.pk})
        matter_move_on(matter, by=this.actor, caused_by=this.id)
    return this.receipt


def _unchecked(study: Study) -> Study:
    row: Study = locked_standing(study, GONE)
    if row.checked_on is not None:
        raise WrongStage(
            "study.checked_stands",
            _("The study has been checked: it stands. Open a further study for what is different."),
        )
    return row


def _sent(row: Any, reason: str) -> dict[str, Any]:
    return {"row": row.pk, "reason": reason}


def _enter(this: Act, matter: Matter, visits: int = 0, **data: object) -> None:
    quantities = {"visits": visits} if visits else {}
    this.entry(subject=("matter", matter.pk), place=matter.place_id, quantities=quantities, data=data)
    this.result(**data)
