"""The demo's register: bodies of two prefectures and their counties, posts, members, venues, accounts to enter by."""

from typing import Any
from uuid import UUID

from yishi.journal.act import SYSTEM
from yishi.organisations.grants import system
from yishi.organisations.models import Body, BodyKind, Place, PlaceLevel, PostRole, Term, Venue, VenueKind
from yishi.organisations.services.bodies import body_register, post_give
from yishi.organisations.services.members import member_admit, term_open
from yishi.organisations.services.people import person_register
from yishi.organisations.services.venues import venue_open
from yishi.people.models import Person
from yishi.people.services import account_demo

from .teller import Cast

K = BodyKind
COUNTY = "532323"  # 牟定县: here the story takes place
PREFECTURES = ("5323", "5301")  # 楚雄彝族自治州, 昆明市
FURTHER_OFFICES = ("5303", "530322")  # 曲靖市 and 陆良县: one published case
MARK = "（演示）"

# Bodies of every county of the two prefectures: kind, name after the county's, key.
EVERYWHERE = (
    (K.COMMITTEE, "{county}政协", "committee"),
    (K.OFFICE, "{county}政协办公室", "office"),
    (K.PARTY, "中共{county}委", "party"),
    (K.GOVERNMENT, "{county}人民政府", "government"),
    (K.DEPARTMENT, "{county}农业农村局", "farming"),
    (K.DEPARTMENT, "{county}水务局", "water"),
)
# Bodies of the county of the story: key, kind, name, code of the place.
HERE = (
    ("chairs", K.CHAIRS, "牟定县政协主席会议", COUNTY),
    ("special", K.SPECIAL, "牟定县政协农业农村委员会", COUNTY),
    ("group", K.GROUP, "牟定县政协委员第三履职小组", COUNTY),
    ("roads", K.DEPARTMENT, "牟定县交通运输局", COUNTY),
    ("housing", K.DEPARTMENT, "牟定县住房和城乡建设局", COUNTY),
    ("education", K.DEPARTMENT, "牟定县教育体育局", COUNTY),
    ("health", K.DEPARTMENT, "牟定县卫生健康局", COUNTY),
    ("hospital", K.INSTITUTION, "牟定县示范医院", COUNTY),
)
TOWNSHIPS = {"ghz": "共和镇", "xqz": "新桥镇", "jpz": "江坡镇", "ftz": "凤屯镇"}
IN_TOWNSHIP = (
    ("council", K.COUNCIL, "{name}协商议事会议"),
    ("township", K.GOVERNMENT, "{name}人民政府"),
    ("township_party", K.PARTY, "中共{name}委员会"),
)
# Key of a person: name, key of the body, role, title, whether one enters as them.
POSTS: dict[str, tuple[str, str, str, str, bool]] = {
    "convener": ("演示·段某", "council/ghz", PostRole.CONVENER, "召集人", True),
    "clerk": ("演示·李某", f"office/{COUNTY}", PostRole.CLERK, "县政协办干事", True),
    "second_clerk": ("演示·王某", f"office/{COUNTY}", PostRole.CLERK, "县政协办副主任", True),
    "handler": ("演示·杨某", f"farming/{COUNTY}", PostRole.CLERK, "县农业农村局干部", True),
    "party_clerk": ("演示·赵某", f"party/{COUNTY}", PostRole.HEAD, "县委办公室负责人", True),
    "chair_head": ("演示·普某", "chairs", PostRole.HEAD, "主席会议召集人", True),
    "prefecture_clerk": ("演示·罗某", "office/5323", PostRole.CLERK, "州政协办公室干部", True),
    "province_clerk": ("演示·高某", "office/53", PostRole.CLERK, "省政协办公厅干部", True),
    "outsider": ("演示·钱某", "office/530125", PostRole.CLERK, "宜良县政协办干事", True),
    "administrator": ("演示·孙某", f"office/{COUNTY}", PostRole.ADMINISTRATOR, "管理员", True),
    "auditor": ("演示·吴某", f"office/{COUNTY}", PostRole.AUDITOR, "审计员", True),
    "water_clerk": ("演示·马某", f"water/{COUNTY}", PostRole.CLERK, "县水务局干部", False),
    "roads_clerk": ("演示·尹某", "roads", PostRole.CLERK, "县交通运输局干部", False),
    "housing_clerk": ("演示·施某", "housing", PostRole.CLERK, "县住建局干部", False),
    "education_clerk": ("演示·毕某", "education", PostRole.CLERK, "县教体局干部", False),
    "health_clerk": ("演示·周某", "health", PostRole.CLERK, "县卫健局干部", False),
    "township_clerk": ("演示·何某", "township/ghz", PostRole.CLERK, "共和镇政府干部", False),
    "township_party_clerk": ("演示·鲁某", "township_party/ghz", PostRole.CLERK, "共和镇党委干部", False),
    "xqz_convener": ("演示·代某", "council/xqz", PostRole.CONVENER, "召集人", False),
    "xqz_township_clerk": ("演示·陶某", "township/xqz", PostRole.CLERK, "新桥镇政府干部", False),
    "village_head": ("演示·起某", "village/mnc", PostRole.HEAD, "村委会主任", False),
    "company_head": ("演示·华某", "company", PostRole.HEAD, "负责人", False),
    "luliang_clerk": ("演示·张某", "office/530322", PostRole.CLERK, "陆良县政协办干事", False),
    "yiliang_second": ("演示·冯某", "office/530125", PostRole.HEAD, "宜良县政协办负责人", False),
    "luliang_second": ("演示·卫某", "office/530322", PostRole.HEAD, "陆良县政协办负责人", False),
    "dayao_second": ("演示·沈某", "office/532326", PostRole.HEAD, "大姚县政协办负责人", False),
    "dayao_clerk": ("演示·文某", "office/532326", PostRole.CLERK, "大姚县政协办干事", False),
}
MEMBERS = {  # key: name, sector, title, whether one enters as them
    "member": ("演示·周委员", "science_association", "委员", True),
    "member_two": ("演示·刘委员", "commerce", "常委", False),
    "member_three": ("演示·陈委员", "women", "委员", False),
}
VENUES = (  # key, kind, name, place, convener, shares, address
    ("mnc", VenueKind.ROOM, "牟尼村协商议事室", "牟尼", "council/ghz", ("special", "group"), "村委会旁"),
    ("ghz_home", VenueKind.MEMBERS_HOME, "共和镇委员之家", "ghz", "council/ghz", ("committee/532323",), "镇文化站"),
    ("courtyard", VenueKind.COURTYARD, "老槐树院坝议事点", "牟尼", "council/ghz", (), "村口老槐树下"),
    ("xqz", VenueKind.LIAISON, "新桥镇委员服务联络处", "xqz", "council/xqz", (), "镇政府一楼"),
    ("studio", VenueKind.STUDIO, "周委员工作室", COUNTY, f"office/{COUNTY}", ("group",), "县城老街"),
    ("park", VenueKind.ENTERPRISE, "产业园企业议事点", COUNTY, f"office/{COUNTY}", (), "产业园服务中心"),
)


def register(cast: Cast) -> None:
    """Everything that stands before the first worry is raised."""
    _places(cast)
    _bodies(cast)
    _people(cast)
    _members(cast)
    _venues(cast)


def _places(cast: Cast) -> None:
    wanted = Place.objects.filter(level__in=(PlaceLevel.PROVINCE, PlaceLevel.PREFECTURE, PlaceLevel.COUNTY))
    for place in (*wanted, *Place.objects.filter(parent__code=COUNTY)):
        cast.places[place.code] = place
    for key, name in TOWNSHIPS.items():
        cast.places[key] = next(p for p in cast.places.values() if p.name == name and p.level == PlaceLevel.TOWNSHIP)
    villages = Place.objects.filter(parent__in=[cast.places[key] for key in TOWNSHIPS]).order_by("lo")
    for key in TOWNSHIPS:
        for number, village in enumerate(v for v in villages if v.parent_id == cast.places[key].pk):
            cast.places[f"{key}{number}"] = village
    cast.places["牟尼"] = next(v for v in villages if v.name.startswith("牟尼"))


def body(cast: Cast, key: str, kind: str, name: str, place: Place, **more: Any) -> None:
    receipt = body_register(actor=system(), kind=kind, name=name + MARK, place=place, is_demo=True, **more)
    cast.bodies[key] = Body.objects.select_related("place").get(pk=UUID(receipt.result["body"]))


def _bodies(cast: Cast) -> None:
    body(cast, "office/53", K.OFFICE, "云南省政协办公厅", cast.places["53"])
    counties = [p for p in cast.places.values() if p.level == PlaceLevel.COUNTY and p.code[:4] in PREFECTURES]
    tops = [cast.places[code] for code in (*PREFECTURES, *FURTHER_OFFICES)]
    for place in dict.fromkeys((*tops, *counties)):
        kinds = EVERYWHERE if place.code not in FURTHER_OFFICES else EVERYWHERE[:4]
        kinds = kinds[:4] if place.level == PlaceLevel.PREFECTURE else kinds
        for kind, name, key in kinds:
            body(cast, f"{key}/{place.code}", kind, name.format(county=place.name), place)
    for key, kind, name, code in HERE:
        body(cast, key, kind, name, cast.places[code])
    for key, name in TOWNSHIPS.items():
        for role, kind, name_pattern in IN_TOWNSHIP:
            body(cast, f"{role}/{key}", kind, name_pattern.format(name=name), cast.places[key])
    body(cast, "village/mnc", K.VILLAGE, "牟尼村村民委员会", cast.places["牟尼"])
    body(cast, "company", K.COMPANY, "示例花卉公司", cast.places["牟尼"])


def person(cast: Cast, key: str, name: str) -> Person:
    """Somebody whom the platform knows, under `key` in the cast."""
    receipt = person_register(actor=system(), name=name, is_demo=True)
    cast.people[key] = Person.within.get(pk=UUID(receipt.result["person"]))
    return cast.people[key]


def _people(cast: Cast) -> None:
    for key, (name, body, role, title, enters) in POSTS.items():
        appointed = person(cast, key, name)
        post_give(actor=system(), person=appointed, body=cast.bodies[body], role=role, title=title)
        if enters:
            account_demo(by=SYSTEM, person=appointed, username=f"demo-{key.replace('_', '-')}")

    administrator = POSTS["administrator"]  # of a small office: both posts
    office = cast.bodies[administrator[1]]
    post_give(actor=system(), person=cast.people["administrator"], body=office, role=PostRole.SECURITY)


def _members(cast: Cast) -> None:
    opened = term_open(actor=system(), body=cast.bodies[f"committee/{COUNTY}"], number=10, name="第十届")
    term = Term.objects.select_related("body__place").get(pk=UUID(opened.result["term"]))
    for key, (name, sector, title, enters) in MEMBERS.items():
        admitted = person(cast, key, name)
        member_admit(actor=system(), person=admitted, term=term, sector=sector, title=title)
        if enters:
            account_demo(by=SYSTEM, person=admitted, username=f"demo-{key.replace('_', '-')}")


def _venues(cast: Cast) -> None:
    for key, kind, name, place, convener, shares, address in VENUES:
        receipt = venue_open(
            actor=system(),
            kind=kind,
            name=name + MARK,
            place=cast.places[place],
            convener=cast.bodies[convener],
            shares=[cast.bodies[body_key] for body_key in shares],
            address=address,
            is_demo=True,
        )
        cast.venues[key] = Venue.objects.select_related("place").get(pk=UUID(receipt.result["venue"]))
