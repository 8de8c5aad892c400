"""A matter's file: where it is now, who must act and by when, what is missing; then the story; then the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.deliberation.models import GateRequest, Matter, Seat, Sitting, Worry
from yishi.deliberation.process.facts import Facts, with_counts
from yishi.deliberation.process.schema import FILLED_BY, PAPERS, ROLES, Step
from yishi.deliberation.process.validator import Missing, matter_missing
from yishi.deliberation.services.course import step_before
from yishi.organisations.rights import may
from yishi.organisations.themes import theme_word
from yishi.web.kit.next_acts import Turn, turns_of
from yishi.web.kit.one_act import link
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.timeline import Event, moment_of

# Which page mends what is missing: condition → (page, right). Pages of other slices are shown where they exist.
MENDS: dict[str, tuple[str, str]] = {
    "worry_linked": ("matter_link_worry", "matter.run"),
    "screened": ("worries", "matter.run"),
    "summary_written": ("matter_edit", "matter.run"),
    "plan_approved": ("matter_into_plan", "matter.run"),
    "parties_named": ("party_new", "party.add"),
    "study_done": ("matter_studies", "matter.see"),
    "study_checked": ("matter_studies", "matter.see"),
    "seats_filled": ("matter_seats", "matter.see"),
    "chair_neutral": ("matter_seats", "matter.see"),
    "notice_given": ("matter_sittings", "matter.see"),
    "papers_sent": ("matter_sittings", "matter.see"),
    "sitting_held": ("matter_sittings", "matter.see"),
    "quorum_met": ("matter_sittings", "matter.see"),
    "minutes_issued": ("matter_sittings", "matter.see"),
    "agreement_recorded": ("matter_agreement", "matter.see"),
    "consents_given": ("matter_agreement", "matter.see"),
    "duties_complete": ("matter_agreement", "matter.see"),
    "handed_over": ("matter_agreement", "matter.see"),
    "proofs_checked": ("commitments", "matter.see"),
    "verdict_asked": ("commitments", "matter.see"),
    "fed_back": ("commitments", "matter.see"),
    "all_settled": ("commitments", "matter.see"),
}


@dataclass
class Lack:
    """One thing that is missing, and the page on which it is mended."""

    message: str
    url: str = ""


@dataclass
class Where:
    """The first glance: the step, who must act, by when."""

    step: Step | None
    who: str
    due_on: date | None
    is_late: bool
    lacks: list[Lack] = field(default_factory=list)
    came_back: str = ""
    turns: list[Turn] = field(default_factory=list)


def where_now(
    request: Request, matter: Matter, facts: Facts, lacking: list[Missing], turns: Sequence[Turn] = ()
) -> Where:
    """Where the matter stands. Whose turn it is the desks' declaration says (`turns`): a desk at which a file of the
    matter waits, else whoever has the step."""
    step = facts.model.step(matter.step)
    if matter.state != Matter.State.OPEN:
        return Where(step, "", None, False)
    ahead = [turn for turn in turns if turn.kind != "matter" and turn.desk]
    who, due = (ahead[0].desk, ahead[0].due_on) if ahead else (actor_of(matter, step), matter.step_due_on)
    record = facts.step
    return Where(
        step=step,
        who=who,
        due_on=due,
        is_late=bool(due and due < facts.today),
        lacks=[Lack(lack.message, _mend(request, matter, facts, lack.code)) for lack in lacking],
        turns=list(turns),
        came_back=(record.note or _("returned")) if record and record.came_back else "",
    )


def actor_of(matter: Matter, step: Step | None) -> str:
    """Who acts in a step: the role, and for the roles of the convener's desk that desk."""
    if step is None:
        return matter.convener.name
    if step.role in ("convener", "office", "secretary"):
        return matter.convener.name
    return _("%(role)s, by %(convener)s") % {"role": ROLES.get(step.role, step.role), "convener": matter.convener.name}


def _mend(request: Request, matter: Matter, facts: Facts, code: str) -> str:
    """The address at which the viewer mends what is missing (`code`: its condition); "" where they may not."""
    if code.startswith("gate:"):
        named, waits = code.removeprefix("gate:"), ("", GateRequest.Answer.HOLD)
        asked = [gate for gate in facts.gates if (gate.step, gate.gate) == (matter.step, named)]
        if asked and asked[-1].answer in waits:  # its body is asked already: to ask once more is refused
            return link("gate", asked[-1].pk) if may("gate.see", request.viewer, asked[-1]) else ""
        if not may("gate.ask", request.viewer, matter):
            return ""
        return link("gate_ask", matter.pk, code.removeprefix("gate:"))
    name, right = MENDS.get(code, ("", ""))
    if not name or not may(right, request.viewer, matter):
        return ""
    if name == "commitments":
        unsettled = next((commitment for commitment in facts.commitments if commitment.settled_on is None), None)
        return link("commitment", unsettled.pk) if unsettled else ""
    return link(name) if name == "worries" else link(name, matter.pk)


def story(matter: Matter, facts: Facts, worries: list[Worry], *, with_notes: bool) -> list[Event]:
    """What happened, who, when, and what comes next by when."""
    events: list[tuple[datetime, Event]] = []

    def add(when: date | datetime, moment: datetime | None = None, **fields: Any) -> None:
        if moment is None:
            noon = datetime.combine(when, time(12)) if not isinstance(when, datetime) else when
            moment = noon if timezone.is_aware(noon) else timezone.make_aware(noon)
        events.append((moment, Event(when=when, **fields)))

    for worry in worries:
        raised = timezone.localdate(worry.raised_at) if worry.backfilled else worry.raised_at
        add(raised, title=_("A worry was raised"), text=worry.number, url=link("worry", worry.pk))
    names = {step.code: step.name for step in facts.model.steps}
    for record in facts.steps[:-1] if matter.state == Matter.State.OPEN else facts.steps:
        add(
            record.entered_on,
            moment_of(record.pk, record.entered_on),
            title=names.get(record.step, record.step),
            who=matter.convener.name,
            text=record.note,
        )
        if record.ended_as and record.left_on:
            add(record.left_on, title=record.get_ended_as_display(), who=matter.convener.name, text=record.ended_reason)
    for gate in facts.gates:
        if gate.answer:
            add(
                gate.answered_at or gate.asked_at,
                title=f"{gate.name}：{gate.get_answer_display()}",
                who=f"{gate.body.name} {gate.answered_by or ''}".strip(),
                text=gate.reason,
                url=link("gate", gate.pk),
            )
    for note in facts.notes if with_notes else ():
        moment = moment_of(note.pk, note.written_on)
        add(note.written_on, moment, title=note.get_kind_display(), who=note.author, text=note.text)
    for sitting in facts.sittings:
        if sitting.state == Sitting.State.CLOSED:
            add(
                sitting.opened_at or sitting.starts_at, title=_("The sitting was held"), url=link("sitting", sitting.pk)
            )
    if facts.agreement and facts.agreement.recorded_on:
        on = facts.agreement.recorded_on
        moments = [worry.raised_at for worry in worries]
        add(on, facts.after_sittings(on, *moments), title=_("The agreement was recorded"), text=facts.agreement.number)
    past = [event for _when, event in sorted(events, key=lambda pair: pair[0])]
    return [*past, *_ahead(matter, facts)]


def _ahead(matter: Matter, facts: Facts) -> list[Event]:
    if matter.state != Matter.State.OPEN:
        title = matter.get_state_display()
        return [Event(title=title, when=matter.closed_on, text=matter.closing_reason, kind="done")]
    step = facts.model.step(matter.step)
    record = facts.step
    now = Event(
        title=step.name if step else matter.step,
        when=record.entered_on if record else None,
        who=actor_of(matter, step),
        kind="now",
        due=matter.step_due_on,
    )
    position = facts.model.position(matter.step)
    later = facts.model.steps[position + 1 :] if position >= 0 else ()
    return [now, *(Event(title=step.name, when=None, kind="next") for step in later)]


def seat_table(facts: Facts) -> list[dict[str, Any]]:
    """Seat classes with who sits there, and how many are wanted."""
    classes = []
    for seat_class in facts.model.seats:
        held = [seat for seat in facts.seats if seat.seat_class == seat_class.code]
        classes.append(
            {
                "name": seat_class.name,
                "how": FILLED_BY.get(seat_class.filled_by, seat_class.filled_by),
                "min": seat_class.min,
                "max": seat_class.max,
                "held": held,
                "is_short": len(held) < seat_class.min,
            }
        )
    known = {seat_class.code for seat_class in facts.model.seats}
    others = [seat for seat in facts.seats if seat.seat_class not in known]
    if others:
        classes.append({"name": _("others"), "how": "", "min": 0, "max": 0, "held": others, "is_short": False})
    return classes


def next_acts(
    request: Request, matter: Matter, facts: Facts, lacking: list[Missing]
) -> tuple[dict[str, str] | None, list[Any]]:
    """The one primary act, and the further ones that the viewer may do."""
    runs = may("matter.run", request.viewer, matter)
    is_open = matter.state == Matter.State.OPEN
    further: list[tuple[str, str]] = []
    if may("note.add", request.viewer, matter):
        further.append((_("Add a leader's note"), link("note_add", matter.pk)))
    if runs and is_open:
        further += [
            (_("Title and summary"), link("matter_edit", matter.pk)),
            (_("Link a worry"), link("matter_link_worry", matter.pk)),
            (_("End by agreement"), link("matter_end", matter.pk)),
            (_("Drop"), link("matter_drop", matter.pk)),
        ]
        if step_before(matter, facts) is not None:
            further.append((_("Back to the step before"), link("matter_step_back", matter.pk)))
    if runs and matter.state in (Matter.State.DROPPED, Matter.State.ENDED):
        further.append((_("Open it again"), link("matter_open_again", matter.pk)))
    if runs:
        further += [(_("Public file"), link("matter_release", matter.pk))]
    if matter.state in (Matter.State.DONE, Matter.State.ENDED) and may("case.choose", request.viewer, matter):
        further += [(_("Good case"), link("case_choose", matter.pk))]
    primary = None
    if runs and is_open and not lacking:
        primary = {"label": _("Go on to the next step"), "url": link("matter_next", matter.pk)}
    return primary, [(label, url) for label, url in further if url]


def load_file(request: Request, pk: UUID) -> Matter:
    matters = Matter.objects.select_related("place", "venue", "convener__place", "process__model")
    return with_counts(matters).get(pk=pk)


@page("matter.see", load=load_file, methods=("GET",))
def matter(request: Request, matter: Matter) -> HttpResponse:
    facts = Facts(matter)
    lacking = matter_missing(matter, facts)
    runs = may("matter.run", request.viewer, matter)
    writes, reads_notes = (may(right, request.viewer, matter) for right in ("note.add", "note.see"))
    worries = list(Worry.objects.filter(matter=matter).order_by("raised_at"))
    where = where_now(request, matter, facts, lacking, turns_of(matter))
    primary, further = next_acts(request, matter, facts, lacking)
    if primary is None:
        mend = next((lack for lack in where.lacks if lack.url), None)
        primary = {"label": _("Do what is missing next"), "url": mend.url} if mend else None
    step = where.step
    context = {
        "matter": matter,
        "model": facts.model,
        "facts": facts,
        "where": where,
        "theme": theme_word(matter.theme),
        "primary": primary,
        "further": further,
        "runs": runs,
        "events": story(matter, facts, worries, with_notes=bool(runs or reads_notes)),
        "writes_notes": writes,
        "notes": facts.notes if runs or reads_notes else [],
        "notes_back": facts.notes_back if runs or reads_notes else [],
        "worries": [(worry, link("worry", worry.pk)) for worry in worries],
        "seats": seat_table(facts),
        "chair": Seat.Role.CHAIR,
        "consultations": facts.consultations,
        "papers": [PAPERS.get(code, code) for code in step.papers] if step else [],
        "studies_url": link("matter_studies", matter.pk),
        "seats_url": link("matter_seats", matter.pk),
        "sittings_url": link("matter_sittings", matter.pk),
        "agreement_url": link("matter_agreement", matter.pk),
        "commitments": [(commitment, link("commitment", commitment.pk)) for commitment in facts.commitments],
        "gates": [(gate, reverse("gate", args=[gate.pk])) for gate in facts.gates],
        "today": facts.today,
    }
    return render(request, "deliberation/process/matter.html", context)


urlpatterns = [path("desk/matters/<uuid:pk>/", matter, name="matter")]
