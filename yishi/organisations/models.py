"""Places, bodies, posts, members, venues, place sets, query codes: who stands where, and by which right they act.

What is dated has `valid_from` and `valid_to` (both days included; `valid_to` empty: still valid).
"""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.database.taken_back import TakenBack
from yishi.kit.ids import uuid7
from yishi.people.models import Person


def valid_on(day: date, prefix: str = "") -> Q:
    """The condition that a dated row is valid on `day`."""
    return Q(**{f"{prefix}valid_from__lte": day}) & current(day, prefix)


def current(day: date, prefix: str = "") -> Q:
    """The condition that a dated row is valid on `day` or later."""
    return Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": day})


class Dated(models.Model):
    """A row that is valid from one day to another."""

    valid_from = models.DateField(_("from"), default=date(1949, 10, 1))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class PlaceLevel(models.TextChoices):
    PROVINCE = "province", _("province")
    PREFECTURE = "prefecture", _("prefecture")
    COUNTY = "county", _("county")
    TOWNSHIP = "township", _("township")
    VILLAGE = "village", _("village or community")
    HAMLET = "hamlet", _("hamlet or villagers' group")


class Place(models.Model):
    """An administrative division. Code, name and parent are dated (`PlaceVersion`); what stands here is today's
    version, and `lo`…`hi`, the numbers that all places within it lie between. Both are derived from the versions."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    level = models.CharField(max_length=12, choices=PlaceLevel.choices)
    code = models.CharField(max_length=20, db_index=True)
    name = models.CharField(max_length=64)
    full_name = models.CharField(max_length=160)  # from the prefecture down, for people
    pinyin = models.CharField(max_length=64, blank=True, db_index=True)  # initials: mnc for 牟尼村
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    lo = models.PositiveIntegerField(default=0, db_index=True)
    hi = models.PositiveIntegerField(default=0)
    closed_on = models.DateField(null=True)  # merged or divided away

    class Meta:
        indexes = [models.Index(fields=["level", "lo"], name="place_level_lo")]

    def __str__(self) -> str:
        return self.name


class PlaceVersion(Dated):
    """A place's code, name and parent for a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.ForeignKey(Place, models.CASCADE, related_name="versions")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=64)
    parent = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["code", "valid_from"], name="place_version_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class PlaceSuccession(models.Model):
    """What became of a place: merged into, divided into, renamed, moved."""

    class Kind(models.TextChoices):
        MERGER = "merger", _("merged into")
        DIVISION = "division", _("divided into")
        REPLACEMENT = "replacement", _("replaced by")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    old = models.ForeignKey(Place, models.PROTECT, related_name="successors")
    new = models.ForeignKey(Place, models.PROTECT, related_name="predecessors")
    date = models.DateField()
    kind = models.CharField(max_length=12, choices=Kind.choices)

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class PlaceSet(models.Model):
    """A named set of places (pilot counties, focus counties), whose items are dated."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True)
    is_poor_list = models.BooleanField(default=False)  # 贫困县、贫困村名单: whoever stands in it is poor on those days
    owner = models.ForeignKey("Body", models.PROTECT, null=True, blank=True, related_name="+")  # whose desk keeps it

    def __str__(self) -> str:
        return self.name


class PlaceSetItem(Dated):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place_set = models.ForeignKey(PlaceSet, models.CASCADE, related_name="items")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    paper = models.CharField(max_length=200, blank=True)  # by which decision it belongs to the set
    end_paper = models.CharField(max_length=300, blank=True)  # by which decision it left

    def __str__(self) -> str:
        return f"{self.place_set}: {self.place}"


class BodyKind(models.TextChoices):
    COMMITTEE = "committee", _("consultative committee")  # 政协委员会
    CHAIRS = "chairs", _("chairpersons' meeting")  # 主席会议
    SPECIAL = "special", _("special committee")  # 专门委员会
    OFFICE = "office", _("office of the consultative committee")  # 政协办公室
    GROUP = "group", _("members' group")  # 委员履职小组
    COUNCIL = "council", _("deliberation council")  # 协商议事会议
    LEADING = "leading", _("leading group")  # 领导小组
    PARTY = "party", _("party committee")  # 党委
    GOVERNMENT = "government", _("government")  # 人民政府 (township, county…)
    DEPARTMENT = "department", _("department")
    VILLAGE = "village", _("village or residents' committee")
    INSTITUTION = "institution", _("public institution")
    COMPANY = "company", _("company")
    COOPERATIVE = "cooperative", _("cooperative")
    OWNERS = "owners", _("owners' committee")


class Body(Dated):
    """An organisation that owns duties and desks. Open duties belong to the body, not to the person at its desk."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=BodyKind.choices)
    name = models.CharField(_("name"), max_length=96)
    short_name = models.CharField(max_length=32, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="bodies")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    phone = models.CharField(max_length=32, blank=True)
    email = models.EmailField(_("mail"), blank=True)  # where the daily list of what is due goes
    may_be_public = models.BooleanField(default=True)  # may its name stand in public files (a company's may not)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "name", "valid_from"], name="body_once_per_place")]
        indexes = [models.Index(fields=["kind", "place"], name="body_kind_place")]

    def __str__(self) -> str:
        return self.name


class PostRole(models.TextChoices):
    """What a post lets a person do at the body's desk; the title is free text beside it."""

    HEAD = "head", _("head")  # signs, decides at gates
    CLERK = "clerk", _("clerk")  # does the desk's work
    CONVENER = "convener", _("convener")  # 召集人: collects worries, runs the room
    STAFF = "staff", _("staff")  # sees, does not decide
    COUNCILLOR = "councillor", _("council member")  # 议事会成员: sits when invited; sees no desk
    ADMINISTRATOR = "administrator", _("system administrator")  # 系统管理: accounts, bodies, places; no files
    SECURITY = "security", _("security administrator")  # 安全管理: who holds which post, passwords, locks; no files
    AUDITOR = "auditor", _("auditor")  # 审计: reads all of the body's place and its journal, changes nothing


class Post(Dated):
    """A person's dated post in a body (任职)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    body = models.ForeignKey(Body, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=16, choices=PostRole.choices)
    title = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "body", "role"], condition=Q(valid_to__isnull=True), name="post_held_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.body}"


class Term(Dated, TakenBack):
    """A term (届) of a consultative committee."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    body = models.ForeignKey(Body, models.PROTECT, related_name="terms")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "number"], condition=Q(taken_back_at__isnull=True), name="term_once_per_body"
            )
        ]

    def __str__(self) -> str:
        return self.name or f"{self.number}"


class Member(Dated):
    """A person as member (委员) of a committee in a term, with sector (界别). Sitting while valid, former after."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    term = models.ForeignKey(Term, models.PROTECT, related_name="members")
    sector = models.CharField(max_length=32)  # a code of organisations/data/sectors.csv
    title = models.CharField(max_length=64, blank=True)  # 主席, 副主席, 常委, 委员
    end_reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "term"], name="member_once_per_term")]

    def __str__(self) -> str:
        return f"{self.person} · {self.term}"


class VenueKind(models.TextChoices):
    ROOM = "room", _("deliberation room")  # 协商议事室
    MEMBERS_HOME = "members_home", _("members' home")  # 委员之家
    LIAISON = "liaison", _("members' liaison point")  # 委员服务联络处
    ACTIVITY_GROUP = "activity_group", _("members' activity group")  # 委员活动小组
    STUDIO = "studio", _("member's studio")  # 委员工作室
    COURTYARD = "courtyard", _("courtyard")  # 院坝
    ENTERPRISE = "enterprise", _("enterprise or park")
    INSTITUTION = "institution", _("school, hospital or institution")


class Venue(Dated):
    """A room or point where people raise worries and sit together."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16, choices=VenueKind.choices)
    name = models.CharField(max_length=64)
    place = models.ForeignKey(Place, models.PROTECT, related_name="venues")
    address = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "name", "valid_from"], name="venue_once_per_place")]

    def __str__(self) -> str:
        return self.name


class VenueOwner(models.Model):
    """One of the bodies that run a venue, alone or together (协商联合体). The convening one receives its worries."""

    class Role(models.TextChoices):
        CONVENES = "convenes", _("convenes")
        SHARES = "shares", _("shares")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    venue = models.ForeignKey(Venue, models.CASCADE, related_name="owners")
    body = models.ForeignKey(Body, models.PROTECT, related_name="venues_owned")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.CONVENES)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["venue", "body"], name="venue_owner_once"),
            models.UniqueConstraint(fields=["venue"], condition=Q(role="convenes"), name="venue_one_convener"),
        ]

    def __str__(self) -> str:
        return f"{self.venue} · {self.body}"


class VenueCode(models.Model):
    """A venue's QR code. Reissued, the old one is dead."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    venue = models.ForeignKey(Venue, models.CASCADE, related_name="codes")
    token = models.CharField(max_length=16, unique=True)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["venue"], condition=Q(revoked_at__isnull=True), name="venue_one_live_code")
        ]

    def __str__(self) -> str:
        return self.token


class QueryCode(models.Model):
    """A villager's grant: who holds the code sees and judges what that person raised, or sits for them in one matter.
    One code never does both. Only its keyed hash is stored."""

    class Kind(models.TextChoices):
        OWN = "own", _("one's own")  # printed on a receipt: whoever holds the paper may read it
        SEAT = "seat", _("a seat")  # speaks and votes

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="query_codes")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.OWN)
    matter_id = models.UUIDField(null=True)  # of a seat's code: in which matter
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.issued_at:%Y-%m-%d}"


class Numbering(models.Model):
    """The last number given in one series ("worry/532323/2026"); a series has no gaps that were not refused acts."""

    key = models.CharField(primary_key=True, max_length=64)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} {self.last}"


class Installation(models.Model):
    """What this installation is: one row, made by the demo or by the first-run page."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    home_place = models.ForeignKey(Place, models.PROTECT, null=True)
    home_body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True)  # whose administrators run it
    site_name = models.CharField(max_length=64, blank=True)
    is_demo = models.BooleanField(default=False)
    demo_ended_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)  # first administrator created
    small_office = models.BooleanField(default=False)  # one person may hold several posts in one chain
    three_posts = models.BooleanField(default=False)  # system, security and audit exclude each other and working posts
    public_overdue = models.BooleanField(default=False)  # the party committee's switch for public overdue lists
    contact_phone = models.CharField(max_length=32, blank=True)
    filing_number = models.CharField(max_length=64, blank=True)  # ICP
    police_number = models.CharField(max_length=64, blank=True)
    # The last year whose holidays were known when open days were counted (counted_days.py); 0.2.0 knew 2026.
    calendar_year = models.PositiveSmallIntegerField(default=2026)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_installation")]

    def __str__(self) -> str:
        return self.site_name


class JobRun(models.Model):
    """When a job of the platform last reached its end, and when it last failed: jobs that stand still are seen."""

    name = models.CharField(primary_key=True, max_length=32)
    ended_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class WrongCode(models.Model):
    """Wrong query codes typed from one address within the last hours: who guesses is slowed, on every worker alike."""

    address = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.address
