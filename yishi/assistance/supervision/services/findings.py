"""What a visit found: each finding is a promise in force, with its lane; merged, ruled on, struck off in the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yishi.assistance.pairing.services.measures import supervisor_for
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.assistance.supervision.items import read_pack
from yishi.assistance.supervision.models import Finding, Round, RoundVisit
from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment
from yishi.commitments.rules import same_hands
from yishi.commitments.services import promise_make, promise_set_aside
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place, PlaceLevel
from yishi.organisations.rights import permit

from ._common import CHOOSE, WHY, ask_to_coordinate, coordination_of, enter, locked_finding, locked_round

SEEN = Words("words", 260, _("Please write what was seen."), code="finding.words")
VISIT_WORDS = Words("note", 500)

MOST = 600  # findings of one sending


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that a visit found: of a household, of somebody in it, or of the village."""

    item: str
    words: str
    lane: str
    bearer: Body
    due_on: date
    household: Household | None = None
    member: HouseholdMember | None = None
    coordinator: Body | None = None
    files: Sequence[Attachment] = field(default_factory=tuple)

    def sent(self) -> list[Any]:
        """As the journal hashes it."""
        things = (self.bearer, self.household, self.member, self.coordinator)
        keys = [str(thing.pk) if thing is not None else None for thing in things]
        return [self.item, self.words, self.lane, self.due_on, *keys, [file.sha256 for file in self.files]]


def round_visit(
    *,
    actor: Viewer,
    round: Round,
    place: Place,
    on: date,
    gaps: Sequence[Gap] = (),
    kind: str = "",
    households: int = 0,
    note: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Write down one visit to a village of the round's list with all that it found; each finding is owed from now on.
    Result: round, visit, findings (their ids, in the order of `gaps`)."""
    by = permit("round.visit", actor, round)
    sent = {
        "round": round.pk,
        "place": place.pk,
        "on": on,
        "kind": kind,
        "households": households,
        "note": note,
        "gaps": [gap.sent() for gap in gaps],
    }
    with act("assistance.round.visit", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = locked_round(round)
        day = happened(on, "on", not_before=(row.starts_on, _("The round began on %(day)s.")))
        village_listed(row, place)
        kind = kind or row.visits
        if kind not in Round.Visits.values:
            raise Refusal("round.visits", CHOOSE, field="kind")
        if len(gaps) > MOST:
            raise Refusal("round.many", _("At most %(most)d findings at once.") % {"most": MOST})
        visit = RoundVisit.objects.create(
            round=row,
            place=place,
            on=day,
            kind=kind,
            households=households,
            words=VISIT_WORDS.kept(note),
            written_by=actor.person,
            written_at=this.now,
        )
        this.entry(
            subject=("round", row.pk),
            place=place.pk,
            at=this.on_day(day),
            quantities={"visits": 1, "households": households, "findings": len(gaps)},
            data={"visit": visit.pk, "kind": kind},
        )
        open_ones = _open_keys(row, place)
        made = [_find(this, actor, row, place, day, gap, by.body_id, open_ones, visit).pk for gap in gaps]
        this.result(round=row.pk, visit=visit.pk, findings=made)
    return this.receipt


def finding_bring(this: Act, actor: Viewer, round: Round, place: Place, gap: Gap) -> Finding:
    """Within an act of a room above: what somebody else than a visit found (a deliberation, monitoring, a worry) is put
    on the round's list, owed from today on. Refuses whoever may not visit for the round."""
    by = permit("round.visit", actor, round)
    row = locked_round(round)
    village_listed(row, place)
    return _find(this, actor, row, place, timezone.localdate(this.now), gap, by.body_id, _open_keys(row, place))


def _find(
    this: Act,
    actor: Viewer,
    round: Round,
    place: Place,
    on: date,
    gap: Gap,
    desk: UUID | None,
    open_ones: set[tuple[UUID | None, UUID | None, str]],
    visit: RoundVisit | None = None,
) -> Finding:
    if gap.item not in round.items:
        raise Refusal("finding.item", CHOOSE, field="item")
    if gap.household is not None and gap.household.place_id != place.pk:
        raise Refusal("finding.household", _("This household is not one of the village."), field="household")
    if gap.member is not None and gap.member.household_id != (gap.household.pk if gap.household else None):
        raise Refusal("finding.member", _("This person is not one of the household."), field="member")
    key = (gap.household.pk if gap.household else None, gap.member.pk if gap.member else None, gap.item)
    if gap.household is not None and key in open_ones:
        raise Refusal(
            "finding.there",
            _("%(name)s: this is on the list already and still open.") % {"name": gap.household.head.name},
            field="item",
        )
    open_ones.add(key)
    words = SEEN.kept(gap.words)
    coordination = coordination_of(this, round, gap.lane, gap.coordinator)
    finding = Finding(
        round=round,
        visit=visit,
        place=place,
        household=gap.household,
        member=gap.member,
        item=gap.item,
        words=words,
        lane=gap.lane,
        **coordination,
        found_by=actor.person,
        found_for_id=desk,
        found_on=on,
        found_at=this.now,
    )
    item = read_pack(round.pack).items[gap.item]
    finding.commitment = promise_make(
        this,
        actor,
        origin=(Commitment.Origin.FINDING, finding.pk),
        place=place,
        bearer=gap.bearer,
        act_text=_now("%(item)s: %(words)s") % {"item": item.name, "words": words},
        due_on=gap.due_on,
        proof_expected=item.proof,
        supervisor=_supervisor(round, place, gap.bearer),
    )
    finding.save()
    finding.files.set(gap.files)
    if finding.coordinator_id is not None:
        ask_to_coordinate(finding)
    enter(this, finding, "found", day=on)
    return finding


def finding_merge(
    *, actor: Viewer, finding: Finding, into: Finding, reason: str, act_id: UUID | None = None
) -> Receipt:
    """A finding is the same as another one of the round, which stays open: it leaves the list, its promise is set
    aside. Result: finding, into."""
    by = permit("finding.settle", actor, finding)
    sent = {"finding": finding.pk, "into": into.pk, "reason": reason}
    with act("assistance.finding.merge", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = locked_finding(finding)
        other = Finding.within.select_for_update(of=("self",)).select_related("commitment").get(pk=into.pk)
        if other.pk == row.pk or other.round_id != row.round_id or not other.is_open:
            raise Refusal("finding.into", _("Choose an open finding of the same round."), field="into")
        row.merged_into, row.reason = other, WHY.kept(reason)
        said = _now("Merged into %(number)s: %(reason)s") % {"number": other.commitment.number, "reason": row.reason}
        settle(this, actor, row, said)
        enter(this, row, "merged", into=other.pk)
        this.result(into=other.pk)
    return this.receipt


def finding_rule(*, actor: Viewer, finding: Finding, ruling: str, reason: str, act_id: UUID | None = None) -> Receipt:
    """Rule on an open finding, with the reason: it was no gap, and its promise is set aside; or it will not be settled,
    and stands so in the round's result. Result: finding."""
    by = permit("finding.settle", actor, finding)
    sent = {"finding": finding.pk, "ruling": ruling, "reason": reason}
    with act("assistance.finding.rule", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = locked_finding(finding)
        if ruling not in Finding.Ruling.values:
            raise Refusal("finding.ruling", CHOOSE, field="ruling")
        row.ruling, row.reason = ruling, WHY.kept(reason)
        settle(this, actor, row, row.reason)
        enter(this, row, "ruled", ruling=ruling)
    return this.receipt


def settle(this: Act, actor: Viewer, row: Finding, said: str) -> None:
    """The finding leaves the list otherwise than by strike-off."""
    row.settled_by, row.proved_by = actor.person, None
    row.same_hands = same_hands(actor, row.commitment)
    row.standing = Finding.Standing.RULED if row.ruling else Finding.Standing.MERGED
    row.save(update_fields=["merged_into", "ruling", "reason", "settled_by", "proved_by", "same_hands", "standing"])
    promise_set_aside(this, row.commitment, said, undone=row.ruling == Finding.Ruling.NOT_DONE)


def finding_settled(commitment: Commitment, this: Act) -> None:
    """Struck off in the ledger: the finding keeps whose proof was accepted and who struck it off. Closed there without
    being done: that was a ruling."""
    row = _of(commitment)
    if row is None or commitment.state == Commitment.State.SET_ASIDE or row.ruling:
        return
    if commitment.state == Commitment.State.CLOSED_UNDONE:
        row.ruling, row.reason = Finding.Ruling.NOT_DONE, commitment.closing_reason
        row.settled_by_id, row.standing = this.actor.person_id, Finding.Standing.RULED
        row.save(update_fields=["ruling", "reason", "settled_by", "standing"])
        return
    proof = commitment.proofs.filter(round=commitment.round, outcome="accepted").order_by("checked_at").last()
    row.settled_by_id, row.proved_by_id = this.actor.person_id, proof.given_by_id if proof else None
    row.same_hands = row.settled_by_id is not None and row.settled_by_id == row.proved_by_id
    row.standing = Finding.Standing.STRUCK_OFF
    row.save(update_fields=["settled_by", "proved_by", "same_hands", "standing"])


def finding_reopened(commitment: Commitment, this: Act) -> None:
    """Open again in the ledger, or what was decided there was taken back: the finding is on the list again."""
    Finding.within.filter(commitment=commitment).update(
        merged_into=None,
        ruling="",
        reason="",
        settled_by=None,
        proved_by=None,
        same_hands=False,
        standing=Finding.Standing.OPEN,
    )


def village_listed(round: Round, place: Place) -> None:
    """Refuses a place that is no village within a place of the round's list."""
    inside = round.listed.filter(off_at=None, place__lo__lte=place.lo, place__hi__gte=place.hi)
    if place.level != PlaceLevel.VILLAGE or not inside.exists():
        raise Refusal("round.village", _("This village is not on the round's list."), field="place")


def _of(commitment: Commitment) -> Finding | None:
    if commitment.origin_kind != Commitment.Origin.FINDING:
        return None
    return Finding.within.filter(commitment=commitment).first()


def _open_keys(round: Round, place: Place) -> set[tuple[UUID | None, UUID | None, str]]:
    listed = Finding.within.filter(round=round, place=place, standing=Finding.Standing.OPEN)
    return set(listed.values_list("household", "member", "item"))


def _supervisor(round: Round, place: Place, bearer: Body) -> Body:
    """Whose supervision it is, else the desk that runs the round, else the nearest body that does not owe it."""
    for body in (round.leading, round.body):
        if body is not None and body.pk != bearer.pk:
            return body
    overseer = supervisor_for(place, bearer)
    if overseer is None:
        raise Refusal("finding.supervisor", _("No body is registered that could supervise this."), field="bearer")
    return overseer
