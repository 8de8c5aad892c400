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
    return [str(party.body or party.person) for party in sorted(deed.parties.all(), key=lambda party: party.pk)]


def household_label(household: Household) -> str:
    return f"{household.head.name} · {household.place.name} · {household.number}"


def villager_label(villager: Any) -> str:
    home = getattr(villager, "home", None)
    return f"{villager.name} · {home.place.name} · {home.number}" if home else villager.name


def whom(deed: Deed, *, is_own: bool) -> dict[str, Any]:
    """Whom a deed reached, for the viewer of this request: families and people by name where the viewer may see them,
    else a number, in tens unless the viewer recorded the deed (`is_own`)."""
    return whom_from(deed, gather(**whom_rows(deed)), is_own=is_own)


def whom_rows(deed: Any) -> dict[str, QuerySet[Any, Any]]:
    """The querysets that `whom_from` reads of a deed or its stand-in: whom it reached, and those of them whom the
    viewer may see."""
    reached = DeedBeneficiary.objects.filter(deed=deed.pk).order_by("pk")
    people = reached.filter(person__isnull=False).order_by().values("person")
    members = HouseholdMember.objects.filter(person__in=people)
    return {
        "reached": reached.values_list("household", "person", "village__name"),
        "families": Household.objects.filter(pk__in=reached.order_by().values("household")).select_related(
            "head", "place"
        ),
        "villagers": members.select_related("person", "household__place"),
    }


def whom_from(deed: Deed, gathered: dict[str, Any], *, is_own: bool) -> dict[str, Any]:
    """As `whom`, from what was gathered of `whom_rows`."""
    reached = gathered["reached"]
    households = [household for household, _person, _village in reached if household]
    people = [person for _household, person, _village in reached if person]
    seen = {household.pk: household for household in gathered["families"]}
    known = {membership.person_id: membership for membership in gathered["villagers"]}
    return {
        "households": [seen[key] for key in households if key in seen],
        "people": [known[key] for key in people if key in known],
        "villages": [name for _household, _person, name in reached if name],
        "hidden": _hidden(len(households) - len(seen), len(people) - len(known), is_own),
        "unnamed": number_text((exactly if is_own else roughly)(deed.unnamed)) if deed.unnamed else "",
    }


def _hidden(households: int, people: int, is_own: bool) -> list[str]:
    """Sentences about the families and people whom the viewer may not see: how many they are."""
    sentences = []
    for number, sentence in ((households, _("%(n)s households")), (people, _("%(n)s people"))):
        if number:
            sentences.append(sentence % {"n": number_text((exactly if is_own else roughly)(number))})
    return sentences
