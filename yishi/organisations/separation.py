"""Which posts one person may not hold together, unless the small office switch is on; the pages always show it."""

from datetime import date

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yishi.people.models import Person

from .models import Body, BodyKind, Post, PostRole, current

DECIDING = frozenset({PostRole.HEAD, PostRole.CLERK, PostRole.CONVENER})
ASKS = frozenset({BodyKind.OFFICE})  # asks at gates, supervises
GATES = frozenset({BodyKind.PARTY})  # approves plans and hand-overs
OWES = frozenset(
    {
        BodyKind.DEPARTMENT,
        BodyKind.GOVERNMENT,
        BodyKind.COMPANY,
        BodyKind.COOPERATIVE,
        BodyKind.INSTITUTION,
    }
)  # carries out what others supervise


def clash(person: Person, body: Body, role: str, since: date | None = None) -> Promise | str | None:
    """Why `person` may not also hold `role` at `body` from a day on (today); None if no rule is hit.

    A post that ends later counts as long as it is held.
    """
    today = timezone.localdate()
    day = max(since or today, today)
    for post in Post.objects.filter(current(day), person=person).select_related("body"):
        why = _rule(post.role, post.body, role, body)
        if why is not None:
            said: Promise | str = why % {"body": post.body.name}
            return said
    return None


def clashes(posts: list[Post]) -> list[tuple[Post, Post]]:
    """The pairs among the open posts of one person that a rule keeps apart (held by the small office switch)."""
    pairs = [(one, other) for n, one in enumerate(posts) for other in posts[n + 1 :]]
    return [(a, b) for a, b in pairs if _rule(a.role, a.body, b.role, b.body) is not None]


def _rule(role: str, body: Body, other_role: str, other: Body) -> Promise | None:
    administers = {role == PostRole.ADMINISTRATOR, other_role == PostRole.ADMINISTRATOR}
    if administers == {True, False} and (role in DECIDING or other_role in DECIDING):
        return _(
            "This person has a post at “%(body)s”: who administers accounts does not decide on files as well. "
            "In a small office, switch on “small office” in the settings."
        )
    if not (role in DECIDING and other_role in DECIDING):
        return None
    kinds = {body.kind, other.kind}
    if kinds & ASKS and kinds & OWES:
        return _(
            "This person has a post at “%(body)s”: who supervises a promise is not the one who owes it. "
            "In a small office, switch on “small office” in the settings."
        )
    if kinds & ASKS and kinds & GATES:
        return _(
            "This person has a post at “%(body)s”: who asks at a gate does not answer there. "
            "In a small office, switch on “small office” in the settings."
        )
    return None
