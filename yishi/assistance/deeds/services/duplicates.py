"""The queue of possible duplicates: same, part, or two deeds. A merge moves credit and never deletes."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.services.campaigns import thousandths
from yishi.assistance.deeds.models import Deed, PossibleDuplicate
from yishi.assistance.deeds.models.deeds import WHOLE
from yishi.assistance.register.models import Household
from yishi.commitments.rules import is_small_office
from yishi.database.words import Words
from yishi.journal.act import Act, act, plain
from yishi.journal.models import Moved, Receipt
from yishi.journal.moved import FOLLOWED, Watch, last_moved, put_back
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.records import filled
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place
from yishi.organisations.rights import permit
from yishi.people.models import Person

from .standing import (
    Part,
    Reached,
    count,
    counted,
    joined,
    parts_of,
    reached_by,
    rewrite,
    uncount,
    write_beneficiaries,
    write_parties,
)

WHY_RULED = Words("reason", 300, _("Please write the reason."))

Verdict = PossibleDuplicate.Verdict
RULED = "assistance.duplicate.decide"


def duplicate_decide(
    *,
    actor: Viewer,
    pair: PossibleDuplicate,
    verdict: str,
    reason: str = "",
    overlap: Decimal | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Decide whether two deeds are one. Same: the later one's parties and beneficiaries move to the earlier one, which
    counts once; where one side only reports what the other did, it has no credit. Part: `overlap` of its amount and the
    shared beneficiaries leave the later one; its parties are named at the earlier one too. Distinct: both count.
    Result: pair, kept."""
    by = permit("duplicate.decide", actor, pair)
    body = {"pair": pair.pk, "verdict": verdict, "reason": reason, "overlap": overlap}
    with act("assistance.duplicate.decide", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = PossibleDuplicate.objects.select_for_update().get(pk=pair.pk)
        if row.verdict:
            raise WrongStage("duplicate.decided", _("This is decided already. Reload the page."))
        if verdict not in Verdict.values:
            raise Refusal("duplicate.verdict", _("Please choose one of the verdicts."), field="verdict")
        if verdict == Verdict.DISTINCT and _own(actor, row):
            raise Refusal(
                "duplicate.own",
                _("You recorded one of the two yourself: that both count is for somebody else to say."),
                field="verdict",
            )
        watch = Watch()
        watch.row(row, "verdict", "reason", "decided_by_id", "decided_at")
        before: dict[str, Any] = {}
        if verdict != Verdict.DISTINCT:
            kept, other = counted(row.earlier), counted(row.later)
            watch.row(kept, "unnamed")
            watch.row(other, "state", "merged_into_id", "amount")
            before = {str(deed.pk): _as_it_stands(deed) for deed in (kept, other)}
            if verdict == Verdict.PART:
                _part(this, kept, other, overlap)
            else:
                _merge(this, kept, other, _credited(verdict, kept, other))
        row.verdict, row.reason = verdict, WHY_RULED.kept(reason)
        row.decided_by, row.decided_at = actor.person, this.now
        row.save(update_fields=["verdict", "reason", "decided_by", "decided_at"])
        this.entry(subject=("duplicate", row.pk), place=row.earlier.place_id, data={"verdict": verdict})
        after = {key: _as_it_stands(Deed.within.get(pk=key)) for key in before}
        watch.keep(this, ("duplicate", row.pk), verdict=verdict, before=before, after=after)
        this.result(pair=row.pk, kept=row.earlier_id)
    return this.receipt


def ruling_to_take_back(pair: PossibleDuplicate, kept: list[Moved] | None = None) -> Moved | None:
    """The ruling on a pair, where it stands and keeps what it moved."""
    return last_moved(("duplicate", pair.pk), RULED, kept=kept)


def duplicate_take_back(*, actor: Viewer, pair: PossibleDuplicate, reason: str, act_id: UUID | None = None) -> Receipt:
    """A ruling that was given by mistake: both deeds have the parties, the beneficiaries and the amount that they had
    and count as they did, and the pair waits for a ruling again. Refused where one of them was changed since. Result:
    pair."""
    by = permit("duplicate.decide", actor, pair)
    body = {"pair": pair.pk, "reason": reason}
    with act("assistance.duplicate.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = PossibleDuplicate.objects.select_for_update().get(pk=pair.pk)
        last = ruling_to_take_back(row)
        if row.verdict not in ("", Verdict.DISTINCT) and _own(actor, row):
            raise Refusal(
                "duplicate.own",
                _("You recorded one of the two yourself: that both count is for somebody else to say."),
            )
        for deed in _unchanged(last):
            if deed.entry_id is not None:
                uncount(this, deed)
        moved = put_back(this, last, reason)
        for key, stood in moved.more["before"].items():
            _stand_again(this, Deed.within.select_related("item__campaign", "place", "version").get(pk=key), stood)
        this.entry(subject=("duplicate", row.pk), place=row.earlier.place_id, data={"was": moved.more["verdict"]})
        this.result(pair=row.pk)
    return this.receipt


def _as_it_stands(deed: Deed) -> dict[str, Any]:
    """The parties of a deed and whom it reached, as JSON holds them."""
    parties = deed.parties.order_by("pk").values_list("body", "person", "role", "share")
    reached = deed.beneficiaries.order_by("pk").values_list("household", "person", "village")
    whole: dict[str, Any] = plain({"parties": list(parties), "reached": list(reached), "unnamed": deed.unnamed})
    return whole


def _unchanged(last: Moved | None) -> list[Deed]:
    """The deeds that the ruling moved, locked; refuses where one was changed, withdrawn or merged again since."""
    deeds = []
    for key, after in last.more["after"].items() if last else ():
        deed = Deed.within.select_for_update(of=("self",)).get(pk=key)
        if deed.state not in (Deed.State.COUNTED, Deed.State.MERGED) or _as_it_stands(deed) != after:
            raise WrongStage("moved.followed", FOLLOWED)
        deeds.append(deed)
    return deeds


def _stand_again(this: Act, deed: Deed, stood: dict[str, Any]) -> None:
    """Give a deed what it had, and count it. What it counted since is turned already."""
    deed.parties.all().delete()
    deed.beneficiaries.all().delete()
    parties = [
        Part(Body.objects.get(pk=body) if body else Person.within.get(pk=person), role, share)
        for body, person, role, share in stood["parties"]
    ]
    households, people, villages = zip(*stood["reached"], strict=True) if stood["reached"] else ((), (), ())
    reached = Reached(
        households=list(Household.within.filter(pk__in=filled(households))),
        people=list(Person.within.filter(pk__in=filled(people))),
        villages=list(Place.objects.filter(pk__in=filled(villages))),
        unnamed=stood["unnamed"],
    )
    count(this, deed, write_parties(deed, parties), write_beneficiaries(deed, reached))


def _own(actor: Viewer, pair: PossibleDuplicate) -> bool:
    """Did the actor record one of the two? Nobody keeps their own second record alive by their own word."""
    mine = {pair.earlier.recorded_by_id, pair.later.recorded_by_id}
    return actor.person_id is not None and actor.person_id in mine and not is_small_office()


def _credited(verdict: str, kept: Deed, other: Deed) -> list[Part]:
    """Who did it, with their shares: the parties of both, or of the side that did not only report it."""
    if verdict == Verdict.LATER_REPORTS:
        return parts_of(kept)
    if verdict == Verdict.FIRST_REPORTS:
        return parts_of(other)
    return _together(parts_of(kept), parts_of(other))


def _merge(this: Act, kept: Deed, other: Deed, credited: list[Part]) -> None:
    """`other` counts no longer; whom it reached is named at `kept`, with `credited`. Both records stay."""
    uncount(this, other)
    other.state, other.merged_into = Deed.State.MERGED, kept
    other.save(update_fields=["state", "merged_into", "entry_id"])
    ours, theirs = reached_by(kept), reached_by(other)
    both = Reached(
        households=[*ours.households, *theirs.households],
        people=[*ours.people, *theirs.people],
        villages=[*ours.villages, *theirs.villages],
        unnamed=max(ours.unnamed, theirs.unnamed),
    )
    kept.unnamed = both.unnamed
    kept.save(update_fields=["unnamed"])
    kept.beneficiaries.all().delete()
    write_beneficiaries(kept, both)
    rewrite(this, kept, credited)


def _part(this: Act, kept: Deed, other: Deed, overlap: Decimal | None) -> None:
    """What both report stays with `kept`; `other` keeps the rest."""
    if overlap is None:
        raise Refusal("duplicate.overlap", _("Type how much of it stands in both."), field="overlap")
    shared = thousandths(overlap, "overlap", unit=other.version.unit)
    if shared >= other.amount:
        raise Refusal("duplicate.whole", _("That is all of the later one: then it is the same deed."), field="overlap")
    ours, theirs = reached_by(kept), reached_by(other)
    known = {reached.pk for reached in (*ours.households, *ours.people, *ours.villages)}
    rest = Reached(
        households=[household for household in theirs.households if household.pk not in known],
        people=[person for person in theirs.people if person.pk not in known],
        villages=[village for village in theirs.villages if village.pk not in known],
        unnamed=theirs.unnamed,
    )
    parts = parts_of(other)
    other.amount -= shared
    other.save(update_fields=["amount"])
    other.beneficiaries.all().delete()
    write_beneficiaries(other, rest)
    rewrite(this, other, parts)
    rewrite(this, kept, _together(parts_of(kept), parts))


def _together(parts: list[Part], more: list[Part]) -> list[Part]:
    """The parties of both: who is new comes with the share that it had, halved, so that both reports weigh alike."""
    known = {part.who.pk for part in parts}
    new = [part for part in more if part.who.pk not in known]
    if not new:
        return parts
    brought = sum(part.share or 0 for part in new) // 2
    made = list(parts)
    left = brought
    for place, part in enumerate(new):
        share = left if place == len(new) - 1 else (part.share or 0) // 2
        left -= share
        made = joined(made, Part(part.who, part.role, min(share, WHOLE)))
    return made
