"""Words and numbers of deeds, as lists, files, papers and the family's page say them alike."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yishi.assistance.deeds.models import Deed, DeedBeneficiary
from yishi.assistance.deeds.models.deeds import WHOLE
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.database.gather import gather
from yishi.reporting.small_numbers import exactly, roughly
from yishi.web.kit.numbers import number_text, thousandths


def how_much(deed: Deed) -> str:
    return f"{thousandths(deed.amount)} {deed.version.unit}"


def share_word(share: int) -> str:
    """Per cent of a share in ten thousandths: 33.34%."""
    return f"{Decimal(share * 100) / WHOLE:f}%".replace(".00%", "%")


def party_words(deed: Deed) -> list[str]:
    """The parties' names, in the order in which they stand."""
    return [str(one.body or one.person) for one in sorted(deed.parties.all(), key=lambda one: one.pk)]


def household_label(one: Household) -> str:
    return f"{one.head.name} · {one.place.name} · {one.number}"


def villager_label(one: Any) -> str:
    home = getattr(one, "home", None)
    return f"{one.name} · {home.place.name} · {home.number}" if home else one.name


def whom(deed: Deed, *, is_own: bool) -> dict[str, Any]:
    """Whom a deed reached, for this viewer (within their reach): families and people by name where they may see them,
    else a number, in tens unless they recorded it themselves (`is_own`)."""
    return whom_from(deed, gather(**whom_rows(deed)), is_own=is_own)


def whom_rows(deed: Deed) -> dict[str, QuerySet[Any, Any]]:
    """What `whom_from` reads: whom it reached, and those of them whom the viewer may see."""
    reached = DeedBeneficiary.objects.filter(deed=deed).order_by("pk")
    people = reached.filter(person__isnull=False).order_by().values("person")
    members = HouseholdMember.objects.filter(person__in=people)
    return {
        "reached": reached.values_list("household", "person", "village__name"),
        "families": Household.objects.filter(pk__in=reached.order_by().values("household")).select_related(
            "head", "place"
        ),
        "villagers": members.select_related("person", "household__place"),
    }


def whom_from(deed: Deed, found: dict[str, Any], *, is_own: bool) -> dict[str, Any]:
    """`whom` from the rows that `whom_rows` asks for."""
    rows = found["reached"]
    households = [one for one, _person, _village in rows if one]
    people = [one for _household, one, _village in rows if one]
    seen = {one.pk: one for one in found["families"]}
    known = {one.person_id: one for one in found["villagers"]}
    return {
        "households": [seen[one] for one in households if one in seen],
        "people": [known[one] for one in people if one in known],
        "villages": [name for _household, _person, name in rows if name],
        "hidden": _hidden(len(households) - len(seen), len(people) - len(known), is_own),
        "unnamed": number_text((exactly if is_own else roughly)(deed.unnamed)) if deed.unnamed else "",
    }


def _hidden(households: int, people: int, is_own: bool) -> list[str]:
    """What is said of those whom the viewer may not see."""
    found = []
    for number, words in ((households, _("%(n)s households")), (people, _("%(n)s people"))):
        if number:
            found.append(words % {"n": number_text((exactly if is_own else roughly)(number))})
    return found
