"""System administrator, security administrator, auditor: who does what, and who may be whom."""

import pytest

from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.organisations.grants import viewer_of
from yishi.organisations.models import Body, Installation, Post
from yishi.organisations.rights import may
from yishi.organisations.services.appointments import person_appoint
from yishi.organisations.services.bodies import body_change, body_register, post_end, post_give
from yishi.organisations.services.installation import installation_change, small_office_switch, three_posts_switch
from yishi.organisations.services.people import account_disable, invitation_issue
from yishi.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@pytest.fixture
def system_only(cast):
    """The administrator of the cast, without the security post."""
    Post.objects.filter(person=cast.people["administrator"], role="security").delete()
    return cast.viewer("administrator")


@pytest.fixture
def apart(cast, system_only):
    three_posts_switch(actor=cast.viewer("security"), on=True)


def test_one_makes_accounts_and_the_other_says_who_holds_which_post(cast, system_only):
    security, office = cast.viewer("security"), cast.bodies["office"]
    handler = cast.people["handler"]
    for act in (
        lambda by: body_register(actor=by, kind="company", name="甲公司", place=cast.places["牟尼村"]),
        lambda by: invitation_issue(actor=by, person=cast.people["villager"]),
        lambda by: installation_change(actor=by, site_name="甲"),
    ):
        with pytest.raises(NotAllowed):
            act(security)
        act(system_only)
    for act in (
        lambda by: post_give(actor=by, person=cast.people["neighbour"], body=office, role="staff"),
        lambda by: person_appoint(actor=by, body=office, name="新甲", role="clerk"),
        lambda by: invitation_issue(actor=by, person=handler),  # a new password for an account that stands
        lambda by: account_disable(actor=by, account=handler.account),
        lambda by: three_posts_switch(actor=by, on=False),
    ):
        with pytest.raises(NotAllowed):
            act(system_only)
        act(security)
    assert may("person.reset_password", security, handler) and not may("person.reset_password", system_only, handler)


def test_another_kind_of_body_gives_its_posts_other_rights_and_asks_for_both(cast, system_only):
    """A cooperative with a post that becomes an overseeing office would put a person at a desk."""
    receipt = body_register(actor=system_only, kind="cooperative", name="甲合作社", place=cast.places["牟定县"])
    body = Body.objects.get(pk=receipt.result["body"])
    body_change(actor=system_only, body=body, kind="company")  # nobody works there yet
    post_give(actor=cast.viewer("security"), person=cast.people["neighbour"], body=body, role="head")
    with pytest.raises(NotAllowed):
        body_change(actor=system_only, body=body, kind="office")
    body.refresh_from_db()
    assert body.kind == "company"


def test_in_a_small_office_one_person_holds_both(cast):
    by = cast.viewer("administrator")
    assert body_register(actor=by, kind="company", name="甲公司", place=cast.places["牟尼村"])
    assert post_give(actor=by, person=cast.people["neighbour"], body=cast.bodies["office"], role="staff")
    last = Entry.objects.get(code="organisations.post.give")
    assert Post.objects.get(pk=last.right_id).role == "security"


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("administrator", "security"),
        ("administrator", "auditor"),
        ("security", "administrator"),
        ("security", "auditor"),
        ("auditor", "administrator"),
        ("auditor", "security"),
        *((who, role) for who in ("administrator", "security", "auditor") for role in ("head", "clerk", "convener")),
        *(("clerk", role) for role in ("administrator", "security", "auditor")),
    ],
)
def test_the_three_exclude_each_other_and_every_working_post(cast, apart, who, role):
    with pytest.raises(Refusal) as refused:
        post_give(actor=cast.viewer("security"), person=cast.people[who], body=cast.bodies["special"], role=role)
    assert refused.value.code == "post.separation"


def test_without_the_switch_an_auditor_may_hold_a_clerks_post_and_changes_by_that_alone(cast):
    auditor = cast.people["auditor"]
    assert may("organisation.see", cast.viewer("auditor"), cast.places["牟尼村"])
    assert not may("place_set.open", cast.viewer("auditor"))
    post_give(actor=cast.viewer("security"), person=auditor, body=cast.bodies["chairs"], role="clerk")
    viewer, clerk = viewer_of(auditor), Post.objects.get(person=auditor, role="clerk")
    assert may("place_set.open", viewer).id == clerk.pk
    assert viewer.changing.posts == (clerk,) and set(viewer.changing.all_posts) == set(viewer.posts)


def test_the_switch_waits_until_nobody_holds_what_it_keeps_apart(cast):
    security = cast.viewer("security")
    with pytest.raises(Refusal) as refused:  # the administrator holds two
        three_posts_switch(actor=security, on=True)
    assert refused.value.code == "installation.three_posts"
    post_end(actor=security, post=Post.objects.get(person=cast.people["administrator"], role="security"))
    small_office_switch(actor=security, on=True)
    with pytest.raises(Refusal):
        three_posts_switch(actor=security, on=True)
    small_office_switch(actor=security, on=False)
    act_id = uuid7()
    three_posts_switch(actor=security, on=True, act_id=act_id)
    assert three_posts_switch(actor=security, on=True, act_id=act_id).replayed
    assert Installation.objects.get().three_posts
    with pytest.raises(Refusal):
        small_office_switch(actor=security, on=True)


def test_who_was_only_registered_belongs_to_the_home_body(cast, system_only):
    fresh = Person.objects.create(name="新乙")
    assert may("person.invite", system_only, fresh) and not may("person.invite", cast.viewer("security"), fresh)
