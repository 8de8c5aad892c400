"""People with a first post elsewhere, of the same role in a body of the same kind: it must give nothing of what they do
at their second."""

import sys
from contextlib import contextmanager
from dataclasses import replace

from yishi.journal.models import Entry
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
    return replace(viewer, posts=(*posts, *viewer.posts), all_posts=())


given_elsewhere = set()


@contextmanager
def everybody_with_a_post_elsewhere(monkeypatch):
    """Whoever is asked who somebody is, now answers so."""

    def asked(*args, **kwargs):
        return with_a_post_elsewhere(viewer_of(*args, **kwargs))

    with monkeypatch.context() as patched:
        for module in [one for name, one in sys.modules.items() if name.startswith(("yishi.", "tests."))]:
            if module.__name__ != __name__ and getattr(module, "viewer_of", None) is viewer_of:
                patched.setattr(module, "viewer_of", asked)
        yield


def entries_that_name_another_desk() -> list[tuple[str, str]]:
    """(act, what is wrong) of the entries whose right is not a post that their actor holds at the body they name."""
    wrong = []
    posts = {post.pk: post for post in Post.objects.all()}
    for entry in Entry.objects.filter(right_kind="post"):
        post = posts.get(entry.right_id)
        if post is None or entry.right_id in given_elsewhere:
            wrong.append((entry.code, "a post elsewhere"))
        elif (post.person_id, post.body_id) != (entry.actor_id, entry.body_id):
            wrong.append((entry.code, "a post of somebody else, or at another body"))
    wrong += [(one.code, "no right") for one in Entry.objects.filter(right_kind="public", actor_id__isnull=False)]
    return wrong
