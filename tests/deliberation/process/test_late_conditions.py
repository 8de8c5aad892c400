"""A condition that was not met in time can be met, or recorded, afterwards: no step of a matter is a dead end."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests.deliberation.facts import every_seat
from tests.kept import kept
from tests.story import Story
from yishi.deliberation.models import ChairObjection, Matter, Seat, Sitting
from yishi.deliberation.process.conditions import CONDITIONS, missing
from yishi.deliberation.process.facts import Facts
from yishi.deliberation.services import agreements, chairs, matters, minutes, roll, seats, sittings, stances
from yishi.kit.errors import Refusal
from yishi.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
PEOPLE = ("member", "convener", "village_head", "company_head", "handler")


def lacks(matter, code):
    fresh = Matter.within.select_related("place", "convener", "process").get(pk=matter.pk)
    facts = Facts(fresh)
    return missing(code, facts, facts.model)


def sat(story, *, ago=None, close=True):
    """A sitting without notice and papers: opened now, or `ago` before."""
    starts_at = timezone.now() + timedelta(hours=1) if ago is None else timezone.now() - ago
    by = story.by("convener")
    receipt = sittings.sitting_plan(actor=by, matter=story.matter, starts_at=starts_at, where="议事室")
    story.sitting = Sitting.within.get(pk=receipt.result["sitting"])
    at = None if ago is None else starts_at
    for who in PEOPLE:
        roll.presence_arrive(actor=by, sitting=story.sitting, seat=story.seat(who), at=at)
    sittings.sitting_open(actor=by, sitting=story.sitting, at=at)
    receipt = stances.statement_add(actor=by, sitting=story.sitting, text="租金缓交半年", by_staff=True)
    story.statement = story.sitting.statements.get(pk=receipt.result["statement"])
    if close:
        sittings.sitting_close(actor=by, sitting=story.sitting, at=at)
    return story


@kept
def story(cast):
    return Story(cast).raise_worry().take_up("five_links").study_it().fill_seats()


@pytest.mark.parametrize("close", [False, True])
def test_records_6_notice_and_papers_are_recorded_after_the_sitting_began(story, close):
    sat(story, close=close)
    by, told = story.by("convener"), Notice.objects.count()
    for code, record in (("notice_given", sittings.sitting_notice), ("papers_sent", sittings.papers_send)):
        assert "补记" in lacks(story.matter, code)
        with pytest.raises(Refusal) as refused:
            record(actor=by, sitting=story.sitting)
        assert refused.value.field == "short_notice_reason"
        with pytest.raises(Refusal):
            tomorrow = timezone.localdate() + timedelta(days=2)
            record(actor=by, sitting=story.sitting, short_notice_reason="入户送达", given_on=tomorrow)
        day = timezone.localdate() - timedelta(days=40)
        record(actor=by, sitting=story.sitting, short_notice_reason="村干部逐户送达，漏记", given_on=day)
        assert lacks(story.matter, code) is None
        with pytest.raises(Refusal):
            record(actor=by, sitting=story.sitting, short_notice_reason="再记一次")
    story.sitting.refresh_from_db()
    assert (story.sitting.notice_given_on, story.sitting.state) == (day, "closed" if close else "open")
    assert Notice.objects.count() == told  # nobody is told of a sitting that they sit in


def test_records_6_a_sitting_recorded_afterwards_needs_neither(story):
    sat(story, ago=timedelta(days=30))
    assert lacks(story.matter, "notice_given") is None
    assert lacks(story.matter, "papers_sent") is None


def test_records_6_the_room_warns_before_it_opens_and_the_page_offers_the_record_after(story, client):
    client.force_login(story.cast.people["convener"].account)
    receipt = sittings.sitting_plan(
        actor=story.by("convener"), matter=story.matter, starts_at=timezone.now() + timedelta(hours=1), where="议事室"
    )
    room = client.get(f"/desk/sittings/{receipt.result['sitting']}/room/").content.decode()
    assert "会议通知还没有发" in room and "材料还没有送" in room
    sittings.sitting_cancel(actor=story.by("convener"), sitting=story.matter.sittings.get(), reason="改期")
    sat(story)
    page = client.get(f"/desk/sittings/{story.sitting.pk}/").content.decode()
    assert f"/desk/sittings/{story.sitting.pk}/notice/" in page
    assert f"/desk/sittings/{story.sitting.pk}/papers-sent/" in page
    answer = client.post(f"/desk/sittings/{story.sitting.pk}/notice/", {"short_notice_reason": "电话逐户通知，漏记"})
    assert answer.status_code == 302
    assert lacks(story.matter, "notice_given") is None


# What meets a condition late: the act that a desk has for it. Conditions that the story goes on to meet are not here.
def _study(story):
    story.study_it()


def _seats(story):
    every_seat(story.cast, story.matter, Facts(story.matter).model)


def _notice(story):
    sittings.sitting_notice(actor=story.by("convener"), sitting=story.sitting, short_notice_reason="逐户送达，漏记")


def _papers(story):
    sittings.papers_send(actor=story.by("convener"), sitting=story.sitting, short_notice_reason="逐户送达，漏记")


def _minutes(story):
    by = story.by("convener")
    receipt = minutes.minutes_write(actor=by, sitting=story.sitting, text="各方同意缓交。")
    assert receipt
    minutes.minutes_issue(actor=by, minutes=Sitting.within.get(pk=story.sitting.pk).minutes, unheard="外出，联系不上")


def _summary(story):
    matters.matter_change(actor=story.by("convener"), matter=story.matter, title="租金", summary="公司欠租，双方来谈")


def _consent(story):
    """A party named late."""
    by = story.by("convener")
    receipt = matters.party_add(actor=by, matter=story.matter, name="灌区管理所")
    party = story.matter.parties.get(pk=receipt.result["party"])
    assert "灌区管理所" in lacks(story.matter, "consents_given")
    agreements.consent_record(actor=by, agreement=story.agreement, party=party, way="oral", witness="村主任")


def _join(story):
    story.matter.worries.update(matter=None, state="filed")
    assert lacks(story.matter, "worry_linked")
    matters.matter_join_worry(actor=story.by("convener"), matter=story.matter, worry=story.worry)


def _parties(story):
    """A party is added; two are enough."""
    matters.party_add(actor=story.by("convener"), matter=story.matter, name="灌区管理所")


def _chair(story):
    """The chair has not declared, then an objection is upheld and somebody else takes the chair."""
    by, chair = story.by("convener"), story.seat("member")
    Seat.objects.filter(pk=chair.pk).update(interests_declared_at=None)
    assert lacks(story.matter, "chair_neutral")
    seats.interests_declare(actor=story.by("member"), seat=chair, interests="无")
    assert lacks(story.matter, "chair_neutral") is None
    party = story.matter.parties.get(name="花卉公司")
    receipt = chairs.chair_object(actor=by, seat=chair, party=party, reason="与村里有亲属关系")
    assert lacks(story.matter, "chair_neutral")
    objection = ChairObjection.objects.get(pk=receipt.result["objection"])
    chairs.objection_decide(actor=by, objection=objection, upheld=True, answer="属实")
    receipt = seats.seat_replace(actor=by, seat=chair, person=story.cast.people["chair_head"], reason="异议成立")
    new = Seat.objects.get(pk=receipt.result["seat"])
    seats.interests_declare(actor=story.by("chair_head"), seat=new, interests="无")


def _quorum(story):
    """Too few came to the first sitting; a second one has enough."""
    Sitting.within.filter(pk=story.sitting.pk).update(present_at_opening=0)
    assert lacks(story.matter, "quorum_met")
    sat(story)


LATE = {
    "worry_linked": _join,
    "parties_named": _parties,
    "chair_neutral": _chair,
    "quorum_met": _quorum,
    "study_done": _study,
    "study_checked": _study,
    "seats_filled": _seats,
    "notice_given": _notice,
    "papers_sent": _papers,
    "minutes_issued": _minutes,
    "summary_written": _summary,
    "consents_given": _consent,
}
# Met by what every matter does next, or true of every matter that got so far; the course's own tests show each.
IN_COURSE = {
    "screened",
    "plan_approved",  # test_plan.py: an approved plan is supplemented
    "sitting_held",
    "agreement_recorded",
    "duties_complete",
    "handed_over",
    "proofs_checked",
    "verdict_asked",
    "fed_back",
    "all_settled",
}


def test_records_6_every_condition_is_looked_at():
    assert set(LATE) | IN_COURSE == set(CONDITIONS) and not set(LATE) & IN_COURSE


def test_records_6_no_condition_is_a_dead_end_in_any_later_state(cast):
    """After each chapter of a matter that did nothing in time, every late act still meets its condition."""
    story = Story(cast).raise_worry().take_up("five_links").fill_seats()
    needs = {
        "notice_given": "sitting",
        "papers_sent": "sitting",
        "minutes_issued": "closed",
        "consents_given": "agreement",
        "quorum_met": "closed",
    }
    chapters = [
        ("seated", lambda: None),
        ("sitting", lambda: sat(story, close=False)),
        ("closed", lambda: sittings.sitting_close(actor=story.by("convener"), sitting=story.sitting)),
        ("agreement", story.agree),
    ]
    reached = []
    for chapter, tell in chapters:
        tell()
        reached.append(chapter)
        for code, late in LATE.items():
            if needs.get(code, "seated") not in reached:
                continue
            sitting = story.sitting
            with transaction.atomic():
                late(story)
                assert lacks(story.matter, code) is None, (chapter, code)
                transaction.set_rollback(True)
            story.sitting = sitting
