"""What must not stand in a public file: phone and identity numbers, names of people, names of some companies.

Two locks: `warnings` shows a release check what it should mend; `Veil` covers what slipped through when it is shown.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment, Judge, Proof
from yishi.kit.names import masked_name
from yishi.organisations.models import Body, BodyKind
from yishi.people.models import Person

from .models import Matter, PhotoMask, Release, Seat, Statement, StudyVisit, Worry
from .process.facts import Facts

# An identity number (18 places, or the old 15); a mobile number, a number with its area code; not inside longer ones.
_NUMBERS = {
    "identity": re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?!\d)"),
    "phone": re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)"),
}
_MARKS = {"identity": "[证件号]", "phone": "[电话]"}
_SHORTEST_NAME = 2
# What somebody may type as their name to have it covered wherever it stands; so are the names of public bodies.
_GENERAL = (
    "政府 党委 支部 政协 人大 委员 干部 领导 村民 群众 居民 公司 企业 部门 单位 村委会 合作社 学校 医院 协商 同意 承诺",
)
_COMPANIES = {
    BodyKind.COMPANY: "某企业",
    BodyKind.COOPERATIVE: "某合作社",
}
_SOME_BODY = "某单位"
_SOME_HOUSEHOLD = "某农户"
_HOUSEHOLD = Commitment.BearerKind.HOUSEHOLD


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that the release check should look at: what it is, the words found, and where."""

    code: str  # "phone", "identity", "person", "body"
    found: str  # "" where the words themselves would tell who raised it
    where: Any

    @property
    def message(self) -> Any:
        sentences = {
            "phone": _("a phone number"),
            "identity": _("an identity number"),
            "person": _("the name of a person in the file"),
            "body": _("a company whose name is not public"),
        }
        return sentences[self.code]


class Veil:
    """Covers numbers, the people known in one matter's file, and its bodies that are not named in public."""

    def __init__(self, matter: Matter, facts: Facts | None = None):
        self.matter = matter
        self.facts = facts or Facts(matter)

    @cached_property
    def _known(self) -> list[tuple[str, bool]]:
        """The people in the file: (name, whether they raised it anonymously). A union: each part has its index."""
        matter = self.matter
        commitments = Commitment.within.filter(origin_kind=Commitment.Origin.MATTER, origin_id=matter.pk)
        people = Person.within.filter(
            Q(pk__in=Worry.within.filter(matter=matter).values("written_by"))
            | Q(pk__in=Seat.objects.filter(matter=matter).values("person"))
            | Q(pk__in=commitments.values("bearer_person"))
            | Q(pk__in=Judge.objects.filter(commitment__in=commitments, raised_it=False).values("person"))
        )
        raised = [Worry.within.filter(matter=matter), Worry.within.filter(merged_into__matter=matter)]
        names = people.annotate(hidden=Value(False)).values_list("name", "hidden")
        return list(names.union(*(raisers.values_list("raiser__name", "is_anonymous") for raisers in raised)))

    @cached_property
    def names(self) -> list[str]:
        """Names of the people in the file, the longest first; one-letter names would cover half the text."""
        names = {name.strip() for name, _anonymous in self._known}
        for promise in self.facts.commitments:
            names |= {promise.responsible} | ({promise.bearer_name} if promise.bearer_kind == _HOUSEHOLD else set())
        general = " ".join([*_GENERAL, *(body.name for body in self._bodies if body.may_be_public)])
        return sorted(
            (name for name in names if len(name) >= _SHORTEST_NAME and name not in general), key=len, reverse=True
        )

    @cached_property
    def anonymous(self) -> set[str]:
        """Names of those who raised it anonymously: covered like the others, and never named in a warning."""
        return {name.strip() for name, anonymous in self._known if anonymous}

    @cached_property
    def _bodies(self) -> list[Body]:
        bodies = [self.matter.convener, *(party.body for party in self.facts.parties if party.body)]
        for promise in self.facts.commitments:
            bodies += [body for body in (promise.bearer, promise.supervisor) if body is not None]
        return bodies

    @cached_property
    def bodies(self) -> dict[str, str]:
        """Names of bodies in the file that are not public, and what stands for them."""
        hidden = {}
        for body in self._bodies:
            if body.may_be_public:
                continue
            for name in filter(None, (body.name, body.short_name)):
                hidden[name] = stand_in(body)
        return hidden

    def __call__(self, text: str) -> str:
        """`text` as it may be read by anybody."""
        for name in sorted(self.bodies, key=len, reverse=True):
            text = text.replace(name, self.bodies[name])
        for name in self.names:
            text = text.replace(name, masked_name(name))
        for code, pattern in _NUMBERS.items():
            text = pattern.sub(_MARKS[code], text)
        return text

    def body(self, body: Body) -> str:
        """A body's name for public eyes."""
        return body.name if body.may_be_public else stand_in(body)

    def bearer(self, promise: Commitment) -> str:
        """Who owes a promise, for public eyes: a household is not named."""
        if promise.bearer is not None:
            return self.body(promise.bearer)
        return _SOME_HOUSEHOLD if promise.bearer_kind == _HOUSEHOLD else self(promise.bearer_name)

    def warnings(self, texts: dict[Any, str]) -> list[Doubt]:
        """What should not be public in `texts` (where → text)."""
        doubts: list[Doubt] = []
        for where, text in texts.items():
            for code, pattern in _NUMBERS.items():
                doubts += [Doubt(code, hit, where) for hit in pattern.findall(text)]
            named = [name for name in self.names if name in text]
            doubts += [Doubt("person", "" if name in self.anonymous else name, where) for name in named]
            doubts += [Doubt("body", name, where) for name in self.bodies if name in text]
        return doubts


def stand_in(body: Body) -> str:
    """The words that stand in public for a body whose name does not ("某企业")."""
    return _COMPANIES.get(BodyKind(body.kind), _SOME_BODY)


def public_texts(release: Release, facts: Facts) -> dict[Any, str]:
    """Everything that a public file would show, by where it stands: what the warnings look through."""
    texts: dict[Any, str] = {_("title"): release.title, _("summary"): release.summary}
    agreement = facts.agreement
    if release.shows_agreement and agreement is not None:
        texts[_("agreement")] = "\n".join((agreement.text, agreement.conditions, agreement.minority))
    if release.shows_statements:
        statements = Statement.objects.filter(sitting__matter=facts.matter).values_list("text", "minority_note")
        texts[_("statements")] = "\n".join(" ".join(pair) for pair in statements)
    texts[_("promises")] = "\n".join(f"{commitment.act} {commitment.conditions}" for commitment in facts.commitments)
    texts[_("outcomes")] = "\n".join(f"{outcome.what} {outcome.source}" for outcome in facts.outcomes)
    texts[_("parties")] = "\n".join(party.name for party in facts.parties)
    return {where: text for where, text in texts.items() if text.strip()}


def photos_of(matter: Matter) -> list[Attachment]:
    """The photos from which a public file may choose: of the study, and of what was done. A raiser's own are not."""
    commitments = Commitment.within.filter(origin_kind=Commitment.Origin.MATTER, origin_id=matter.pk)
    visits = StudyVisit.objects.filter(study__matter=matter, photos__isnull=False).values("photos")
    proofs = Proof.objects.filter(commitment__in=commitments, files__isnull=False).values("files")
    attachments = Attachment.objects.filter(Q(pk__in=visits) | Q(pk__in=proofs), kind=Attachment.Kind.PHOTO)
    return list(attachments.order_by("created_at", "pk"))


def masks_of(matter: Matter) -> list[PhotoMask]:
    """The masks of a matter's photos, with the copies that stand for them in public."""
    return list(PhotoMask.objects.filter(matter=matter).select_related("covered", "original"))


def sources_of(matter: Matter) -> dict[UUID, tuple[str, date]]:
    """What each of these photos belongs to, and of which day it is: a place that was visited, what was done."""
    commitments = Commitment.within.filter(origin_kind=Commitment.Origin.MATTER, origin_id=matter.pk)
    proofs = Proof.objects.filter(commitment__in=commitments, files__isnull=False)
    visits = StudyVisit.objects.filter(study__matter=matter, photos__isnull=False)
    found = {photo: (act, on) for photo, act, on in proofs.values_list("files", "commitment__act", "done_on")}
    return found | {photo: (where, on) for photo, where, on in visits.values_list("photos", "where", "on")}
