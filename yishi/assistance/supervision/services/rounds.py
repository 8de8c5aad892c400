"""Rounds of supervision: the line for listing, a round's opening, its list, its team, its end."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import Campaign
from yishi.assistance.supervision.items import newest, read_pack
from yishi.assistance.supervision.listing import listing_of, values_of
from yishi.assistance.supervision.models import Finding, ListedPlace, ListingRule, Round, RoundMember
from yishi.attachments.models import Attachment
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.records import certain
from yishi.notices.days import happened
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place, current
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import permit
from yishi.people.models import Person
from yishi.people.services import Newcomer, person_in

NAME = Words("name", 120, _("Please write a name."), code="round.name")
PLAN = Words("plan", 2000, _("Please write down the plan."), code="round.plan")
SOURCE = Words("source", 200, _("Please write on which paper the line rests."), code="listing.source")
WHY_LISTED = Words("reason", 300, _("Please write why."), code="listed.reason")
END = Words("words", 1000, _("Please write what came of it."), code="round.end")
WHY_WITHDRAWN = Words("reason", 1000, _("Please write why."), code="round.withdraw")

CHOOSE = _("Please choose one of the values that are offered.")
MOST_PEOPLE = 10**8
State = Round.State


def listing_rule_set(
    *,
    actor: Viewer,
    place: Place,
    level: str,
    poor_people: int | None = None,
    incidence: Decimal | None = None,
    needs_both: bool = False,
    source: str,
    act_id: UUID | None = None,
) -> Receipt:
    """Write the next version of the line from which on the places of `level` within `place` are listed. Rounds that
    began under an earlier one keep it. Result: rule, number."""
    by = permit("listing.set", actor, place)
    sent = {
        "place": place.pk,
        "level": level,
        "poor_people": poor_people,
        "incidence": incidence,
        "both": needs_both,
        "source": source,
    }
    with act("assistance.listing_rule.set", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        if level not in ListingRule.LEVELS:
            raise Refusal("listing.level", CHOOSE, field="level")
        if poor_people is None and incidence is None:
            raise Refusal(
                "listing.line", _("Fill in at least one line: people, or the incidence."), field="poor_people"
            )
        if poor_people is not None and not 0 <= poor_people <= MOST_PEOPLE:
            raise Refusal("listing.people", _("This number of people cannot be."), field="poor_people")
        if incidence is not None and not 0 < incidence <= 100:
            raise Refusal("listing.incidence", _("An incidence lies between 0 and 100 %."), field="incidence")
        Place.objects.select_for_update().get(pk=place.pk)  # one version after the other
        before = ListingRule.objects.filter(place=place, level=level).order_by("-number").first()
        rule = ListingRule.objects.create(
            place=place,
            level=level,
            number=before.number + 1 if before else 1,
            poor_people=poor_people,
            incidence=incidence,
            needs_both=needs_both and poor_people is not None and incidence is not None,
            source=SOURCE.kept(source),
            set_by=actor.person,
            set_for_id=by.body_id,
            set_at=this.now,
        )
        this.entry(
            subject=("place", place.pk),
            place=place.pk,
            data={
                "rule": rule.pk,
                "level": level,
                "number": rule.number,
                "people": poor_people,
                "incidence": incidence,
            },
        )
        this.result(rule=rule.pk, number=rule.number)
    return this.receipt


def round_open(
    *,
    actor: Viewer,
    place: Place,
    name: str,
    level: str,
    visits: str,
    plan: str,
    starts_on: date,
    ends_on: date,
    items: Sequence[str],
    body: Body | None = None,
    leading: Body | None = None,
    rule: ListingRule | None = None,
    as_of: date | None = None,
    campaign: Campaign | None = None,
    plan_file: Attachment | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Open a round over an area: the places that `rule` lists on the day `as_of` are on its list from now on, with the
    numbers that listed them. Without a rule all are put on the list by hand. Result: round, listed."""
    by = permit("round.open", actor, place, at=body)
    sent = {
        "place": place.pk,
        "name": name,
        "level": level,
        "visits": visits,
        "plan": plan,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "items": list(items),
        "body": body.pk if body else None,
        "leading": leading.pk if leading else None,
        "rule": rule.pk if rule else None,
        "as_of": as_of,
        "campaign": campaign.pk if campaign else None,
        "file": plan_file.sha256 if plan_file else None,
    }
    with act("assistance.round.open", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        day = happened(as_of or timezone.localdate(this.now), "as_of")
        _sound(visits, starts_on, ends_on, level, rule)
        if rule is not None and not (rule.place.lo <= place.lo and place.hi <= rule.place.hi):
            raise Refusal("round.rule", _("This line is one of another area."), field="rule")
        if campaign is not None and not campaign.place.lo <= place.lo <= campaign.place.hi:
            raise Refusal("round.campaign", _("This campaign does not take place here."), field="campaign")
        opened = Round.objects.create(
            number=f"督-{starts_on.year}-{next_number(f'round/{starts_on.year}'):03d}",
            name=NAME.kept(name),
            campaign=campaign,
            place=place,
            level=level,
            body=body or Body.objects.get(pk=certain(by.body_id)),
            leading=leading,
            visits=visits,
            plan=PLAN.kept(plan),
            plan_file=plan_file,
            starts_on=starts_on,
            ends_on=ends_on,
            pack=newest(),
            items=_items(newest(), items),
            rule=rule,
            as_of=day,
            known_at=this.now,
            opened_by=actor.person,
            opened_at=this.now,
        )
        listed = listing_of(rule, place, day, this.now).listed if rule is not None else {}
        ListedPlace.objects.bulk_create(
            ListedPlace(round=opened, place=each, values=values.kept(), listed_by=actor.person, listed_at=this.now)
            for each, values in listed.items()
        )
        _enter(this, opened, "opened", listed=[place.pk for place in listed])
        this.result(round=opened.pk, listed=len(listed))
    return this.receipt


def round_change(
    *,
    actor: Viewer,
    round: Round,
    name: str,
    visits: str,
    plan: str,
    ends_on: date,
    leading: Body | None = None,
    plan_file: Attachment | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Change what a round says of itself; its list, its day and its items stay. Without a file the one that was sent
    before stays. Result: round."""
    by = permit("round.keep", actor, round)
    sent = {
        "round": round.pk,
        "name": name,
        "visits": visits,
        "plan": plan,
        "ends_on": ends_on,
        "leading": leading.pk if leading else None,
        "file": plan_file.sha256 if plan_file else None,
    }
    with act("assistance.round.change", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = _locked(round)
        _sound(visits, row.starts_on, ends_on, row.level, None)
        row.name, row.visits, row.plan = NAME.kept(name), visits, PLAN.kept(plan)
        row.ends_on, row.leading = ends_on, leading
        row.plan_file = plan_file or row.plan_file
        row.save()
        _enter(this, row, "changed")
        this.result(round=row.pk)
    return this.receipt


def listed_add(*, actor: Viewer, round: Round, place: Place, reason: str, act_id: UUID | None = None) -> Receipt:
    """Put a place on the list by hand, or back on it, with the reason. Result: round, listed."""
    by = permit("round.keep", actor, round)
    sent = {"round": round.pk, "place": place.pk, "reason": reason}
    with act("assistance.round.list", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = _locked(round)
        if place.level != row.level or not row.place.lo <= place.lo <= row.place.hi:
            raise Refusal("listed.place", _("Choose a place of the round's area and level."), field="place")
        listed = ListedPlace.objects.filter(round=row, place=place).first()
        if listed is not None and listed.off_at is None:
            raise Refusal("listed.there", _("This place is on the list already."), field="place")
        why = WHY_LISTED.kept(reason)
        if listed is None:
            values = values_of([place], row.place, row.as_of, row.known_at)[place.pk]
            listed = ListedPlace(round=row, place=place, by_hand=True, values=values.kept())
        listed.reason, listed.listed_by, listed.listed_at = why, actor.person, this.now
        listed.off_at, listed.off_by, listed.off_reason = None, None, ""
        listed.save()
        _enter(this, row, "listed", at=place, reason=why)
        this.result(round=row.pk, listed=listed.pk)
    return this.receipt


def listed_take_off(*, actor: Viewer, listed: ListedPlace, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take a place off the list, with the reason; it stays to be read. Refused while something found there is open.
    Result: round, listed."""
    by = permit("round.keep", actor, listed.round)
    sent = {"listed": listed.pk, "reason": reason}
    with act("assistance.round.unlist", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = _locked(listed.round)
        gone = ListedPlace.objects.select_related("place").get(pk=listed.pk)
        if gone.off_at is not None:
            raise WrongStage("listed.off", _("This place is off the list already."))
        still_open = open_findings(row).filter(place__lo__range=(gone.place.lo, gone.place.hi)).count()
        if still_open:
            raise WrongStage(
                "listed.open",
                _("%(n)d findings there are open: settle them first, or rule on them.") % {"n": still_open},
            )
        gone.off_at, gone.off_by, gone.off_reason = this.now, actor.person, WHY_LISTED.kept(reason)
        gone.save(update_fields=["off_at", "off_by", "off_reason"])
        _enter(this, row, "unlisted", at=gone.place, reason=gone.off_reason)
        this.result(round=row.pk, listed=gone.pk)
    return this.receipt


def round_join(
    *,
    actor: Viewer,
    round: Round,
    role: str,
    valid_from: date,
    person: Person | None = None,
    name: str = "",
    phone: str = "",
    sent_by: Body | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Somebody joins the round's team, known to the platform or registered now. Result: round, post, person."""
    by = permit("round.keep", actor, round)
    sent = {
        "round": round.pk,
        "role": role,
        "valid_from": valid_from,
        "person": person.pk if person else None,
        "name": name,
        "phone": phone,
        "sent_by": sent_by.pk if sent_by else None,
    }
    with act("assistance.round.join", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = _locked(round)
        if role not in RoundMember.Role.values:
            raise Refusal("round.role", CHOOSE, field="role")
        if valid_from > row.ends_on:
            raise Refusal("round.late", _("The round has ended by then."), field="valid_from")
        if person is None:
            person = person_in(this, Newcomer(name, phone))
        there = row.members.filter(current(valid_from))
        if there.filter(person=person).exists():
            raise Refusal("round.there", _("This one is in the team already."), field="name")
        if role == RoundMember.Role.LEADER and there.filter(role=role).exists():
            raise Refusal("round.leader", _("The round has a leader already: end that one's time first."), field="role")
        post = RoundMember.objects.create(round=row, person=person, role=role, valid_from=valid_from, sent_by=sent_by)
        tell(
            person=person,
            code="round.joined",
            params={"number": row.number},
            subject=("round", row.pk),
            once=f"round.joined/{post.pk}",
        )
        _enter(this, row, "joined", day=valid_from, person=person.pk, post=post.pk, role=role)
        this.result(round=row.pk, post=post.pk, person=person.pk)
    return this.receipt


def round_leave(*, actor: Viewer, post: RoundMember, on: date, act_id: UUID | None = None) -> Receipt:
    """End somebody's time in the team with the day `on`. Result: round."""
    by = permit("round.keep", actor, post.round)
    with act("assistance.round.leave", actor=by, act_id=act_id, body={"post": post.pk, "on": on}) as this:
        if this.replayed:
            return this.receipt
        row = RoundMember.objects.select_for_update().get(pk=post.pk)
        if row.valid_to is not None and row.valid_to < timezone.localdate():
            raise WrongStage("round.left", _("They have left the team already."))
        if on < row.valid_from:
            raise Refusal("round.leave", _("It cannot end before it began."), field="on")
        row.valid_to = on
        row.save(update_fields=["valid_to"])
        _enter(this, post.round, "left", day=on, person=row.person_id, post=row.pk)
        this.result(round=row.round_id)
    return this.receipt


def round_close(*, actor: Viewer, round: Round, words: str, act_id: UUID | None = None) -> Receipt:
    """Close a round with what came of it: every finding is struck off, merged or ruled on. Result: round."""
    by = permit("round.keep", actor, round)
    with act("assistance.round.close", actor=by, act_id=act_id, body={"round": round.pk, "words": words}) as this:
        if this.replayed:
            return this.receipt
        row = _locked(round)
        still_open = open_findings(row).count()
        if still_open:
            raise WrongStage(
                "round.open",
                _("%(n)d findings are open: each is struck off, merged or ruled on before the round is closed.")
                % {"n": still_open},
            )
        _end(this, row, State.CLOSED, END.kept(words))
    return this.receipt


def round_withdraw(*, actor: Viewer, round: Round, reason: str, act_id: UUID | None = None) -> Receipt:
    """Withdraw a round that was opened by mistake, before anything was found. Result: round."""
    by = permit("round.keep", actor, round)
    with act("assistance.round.withdraw", actor=by, act_id=act_id, body={"round": round.pk, "reason": reason}) as this:
        if this.replayed:
            return this.receipt
        row = _locked(round)
        if Finding.within.filter(round=row).exists():
            raise WrongStage("round.found", _("Something was found in this round: close it instead."))
        _end(this, row, State.WITHDRAWN, WHY_WITHDRAWN.kept(reason))
    return this.receipt


def round_reopen(*, actor: Viewer, round: Round, reason: str, act_id: UUID | None = None) -> Receipt:
    """Open a round again that was closed or withdrawn too early, with the reason. Result: round."""
    by = permit("round.keep", actor, round)
    with act("assistance.round.reopen", actor=by, act_id=act_id, body={"round": round.pk, "reason": reason}) as this:
        if this.replayed:
            return this.receipt
        row = Round.objects.select_for_update().get(pk=round.pk)
        if row.state == State.OPEN:
            raise WrongStage("round.not_ended", _("This round is under way."))
        why = WHY_WITHDRAWN.kept(reason)
        row.state, row.ended_on, row.end_words = State.OPEN, None, ""
        row.save(update_fields=["state", "ended_on", "end_words"])
        _enter(this, row, "reopened", reason=why)
        this.result(round=row.pk)
    return this.receipt


def open_findings(round: Round) -> Any:
    """What of a round's list is still owed."""
    return Finding.within.filter(round=round, standing=Finding.Standing.OPEN)


def _end(this: Act, row: Round, state: str, words: str) -> None:
    row.state, row.end_words, row.ended_on = state, words, timezone.localdate(this.now)
    row.save(update_fields=["state", "end_words", "ended_on"])
    _enter(this, row, state, words=words)
    this.result(round=row.pk)


def _locked(round: Round) -> Round:
    row = Round.objects.select_for_update(of=("self",)).select_related("place").get(pk=round.pk)
    if row.state != State.OPEN:
        raise WrongStage("round.ended", _("This round has ended. Open it again first."))
    return row


def _sound(visits: str, starts_on: date, ends_on: date, level: str, rule: ListingRule | None) -> None:
    if visits not in Round.Visits.values:
        raise Refusal("round.visits", CHOOSE, field="visits")
    if ends_on < starts_on:
        raise Refusal("round.ends_on", _("It cannot end before it began."), field="ends_on")
    if level not in ListingRule.LEVELS or (rule is not None and rule.level != level):
        raise Refusal("round.level", _("This line lists places of another level."), field="level")


def _items(version: str, codes: Sequence[str]) -> list[str]:
    """The items of the round, in the order of the pack."""
    known = read_pack(version).items
    if not codes or any(code not in known for code in codes):
        raise Refusal("round.items", _("Choose at least one of the items that are offered."), field="items")
    return [code for code in known if code in codes]


def _enter(
    this: Act, round: Round, verb: str, *, at: Place | None = None, day: date | None = None, **data: Any
) -> None:
    moment: datetime | None = this.on_day(day) if day else None
    place = at.pk if at else round.place_id
    this.entry(subject=("round", round.pk), place=place, at=moment, quantities={verb: 1}, data=data)


def rules_of(place: Place) -> Any:
    """The newest version of each level's line of the places around `place`, the nearest first."""
    around = ListingRule.objects.filter(Q(place__lo__lte=place.lo, place__hi__gte=place.hi)).select_related("place")
    newest_of: dict[tuple[UUID, str], ListingRule] = {}
    for rule in around.order_by("-place__lo", "level", "-number"):
        newest_of.setdefault((rule.place_id, rule.level), rule)
    return list(newest_of.values())
