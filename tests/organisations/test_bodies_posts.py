"""Bodies and posts: registered by the administrator of their place; duties stay with the desk when a person leaves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.grants import viewer_of
from yishi.organisations.models import Body, Installation, Post
from yishi.organisations.services.bodies import body_change, body_close, body_register, post_end, post_give
from yishi.organisations.services.installation import small_office_switch
from yishi.organisations.services.people import person_register
from yishi.people.models import Person


def test_it_works(cast):
    act_id, by = uuid7(), cast.viewer("administrator")
    given = {"kind": "company", "name": "示例农业公司", "place": cast.places["牟尼村"]}
    receipt = body_register(actor=by, act_id=act_id, **given)
    body = Body.objects.get(pk=receipt.result["body"])
    assert (body.kind, body.may_be_public) == ("company", False)
    assert body_register(actor=by, act_id=act_id, **given).result == receipt.result
    assert Entry.objects.filter(code="organisations.body.register").count() == 1
    for same in ("示例农业公司", "示例 农业公司", "示例农业\u200b公司"):
        with pytest.raises(Refusal) as refused:
            body_register(actor=by, **given | {"name": same})
        assert refused.value.code == "body.taken"


def test_outsiders_and_clerks_register_nothing(cast):
    for who in ("outsider", "clerk", "member", "villager"):
        with pytest.raises(NotAllowed):
            body_register(actor=cast.viewer(who), kind="company", name="甲公司", place=cast.places["牟尼村"])
    with pytest.raises(NotAllowed):
        body_register(actor=cast.viewer("administrator"), kind="company", name="乙公司", place=cast.places["外县村"])


def test_a_departments_own_administrator_keeps_only_its_own_desk(cast, all_files):
    person = Person.objects.create(name="局管理员")
    Post.objects.create(person=person, body=cast.bodies["department"], role="security")
    by = viewer_of(person)
    post_give(actor=by, person=cast.people["neighbour"], body=cast.bodies["department"], role="clerk")
    with pytest.raises(NotAllowed):
        post_give(actor=by, person=cast.people["neighbour"], body=cast.bodies["water"], role="clerk")


def test_a_body_changes_and_cannot_stand_below_itself(cast):
    by, office = cast.viewer("administrator"), cast.bodies["office"]
    body_change(actor=by, body=cast.bodies["special"], parent=cast.bodies["committee"], phone="0878-123")
    with pytest.raises(Refusal) as refused:
        body_change(actor=by, body=cast.bodies["committee"], parent=cast.bodies["special"])
    assert refused.value.code == "body.itself"
    with pytest.raises(Refusal):
        body_change(actor=by, body=office, name="牟定县水务局")
    with pytest.raises(Refusal):
        body_change(actor=by, body=office, name="")


def test_another_kind_asks_for_the_right_over_the_place(cast, all_files):
    person, body = Person.objects.create(name="局管理员"), cast.bodies["department"]
    Post.objects.create(person=person, body=body, role="administrator")
    body_change(actor=viewer_of(person), body=body, kind="department", phone="0878-124")
    for kind in ("office", "party"):  # would oversee the county's files or keep its register
        with pytest.raises(NotAllowed):
            body_change(actor=viewer_of(person), body=body, kind=kind)
    stale = Body.objects.get(pk=body.pk)
    stale.kind = "office"  # read before somebody changed it
    with pytest.raises(NotAllowed):
        body_change(actor=viewer_of(person), body=stale, kind="office")
    body_change(actor=cast.viewer("administrator"), body=body, kind="institution")
    assert Body.objects.get(pk=body.pk).kind == "institution"
    with pytest.raises(Refusal):
        body_change(actor=cast.viewer("administrator"), body=body, kind="ministry")


def test_another_kind_brings_no_posts_together_that_are_kept_apart(cast, all_files):
    by, special = cast.viewer("administrator"), cast.bodies["special"]
    post_give(actor=by, person=cast.people["clerk"], body=special, role="clerk")
    with pytest.raises(Refusal) as refused:
        body_change(actor=by, body=special, kind="department")
    assert refused.value.code == "post.separation" and "县办甲" in str(refused.value)
    assert Body.objects.get(pk=special.pk).kind == "special"
    small_office_switch(actor=by, on=True)
    body_change(actor=by, body=special, kind="department")


def test_a_post_that_ends_next_month_is_kept_apart_until_then(cast, all_files):
    by, later = cast.viewer("administrator"), timezone.localdate() + timedelta(days=30)
    post_end(actor=by, post=Post.objects.get(person=cast.people["clerk"]), until=later)
    given = {"actor": by, "person": cast.people["clerk"], "body": cast.bodies["department"], "role": "clerk"}
    with pytest.raises(Refusal) as refused:
        post_give(**given)
    assert refused.value.code == "post.separation"
    post_give(**given, since=later + timedelta(days=1))


def test_a_closed_body_ends_its_posts_and_keeps_its_name(cast, all_files):
    by, body = cast.viewer("administrator"), cast.bodies["water"]
    body_close(actor=by, body=body)
    assert not cast.viewer("water_clerk").posts
    with pytest.raises(WrongStage):
        post_give(actor=by, person=cast.people["neighbour"], body=body, role="clerk")
    again = body_register(actor=by, kind="department", name=body.name, place=body.place)
    assert again.result["body"] != str(body.pk)


def test_what_runs_or_convenes_is_not_closed_by_mistake(cast):
    for key, code in (("office", "body.home"), ("council", "body.venues")):
        with pytest.raises(Refusal) as refused:
            body_close(actor=cast.viewer("administrator"), body=cast.bodies[key])
        assert refused.value.code == code


def test_a_post_is_given_once_and_ends(cast, all_files):
    by, person, body = cast.viewer("administrator"), cast.people["neighbour"], cast.bodies["department"]
    receipt = post_give(actor=by, person=person, body=body, role="clerk", title="科员")
    assert viewer_of(person).holds(body.pk, "clerk")
    with pytest.raises(Refusal) as refused:
        post_give(actor=by, person=person, body=body, role="clerk")
    assert refused.value.code == "post.held"
    post = Post.objects.get(pk=receipt.result["post"])
    post_end(actor=by, post=post)
    assert not viewer_of(person).holds(body.pk)
    with pytest.raises(WrongStage):
        post_end(actor=by, post=post)
    post_give(actor=by, person=person, body=body, role="clerk")
    assert viewer_of(person).holds(body.pk)


def test_a_post_of_next_month_does_not_count_today(cast, all_files):
    later = timezone.localdate() + timedelta(days=30)
    person = cast.people["neighbour"]
    post_give(actor=cast.viewer("administrator"), person=person, body=cast.bodies["water"], role="clerk", since=later)
    assert not viewer_of(person).posts


@pytest.mark.parametrize("role", ["administrator", "security"])
def test_the_last_administrator_stays(cast, role):
    post_end(actor=cast.viewer("administrator"), post=Post.objects.get(person=cast.people["security"]))
    with pytest.raises(Refusal) as refused:
        post_end(
            actor=cast.viewer("administrator"), post=Post.objects.get(person=cast.people["administrator"], role=role)
        )
    assert refused.value.code == "post.last"


@pytest.mark.parametrize(
    ("who", "body", "role"),
    [
        ("administrator", "office", "clerk"),  # administers accounts and decides on files
        ("clerk", "department", "clerk"),  # supervises and owes
        ("clerk", "party", "head"),  # asks at the gate and answers there
        ("clerk", "office", "administrator"),
    ],
)
def test_some_posts_are_kept_apart_unless_the_office_is_small(cast, who, body, role, all_files):
    by, given = cast.viewer("administrator"), {"person": cast.people[who], "body": cast.bodies[body], "role": role}
    with pytest.raises(Refusal) as refused:
        post_give(actor=by, **given)
    assert refused.value.code == "post.separation"
    assert "小机构" in str(refused.value) or "small office" in str(refused.value)
    small_office_switch(actor=by, on=True)
    post_give(actor=by, **given)
    assert Entry.objects.filter(code="organisations.post.give").latest("received_at").data["small_office"]
    with pytest.raises(Refusal) as refused:
        small_office_switch(actor=by, on=False)
    assert refused.value.code == "installation.small_office"


def test_posts_that_no_rule_keeps_apart_are_held_together(cast, all_files):
    post_give(actor=cast.viewer("administrator"), person=cast.people["clerk"], body=cast.bodies["chairs"], role="clerk")
    assert len(viewer_of(cast.people["clerk"]).posts) == 2


def test_only_an_administrator_registers_people(cast):
    assert person_register(actor=cast.viewer("administrator"), name=" 新 人 ", phone="139 0000-0000").result["person"]
    assert Person.within.get(name="新人").phone == "13900000000"  # a blank between Han letters is none
    for who in ("clerk", "outsider", "member"):
        with pytest.raises(NotAllowed):
            person_register(actor=cast.viewer(who), name="新人")
    with pytest.raises(Refusal):
        person_register(actor=cast.viewer("administrator"), name="新人", phone="没有")


def test_the_small_office_switch_is_the_home_administrators(cast):
    with pytest.raises(NotAllowed):
        small_office_switch(actor=cast.viewer("office_head"), on=True)
    assert not Installation.objects.get().small_office
