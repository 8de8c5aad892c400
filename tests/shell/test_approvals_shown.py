"""Whoever approves, checks or issues reads what it is on that page; what was changed meanwhile is read once more."""

from decimal import Decimal

import pytest
from django.urls import reverse

from tests.assistance.keeping import Keeping, person
from tests.assistance.works import YUAN, Works
from tests.cast import sign_in
from tests.story import Story
from yishi.assistance.projects.models import Project
from yishi.assistance.projects.services.asked_works import Part, Quantity
from yishi.assistance.projects.services.projects import money_plan, quantities_plan
from yishi.assistance.register.models import ChangeRequest
from yishi.assistance.register.services.requests import change_ask
from yishi.commitments.services import proof_give, proof_withdraw
from yishi.database.reach import everything
from yishi.deliberation.services.minutes import minutes_write

pytestmark = pytest.mark.django_db


def approve(client, address, sent, read, change):
    """The page shows `read`; what `change` makes of it meanwhile is shown before the answer counts."""
    page = client.get(address)
    for words in read:
        assert words in page.content.decode(), words
    shown = page.context["form"].initial["shown"]
    change()
    stale = client.post(address, {**sent, "shown": shown})
    assert stale.status_code == 422 and "改过了" in stale.content.decode()
    answered = client.post(address, {**sent, "shown": stale.context["form"].data["shown"]})
    assert answered.status_code == 302, answered.context["form"].errors


def test_the_check_of_a_proof(client, cast, promise):
    owed = promise(quantity=Decimal("0.5"), unit="公里")
    given = {"actor": cast.viewer("handler"), "commitment": owed, "done_on": owed.agreed_on}
    proof_give(text="已硬化九百公里", quantity=Decimal(900), **given)

    def another():
        proof_withdraw(actor=cast.viewer("handler"), commitment=owed, reason="数量写错")
        proof_give(text="已硬化", quantity=Decimal("0.5"), **given)

    sign_in(client, cast, "clerk")
    sent = {"accepted": "1", "as_agreed": "1", "finding": "属实"}
    read = ("已硬化九百公里", "900 公里", "0.5 公里", "转账凭证")
    approve(client, reverse("commitment_check", args=[owed.pk]), sent, read, another)


def test_the_approval_of_a_project(client, cast):
    with everything():
        works = Works(cast)

    def dearer():
        with everything():
            money_plan(actor=works.builder, project=works.project, money={"donation": 5_000_000 * YUAN})

    sign_in(client, cast, "clerk")
    read = ("道路硬化（公里）", "上村小组 3.2", "80,000")
    sent = {"on": works.day(190).isoformat()}
    approve(client, reverse("project_approve", args=[works.pk]), sent, read, dearer)
    with everything():
        assert works.project.stage == Project.Stage.APPROVED


def test_more_money_for_a_project(client, cast):
    with everything():
        works = Works(cast).approve()

    def asked(yuan):
        with everything():
            money = {"donation": yuan * YUAN}
            money_plan(actor=works.builder, project=works.project, money=money, reason="增加一段")

    asked(90_000)
    sign_in(client, cast, "clerk")
    assert (
        reverse("project_money_decide", args=[works.pk])
        in client.get(reverse("project", args=[works.pk])).content.decode()
    )
    address = reverse("project_money_decide", args=[works.pk])
    approve(client, address, {"granted": "1"}, ("→ 90,000", "增加一段"), lambda: asked(5_000_000))


def test_more_works_for_a_project(client, cast):
    with everything():
        works = Works(cast).approve()

    def asked(km):
        with everything():
            more = [Quantity("道路硬化", "公里", [Part("上村小组", Decimal(km))])]
            quantities_plan(actor=works.builder, project=works.project, quantities=more, reason="增加一段")

    asked("20.5")
    sign_in(client, cast, "clerk")
    address = reverse("project_works_decide", args=[works.pk])
    assert address in client.get(reverse("project", args=[works.pk])).content.decode()
    approve(client, address, {"granted": "1"}, ("→ 20.5 公里", "增加一段"), lambda: asked("99"))


def test_the_issue_of_minutes(client, cast):
    with everything():
        story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand()
        sitting = story.sitting

    def written(text):
        with everything():
            minutes_write(actor=story.by("convener"), sitting=sitting, text=text)

    written("各方同意缓交半年。")
    sign_in(client, cast, "convener")
    address = reverse("minutes_issue", args=[sitting.pk])
    waits = {"unheard": "外出务工，联系不上"}
    approve(client, address, waits, ("各方同意缓交半年。",), lambda: written("各方同意缓交一年。"))


def test_the_approval_of_a_change_of_the_register(client, cast):
    with everything():
        keeping = Keeping(cast)
        asked = {"member": {"name": "张小", "relation": "son", **person("张小", 3)}, "reason": "birth"}
        village = {"actor": cast.viewer("village_head"), "household": keeping.household, "reason": "出生证明已看"}
        change_ask(kind="join", asked=asked, **village)
        one = ChangeRequest.within.get()

    def earlier():
        with everything():
            ChangeRequest.within.filter(pk=one.pk).update(reason="村医证明")

    sign_in(client, cast, "clerk")
    approve(client, reverse("change_approve", args=[one.pk]), {}, ("张小", "出生证明已看"), earlier)
