"""What belongs to a matter says itself which desk convenes it: it is found by that, in the order of a desk."""

from datetime import timedelta
from random import Random

import pytest
from django.db.models import Q
from django.utils import timezone

from tests.story import Story
from yishi.attachments.models import Attachment
from yishi.database.reach import everything, reaching
from yishi.deliberation.models import Agreement, Consultation, GatePaper, GateRequest, Matter, Sitting
from yishi.organisations.models import Body
from yishi.web.deliberation.process.waiting import GATES
from yishi.web.kit.desk_items import MOST

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(cast):
    with everything():
        return Story(cast).raise_worry().take_up().matter


def _gates(matter, count, **columns):
    return [
        GateRequest(
            matter=matter, step=matter.step, gate=f"g{number}", name=f"审定{number}", asked_at=timezone.now(), **columns
        )
        for number in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("model", [Agreement, Consultation, GateRequest, Sitting])
def test_the_convener_is_that_of_the_matter(model):
    """A matter never changes it: nothing else need follow."""
    assert model._meta.get_field("convener").source == "matter__convener"
    assert not model._meta.get_field("convener").null


def test_it_is_copied_however_a_row_is_written(cast, matter):
    with everything():
        now = timezone.now()
        sitting = Sitting.within.create(matter=matter, ordinal=1, starts_at=now)
        (gate,) = GateRequest.objects.bulk_create(
            _gates(matter, 1, body=cast.bodies["party"], due_on=timezone.localdate())
        )
        assert sitting.convener_id == matter.convener_id
        assert GateRequest.objects.get(pk=gate.pk).convener_id == matter.convener_id


def naive(viewer):
    """What waits of gates, by looking through all of them: (pk, place of the act), the first that are due first."""
    today = timezone.localdate()
    conditions = [act.waits(viewer, GATES.column, today) for act in GATES.acts]
    waiting = Q(pk__in=[])
    for condition in conditions:
        waiting |= condition
    gates = GATES.records().filter(waiting).order_by("due_on", "pk")[:MOST]
    fitting = [set(GateRequest.objects.filter(condition).values_list("pk", flat=True)) for condition in conditions]
    return [(gate.pk, next(n for n, pks in enumerate(fitting) if gate.pk in pks)) for gate in gates]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("many", [7, MOST])
def test_the_first_of_each_act_are_the_first_of_all(cast, matter, seed, many):
    """Random gates of both answers, of manned bodies and of such where nobody has a post, with a paper and without."""
    chance = Random(seed)
    with everything():
        Matter.within.filter(pk=matter.pk).update(convener=cast.bodies["office"])
        matter.refresh_from_db()
        nobody = Body.objects.create(kind="party", name="中共某镇委员会", place=matter.place)
        today = timezone.localdate()
        rows = []
        for number, gate in enumerate(_gates(matter, 2 * many)):
            gate.body = chance.choice([cast.bodies["office"], cast.bodies["party"], nobody])
            gate.answer = chance.choice(["", "", "hold", "approve"])
            gate.due_on = today + timedelta(days=chance.randrange(-5, 5))
            gate.round = 1 + number % 2
            rows.append(gate)
        rows = GateRequest.objects.bulk_create(rows)
        scan = Attachment.objects.create(
            kind="scan", name="件", media_type="application/pdf", size=1, sha256="0" * 64, key="x"
        )
        for gate in chance.sample(rows, 4):
            GatePaper.objects.create(
                gate=gate, scan=scan, signed_by="某书记", signed_on=today, recorded_at=timezone.now(), answer="approve",
                recorded_by=cast.people[chance.choice(["clerk", "second_clerk"])],
            )  # fmt: skip
    for who in ("clerk", "party_clerk", "outsider"):
        viewer = cast.viewer(who)
        with reaching(viewer.reach):
            found = [(gate.pk, gate.next_act) for gate in GATES.first_rows(viewer)]
            assert found == naive(viewer), who
            assert who == "outsider" or found
