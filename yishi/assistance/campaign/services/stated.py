"""Numbers that a paper states: rural people, and the baseline (基数) of a campaign."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import Campaign, StatedNumber
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place, PlaceSet
from yishi.organisations.rights import permit
from yishi.organisations.rules import sees_place_set

SOURCE = Words("source", 200, _("Please write from which paper or table this number is."), code="stated.source")
WHY = Words("reason", 200, _("Please say why it is withdrawn."), code="stated.reason")
MOST = 10**9  # nobody counts more people
MOST_PLACES = 400
What = StatedNumber.What


def numbers_state(
    *,
    actor: Viewer,
    place: Place,
    what: str,
    values: Mapping[UUID, int],
    on: date,
    source: str,
    campaign: Campaign | None = None,
    place_set: PlaceSet | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """State a number of a place, or of it and places right below it together: `values` is {place: number}.

    What was stated of the same place and day before is ended. Result: numbers (how many).
    """
    by = permit("number.state", actor, place)
    sent = {
        "place": place.pk,
        "what": what,
        "values": {str(key): value for key, value in values.items()},
        "on": on,
        "source": source,
        "campaign": campaign.pk if campaign else None,
        "set": place_set.pk if place_set else None,
    }
    with act("assistance.number.state", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        day, said = happened(on, "on"), SOURCE.kept(source)
        if what not in What.values:
            raise Refusal("stated.what", _("Please choose one of the values that are offered."), field="what")
        if (what == What.LISTED_PLACES) != (place_set is not None):
            raise Refusal(
                "stated.set",
                _("Listed places are those of a place set: choose it, and for them alone."),
                field="place_set",
            )
        if place_set is not None and not sees_place_set.test(actor, place_set):
            raise Refusal("stated.set", _("Please choose one of the values that are offered."), field="place_set")
        if campaign is not None and not campaign.place.lo <= place.lo <= campaign.place.hi:
            raise Refusal("stated.campaign", _("This campaign does not take place here."), field="campaign")
        places = _places(place, values)
        before = StatedNumber.objects.select_for_update().filter(
            place__in=places, what=what, on=day, place_set=place_set, ended_at=None
        )
        before.update(ended_at=this.now)
        StatedNumber.objects.bulk_create(
            StatedNumber(
                place=each,
                what=what,
                place_set=place_set,
                campaign=campaign,
                value=values[each.pk],
                on=day,
                source=said,
                stated_by=actor.person,
                stated_for_id=by.body_id,
                stated_at=this.now,
            )
            for each in places
        )
        this.entry(
            subject=("place", place.pk),
            place=place.pk,
            at=this.on_day(day),
            dims={"campaign": campaign.pk} if campaign else {},
            data={"what": what, "source": said, "values": {str(each.pk): values[each.pk] for each in places}},
        )
        this.result(numbers=len(places))
    return this.receipt


def _places(place: Place, values: Mapping[UUID, int]) -> Sequence[Place]:
    """The places that are named; refuses none, too many, one that is elsewhere, and a number that cannot be."""
    if not values:
        raise Refusal("stated.none", _("Fill in at least one number."), field="values")
    if len(values) > MOST_PLACES:
        raise Refusal("stated.many", _("At most %(most)d places at once.") % {"most": MOST_PLACES}, field="values")
    for number in values.values():
        if not 0 <= number <= MOST:
            raise Refusal(
                "stated.value", _("A number of people or places lies between 0 and a thousand million."), field="values"
            )
    places = list(Place.objects.filter(pk__in=values).order_by("lo"))
    if len(places) < len(values) or any(each.pk != place.pk and each.parent_id != place.pk for each in places):
        raise Refusal("stated.place", _("State the numbers of this place and of those right below it."), field="values")
    return places


def number_restore(this: Act, number: StatedNumber) -> None:
    """Within an act that undoes it: the number is ended, and what it had taken the place of stands again."""
    before = StatedNumber.objects.filter(
        place=number.place_id, what=number.what, on=number.on, place_set=number.place_set_id,
        ended_at=number.stated_at, end_reason="",
    )  # fmt: skip
    number.ended_at, number.end_reason = this.now, str(_("The import was undone."))
    number.save(update_fields=["ended_at", "end_reason"])
    before.update(ended_at=None)
    this.entry(
        subject=("place", number.place_id),
        place=number.place_id,
        data={"what": number.what, "value": number.value, "on": number.on, "reason": number.end_reason},
    )


def number_withdraw(*, actor: Viewer, number: StatedNumber, reason: str, act_id: UUID | None = None) -> Receipt:
    """Withdraw a number that was stated by mistake; it stays with the reason. Result: number."""
    by = permit("number.withdraw", actor, number)
    body = {"number": number.pk, "reason": reason}
    with act("assistance.number.withdraw", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        said = WHY.kept(reason)
        standing = StatedNumber.objects.filter(pk=number.pk, ended_at=None)
        if not standing.update(ended_at=this.now, end_reason=said):
            raise WrongStage("stated.ended", _("This number is withdrawn already, or another one was stated."))
        this.entry(
            subject=("place", number.place_id),
            place=number.place_id,
            data={"what": number.what, "value": number.value, "on": number.on, "reason": said},
        )
        this.result(number=number.pk)
    return this.receipt
