"""The journal names the post by which something was done: of somebody with two, the second where it is done there.

Tried by every right that a service asks of a thing, and read off the code for every act that is done at a desk; every
act is tried by tests/test_acts.py.
"""

import ast
import contextlib
from dataclasses import replace

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.test import RequestFactory
from django.urls import resolve

from tests import acts, samples, second_post
from yishi.database.reach import everything
from yishi.deliberation.rules import runs_here
from yishi.organisations.models import Member, Post, Term
from yishi.organisations.rights import may

# Rights that are asked without a thing and without a desk, and why no desk can be chosen there.
NO_DESK = {
    "installation.manage": "one body runs the installation",
    "installation.separate": "one body runs the installation",
    "installation.overdue": "one party committee decides it",
    "register.import": "one body runs the installation",
    "person.register": "who is just registered is nobody's yet",
    "worry.own": "by a query code alone",
    "pairing.assign": "asked of each place before; here only to refuse",
}


# Posts of the cast that one person could hold together, at bodies of which no two lie equally near to anything.
TOGETHER = (
    ("province_clerk", "prefecture_clerk", "clerk", "convener", "village_head", "handler", "company_head", "outsider"),
    ("chair_head", "party_clerk", "water_clerk", "outside_handler", "administrator"),
)


def together(cast, who, keys):
    """`who` with the posts of all these people and no other."""
    cast.people[who].posts.all().delete()
    for post in Post.objects.filter(person__in=[cast.people[key] for key in keys]):
        Post.objects.create(person=cast.people[who], body=post.body, role=post.role)
    return cast.viewer(who)


@pytest.mark.long
@pytest.mark.once
@pytest.mark.django_db
def test_records_4_in_whichever_order_somebody_was_given_their_posts(cast):
    """Every right that a service asks of a thing is given by the post at the thing's own desk or by the nearest
    around it: never by the first, whether that one is a real one or lies elsewhere."""
    kwargs = samples.kwargs_by_loader(cast)
    viewers = [together(cast, who, keys) for who, keys in zip(("second_clerk", "party_second"), TOGETHER, strict=True)]
    seen, wrong, asked, rights = set(), set(), 0, acts.rights_asked()
    for _name, address, view, loader in samples.addresses(kwargs):
        if not loader or view.right not in rights or (view.right, loader) in seen:
            continue
        seen.add((view.right, loader))
        for viewer in viewers:
            request = RequestFactory().get("/")
            request.viewer = viewer
            with contextlib.suppress(ObjectDoesNotExist, ValidationError), everything():
                thing = view.load(request, **resolve(address).kwargs)
                backwards = replace(viewer, posts=viewer.posts[::-1])
                elsewhere = second_post.with_a_post_elsewhere(viewer)
                given = {may(view.right, each, thing) for each in (viewer, backwards, elsewhere)}
                asked += given != {None}
                wrong |= {view.right} if len(given) > 1 else set()
    assert wrong == set()
    assert asked > 60


@pytest.mark.django_db
def test_records_4_of_two_desks_around_a_place_the_nearer_one_is_named(cast):
    """Also where the thing names neither: who runs what happens in a place, keeps its register, hears of it."""
    viewer = together(cast, "second_clerk", ("prefecture_clerk", "clerk", "convener", "administrator"))
    Post.objects.create(person=cast.people["second_clerk"], body=cast.bodies["prefecture_office"], role="administrator")
    village, county = cast.places["牟尼村"], cast.bodies["office"].pk
    viewer = cast.viewer("second_clerk")
    for each in (viewer, replace(viewer, posts=viewer.posts[::-1])):
        assert runs_here(each, village.lo).body_id == cast.bodies["council"].pk
        assert each.oversees(village.lo).body_id == cast.bodies["council"].pk
        assert may("worry.file", each, village).body_id == cast.bodies["council"].pk
        assert may("organisation.manage", each, village).body_id == county
        assert may("check.run", each, cast.places["牟定县"]).body_id == county


@pytest.mark.django_db
def test_records_4_a_member_of_two_committees_is_named_by_neither_unless_it_is_said(cast):
    county = cast.viewer("member")
    term = Term.objects.create(body=cast.bodies["prefecture_office"], number=9, name="第九届")
    Member.objects.create(person=cast.people["member"], term=term, sector="agriculture")
    both = cast.viewer("member")
    assert county.is_sitting_member().kind == "member" and both.is_sitting_member() is True
    assert may("person.register", cast.viewer("administrator")).body_id == cast.bodies["office"].pk
    twice = second_post.with_a_post_elsewhere(cast.viewer("administrator"))
    assert may("person.register", twice) == twice.in_person  # which of two bodies registers them, nobody said
    assert may("offer.make", county).kind == "member"
    assert may("offer.make", both) == both.in_person
    assert may("offer.make", replace(both, memberships=both.memberships[::-1])) == both.in_person


def permits(*askers):
    """(file, the call) of every `permit(…)`, or of another of `askers`, in the services."""
    for module in acts.services():
        for call in acts.calls(module.tree, *(askers or ("permit",))):
            yield module.path, call


def right_of(call):
    return call.args[0].value if isinstance(call.args[0], ast.Constant) else ""


def test_a_right_that_depends_on_a_desk_is_asked_with_that_desk():
    calls = list(permits("permit", "may"))
    assert len(calls) > 270
    bare = {
        right_of(call)
        for _path, call in calls
        if len(call.args) < 3 and "at" not in {keyword.arg for keyword in call.keywords}
    }
    assert bare == set(NO_DESK)


def test_every_act_is_done_by_a_right_that_was_asked_for():
    """The actor of an act is what `permit` gave, or the system, or a code; never put together from a viewer's posts."""
    for path, call in permits("acting"):
        given = ast.unparse(call.args[0])
        assert not given.startswith("Grant"), (path, given)
