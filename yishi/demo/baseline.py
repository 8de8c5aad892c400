"""The campaign's baseline as it was published (3.32 million people, 5,732 villages, 73 counties), places listed and
taken off the list by decision, and rural people of one village: its incidence begins at the published 10.9 %.

What the demo's register counts stands beside these numbers and is far smaller: it is the demo's own.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from yishi.assistance.campaign.services.stated import numbers_state
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.organisations.models import PlaceSet, PlaceSetItem
from yishi.organisations.services.place_sets import place_set_open, place_set_put, place_set_remove

from .campaign import Help
from .honghe import LAGU, LISHU, LVCHUN, QIAOJIA
from .teller import Teller

PUBLISHED = "2018年启动时公布（据公开报道）"
INVENTED = "演示数据：按公布的贫困发生率10.9%倒推，非统计公布"
POOR_PEOPLE, POOR_VILLAGES, POOR_COUNTIES = 3_320_000, 5_732, 73
INCIDENCE = 109  # per mille, of 腊姑村, published
LISTS = (  # name, code, members in the demo, how many were published
    ("贫困县（演示节选）", "poor-counties", (LVCHUN, QIAOJIA, "532326"), POOR_COUNTIES),
    ("贫困村（演示节选）", "poor-villages", (LAGU, LISHU), POOR_VILLAGES),
)
LEFT = ("532326", "演示批复：退出贫困县")


def based(t: Teller, help: Help, families: Sequence[Household]) -> None:
    """State it at the province, list the places, and let one county leave the list by a decision."""
    province, begins = t.cast.places["53"], help.begins
    t.go_to(begins + timedelta(days=1))
    stated = {"place": province, "on": begins, "source": PUBLISHED, "campaign": help.campaign}
    t.does("province_clerk", numbers_state, what="poor_people", values={province.pk: POOR_PEOPLE}, **stated)
    kept = {"owner": t.cast.bodies["office/53"], "is_poor_list": True}
    for name, code, members, number in LISTS:
        receipt = t.does("province_clerk", place_set_open, name=name, code=code, **kept)
        listed = PlaceSet.objects.get(pk=UUID(receipt.result["place_set"]))
        places = [t.cast.places[member] for member in members]
        t.does("province_clerk", place_set_put, place_set=listed, places=places, since=begins, paper="演示名单")
        t.does(
            "province_clerk",
            numbers_state,
            what="listed_places",
            values={province.pk: number},
            place_set=listed,
            **stated,
        )
    village = t.cast.places[LAGU]
    people = HouseholdMember.within.filter(household__in=[home for home in families if home.place_id == village.pk])
    rural = round(people.count() * 1000 / INCIDENCE)
    t.does(
        "lvchun_clerk",
        numbers_state,
        place=village,
        what="rural_people",
        values={village.pk: rural},
        on=begins,
        source=INVENTED,
    )
    code, paper = LEFT
    t.go_to(help.starts[1] + timedelta(days=60))
    left = PlaceSetItem.objects.get(place_set__code="poor-counties", place=t.cast.places[code])
    t.does("province_clerk", place_set_remove, item=left, until=t.day - timedelta(days=1), paper=paper)
