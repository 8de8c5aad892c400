"""Studies (调研): visits, findings, the report handed in, and its check by a second person."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.commitments.rules import is_small_office
from yishi.database.taken_back import locked_standing
from yishi.database.words import Words
from yishi.deliberation.models import Matter, Study, StudyFinding, StudyVisit
from yishi.deliberation.shown import study_digest
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.journal.shown import check_shown
from yishi.kit.errors import NotAllowed, WrongStage
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .course import locked, matter_move_on, of_matter
from .telling import tell_authors

REPORT = Words("report", 20_000, _("Please write the report, or at least its summary."))
NOTE = Words("note", 500, _("Please write what you checked, or what is missing."))
QUESTION = Words("question", 300, _("Please write what the study is to find out."))
LEAD = Words("lead", 64)
WHERE = Words("where", 120, _("Please write where you were."))
MET = Words("met", 200, _("Please write whom you met, in roles."))
SEEN = Words("text", 5000, _("Please write what you saw and heard."))
FINDING = Words("text", 500, _("Please write the finding in a sentence."))
SOURCE = Words("source", 200)


def study_open(
    *,
    actor: Viewer,
    matter: Matter,
    question: str,
    lead: str = "",
    opened_on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Open a study. Those who raised the matter are invited to it."""
    by = permit("study.run", actor, matter)
    body = {"matter": matter.pk, "question": question, "lead": lead, "on": opened_on}
    with act("deliberation.study.open", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = open_matter(matter)
        day = happened(opened_on or timezone.localdate(this.now), "opened_on", not_before=_since(fresh))
        study = Study.objects.create(
            matter=fresh,
            question=QUESTION.kept(question),
            lead=LEAD.kept(lead),
            opened_on=day,
            backfilled=is_past(this, opened_on),
        )
        this.entry(
            subject=("matter", fresh.pk),
            place=fresh.place_id,
            at=this.on_day(day),
            data={"study": study.pk, "backfilled": study.backfilled},
        )
        this.result(study=study.pk)
        tell_authors(fresh, "study.invited", once=f"study/{study.pk}")
    return this.receipt


def visit_add(
    *,
    actor: Viewer,
    study: Study,
    on: date,
    where: str,
    met: str,
    text: str,
    photos: Iterable[Attachment] = (),
    act_id: UUID | None = None,
) -> Receipt:
    """Record a visit: when, where, who was met (in roles, not names), what was seen. Photos are never compulsory."""
    by = permit("study.run", actor, study.matter)
    photos = list(photos)
    body = {"study": study.pk, "on": on, "where": where, "met": met, "text": text, "photos": [p.sha256 for p in photos]}
    with act("deliberation.study.visit", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = open_matter(study.matter)
        study = _unchecked(study)
        visit = StudyVisit.objects.create(
            study=study,
            on=happened(on, "on", not_before=_since(fresh)),
            where=WHERE.kept(where),
            met=MET.kept(met),
            text=SEEN.kept(text),
            recorded_by=actor.person,
            backfilled=is_past(this, on),
        )
        visit.photos.set(photos)
        this.entry(
            subject=("matter", fresh.pk),
            place=fresh.place_id,
            at=this.on_day(visit.on),
            quantities={"visits": 1},
            data={"study": study.pk, "visit": visit.pk, "backfilled": visit.backfilled},
        )
        this.result(visit=visit.pk)
    return this.receipt


def finding_add(*, actor: Viewer, study: Study, text: str, source: str = "", act_id: UUID | None = None) -> Receipt:
    """Write down one finding, with where it comes from. Refused once the study is checked. Result: finding."""
    by = permit("study.run", actor, study.matter)
    body = {"study": study.pk, "text": text, "source": source}
    with act("deliberation.study.find", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = open_matter(study.matter)
        study = _unchecked(study)
        finding = StudyFinding.objects.create(
            study=study,
            ordinal=StudyFinding.every.filter(study=study).count() + 1,
            text=FINDING.kept(text),
            source=SOURCE.kept(source),
        )
        this.entry(subject=("matter", fresh.pk), place=fresh.place_id, data={"finding": finding.pk})
        this.result(finding=finding.pk)
    return this.receipt


def study_hand_in(
    *, actor: Viewer, study: Study, report: str, on: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """Hand the study in: at least one visit and one finding stand in it."""
    by = permit("study.run", actor, study.matter)
    body = {"study": study.pk, "report": report, "on": on}
    with act("deliberation.study.hand_in", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = open_matter(study.matter)
        study = _unchecked(study)
        if not study.visits.exists() or not study.findings.exists():
            raise WrongStage("study.thin", _("Please record at least one visit and one finding before handing it in."))
        study.report = REPORT.kept(report)
        opened = (study.opened_on, _("The study began on %(day)s; this cannot have been earlier."))
        study.handed_in_on = happened(on or timezone.localdate(this.now), "on", not_before=opened)
        study.check_note = ""
        study.save(update_fields=["report", "handed_in_on", "check_note"])
        this.entry(
            subject=("matter", fresh.pk),
            place=fresh.place_id,
            at=this.on_day(study.handed_in_on),
            data={"study": study.pk},
        )
        this.result(study=study.pk)
        matter_move_on(fresh, by=this.actor, caused_by=this.id)
    return this.receipt


def study_check(
    *, actor: Viewer, study: Study, accepted: bool, note: str, shown: str = "", act_id: UUID | None = None
) -> Receipt:
    """Check a study, as a second person: accepted, or sent back with what is missing.

    What is checked is the report that the page showed: `shown` is its hash (see shown.py).

    Who recorded its visits does not check it, except in a small office, where the file shows it.
    """
    by = permit("study.run", actor, study.matter)
    body = {"study": study.pk, "accepted": accepted, "note": note, "shown": shown}
    with act("deliberation.study.check", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = open_matter(study.matter)
        study = _unchecked(study)
        if study.handed_in_on is None:
            raise WrongStage("study.not_in", _("The study has not been handed in yet."))
        now = study_digest(study)
        check_shown(shown, now)
        same_hands = study.visits.filter(recorded_by=actor.person_id).exists()
        if same_hands and not is_small_office():
            raise NotAllowed(
                "study.second_person", _("A second person checks a study: somebody who did not record its visits.")
            )
        study.check_note = NOTE.kept(note)
        if accepted:
            study.checked_on, study.checked_by = timezone.localdate(this.at), actor.person
        else:
            study.handed_in_on = None
        study.save(update_fields=["check_note", "checked_on", "checked_by", "handed_in_on"])
        this.entry(
            subject=("matter", fresh.pk),
            place=fresh.place_id,
            data={"study": study.pk, "accepted": accepted, "same_hands": same_hands, "digest": now},
        )
        this.result(study=study.pk)
        matter_move_on(fresh, by=this.actor, caused_by=this.id)
    return this.receipt


def open_matter(matter: Matter) -> Matter:
    """The matter, locked; refuses one that is over."""
    fresh = locked(matter)
    if fresh.state != Matter.State.OPEN:
        raise WrongStage(
            "matter.over",
            _("The matter is “%(state)s”; nothing is added to it any more.") % {"state": fresh.get_state_display()},
        )
    return fresh


def _since(matter: Matter) -> tuple[date, Any]:
    """The day before which nobody studied a matter: when it was raised first."""
    raised = matter.worries.order_by("raised_at").values_list("raised_at", flat=True).first()
    if raised is None or raised > matter.opened_at:
        return of_matter(matter)
    return timezone.localdate(raised), _("It was raised on %(day)s; this cannot have been earlier.")


def is_past(this: Act, on: date | None) -> bool:
    """Was it written down on a later day than it happened (补录)?"""
    return on is not None and on < timezone.localdate(this.now)


def _unchecked(study: Study) -> Study:
    """The study, locked; refuses one that has been checked."""
    row: Study = locked_standing(study, _("This study was taken back."))
    if row.checked_on is not None:
        raise WrongStage("study.checked", _("The study has been checked; open a further study for what is new."))
    return row
