"""Who is meant by a name in a workbook: somebody with a post or a seat near a place, or a body there."""

from django.db.models import Q
from django.utils import timezone

from yishi.organisations.models import Body, Member, Place, Post, valid_on
from yishi.people.models import Person


def helpers_called(home: Place, person: str, body: str) -> list[Person | Body]:
    """The people called `person` who hold a post (in `body`, if one is named) or sit in a committee within or above
    `home`; without a person's name the bodies called `body`. At most three: one is an answer, more are not."""
    today = timezone.localdate()
    if not person:
        near = _near(home, "place__")
        named = Q(name=body) | Q(short_name=body)
        return list(Body.objects.filter(near, named).filter(valid_on(today))[:3])
    posts = Post.objects.filter(valid_on(today), _near(home, "body__place__"), person__name=person)
    members = Member.objects.filter(valid_on(today), _near(home, "term__body__place__"), person__name=person)
    if body:
        held = posts.filter(Q(body__name=body) | Q(body__short_name=body))
        if held.exists():
            posts, members = held, members.none()
    people: dict[object, Person | Body] = {post.person_id: post.person for post in posts.select_related("person")[:20]}
    people.update({member.person_id: member.person for member in members.select_related("person")[:20]})
    return list(people.values())[:3]


def _near(home: Place, prefix: str) -> Q:
    within = Q(**{f"{prefix}lo__gte": home.lo, f"{prefix}lo__lte": home.hi})
    return within | Q(**{f"{prefix}lo__lte": home.lo, f"{prefix}hi__gte": home.hi})
