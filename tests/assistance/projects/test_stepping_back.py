"""A project's step that was taken by mistake is taken back, the last one first, as long as nothing rests on it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from tests.assistance.works import Works
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.projects.models import Acceptance
from yishi.assistance.projects.services.acceptance import Defect
from yishi.assistance.projects.services.building import project_drop, project_start
from yishi.assistance.projects.services.progress import standing_of
from yishi.assistance.projects.services.stepping_back import project_step_back, steps_that_stand
from yishi.kit.errors import NotAllowed, Refusal, WrongStage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def works(cast):
    return Works(cast).approve()


def back(works, verb, who="clerk", reason="办错了", **more):
    return project_step_back(actor=works.cast.viewer(who), project=works.project, verb=verb, reason=reason, **more)


def accepted(works):
    return sum(standing.accepted for standing in standing_of(works.project))


def test_every_step_from_the_last_to_the_first(works):
    works.allot().start().build().accept()
    assert works.project.stage == "accepted" and accepted(works) == 10_000
    back(works, "pass")
    assert works.project.stage == "finished" and accepted(works) == 0
    assert Acceptance.every.get().taken_back_reason == "办错了" and not Acceptance.objects.exists()
    back(works, "finish", "water_clerk")
    assert works.project.stage == "building"
    with pytest.raises(Refusal) as error:
        back(works, "start", "water_clerk")
    assert error.value.code == "project.reported"
    assert [step.verb for step in steps_that_stand(works.project)] == ["approve", "start"]


def test_a_step_that_is_taken_back_may_be_taken_on_an_earlier_day(works):
    project_start(actor=works.builder, project=works.project, on=works.day(50))
    back(works, "start", "water_clerk")
    project_start(actor=works.builder, project=works.project, on=works.day(150))
    assert works.project.stage == "building"
    assert [step.on for step in steps_that_stand(works.project)] == [works.day(190), works.day(150)]


def test_works_that_failed_by_mistake_wait_for_acceptance_again(works):
    works.allot().start().build().accept(result="failed")
    assert works.project.stage == "building"
    back(works, "fail")
    assert works.project.stage == "finished"


def test_a_project_that_was_given_up_stands_where_it_stood(works):
    project_drop(actor=works.clerk, project=works.project, reason="不建了")
    back(works, "drop")
    assert works.project.stage == "approved"
    back(works, "approve")
    assert works.project.stage == "planned"


def test_what_rests_on_a_step_is_taken_back_first(works):
    works.allot()
    with pytest.raises(Refusal) as error:
        back(works, "approve")
    assert error.value.code == "project.bound"
    works.start().build().accept(result="defects", defects=[Defect("路肩补土", works.today + timedelta(days=30))])
    with pytest.raises(Refusal) as error:
        back(works, "pass")
    assert error.value.code == "project.promised"


def test_only_the_last_step_with_a_reason_and_by_whom_may_take_it(works):
    works.allot().start()
    with pytest.raises(WrongStage):
        back(works, "approve")
    with pytest.raises(Refusal) as error:
        back(works, "start", "water_clerk", reason=" ")
    assert error.value.field == "reason"
    with pytest.raises(NotAllowed):
        back(works, "start", "clerk")
    with pytest.raises(Refusal):
        back(works, "plan", "water_clerk")


def test_sent_twice_it_is_one_step_back(works):
    key = uuid4()
    first = back(works, "approve", act_id=key)
    again = back(works, "approve", act_id=key)
    assert again.pk == first.pk and again.replayed and works.project.stage == "planned"


def test_it_works_through_the_page(works, client):
    sign_in(client, works.cast, "clerk")
    page = client.get(reverse("project", args=[works.pk])).content.decode()
    address = reverse("project_back", args=[works.pk, "approve"])
    assert address in page
    assert client.get(address).status_code == 200
    assert client.get(reverse("project_back", args=[works.pk, "plan"])).status_code == 404
    assert client.post(address, {"reason": "批错了项目"}).status_code == 302
    page = client.get(reverse("project", args=[works.pk])).content.decode()
    assert "批错了项目" in page and address not in page
    sign_in(client, works.cast, "water_clerk")
    assert works.project.stage == "planned"
