"""Which posts one person may not hold together, unless the small office switch is on; the pages always show it.

Where the installation keeps the three posts apart (三员分立), system administrator, security administrator and auditor
exclude each other, and each of them every working post.
"""

from datetime import date

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yishi.people.models import Person

from .models import Body, BodyKind, Installation, Post, PostRole, current

DECIDING = frozenset({PostRole.HEAD, PostRole.CLERK, PostRole.CONVENER})
ADMINISTERING = frozenset({PostRole.ADMINISTRATOR, PostRole.SECURITY})
THREE = ADMINISTERING | {PostRole.AUDITOR}
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
    day, apart = max(since or today, today), three_posts()
    for post in Post.objects.filter(current(day), person=person).select_related("body"):
        why = _rule(post.role, post.body, role, body, apart)
        if why is not None:
            said: Promise | str = why % {"body": post.body.name}
            return said
    return None


def three_posts() -> bool:
    """Does this installation keep system, security and audit apart?"""
    return Installation.objects.filter(pk=1, three_posts=True).exists()


def clashes(posts: list[Post], apart: bool = False) -> list[tuple[Post, Post]]:
    """The pairs among the open posts of one person that a rule keeps apart (held by the small office switch).

    `apart`: by the rule that keeps the three posts apart, too.
    """
    pairs = [(post, other) for number, post in enumerate(posts) for other in posts[number + 1 :]]
    return [
        (post, other) for post, other in pairs if _rule(post.role, post.body, other.role, other.body, apart) is not None
    ]


def _rule(role: str, body: Body, other_role: str, other: Body, apart: bool) -> Promise | None:
    """The sentence of the rule that keeps two posts apart, with room for the first one's body; None if none does."""
    both = {role, other_role}
    if apart and both & THREE and (len(both & THREE) > 1 or both & DECIDING):
        return _(
            "This person has a post at “%(body)s”: system administrator, security administrator and auditor are three "
            "people here, and none of them works on files."
        )
    if both & ADMINISTERING and both & DECIDING:
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
