"""What an exit assessment upheld becomes a finding of a supervision by one act; each file leads to the other."""

import pytest
from django.urls import reverse

from tests.assistance.exits.assessed import Assessed
from tests.assistance.exits.test_exit_pages import send
from tests.assistance.supervised import finding_of
from tests.cast import sign_in
from tests.crossings.crossed import Crossed
from tests.kept import kept_over_all_files
from yishi.assistance.exits.services.owing import owed_of
from yishi.assistance.exits.services.suspicions import ruling_take_back
from yishi.assistance.supervision.models import Finding
from yishi.assistance.supervision.services.findings import finding_merge, finding_rule
from yishi.commitments.services import commitment_take_back
from yishi.crossings.exit_findings import suspicion_supervise
from yishi.crossings.models import Crossing
from yishi.kit.errors import NotAllowed, WrongStage
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db


@kept_over_all_files
def crossed(cast):
    return Crossed(cast).begun()


@pytest.fixture
def assessed(cast, crossed):
    """A wrong exit of a household of the register and a missed one of the roster, both in 牟尼村."""
    return Assessed(cast, households=0).opened().drawn().asked()


def upheld(assessed, kind="exited", is_upheld=True):
    suspicion = assessed.suspect(assessed.of_kind(kind))
    assessed.rule(suspicion, is_upheld)
    return assessed.suspicion(suspicion.pk)


def supervise(crossed, suspicion, who="clerk", act_id=None, **given):
    listed = crossed.listed(words=suspicion.basis, **given)
    return suspicion_supervise(actor=crossed.cast.viewer(who), suspicion=suspicion, listed=listed, act_id=act_id)


def back(crossed, suspicion):
    ruling_take_back(actor=crossed.cast.viewer("second_clerk"), suspicion=suspicion, reason="裁定有误")


@pytest.mark.parametrize("kind", ["exited", "unlisted"])
def test_it_works(crossed, assessed, kind):
    """Owed from now on by the township, of the household where the register knows it."""
    suspicion = upheld(assessed, kind)
    finding = finding_of(supervise(crossed, suspicion).result["finding"])
    assert (finding.place, finding.household) == (suspicion.sample.place, suspicion.sample.household)
    assert finding.is_open and finding.words == suspicion.basis
    assert Crossing.objects.get(from_id=suspicion.pk).to_id == finding.pk


def test_only_what_was_upheld_and_once(crossed, assessed):
    suspicion = upheld(assessed)
    act_id = uuid7()
    first = supervise(crossed, suspicion, act_id=act_id)
    assert supervise(crossed, suspicion, act_id=act_id).result == first.result
    with pytest.raises(WrongStage):
        supervise(crossed, suspicion)
    with pytest.raises(WrongStage):
        supervise(crossed, upheld(assessed, "unlisted", is_upheld=False))
    assert Finding.within.count() == 1


@pytest.mark.parametrize("who", ["outsider", "member", "handler", "village_head", "auditor"])
def test_by_the_rights_of_both_parts(crossed, assessed, who):
    suspicion = upheld(assessed)
    with pytest.raises(NotAllowed):
        supervise(crossed, suspicion, who)


def test_the_ruling_stands_while_something_is_owed_of_it(crossed, assessed):
    """Ruled to be no gap, the ruling may be taken back, and the link with it; struck off, it may not."""
    suspicion = upheld(assessed)
    finding = finding_of(supervise(crossed, suspicion).result["finding"])
    with pytest.raises(WrongStage) as error:
        back(crossed, suspicion)
    assert finding.commitment.number in str(error.value.message)
    finding_rule(actor=crossed.cast.viewer("clerk"), finding=finding, ruling="unfounded", reason="误列")
    back(crossed, suspicion)
    assert Crossing.objects.get().ended_at is not None
    assert assessed.suspicion(suspicion.pk).state == "open"


def test_what_its_ruling_made_somebody_owe_is_owed_as_the_finding(crossed, assessed):
    """Once and not twice; the promise of the ruling is not opened again while the finding is owed."""
    suspicion = assessed.uphold(assessed.suspect(assessed.of_kind("exited")))
    (promise,) = owed_of(suspicion)
    finding = finding_of(supervise(crossed, suspicion).result["finding"])
    promise.refresh_from_db()
    assert promise.state == "set_aside" and finding.commitment.number in promise.closing_reason
    clerk = crossed.cast.viewer("clerk")
    with pytest.raises(WrongStage) as error:
        commitment_take_back(actor=clerk, commitment=promise, reason="还要办")
    assert error.value.code == "crossing.owed"
    finding_rule(actor=clerk, finding=finding, ruling="unfounded", reason="误列")
    commitment_take_back(actor=clerk, commitment=promise, reason="误列，照原来的办")
    promise.refresh_from_db()
    assert promise.state == "in_force"


def test_merged_into_another_it_is_owed_as_that_one(crossed, assessed):
    suspicion = upheld(assessed)
    finding = finding_of(supervise(crossed, suspicion).result["finding"])
    (other,) = crossed.supervision.visit(crossed.supervision.gap())
    finding_merge(actor=crossed.cast.viewer("clerk"), finding=finding, into=other, reason="同一处")
    with pytest.raises(WrongStage) as error:
        back(crossed, suspicion)
    assert other.commitment.number in str(error.value.message)


def test_what_was_mended_keeps_its_ruling(crossed, assessed):
    suspicion = upheld(assessed)
    listed = {"bearer": crossed.cast.bodies["water"]}
    finding = finding_of(supervise(crossed, suspicion, **listed).result["finding"])
    crossed.supervision.prove(finding, "water_clerk")
    crossed.supervision.strike(finding)
    with pytest.raises(WrongStage):
        back(crossed, suspicion)


def test_on_its_page_nothing_is_typed_again(crossed, assessed, client):
    """The door, the form with what the suspicion says, the finding, and both files with their links."""
    cast, suspicion = crossed.cast, upheld(assessed)
    sign_in(client, cast, "clerk")
    page = client.get(reverse("exit_suspicion", args=[suspicion.pk])).content.decode()
    address = reverse("suspicion_supervise", args=[suspicion.pk])
    assert address in page
    form = client.get(address)
    initial = form.context["form"].initial
    assert initial["words"] == suspicion.basis and initial["item"] == "water"
    said = {name: initial[name] for name in ("round", "item", "words", "bearer")}
    answer = send(client, address, lane="spot", due_on=initial["due_on"].isoformat(), **said)
    assert answer.status_code == 302, answer.content.decode()
    finding = Finding.within.select_related("commitment").get()
    assert suspicion.number in client.get(answer["Location"]).content.decode()
    page = client.get(reverse("exit_suspicion", args=[suspicion.pk])).content.decode()
    assert finding.commitment.number in page and "督战" in page
