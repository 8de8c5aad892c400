"""What a worry, a deliberation, a proposal or the monitoring of families found enters a round's list of problems.

Place, family and words are carried over, the finding is owed like any other, and each side leads to the other."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register.models import Household
from yishi.assistance.supervision.models import Finding, Round
from yishi.assistance.supervision.services.findings import Gap, finding_bring, finding_rule
from yishi.assistance.watch.models import Watch, WatchSignal
from yishi.commitments.models import Commitment
from yishi.deliberation.models import Matter, Worry, WorryStep
from yishi.deliberation.services.carrying import worry_carry, worry_end, worry_resume, worry_return
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place
from yishi.organisations.rights import permit
from yishi.proposals.models import Proposal

from .links import Kind, link, link_end, standing
from .models import Crossing
from .rules import place_of


@dataclass(frozen=True, slots=True)
class Listed:
    """How something enters a list: the round and its item, what is said, who owes it by when, who coordinates it."""

    round: Round
    item: str
    words: str
    lane: str
    bearer: Body
    due_on: date
    coordinator: Body | None = None
    place: Place | None = None  # a village, where the file itself is not at home in one
    household: Household | None = None

    def sent(self) -> dict[str, Any]:
        """As the journal hashes it."""
        things = {"round": self.round, "bearer": self.bearer, "coordinator": self.coordinator, "place": self.place}
        keys = {name: thing.pk if thing else None for name, thing in things.items()}
        home = self.household.pk if self.household else None
        said = {"item": self.item, "words": self.words, "lane": self.lane, "due_on": self.due_on}
        return {**keys, **said, "household": home}


def worry_supervise(*, actor: Viewer, worry: Worry, listed: Listed, reason: str, act_id: UUID | None = None) -> Receipt:
    """A worry becomes a finding of a round, in force from now on; those who raised it read the reason, who owes it and
    by when, and hear when it is struck off. Result: worry, finding."""
    by = permit("worry.supervise", actor, worry)
    sent = {"worry": worry.pk, "reason": reason, **listed.sent()}
    with act("crossings.worry.supervise", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        kind = WorryStep.Kind.SUPERVISED
        row = worry_carry(this, worry, kind, reason, told="worry.supervised", due_on=listed.due_on)
        finding = bring(this, actor, (Kind.WORRY, row.pk), row, listed)
        this.result(worry=row.pk, finding=finding.pk)
    return this.receipt


def matter_supervise(*, actor: Viewer, matter: Matter, listed: Listed, act_id: UUID | None = None) -> Receipt:
    """What a deliberation found, in a study or in its agreement, becomes a finding of a round. Result: finding."""
    by = permit("matter.supervise", actor, matter)
    with act(
        "crossings.matter.supervise", actor=by, act_id=act_id, body={"matter": matter.pk, **listed.sent()}
    ) as this:
        if not this.replayed:
            bring(this, actor, (Kind.MATTER, matter.pk), matter, listed)
    return this.receipt


def proposal_supervise(*, actor: Viewer, proposal: Proposal, listed: Listed, act_id: UUID | None = None) -> Receipt:
    """What a proposal points to becomes a finding of a round. Result: finding."""
    by = permit("proposal.supervise", actor, proposal)
    sent = {"proposal": proposal.pk, **listed.sent()}
    with act("crossings.proposal.supervise", actor=by, act_id=act_id, body=sent) as this:
        if not this.replayed:
            bring(this, actor, (Kind.PROPOSAL, proposal.pk), proposal, listed)
    return this.receipt


def signal_supervise(*, actor: Viewer, signal: WatchSignal, listed: Listed, act_id: UUID | None = None) -> Receipt:
    """What a signal about a family points to becomes a finding of a round, of that family. Result: finding."""
    by = permit("signal.supervise", actor, signal)
    with act(
        "crossings.signal.supervise", actor=by, act_id=act_id, body={"signal": signal.pk, **listed.sent()}
    ) as this:
        if not this.replayed:
            bring(this, actor, (Kind.SIGNAL, signal.pk), signal, listed, signal.household)
    return this.receipt


def watch_supervise(*, actor: Viewer, watch: Watch, listed: Listed, act_id: UUID | None = None) -> Receipt:
    """What the monitoring of a family shows becomes a finding of a round, of that family. Result: finding."""
    by = permit("watch.supervise", actor, watch)
    with act("crossings.watch.supervise", actor=by, act_id=act_id, body={"watch": watch.pk, **listed.sent()}) as this:
        if not this.replayed:
            bring(this, actor, (Kind.WATCH, watch.pk), watch, listed, watch.household)
    return this.receipt


def bring(
    this: Act,
    actor: Viewer,
    came_from: tuple[str, UUID],
    file: Any,
    listed: Listed,
    household: Household | None = None,
) -> Finding:
    """The finding of a file: of its family, or of the one that was named; in the file's own village, or one in it."""
    home = household or listed.household
    own = place_of(file)
    place = home.place if home is not None else listed.place or own
    if not own.lo <= place.lo <= own.hi:
        raise Refusal(
            "crossing.place", _("This is not where it was raised. Please choose a village there."), field="place"
        )
    _once(came_from, listed, place)
    gap = Gap(
        item=listed.item,
        words=listed.words,
        lane=listed.lane,
        bearer=listed.bearer,
        due_on=listed.due_on,
        household=home,
        coordinator=listed.coordinator,
    )
    finding = finding_bring(this, actor, listed.round, place, gap)
    link(this, came_from, (Kind.FINDING, finding.pk))
    return finding


def _once(came_from: tuple[str, UUID], listed: Listed, place: Place) -> None:
    """The same file stands on the same list once for a village and an item, while it is open there."""
    there = standing(from_kind=came_from[0], from_id=came_from[1], to_kind=Kind.FINDING).values("to_id")
    alike = Finding.within.filter(pk__in=there, round=listed.round, place=place, item=listed.item)
    if alike.filter(commitment__state__in=Commitment.OPEN).exists():
        raise WrongStage("crossing.there", _("It stands on this round's list already, and is open there."))


def finding_ended(commitment: Commitment, this: Act) -> None:
    """A finding left its list: struck off, its worry is settled; ruled on, the worry is at its convener's desk again;
    merged, the worry goes with the other one."""
    for finding, crossing, worry in _worries(commitment):
        if finding.merged_into_id is not None:
            link_end(this, crossing)
            link(this, (Kind.WORRY, worry.pk), (Kind.FINDING, finding.merged_into_id))
        elif commitment.state == Commitment.State.STRUCK_OFF:
            worry_end(this, worry)
        else:
            worry_return(this, worry)


def finding_again(commitment: Commitment, this: Act) -> None:
    """A finding is on its list again: so is the worry that it was, where nothing else became of that since. One that a
    merge had taken to another finding comes back to its own."""
    _merged_back(commitment, this)
    verbs = {Worry.State.SETTLED: "carry_on", Worry.State.FILED: "carry"}
    for _finding, _crossing, worry in _worries(commitment):
        verb = verbs.get(Worry.State(worry.state))
        if verb is not None:
            worry_resume(this, worry, verb)


def worry_taken_back(worry: Worry, actor: Viewer, this: Act) -> None:
    """A worry that was put on a list by mistake: its finding is ruled to be no gap, by whoever may rule on it."""
    if worry.state != Worry.State.CARRIED:
        return
    for crossing in standing(from_kind=Kind.WORRY, from_id=worry.pk, to_kind=Kind.FINDING):
        link_end(this, crossing)
        finding = Finding.within.select_related("round", "commitment", "place").get(pk=crossing.to_id)
        said = _now("The worry %(number)s was put on the list by mistake.") % {"number": worry.number}
        finding_rule(actor=actor, finding=finding, ruling=Finding.Ruling.UNFOUNDED, reason=said, act_id=this.child())


def _merged_back(commitment: Commitment, this: Act) -> None:
    """The worries of a finding that went with others when it was merged: from the links, which a merge ends and makes
    at one moment, since the finding itself says no longer where it went."""
    if commitment.origin_kind != Commitment.Origin.FINDING:
        return
    key = commitment.origin_id
    gone = Crossing.objects.filter(from_kind=Kind.WORRY, to_kind=Kind.FINDING, to_id=key, ended_at__isnull=False)
    for worry in set(gone.values_list("from_id", flat=True)):
        now, path = _way_of(worry)
        if now is not None and key in path[:-1]:
            link_end(this, now)
            link(this, (Kind.WORRY, worry), (Kind.FINDING, key))


def _way_of(worry: UUID) -> tuple[Crossing | None, list[UUID]]:
    """The link that leads on from a worry, and the findings by which merges led there; a merge that was taken back led
    nowhere."""
    path: list[UUID] = []
    last: Crossing | None = None
    for each in Crossing.objects.filter(from_kind=Kind.WORRY, from_id=worry, to_kind=Kind.FINDING):
        if last is None or last.ended_at != each.at:
            path = []  # listed anew
        path = [*(path[: path.index(each.to_id)] if each.to_id in path else path), each.to_id]
        last = each
    return (last if last is not None and last.ended_at is None else None), path


def _worries(commitment: Commitment) -> list[tuple[Finding, Crossing, Worry]]:
    """The findings of a promise that were worries, each with the link and the worry."""
    if commitment.origin_kind != Commitment.Origin.FINDING:
        return []
    found = []
    for crossing in standing(from_kind=Kind.WORRY, to_kind=Kind.FINDING, to_id=commitment.origin_id):
        finding = Finding.within.get(pk=crossing.to_id)
        found.append((finding, crossing, Worry.within.get(pk=crossing.from_id)))
    return found
