"""The cast: the same few people in every test, one of whom must be refused.

Two counties of one prefecture. Most things happen in 牟尼村 (牟定县共和镇); the outsider sits in 宜良县.
"""

from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.hashers import make_password

from yishi.database.reach import everything
from yishi.kit.ids import named_id
from yishi.organisations.grants import Viewer, viewer_of
from yishi.organisations.models import (
    Body,
    Installation,
    Member,
    Place,
    PlaceVersion,
    Post,
    Term,
    Venue,
    VenueCode,
    VenueOwner,
)
from yishi.people.models import Account, Person

PASSWORD = "correct horse battery"
PASSWORD_HASH = make_password(PASSWORD, hasher="md5")
NOW = date(2026, 1, 1)

PLACES = [  # code, name, level, parent, pinyin
    ("53", "云南省", "province", None, "yns"),
    ("5323", "楚雄彝族自治州", "prefecture", "53", "cxyzzzz"),
    ("532323", "牟定县", "county", "5323", "mdx"),
    ("532323100", "共和镇", "township", "532323", "ghz"),
    ("532323100201", "牟尼村", "village", "532323100", "mnc"),
    ("532323100202", "邻近村", "village", "532323100", "ljc"),
    ("5301", "昆明市", "prefecture", "53", "kms"),
    ("530125", "宜良县", "county", "5301", "ylx"),
    ("530125100", "匡远镇", "township", "530125", "kyz"),
    ("530125100201", "外县村", "village", "530125100", "wxc"),
]


@dataclass
class Cast:
    """`cast.places["牟尼村"]`, `cast.bodies["office"]`, `cast.people["clerk"]`, `cast.viewer("clerk")`."""

    places: dict[str, Place] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    venue: Venue | None = None
    venue_code: VenueCode | None = None

    def viewer(self, who: str) -> Viewer:
        """The viewer with the grants that `who` holds at this moment."""
        with everything():
            return viewer_of(self.people[who])

    def account(self, who: str) -> Account:
        return self.people[who].account


BODIES = {  # key: kind, name, place
    "province_office": ("office", "云南省政协办公厅", "云南省"),
    "prefecture_office": ("office", "楚雄州政协办公室", "楚雄彝族自治州"),
    "committee": ("committee", "牟定县政协", "牟定县"),
    "office": ("office", "牟定县政协办公室", "牟定县"),
    "chairs": ("chairs", "牟定县政协主席会议", "牟定县"),
    "special": ("special", "牟定县政协农业农村委员会", "牟定县"),
    "party": ("party", "中共牟定县委", "牟定县"),
    "government": ("government", "牟定县人民政府", "牟定县"),
    "department": ("department", "牟定县农业农村局", "牟定县"),
    "water": ("department", "牟定县水务局", "牟定县"),
    "township": ("government", "共和镇人民政府", "共和镇"),
    "township_party": ("party", "中共共和镇委员会", "共和镇"),
    "council": ("council", "共和镇协商议事会议", "共和镇"),
    "village": ("village", "牟尼村村民委员会", "牟尼村"),
    "company": ("company", "示例花卉有限公司", "牟尼村"),
    "outside_office": ("office", "宜良县政协办公室", "宜良县"),
    "outside_department": ("department", "宜良县教育体育局", "宜良县"),
}
POSTS = {  # key: name, body, role
    "province_clerk": ("省甲", "province_office", "clerk"),
    "prefecture_clerk": ("州甲", "prefecture_office", "clerk"),
    "clerk": ("县办甲", "office", "clerk"),
    "second_clerk": ("县办乙", "office", "clerk"),
    "office_head": ("县办主任", "office", "head"),
    "chair_head": ("主席甲", "chairs", "head"),
    "party_clerk": ("县委甲", "party", "clerk"),
    "party_second": ("县委乙", "party", "head"),
    "handler": ("农业局甲", "department", "clerk"),
    "handler_head": ("农业局局长", "department", "head"),
    "water_clerk": ("水务局甲", "water", "clerk"),
    "convener": ("召集人甲", "council", "convener"),
    "village_head": ("村主任甲", "village", "head"),
    "company_head": ("花卉甲", "company", "head"),
    "administrator": ("管理员甲", "office", "administrator"),
    "outsider": ("外县甲", "outside_office", "clerk"),
    "outside_handler": ("外县乙", "outside_department", "clerk"),
}
MEMBERS = {"member": "委员甲", "neighbour": "委员乙", "former_member": "委员丙"}
VILLAGERS = {"villager": "村民甲", "second_villager": "村民乙"}


def make_cast() -> Cast:
    """Write the cast into the database, a statement for each table: most tests begin with it."""
    cast = Cast()
    with everything():
        _make_places(cast)
        for key, (kind, name, place) in BODIES.items():
            cast.bodies[key] = Body(kind=kind, name=name, place=cast.places[place])
        Body.objects.bulk_create(cast.bodies.values())
        names = {key: row[0] for key, row in POSTS.items()} | MEMBERS | VILLAGERS
        cast.people = {key: Person(name=name) for key, name in names.items()}
        Person.objects.bulk_create(cast.people.values())
        keeping = [key for key in names if key not in VILLAGERS]
        Account.objects.bulk_create(
            Account(username=key, person=cast.people[key], password=PASSWORD_HASH) for key in keeping
        )
        Post.objects.bulk_create(
            Post(person=cast.people[key], body=cast.bodies[body], role=role) for key, (_, body, role) in POSTS.items()
        )
        term = Term.objects.create(body=cast.bodies["committee"], number=10, name="第十届")
        for key in MEMBERS:
            end = {"valid_to": date(2025, 12, 31), "end_reason": "辞去"} if key == "former_member" else {}
            Member.objects.create(person=cast.people[key], term=term, sector="agriculture", **end)
        cast.venue = Venue.objects.create(kind="room", name="牟尼村协商议事室", place=cast.places["牟尼村"])
        VenueOwner.objects.create(venue=cast.venue, body=cast.bodies["council"], role="convenes")
        VenueOwner.objects.create(venue=cast.venue, body=cast.bodies["special"], role="shares")
        cast.venue_code = VenueCode.objects.create(venue=cast.venue, token="MN0000TEST", issued_at="2026-01-01T00:00Z")
        Installation.objects.create(home_place=cast.places["牟定县"], home_body=cast.bodies["office"], site_name="测试")
    return cast


def _make_places(cast: Cast) -> None:
    by_code: dict[str, Place] = {}
    for code, name, level, parent, pinyin in PLACES:
        place = Place(id=named_id("place", code), code=code, name=name, level=level, pinyin=pinyin, full_name=name)
        place.parent = by_code.get(parent or "")
        if place.parent and place.parent.level not in {"province"}:
            place.full_name = place.parent.full_name + name
        by_code[code] = cast.places[name] = place
    _number(by_code, None, 1)
    Place.objects.bulk_create(by_code.values())
    PlaceVersion.objects.bulk_create(
        PlaceVersion(place=place, code=place.code, name=place.name, parent=place.parent) for place in by_code.values()
    )


def _number(places: dict[str, Place], parent: Place | None, start: int) -> int:
    for place in places.values():
        if place.parent is parent:
            place.lo = start
            start = _number(places, place, start + 1)
            place.hi = start - 1
    return start


def sign_in(client, cast: Cast, who: str):
    """Sign `who` in on Django's test client and give it back."""
    client.force_login(cast.account(who), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


__all__ = ["PASSWORD", "Cast", "make_cast", "sign_in"]
