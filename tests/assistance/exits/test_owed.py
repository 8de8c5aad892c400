"""What an exit assessment upheld is owed: by its ruling, at the desk of whoever mends it, until a second person strikes
it off; taken back with the ruling."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from tests.assistance.exits.assessed import Assessed
from tests.assistance.exits.test_exit_pages import send
from tests.cast import sign_in
from tests.kept import kept_over_all_files
from yishi.assistance.exits.models import ExitInterview
from yishi.assistance.exits.services.owing import owed_of
from yishi.assistance.exits.services.suspicions import ruling_take_back, suspicion_rule
from yishi.commitments.models import Commitment
from yishi.commitments.services import commitment_strike_off, commitment_take_back, proof_check, proof_give
from yishi.commitments.shown import proof_digest, proof_waiting
from yishi.database.reach import reaching
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Post
from yishi.people.models import Person
from yishi.web.shell.desk import inbox

pytestmark = pytest.mark.django_db
State = Commitment.State


@kept_over_all_files
def assessed(cast):
    """No round of supervision lists 牟尼村."""
    cast.people["bearer"] = Person.objects.create(name="乡政府甲")
    Post.objects.create(person=cast.people["bearer"], body=cast.bodies["township"], role="clerk")
    return Assessed(cast, households=0).opened().drawn().asked()


def upheld(assessed, kind="exited"):
    return assessed.uphold(assessed.suspect(assessed.of_kind(kind)))


def owed(suspicion):
    (promise,) = owed_of(suspicion)
    return promise


def back(assessed, suspicion):
    ruling_take_back(actor=assessed.by("second_clerk"), suspicion=suspicion, reason="裁定有误")


@pytest.mark.parametrize("kind", ["exited", "unlisted"])
def test_it_works(cast, assessed, kind):
    """In force at the township, supervised by the office; on the township's desk and on no other."""
    promise = owed(upheld(assessed, kind))
    assert (promise.bearer, promise.supervisor) == (cast.bodies["township"], cast.bodies["office"])
    assert promise.state == State.IN_FORCE and promise.place == cast.places["牟尼村"]
    waits = set()
    for who in ("bearer", "clerk", "village_head", "handler"):
        with reaching(cast.viewer(who).reach):
            if reverse("commitment", args=[promise.pk]) in {item.url for item in inbox(cast.viewer(who))}:
                waits.add(who)
    assert waits == {"bearer"}


def test_it_names_nobody(assessed):
    suspicion = upheld(assessed)
    promise = owed(suspicion)
    assert suspicion.number in promise.act and suspicion.basis not in promise.act
    assert suspicion.sample.household.head.name not in promise.act


def test_what_was_not_upheld_is_not_owed(assessed):
    suspicion = assessed.suspect(assessed.of_kind("exited"))
    assessed.rule(suspicion, is_upheld=False)
    assert owed_of(suspicion) == []


def test_where_nobody_is_there_to_mend_it_one_is_named(cast, assessed):
    suspicion = assessed.suspect(assessed.of_kind("exited"))
    Body.objects.filter(pk__in=[cast.bodies["township"].pk]).update(kind="company")
    Body.objects.filter(kind="village").update(kind="company")
    with pytest.raises(Refusal) as error:
        assessed.rule(suspicion, is_upheld=True)
    assert error.value.field == "bearer"


def test_a_ruling_taken_back_is_owed_no_longer(cast, assessed):
    """Neither may its promise be opened again by itself; ruled once more, it is owed once more."""
    suspicion = upheld(assessed)
    promise = owed(suspicion)
    back(assessed, suspicion)
    promise.refresh_from_db()
    assert promise.state == State.SET_ASIDE and promise.closing_reason == "裁定有误"
    with pytest.raises(WrongStage) as error:
        commitment_take_back(actor=cast.viewer("clerk"), commitment=promise, reason="还要办")
    assert error.value.code == "suspicion.not_upheld"
    assessed.uphold(assessed.suspicion(suspicion.pk))
    assert [row.state for row in owed_of(suspicion)] == [State.IN_FORCE, State.SET_ASIDE]


def test_what_was_mended_keeps_its_ruling(cast, assessed):
    """Struck off by another than who said that it was done."""
    suspicion = upheld(assessed)
    promise, clerk = owed(suspicion), cast.viewer("clerk")
    with pytest.raises(NotAllowed):
        commitment_strike_off(actor=cast.viewer("bearer"), commitment=promise, note="自己销")
    proof_give(actor=cast.viewer("bearer"), commitment=promise, text="已通水", done_on=timezone.localdate())
    promise.refresh_from_db()
    shown = proof_digest(promise, proof_waiting(promise))
    proof_check(actor=clerk, commitment=promise, accepted=True, finding="现场看过", as_agreed=True, shown=shown)
    commitment_strike_off(actor=clerk, commitment=promise, note="复核属实")
    with pytest.raises(WrongStage) as error:
        back(assessed, suspicion)
    assert error.value.code == "suspicion.mended"


def test_on_its_page_the_ruler_says_who_mends_it(cast, assessed, client):
    """The usual body and a day stand there already; the village reads who owes it and until when."""
    suspicion = assessed.suspect(assessed.of_kind("exited"))
    assessed.counter(suspicion)
    sign_in(client, cast, "second_clerk")
    address = reverse("exit_rule", args=[suspicion.pk])
    initial = client.get(address).context["form"].initial
    assert initial["bearer"] == cast.bodies["township"]
    due_on = timezone.localdate() + timedelta(days=20)
    water = cast.bodies["water"]
    said = {"is_upheld": "yes", "reason": "水表不走", "bearer": water.pk, "due_on": due_on.isoformat()}
    assert send(client, address, **said).status_code == 302
    promise = owed(suspicion)
    assert (promise.bearer, promise.due_on) == (water, due_on)
    for who in ("second_clerk", "village_head"):
        sign_in(client, cast, who)
        page = client.get(reverse("exit_suspicion", args=[suspicion.pk])).content.decode()
        assert promise.number in page and water.name in page, who
    sign_in(client, cast, "second_clerk")
    assert suspicion.number in client.get(reverse("commitment", args=[promise.pk])).content.decode()


def test_the_desk_says_what_comes_next_until_it_is_closed(cast, assessed):
    """A paper is to be entered once more; then, with every suspicion ruled, the assessment is to be closed."""

    def next_act():
        with reaching(cast.viewer("clerk").reach):
            return [item.act for item in inbox(cast.viewer("clerk")) if item.kind == "exit_assessment"]

    with translation.override("zh-hans"):
        assert next_act() == ["评估结项"]
        interviews = ExitInterview.every.filter(sample=assessed.of_kind("exited"))
        interviews.update(on_paper=True)
        assert next_act() == ["纸质问卷第二遍录入"]
        interviews.update(taken_back_at=timezone.now())
        assert next_act() == ["入户调查"]
        interviews.update(on_paper=False, taken_back_at=None)
        suspicion = assessed.suspect(assessed.of_kind("exited"))
        assert next_act() == []  # the village's, then who rules on it
        assessed.uphold(suspicion)
        assert next_act() == ["评估结项"]


def test_it_is_not_closed_while_a_paper_was_entered_once(cast, assessed):
    ExitInterview.every.filter(sample=assessed.of_kind("exited")).update(on_paper=True)
    with pytest.raises(Refusal) as error:
        assessed.closed("clerk")
    assert error.value.code == "exit.unfinished"


def test_ruled_twice_by_one_sending_is_owed_once(cast, assessed):
    suspicion = assessed.suspect(assessed.of_kind("exited"))
    assessed.counter(suspicion)
    said = {"suspicion": suspicion, "is_upheld": True, "reason": "水表不走", "act_id": uuid7()}
    first = suspicion_rule(actor=cast.viewer("second_clerk"), **said)
    assert suspicion_rule(actor=cast.viewer("second_clerk"), **said).result == first.result
    assert len(owed_of(suspicion)) == 1
