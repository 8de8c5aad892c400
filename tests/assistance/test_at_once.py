"""Two people lay hands on the same thing at one moment: one effect, a plain word to the other, and figures that a
recount by hand finds again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.assistance.importing import again, families, workbook
from tests.assistance.pairs import Paired
from tests.assistance.works import YUAN, Works
from tests.cast import make_cast
from tests.commitments.test_at_once import together
from yishi.assistance.deeds.models import Deed, DeedParty, PossibleDuplicate
from yishi.assistance.deeds.models.deeds import WHOLE
from yishi.assistance.deeds.services.deeds import (
    deed_claim,
    deed_confirm,
    deed_correct,
    deed_withdraw,
)
from yishi.assistance.deeds.services.duplicates import duplicate_decide
from yishi.assistance.deeds.services.family import deed_claim_instead, deed_disown
from yishi.assistance.deeds.services.standing import Part
from yishi.assistance.imports.models import Import
from yishi.assistance.imports.services.imports import import_send
from yishi.assistance.imports.services.publish import import_give_up, import_publish
from yishi.assistance.imports.services.steps import imports_work
from yishi.assistance.pairing.models import Match, Pairing
from yishi.assistance.pairing.services.handovers import pairing_hand_over
from yishi.assistance.pairing.services.matches import match_answer
from yishi.assistance.pairing.services.pairing import PairingRow, pairing_end, pairing_make
from yishi.assistance.projects.models import FundMovement
from yishi.assistance.projects.services.acceptance import project_accept
from yishi.assistance.projects.services.balances import money_of
from yishi.assistance.projects.services.funds import movement_reverse
from yishi.assistance.projects.services.payments import payment_confirm, payment_record, payment_return
from yishi.assistance.register.models import Household
from yishi.cli import tally
from yishi.commitments.models import Commitment
from yishi.database.reach import everything
from yishi.journal.models import Entry, Receipt
from yishi.kit.errors import Refusal
from yishi.reporting.services import report_issue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    """The cast in tables that other connections see, and the test's own questions over all files."""
    with everything():
        yield make_cast()


def done(answers):
    """The receipts among the answers; every other one is a sentence for people."""
    refused = [one for one in answers if isinstance(one, Refusal)]
    assert all(str(one.message) for one in refused)
    assert all(isinstance(one, Refusal | Receipt) for one in answers)
    return [one for one in answers if not isinstance(one, Refusal)]


def counts_once(deed):
    """What stands of a deed in the journal: 1 if it counts, else 0."""
    entries = Entry.objects.filter(code="assistance.deed.count", subject_id=deed.pk)
    return sum(one.quantities["deeds"] for one in entries)


def tallies_agree():
    """`yishi tally verify`."""
    return tally.verify() == 0


def test_a_deed_in_many_hands(cast):
    helping = Helping(cast)
    clerk, second, head = (cast.viewer(who) for who in ("clerk", "second_clerk", "office_head"))
    member, neighbour, handler = (cast.viewer(who) for who in ("member", "neighbour", "handler"))
    office, department = cast.bodies["office"], cast.bodies["department"]
    given = {"parties": [Part(cast.people["member"]), Part(office, "organiser")], "recorded_for": office}

    one = helping.record("clerk", **given)
    answers = together(*[lambda: deed_confirm(actor=member, deed=one)] * 3)
    assert len(done(answers)) == 1

    answers = together(
        lambda: deed_claim(actor=neighbour, deed=one, who=neighbour.person, role="co", share=6_000),
        lambda: deed_claim(actor=handler, deed=one, who=department, role="co", share=6_000),
        lambda: deed_claim(actor=neighbour, deed=one, who=neighbour.person, role="co", share=9_000),
        lambda: deed_correct(actor=clerk, deed=one, reason="数错了", amount=Decimal(2)),
    )
    assert len(done(answers)) == 3
    parts = list(DeedParty.objects.filter(deed=one))
    assert len(parts) == 4 and sum(part.share for part in parts) == WHOLE and min(part.share for part in parts) >= 0
    assert counts_once(one) == 1

    answers = together(
        lambda: deed_withdraw(actor=clerk, deed=one, reason="没有这回事"),
        lambda: deed_withdraw(actor=second, deed=one, reason="重复"),
        lambda: deed_correct(actor=head, deed=one, reason="数错了", amount=Decimal(3)),
        lambda: deed_disown(actor=member, deed=one, reason="不是我"),
    )
    assert done(answers) and counts_once(one) == 0
    assert Deed.within.get(pk=one.pk).state == Deed.State.WITHDRAWN
    assert tallies_agree()


def test_two_records_of_one_deed(cast):
    helping = Helping(cast)
    clerk, second, handler = (cast.viewer(who) for who in ("clerk", "second_clerk", "handler"))
    department, office = cast.bodies["department"], cast.bodies["office"]
    # Recorded at one moment by two desks: neither sees the other's, and yet the pair is found.
    together(
        lambda: helping.record("handler", parties=[Part(department)], recorded_for=department),
        lambda: helping.record("clerk", parties=[Part(office)], recorded_for=office),
    )
    pair = PossibleDuplicate.objects.get()
    earlier, later = pair.earlier, pair.later
    answers = together(
        lambda: duplicate_decide(actor=clerk, pair=pair, verdict="same", reason="同一件"),
        lambda: duplicate_decide(actor=second, pair=pair, verdict="same", reason="同一件"),
        lambda: deed_correct(actor=handler, deed=Deed.within.get(recorded_for=department), reason="数错了", words="改"),
        lambda: deed_withdraw(actor=clerk, deed=Deed.within.get(recorded_for=office), reason="重复"),
    )
    assert done(answers)
    for one in (earlier, later):
        one.refresh_from_db()
        assert counts_once(one) == int(one.state == Deed.State.COUNTED)
    assert counts_once(earlier) + counts_once(later) <= 1
    # Each claims a role in the other's and withdraws their own: they do not wait for each other for ever.
    ours = helping.record("handler", "road", parties=[Part(department)], recorded_for=department)
    theirs = helping.record("clerk", "road", parties=[Part(office)], recorded_for=office)
    answers = together(
        lambda: deed_claim_instead(actor=clerk, deed=ours, mine=theirs, role="co", reason="同一件"),
        lambda: deed_claim_instead(actor=handler, deed=theirs, mine=ours, role="co", reason="同一件"),
    )
    assert len(done(answers)) == 1
    assert counts_once(ours) + counts_once(theirs) == 1
    assert tallies_agree()


def test_money_that_only_one_can_have(cast):
    works = Works(cast, received=10_000 * YUAN).approve()
    household, came = Helping(cast).households[0], works.fund.movements.get()
    pay = {"fund": works.fund, "to": household, "amount": 7_000 * YUAN, "on": works.day(1)}
    answers = together(
        lambda: payment_record(actor=works.clerk, **pay),
        lambda: payment_record(actor=works.second, **pay),
        lambda: movement_reverse(actor=works.clerk, movement=came, reason="退回"),
    )
    assert len(done(answers)) == 1
    money = money_of(works.fund)
    assert money.received - money.paid - money.waiting >= 0
    if not FundMovement.within.filter(kind="paid").exists():
        works.receive(10_000 * YUAN)
        payment_record(actor=works.clerk, **pay)
    paid = FundMovement.within.filter(kind="paid").get()
    other = works.second if paid.recorded_by == works.clerk.person else works.clerk
    answers = together(
        lambda: payment_confirm(actor=other, movement=paid),
        lambda: payment_return(actor=works.clerk, movement=paid, reason="不付"),
        lambda: payment_return(actor=works.second, movement=paid, reason="不付"),
    )
    assert len(done(answers)) == 1
    assert sum(one.quantities.get("paid", 0) for one in Entry.objects.all()) in (0, 7_000 * YUAN)
    assert tallies_agree()


def test_works_are_accepted_once(cast):
    works = Works(cast).approve().allot().start().build()
    given = {
        "body": cast.bodies["office"], "on": works.day(5), "result": "passed", "words": "逐段丈量，路面平整。",
        "project": works.project,
    }  # fmt: skip
    answers = together(
        lambda: project_accept(actor=works.clerk, **given),
        lambda: project_accept(actor=works.second, **given),
        lambda: works.report(41, reason="多报", 上村小组="3.3"),
    )
    assert sum(one.code == "assistance.project.accept" for one in done(answers)) == 1
    assert works.project.acceptances.count() == 1
    assert tallies_agree()


def test_pairings_and_matches(cast):
    helping = Helping(cast)
    paired = Paired(cast, helping)
    clerk, second = cast.viewer("clerk"), cast.viewer("second_clerk")
    today = timezone.localdate()
    family, neighbour = helping.households[1], cast.people["neighbour"]
    row = PairingRow(neighbour, family, today)
    answers = together(*[lambda by=by: pairing_make(actor=by, row=row) for by in (clerk, second, clerk)])
    assert len(done(answers)) == 3 and Pairing.within.filter(household=family).count() == 1

    old = Pairing.within.get(pk=pairing_make(
        actor=clerk, row=PairingRow(cast.people["member"], helping.households[2], today - timedelta(days=30))
    ).result["pairing"])  # fmt: skip
    answers = together(
        lambda: pairing_hand_over(actor=clerk, pairing=old, successor=neighbour, on=today, note="请多走动"),
        lambda: pairing_hand_over(actor=second, pairing=old, successor=neighbour, on=today, note="请多走动"),
        lambda: pairing_make(actor=second, row=PairingRow(neighbour, helping.households[2], today)),
        lambda: pairing_end(actor=clerk, pairing=old, on=today, reason="调走"),
    )
    assert done(answers)
    assert Pairing.within.filter(household=helping.households[2], person=neighbour).count() <= 1

    match = paired.match(paired.need(), paired.offer())
    who = cast.viewer("member") if match.waits_for == "offer" else clerk
    before = Commitment.within.count()
    answers = together(
        lambda: match_answer(actor=who, match=match, accepted=True),
        lambda: match_answer(actor=who, match=match, accepted=True),
        lambda: match_answer(actor=who, match=match, accepted=False, reason="没空"),
    )
    assert len(done(answers)) == 1
    accepted = Match.within.get(pk=match.pk).state == Match.State.ACCEPTED
    assert Commitment.within.count() - before == int(accepted)
    assert tallies_agree()


def test_one_import_is_published_once_and_a_report_stands_while_a_deed_is_corrected(cast):
    clerk, second = cast.viewer("clerk"), cast.viewer("second_clerk")
    sent = import_send(
        actor=clerk, body=cast.bodies["office"], kind="households", data=workbook(families(3)), filename="a.xlsx",
        year=2020,
    )  # fmt: skip
    imports_work()
    one = again(sent.result["import"])
    answers = together(
        lambda: import_publish(actor=clerk, sent=one),
        lambda: import_publish(actor=second, sent=one),
        lambda: import_give_up(actor=second, sent=one),
    )
    assert len(done(answers)) == 1
    together(imports_work, imports_work, imports_work)
    state = again(one.pk).state
    assert (state, Household.within.count()) in ((Import.State.PUBLISHED, 3), (Import.State.GIVEN_UP, 0))
    assert Entry.objects.filter(code="assistance.import.publish").count() == int(state == Import.State.PUBLISHED)

    helping = Helping(cast)
    deed = helping.record("clerk", parties=[Part(cast.bodies["office"])], recorded_for=cast.bodies["office"])
    county, today = cast.places["牟定县"], timezone.localdate()
    report = {"place": county, "title": "统计", "starts_on": helping.start, "ends_on": today, "indicators": ["deeds"]}
    answers = together(
        lambda: report_issue(actor=clerk, **report),
        lambda: deed_correct(actor=second, deed=deed, reason="数错了", amount=Decimal(5)),
        lambda: report_issue(actor=second, **report),
    )
    assert len(done(answers)) == 3
    numbers = [one.result["number"] for one in answers if "report" in one.result]
    assert len(set(numbers)) == 2
    assert tallies_agree()
