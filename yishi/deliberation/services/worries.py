"""Raising a worry, and telling those who raised it. What is decided about it stands in screening.py."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.database.words import Words
from yishi.deliberation.models import Matter, Worry, WorryStep
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.clock import add_workdays
from yishi.kit.errors import Refusal
from yishi.kit.names import plain_name
from yishi.kit.records import certain
from yishi.kit.text import clean
from yishi.notices.days import happened
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place, PlaceLevel, Venue, VenueOwner
from yishi.organisations.numbers import next_number
from yishi.organisations.query_codes import code_find, code_for_act, code_issue, codes_revoke
from yishi.organisations.rights import permit
from yishi.organisations.themes import is_sensitive, themes
from yishi.people.models import Account, Person
from yishi.people.services import person_name, person_phone

from .similar import desk_for

TEXT = Words(
    "text", 2000, _("Please write what worries you, in one or two sentences."), "worry.text.empty", "worry.text.long"
)
OWN_CHANNELS = (Worry.Channel.CODE, Worry.Channel.PAGE)  # sent by who is worried, from their own phone
ANSWER_WORKDAYS = 5
PHOTOS = 3
Kind = WorryStep.Kind


def worry_file(
    *,
    actor: Viewer,
    text: str,
    theme: str,
    place: Place,
    channel: str,
    venue: Venue | None = None,
    raiser: Person | None = None,
    raiser_name: str = "",
    raiser_phone: str = "",
    is_anonymous: bool = False,
    photos: Iterable[Attachment] = (),
    happened_on: date | None = None,
    same_as: Worry | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Raise a worry: by anybody from a QR code or the public page; by phone, visit or a member for somebody else.

    The receipt's result has `worry` and `number`; `receipt.query_code` is the raiser's code (None for who holds one
    already or has an account). `happened_on` in the past makes it a record after the event (补录): no clock starts.
    `same_as` is a worry that says the same: staff join it at once; what a villager sends is joined by the convener,
    because who joins reads that worry's answers and judges what comes of it. Nobody joins a closed one. Raises Refusal
    naming the field to mend.
    """
    by = permit("worry.file", actor, place)
    photos = list(photos)
    body = {
        "text": text,
        "theme": theme,
        "place": place.pk,
        "venue": venue.pk if venue else None,
        "channel": channel,
        "raiser": raiser.pk if raiser else None,
        "name": raiser_name,
        "phone": raiser_phone,
        "anonymous": is_anonymous,
        "photos": [photo.sha256 for photo in photos],
        "happened_on": happened_on,
        "same_as": same_as.pk if same_as else None,
    }
    with act("deliberation.worry.file", actor=by, act_id=act_id, body=body) as this:
        if not this.replayed:
            checked = _checked_text(text, theme, photos)
            person, holds_code = _raiser(this, actor, channel, raiser, raiser_name, raiser_phone)
            convener = _receiver(place, venue)
            worry = _write(
                this, actor, checked, theme, place, venue, channel, person, convener, is_anonymous, happened_on
            )
            worry.photos.set(photos)
            _step(this, worry, Kind.FILED, body=convener)
            this.entry(
                subject=("worry", worry.pk),
                place=place.pk,
                at=worry.raised_at,
                dims={"theme": theme, "channel": channel, "body": convener.pk},
                quantities={"worries": 1},
                data={"anonymous": is_anonymous, "photos": len(photos), "backfilled": worry.backfilled},
            )
            this.result(worry=worry.pk, number=worry.number, has_code=not holds_code)
            tell(
                body_id=convener.pk,
                code="worry.filed",
                params={"number": worry.number, "due_on": worry.answer_due_on},
                subject=("worry", worry.pk),
                once=f"worry.filed/{worry.pk}",
            )
            if same_as is not None:
                same_as = Worry.within.select_for_update(of=("self",)).get(pk=(same_as.merged_into or same_as).pk)
                if channel in OWN_CHANNELS or same_as.state in Worry.CLOSED:
                    worry.says_same_as = same_as
                    worry.save(update_fields=["says_same_as"])
                else:
                    join(this, worry, same_as)
    receipt = this.receipt
    receipt.query_code = code_for_act(receipt.pk) if receipt.result.get("has_code") else None
    return receipt


def code_reissue(*, actor: Viewer, worry: Worry, act_id: UUID | None = None) -> Receipt:
    """Give whoever raised the worry a new query code, at their wish; the old one is dead. `receipt.query_code`.

    Raises `Refusal` "worry.account" where they sign in with an account.
    """
    by = permit("worry.reissue_code", actor, worry)
    with act("deliberation.worry.reissue_code", actor=by, act_id=act_id, body={"worry": worry.pk}) as this:
        if not this.replayed:
            if Account.objects.filter(person=worry.raiser_id, is_active=True).exists():
                raise Refusal(
                    "worry.account",
                    _("Who raised this signs in with their account; there is no query code to replace."),
                )
            codes_revoke(worry.raiser)
            code_issue(worry.raiser, code_for_act(this.id))
            # The old one died without a word: whoever holds it reads in the story when, and at whose desk.
            _step(this, worry, Kind.CODE, body=Body.objects.filter(pk__in=[by.body_id]).first())
            this.entry(subject=("worry", worry.pk), place=worry.place_id)
            this.result(worry=worry.pk)
    this.receipt.query_code = code_for_act(this.id)
    return this.receipt


def phone_change(*, actor: Viewer, phone: str, act_id: UUID | None = None) -> Receipt:
    """Who holds a query code leaves, changes or removes their phone number."""
    by = permit("worry.own", actor)
    with act("people.person.change_phone", actor=by, act_id=act_id, body={"phone": phone}) as this:
        if not this.replayed:
            person = Person.within.select_for_update().get(pk=certain(actor.person_id))
            person.phone = checked_phone(phone)
            person.save(update_fields=["phone"])
            this.entry(subject=("person", person.pk), data={"has_phone": bool(person.phone)})
    return this.receipt


def who_raised(worry: Worry, viewer: Viewer) -> Person | None:
    """Who raised the worry, for those who may know: its raiser, who wrote it down, the convener; and, unless it is
    anonymous, every desk that oversees its place. None for all others.
    """
    if viewer.person_id == worry.raiser_id:
        return worry.raiser
    if viewer.holds(worry.convener_id) or (worry.written_by_id and viewer.person_id == worry.written_by_id):
        return worry.raiser
    if worry.is_anonymous:
        return None
    return worry.raiser if viewer.oversees(worry.place.lo) else None


def authors_of(worry: Worry | None = None, matter: Matter | None = None) -> list[Person]:
    """Everybody who raised the worry, or one of the matter's worries; of worries merged into it too; each once."""
    # By the ids of the worries themselves: with a join or a question inside the OR the whole table is read.
    main = [worry.pk] if worry is not None else []
    if matter is not None:
        main += Worry.within.filter(matter=matter).values_list("pk", flat=True)
    raisers = Worry.within.filter(Q(pk__in=main) | Q(merged_into__in=main)).values("raiser")
    return list(Person.within.filter(pk__in=raisers).order_by("pk"))


def tell_authors_of(worry: Worry, code: str, once: str, **params: object) -> None:
    """Tell every author of a worry, in the app and by SMS where a number was left."""
    for person in authors_of(worry=worry):
        tell(
            person=person,
            code=code,
            params={"number": worry.number, **params},
            subject=("worry", worry.pk),
            once=f"{code}/{worry.pk}/{once}/{person.pk}",
            channels=("app", "sms"),
        )


def join(this: Act, worry: Worry, main: Worry, *, reason: str = "") -> None:
    """Merge `worry` into `main` (into what that was merged into): its author hears of all that follows."""
    main = main.merged_into or main
    if main.pk == worry.pk:
        raise Refusal(
            "worry.merge.self", _("A worry cannot be merged into itself. Please choose another one."), field="into"
        )
    if main.state in Worry.CLOSED:
        raise Refusal(
            "worry.merge.closed",
            _("%(number)s is closed (%(state)s): who raised this one would never be asked. Answer this one by itself.")
            % {"number": main.number, "state": main.get_state_display()},
            field="into",
        )
    Worry.within.filter(merged_into=worry).update(merged_into=main)
    worry.merged_into, worry.state, worry.desk_id = main, Worry.State.MERGED, main.desk_id
    worry.save(update_fields=["merged_into", "state", "desk"])
    _step(this, worry, Kind.MERGED, reason=reason, body=main.convener)
    this.entry(
        code="deliberation.worry.merge",
        subject=("worry", worry.pk),
        place=worry.place_id,
        data={"into": main.pk},
    )
    tell(
        person=worry.raiser,
        code="worry.merged",
        params={"number": worry.number, "into": main.number},
        subject=("worry", worry.pk),
        once=f"worry.merged/{worry.pk}/{main.pk}",
        channels=("app", "sms"),
    )


def checked_phone(phone: str) -> str:
    """A phone number in digits, or nothing. Refuses what cannot be one."""
    try:
        return person_phone(phone)
    except Refusal as refusal:
        raise Refusal("worry.phone", refusal.message, field="raiser_phone") from refusal


def _step(
    this: Act, worry: Worry, kind: str, *, reason: str = "", body: Body | None = None, to_body: Body | None = None
) -> WorryStep:
    return WorryStep.objects.create(
        worry=worry, kind=kind, reason=reason, body=body, to_body=to_body, by_id=this.actor.person_id, at=this.at
    )


def _checked_text(text: str, theme: str, photos: list[Attachment]) -> str:
    cleaned = TEXT.kept(text)
    if theme not in themes():
        raise Refusal("worry.theme", _("Please choose what it is about."), field="theme")
    if len(photos) > PHOTOS:
        raise Refusal("worry.photos", _("At most three photos, please."), field="photo")
    return cleaned


def _raiser(
    this: Act, actor: Viewer, channel: str, raiser: Person | None, name: str, phone: str
) -> tuple[Person, bool]:
    """Who raises the worry, and whether they hold a way back to it already (a code, an account)."""
    if raiser is not None:
        return raiser, True
    own = channel in OWN_CHANNELS and actor.is_themselves
    if own and actor.person is not None and not _is_somebody_else(actor, name, phone):
        return actor.person, True
    person = Person.objects.create(name=person_name(name) if clean(name) else "", phone=checked_phone(phone))
    code_issue(person, code_for_act(this.id))
    return person, False


def _is_somebody_else(actor: Viewer, name: str, phone: str) -> bool:
    """One phone, several villagers: who types another name or number than the open code's holder is another person."""
    if actor.query_code is None:
        return False
    holder = certain(actor.person)
    typed = ((plain_name(name), holder.name), (checked_phone(phone), holder.phone))
    return any(entered and entered != known for entered, known in typed)


def _receiver(place: Place, venue: Venue | None) -> Body:
    """The desk that receives the worry: the body that convenes the venue, else the nearest desk for the place."""
    if venue is not None:
        owner = VenueOwner.objects.filter(venue=venue, role=VenueOwner.Role.CONVENES).select_related("body").first()
        if owner is not None:
            return owner.body
    desk = desk_for(place)
    if desk is None:
        raise Refusal(
            "worry.no_desk",
            _("Nobody receives worries for this place yet. Please choose a place of this county."),
            field="place",
        )
    return desk


def _write(
    this: Act,
    actor: Viewer,
    text: str,
    theme: str,
    place: Place,
    venue: Venue | None,
    channel: str,
    person: Person,
    convener: Body,
    is_anonymous: bool,
    happened_on: date | None,
) -> Worry:
    today = timezone.localdate(this.now)
    raised_on = _("This day is still to come. Please give the day it was raised.")
    day = happened(
        happened_on or timezone.localdate(this.at), "happened_on", code="worry", today=today, to_come=raised_on
    )
    own = channel in (Worry.Channel.CODE, Worry.Channel.PAGE)
    county = next((above for above in _upwards(place) if above.level == PlaceLevel.COUNTY), place)
    series = f"worry/{county.code}/{day.year}"
    return Worry.objects.create(
        number=f"{county.name[:2]}-{day.year}-{next_number(series):05d}",
        text=text,
        theme=theme,
        place=place,
        venue=venue,
        raiser=person,
        is_anonymous=is_anonymous,
        channel=channel,
        written_by_id=None if own else actor.person_id,
        desk=convener,
        convener=convener,
        raised_at=this.on_day(day),
        answer_due_on=add_workdays(day, ANSWER_WORKDAYS),
        is_sensitive=is_sensitive(theme),
        backfilled=day < today and happened_on is not None,
        is_demo=person.is_demo,
    )


def _upwards(place: Place) -> Iterable[Place]:
    here: Place | None = place
    while here is not None:
        yield here
        here = here.parent


__all__ = ["authors_of", "code_find", "code_reissue", "phone_change", "who_raised", "worry_file"]
