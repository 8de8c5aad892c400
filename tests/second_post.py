"""People with a first post elsewhere, of the same role in a body of the same kind: it must give nothing of what they do
at their second."""

import sys
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from yishi.organisations import grants
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place, PlaceLevel, Post

ELSEWHERE = "别处"
viewer_of = grants.viewer_of
NOWHERE = 10**6  # a number that no place has


def with_a_post_elsewhere(viewer: Viewer) -> Viewer:
    """`viewer` with a post before each of their posts (a member: a clerk's post) at a place that contains nothing."""
    if viewer.person is None or viewer.query_code is not None:
        return viewer
    kinds = [(post.role, post.body.kind, post.body.place.level) for post in viewer.posts]
    if not kinds and viewer.memberships:
        kinds = [("clerk", "office", PlaceLevel.COUNTY)]
    posts = []
    for role, kind, level in kinds:
        place = Place(level=level, code=ELSEWHERE, name=ELSEWHERE, full_name=ELSEWHERE, lo=NOWHERE, hi=NOWHERE)
        body = Body(kind=kind, name=ELSEWHERE, place=place)
        posts.append(Post(person=viewer.person, body=body, role=role))
    given_elsewhere.update(post.pk for post in posts)
    given_to.update({viewer.person.pk} if posts else ())
    return replace(viewer, posts=(*posts, *viewer.posts), all_posts=())


given_elsewhere: set[UUID] = set()  # the posts
given_to: set[UUID] = set()  # the people


def asked(*args, **kwargs):
    return with_a_post_elsewhere(viewer_of(*args, **kwargs))


def give_everybody_a_post_elsewhere(replace_it):
    """Whoever is asked who somebody is, now answers so; `replace_it` is `setattr`, or pytest's."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("yishi.", "tests.")) and name != __name__ and vars(module).get("viewer_of") is viewer_of:
            replace_it(module, "viewer_of", asked)


@contextmanager
def everybody_with_a_post_elsewhere(monkeypatch):
    with monkeypatch.context() as patched:
        give_everybody_a_post_elsewhere(patched.setattr)
        yield
