"""A proposal's story as a timeline, and what the pages of members, bodies and places say of proposals."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from yishi.commitments.models import Commitment
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place
from yishi.people.models import Person
from yishi.proposals.models import Proposal
from yishi.proposals.stages import WORDS, stage_of
from yishi.web.commitments.promise_story import promise_events
from yishi.web.kit.request import Request
from yishi.web.kit.sections import Asking
from yishi.web.kit.timeline import Event
from yishi.web.kit.titles import act_title

SHOWN = 20


def proposal_events(proposal: Proposal, viewer: Viewer) -> list[Event]:
    """Written, signed, submitted; then the story of its answer; then where it went."""
    events = [Event(act_title("proposals.proposal.write"), when=proposal.written_at, who=proposal.author.name)]
    for signer in proposal.signers.all():
        if signer.agrees:
            events.append(Event(_("Signed too"), when=signer.answered_at, who=signer.person.name))
    if proposal.submitted_at:
        who = proposal.office.name if proposal.office else ""
        events.append(Event(act_title("proposals.proposal.submit"), when=proposal.submitted_at, who=who))
    events.sort(key=lambda event: certain(event.when))
    if proposal.commitment is not None:
        events += promise_events(proposal.commitment, viewer)
    for adoption in proposal.adoptions.all():
        parts = (adoption.document, adoption.clause, adoption.budget_line, adoption.reason)
        text = " · ".join(part for part in parts if part)
        outcome = adoption.get_outcome_display()
        events.append(Event(outcome, when=adoption.decided_on, who=adoption.body.name, text=text))
    if proposal.state == Proposal.State.WITHDRAWN:
        events.append(Event(act_title("proposals.proposal.withdraw"), text=proposal.reason, kind="now"))
    elif proposal.state == Proposal.State.DRAFT:
        events.append(Event(_("Submit it"), kind="next"))
    elif proposal.commitment is None and not proposal.outcome:
        events.append(Event(_("The office hands it to the body that answers, or says what became of it"), kind="next"))
    return events


def with_stages(proposals: Any) -> list[dict[str, Any]]:
    """Each proposal (`proposal`) with the word for where it is (`stage`)."""
    return [{"proposal": proposal, "stage": WORDS[stage_of(proposal)]} for proposal in proposals]


def member_proposals(request: Request, person: Person) -> Asking:
    """What the person wrote or signed, in their own file."""
    own = Q(author=person) | Q(pk__in=Proposal.within.filter(signers__person=person, signers__agrees=True).values("pk"))
    proposals = Proposal.within.filter(own).exclude(state=Proposal.State.WITHDRAWN)
    proposals = proposals.select_related("place", "commitment").order_by("-written_at")
    return (yield from _section(_first(proposals), _("My proposals"), f"{reverse('proposals')}?whose=mine"))


def body_proposals(request: Request, body: Body) -> Asking:
    """The answers that a body owes or gave."""
    proposals = Proposal.objects.filter(commitment__bearer=body).exclude(commitment__state=Commitment.State.DROPPED)
    proposals = proposals.select_related("place", "commitment").order_by("commitment__due_on")
    return (
        yield from _section(
            _first(proposals),
            _("Proposals that it answers"),
            f"{reverse('proposals')}?whose=answer",
        )
    )


def _place_rows(place: Any) -> dict[str, Any]:
    here = {"place__lo__gte": place.lo, "place__lo__lte": place.hi}
    proposals = Proposal.objects.filter(**here, state=Proposal.State.SUBMITTED).select_related("place", "commitment")
    return _first(proposals.order_by("-submitted_at"))


def place_proposals(request: Request, place: Place) -> Asking:
    """Proposals that speak of this place, within the viewer's reach."""
    return (yield from _section(_place_rows, _("Proposals about this place"), reverse("proposals")))


def _first(proposals: QuerySet[Proposal]) -> dict[str, Any]:
    return {"proposals": proposals[: SHOWN + 1]}


def _section(asked: Any, heading: str, url: str) -> Asking:
    """`asked`: rows, or what gives them (see `Section`), of one more than are shown."""
    shown = (yield asked)["proposals"]
    if not shown:
        return None
    return {
        "template": "proposals/section.html",
        "heading": heading,
        "proposals": with_stages(shown[:SHOWN]),
        "more_url": url if len(shown) > SHOWN else "",
    }
