"""What a deliberation, a proposal or the monitoring found enters a round's list without being written again."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.assistance.supervised import finding_of
from tests.assistance.watched import Watched
from tests.cast import sign_in
from tests.crossings.crossed import Crossed
from tests.kept import kept_over_all_files
from tests.proposals.proposing import Proposed
from tests.story import Story
from yishi.assistance.register.models import Household
from yishi.assistance.supervision.models import Finding
from yishi.assistance.supervision.services.findings import finding_rule
from yishi.crossings import into_supervision as crossings
from yishi.crossings.models import Crossing
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db
KINDS = ("matter", "proposal", "signal", "watch")


@kept_over_all_files
def crossed(cast):
    return Crossed(cast).begun()


@pytest.fixture
def files(cast, crossed):
    """A file of each kind that enters a list, at home in 牟尼村."""
    story = Story(cast).raise_worry().take_up().study_it()
    watched = Watched(cast).raised()
    watched.judge()
    proposal = Proposed(cast).proposal
    return {"matter": story.matter, "proposal": proposal, "signal": watched.signal, "watch": watched.signal.watch}


def supervise(kind, cast, crossed, file, who="clerk", act_id=None, **given):
    service = getattr(crossings, f"{kind}_supervise")
    return service(actor=cast.viewer(who), **{kind: file}, listed=crossed.listed(**given), act_id=act_id)


@pytest.mark.parametrize("kind", KINDS)
def test_it_works(cast, crossed, files, kind):
    finding = finding_of(supervise(kind, cast, crossed, files[kind]).result["finding"])
    assert finding.place == cast.places["牟尼村"] and finding.is_open
    household = getattr(files[kind], "household", None)
    assert finding.household == household
    crossing = Crossing.objects.get()
    assert (crossing.from_id, crossing.to_id) == (files[kind].pk, finding.pk)


@pytest.mark.parametrize("kind", KINDS)
def test_strangers_lost_answers_doubles_and_foreign_places(cast, crossed, files, kind):
    file = files[kind]
    for who in ("outsider", "member", "handler", "auditor"):
        with pytest.raises(NotAllowed):
            supervise(kind, cast, crossed, file, who)
    foreign = {"place": cast.places["邻近村"]}
    if kind in ("matter", "proposal"):
        with pytest.raises(Refusal):
            supervise(kind, cast, crossed, file, **foreign)
        elsewhere = Household.within.filter(place=foreign["place"]).select_related("place", "head").first()
        with pytest.raises(Refusal):
            supervise(kind, cast, crossed, file, household=elsewhere)
    act_id = uuid7()
    first = supervise(kind, cast, crossed, file, act_id=act_id)
    assert supervise(kind, cast, crossed, file, act_id=act_id).result == first.result
    with pytest.raises(WrongStage):
        supervise(kind, cast, crossed, file)
    assert Finding.within.count() == Crossing.objects.count() == 1


def test_off_the_list_it_may_be_put_there_again(cast, crossed, files):
    finding = finding_of(supervise("matter", cast, crossed, files["matter"]).result["finding"])
    finding_rule(actor=cast.viewer("clerk"), finding=finding, ruling="unfounded", reason="误列")
    supervise("matter", cast, crossed, files["matter"])
    assert Finding.within.count() == 2


@pytest.mark.parametrize("kind", KINDS)
def test_through_the_pages(cast, crossed, files, kind, client):
    sign_in(client, cast, "clerk")
    name, file = {"signal": "watch_signal"}.get(kind, kind), files[kind]
    address = reverse(f"{kind}_supervise", args=[file.pk])
    assert address in client.get(reverse(name, args=[file.pk])).content.decode()
    form = client.get(address).context["form"]
    sent = {
        "round": crossed.supervision.round.pk, "item": "water", "lane": "spot", "words": form["words"].value() or "",
        "bearer": cast.bodies["township"].pk, "act_id": uuid7(),
        "due_on": (crossed.supervision.today + timedelta(days=9)).isoformat(),
    }  # fmt: skip
    if "said" in form.fields:
        sent["said"] = "0"
    if "place" in form.fields:
        sent["place"] = cast.places["牟尼村"].pk
    page = client.post(address, sent, follow=True).content.decode()
    finding = Finding.within.get()
    assert file.number in page and "来自" in page and finding.words
    assert (
        reverse("supervision_finding", args=[finding.pk]) in client.get(reverse(name, args=[file.pk])).content.decode()
    )
