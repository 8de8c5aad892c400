"""The demo's campaign: three phases with focus sets, the reconstructed nine ones, deeds of invented members, needs and
offers. Published totals are quoted with their source on the answer sheet; the figures show the demo's own deeds alone.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from yishi.assistance.campaign.models import Campaign, CampaignLead, CatalogueItem, Drive
from yishi.assistance.campaign.services.campaign_setup import campaign_begin, lead_set
from yishi.assistance.campaign.services.campaigns import drive_add, phase_add, target_set
from yishi.assistance.deeds.models import Activity, Deed, PossibleDuplicate, VolunteerTeam
from yishi.assistance.deeds.services.activities import Line, activity_open, activity_record
from yishi.assistance.deeds.services.deeds import deed_claim, deed_record, evidence_add
from yishi.assistance.deeds.services.duplicates import duplicate_decide
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.assistance.deeds.services.volunteers import volunteer_team_form, volunteers_join
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.kit.records import certain
from yishi.organisations.models import Body, Place, PlaceSet
from yishi.organisations.services.place_sets import place_set_open, place_set_put

from .honghe import LAGU, LISHU, LVCHUN, QIAOJIA
from .teller import Teller

DAYS = 365  # of a phase
DEEDS = 84
SCHOOL = (6, 20)  # ages of those who are helped as pupils
AHEAD = 90  # days that the last phase still has before it
PHASES = (  # name, what is said of the focus, counties of the demo's focus set (codes)
    ("第一阶段", "当年公布为 27 个深度贫困县；这里是演示节选", (LVCHUN, QIAOJIA)),
    (
        "第二阶段",
        "当年公布为 40 个计划退出县和 9 个人口较少民族；这里是演示节选",
        (LVCHUN, QIAOJIA, "532326", "530322"),
    ),
    ("第三阶段", "当年公布为 9 个未退出县和 7 个挂牌督战重点县；这里是演示节选", (QIAOJIA, LVCHUN)),
)


@dataclass
class Help:
    """The campaign as the other parts of the demo need it."""

    campaign: Campaign
    items: dict[str, CatalogueItem]
    starts: tuple[date, ...]  # of the phases

    @property
    def begins(self) -> date:
        return self.starts[0]


def begun(t: Teller) -> Help:
    """The campaign with its phases, so placed that today lies in the third."""
    last = t.today + timedelta(days=AHEAD)
    starts = tuple(last - timedelta(days=DAYS * (3 - number) - 1) for number in range(3))
    t.go_to(starts[0] - timedelta(days=20))
    receipt = t.does(
        "province_clerk",
        campaign_begin,
        template="nine_ones",
        owner=t.cast.bodies["office/53"],
        code="zhutui-demo",
        name="脱贫攻坚助推行动（演示）",
        starts_on=starts[0],
    )
    campaign = Campaign.objects.get(pk=UUID(receipt.result["campaign"]))
    roles = CampaignLead.Role
    for role, body in ((roles.GROUP, "leaders"), (roles.OFFICE, "office/53")):
        t.does("province_clerk", lead_set, campaign=campaign, role=role, body=t.cast.bodies[body], since=starts[0])
    for number, (name, note, counties) in enumerate(PHASES):
        until = starts[number] + timedelta(days=DAYS - 1)
        receipt = t.does(
            "province_clerk",
            place_set_open,
            name=f"{name}重点县（演示节选）",
            code=f"focus-{number + 1}",
            owner=t.cast.bodies["office/53"],
        )
        focus = PlaceSet.objects.get(pk=UUID(receipt.result["place_set"]))
        places = [t.cast.places[code] for code in counties]
        t.does("province_clerk", place_set_put, place_set=focus, places=places, since=starts[number], until=until)
        t.does(
            "province_clerk",
            phase_add,
            campaign=campaign,
            name=name,
            starts_on=starts[number],
            ends_on=until,
            focus=focus,
            focus_note=note,
        )
    receipt = t.does(
        "province_clerk",
        drive_add,
        campaign=campaign,
        name="百日总攻",
        starts_on=starts[2] + timedelta(days=90),
        ends_on=starts[2] + timedelta(days=190),
        place_set=focus,
        words="挂牌督战的地方，百日之内把销路和岗位补齐（目标为演示）。",
    )
    drive = Drive.objects.get(pk=UUID(receipt.result["drive"]))
    items = {item.code: item for item in campaign.items.select_related("campaign")}
    for code, amount in (("channel", 10), ("job", 15)):
        t.does(
            "province_clerk",
            target_set,
            item=items[code],
            place=t.cast.places["53"],
            amount=Decimal(amount),
            due_on=drive.ends_on,
            drive=drive,
        )
    for code, amount in (("channel", 60), ("job", 80), ("suggestion", 20)):
        t.does(
            "province_clerk",
            target_set,
            item=items[code],
            place=t.cast.places["53"],
            amount=Decimal(amount),
            due_on=starts[2] + timedelta(days=DAYS - 1),
        )
    return Help(campaign, items, starts)


def helped(t: Teller, help: Help, families: Sequence[Household]) -> None:
    """Some eighty deeds of three years, by members of two counties, most of them for families by name."""
    chance = random.Random("help")  # noqa: S311
    homes: dict[UUID, list[Household]] = {}
    for family in families:
        homes.setdefault(family.place_id, []).append(family)
    lagu, lishu, here = t.cast.places[LAGU], t.cast.places[LISHU], t.cast.places["牟尼"]
    days = (t.today - help.begins).days - 10
    for number in range(DEEDS):
        on = help.begins + timedelta(days=1 + (number * days) // DEEDS)
        who = chance.choice(("helper", "doctor", "grower", "teacher", "member", "member_two"))
        place = here if who.startswith("member") else chance.choice((lagu, lagu, lishu))
        code, amount, reached = _pick(chance, who, homes.get(place.pk, []), place)
        parties = [Part(t.cast.people[who])]
        if chance.random() < 0.3 and place.pk != here.pk:
            desk = "office/532531" if place.pk == lagu.pk else "office/530622"
            parties.append(Part(t.cast.bodies[desk], "organiser"))
        t.go_to(min(on + timedelta(days=1), t.today))
        _record(t, who, help.items[code], place, on, amount, parties, reached)


# What each of them mostly does; for families by name where there are any.
DOES = {
    "helper": ("channel", "job", "channel", "venture"),
    "doctor": ("clinic", "clinic", "training"),
    "grower": ("technique", "training", "channel"),
    "teacher": ("student", "culture", "job"),
    "member": ("training", "culture", "clinic"),
    "member_two": ("venture", "technique", "training"),
}


def _pick(chance: random.Random, who: str, homes: Sequence[Household], place: Place) -> tuple[str, Decimal, Reached]:
    """A deed by chance, of the kinds that `who` does: the item's code, the amount, whom it reached."""
    code = chance.choice(DOES[who])
    picked = chance.sample(list(homes), min(len(homes), chance.randrange(1, 4))) if homes else []
    heads = [family.head for family in picked]
    if code == "channel" and picked:
        return code, Decimal(1), Reached(households=picked)
    if code in ("job", "student") and picked:
        return code, Decimal(len(picked)), Reached(households=picked, people=heads)
    if code in ("venture", "technique"):
        return code, Decimal(1), Reached(villages=[place])
    code = code if code in ("training", "clinic", "culture") else "training"
    return code, Decimal(1), Reached(villages=[place], unnamed=chance.randrange(12, 90))


def _record(
    t: Teller,
    who: str,
    item: CatalogueItem,
    place: Place,
    on: date,
    amount: Decimal,
    parties: Sequence[Part],
    reached: Reached,
    words: str = "",
    desk: Body | None = None,
) -> Deed:
    receipt = t.does(
        who,
        deed_record,
        item=item,
        place=place,
        on=on,
        amount=amount,
        parties=parties,
        reached=reached,
        words=words,
        recorded_for=desk,
    )
    return Deed.within.get(pk=UUID(receipt.result["deed"]))


def went_out(t: Teller, help: Help) -> None:
    """A medical team of the county with its roster, and three clinics."""
    begins = help.starts[1] + timedelta(days=30)
    t.go_to(begins)
    lagu, desk = t.cast.places[LAGU], t.cast.bodies["office/532531"]
    receipt = t.does(
        "lvchun_clerk",
        volunteer_team_form,
        organiser=desk,
        kind="medical",
        name="绿春县政协义诊医疗队（演示）",
        place=t.cast.places[LVCHUN],
        valid_from=begins,
        campaign=help.campaign,
    )
    team = VolunteerTeam.objects.get(pk=UUID(receipt.result["team"]))
    t.does("lvchun_clerk", volunteers_join, team=team, valid_from=begins, members=[t.cast.people["doctor"]], leads=True)
    for name, calling in (("演示·医生甲", "内科医师"), ("演示·医生乙", "儿科医师"), ("演示·护士丙", "护师")):
        t.does("lvchun_clerk", volunteers_join, team=team, valid_from=begins, written_name=name, calling=calling)
    for number, seen in enumerate((63, 48, 71)):
        on = begins + timedelta(days=20 + 90 * number)
        t.go_to(on + timedelta(days=1))
        receipt = t.does(
            "lvchun_clerk", activity_open, title="腊姑村义诊", place=lagu, on=on, organiser=desk, team=team
        )
        activity = Activity.objects.get(pk=UUID(receipt.result["activity"]))
        line = Line(help.items["clinic"], Decimal(1), Reached(villages=[lagu], unnamed=seen))
        t.does(
            "lvchun_clerk", activity_record, activity=activity, lines=[line], parties=[Part(t.cast.people["doctor"])]
        )


def taught(t: Teller, help: Help, families: Sequence[Household]) -> None:
    """An autumn's grants for the pupils of 腊姑村, all in one go: each pupil is one deed, for a person by name."""
    lagu, today = t.cast.places[LAGU], t.today
    on = today - timedelta(days=80)
    t.go_to(on + timedelta(days=1))
    desk = t.cast.bodies["office/532531"]
    receipt = t.does("lvchun_clerk", activity_open, title="腊姑村秋季助学金发放", place=lagu, on=on, organiser=desk)
    activity = Activity.objects.get(pk=UUID(receipt.result["activity"]))
    homes = [family for family in families if family.place_id == lagu.pk]
    members = HouseholdMember.within.filter(household__in=homes, valid_to=None).select_related("person__resident")
    pupils = [
        member.person
        for member in members.order_by("household__number", "pk")
        if SCHOOL[0] <= today.year - certain(member.person.resident.born_on).year <= SCHOOL[1]
    ]
    lines = [Line(help.items["student"], Decimal(1), Reached(people=[pupil])) for pupil in pupils]
    teacher = t.cast.people["teacher"]
    t.does("lvchun_clerk", activity_record, activity=activity, lines=lines, parties=[Part(teacher)])


def counted_once(t: Teller, help: Help, families: Sequence[Household]) -> None:
    """One sales channel: the member records it, the county's office claims its role, the prefecture reports it again.

    The first pair is decided; a second one waits in the queue for whoever tries the demo.
    """
    lagu = t.cast.places[LAGU]
    homes = [family for family in families if family.place_id == lagu.pk][:4]
    for back, decided in ((40, True), (12, False)):
        on = t.today - timedelta(days=back)
        t.go_to(on + timedelta(days=1))
        reached = Reached(households=homes[:3] if decided else homes[1:4])
        outcome = "红米进了州府两家超市" if decided else "茶叶签了一年的订单"
        channel = help.items["channel"]
        first = _record(t, "helper", channel, lagu, on, Decimal(1), [Part(t.cast.people["helper"])], reached, outcome)
        t.does("lvchun_clerk", deed_claim, deed=first, who=t.cast.bodies["office/532531"], role="co")
        t.does("helper", evidence_add, deed=first, kind="contract", words="购销合同，演示编号 2026-07")
        t.go_to(on + timedelta(days=4))
        desk = t.cast.bodies["office/5325"]
        again = _record(
            t, "honghe_clerk", channel, lagu, on, Decimal(1), [Part(desk)], reached, f"州里上报：{outcome}", desk
        )
        pair = PossibleDuplicate.objects.filter(later=again).first()
        if decided and pair is not None:
            t.does("honghe_clerk", duplicate_decide, pair=pair, verdict="same", reason="同一份合同")
