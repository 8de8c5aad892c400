"""What other tests see done by members, villagers or on a page, done here at a desk: so that every act of the product
is tried by somebody whose post there is their second (tests/test_acts.py)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.assistance.pairs import Paired
from tests.assistance.steered import Steered
from tests.assistance.works import Works
from tests.cast import Cast
from tests.deliberation.facts import a_worry
from tests.proposals.proposing import Proposed
from tests.story import Story
from yishi.assistance.campaign.models import Drive, Target
from yishi.assistance.campaign.services import campaign_setup, campaigns, steering
from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.services import deeds, family
from yishi.assistance.deeds.services.standing import Part
from yishi.assistance.pairing.models import Match
from yishi.assistance.pairing.services import deliveries, matches, needs, teams, village_plans, visits
from yishi.assistance.projects.models import Allotment
from yishi.assistance.projects.services import building, contracts, funds, projects
from yishi.assistance.register.services.bulk import NewHousehold, households_register_many
from yishi.attachments.models import Attachment
from yishi.commitments.services import reminder_send, verdict_give
from yishi.deliberation.services import screening, seats, worries
from yishi.deliberation.services.course import matter_close
from yishi.journal.models import Entry
from yishi.organisations.grants import Viewer, viewer_of
from yishi.organisations.models import Term
from yishi.organisations.query_codes import code_issue
from yishi.organisations.services import appointments, people, places
from yishi.people.models import Person
from yishi.proposals import services as proposals
from yishi.reporting import services as reporting
from yishi.reporting.models import AnswerSheet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files"), pytest.mark.once]
TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=30)


def last(code: str) -> tuple[str, object]:
    """The kind of right and the body that the last entry of an act names."""
    entry = Entry.objects.filter(receipt__code=code).latest("received_at")
    return entry.right_kind, entry.body_id


def test_it_works(cast: Cast) -> None:
    """A deed of a department that the county office recorded."""
    helping, handler, clerk = Helping(cast), cast.viewer("handler"), cast.viewer("clerk")
    office, department = cast.bodies["office"], cast.bodies["department"]
    deed = helping.record("clerk", parties=[Part(office), Part(department, "co")], recorded_for=office)
    deeds.deed_confirm(actor=handler, deed=deed)
    assert last("assistance.deed.confirm") == ("post", department.pk)
    deeds.evidence_add(actor=clerk, deed=deed, kind="receipt", words="上门看过")
    code = family.family_code(family.deed_code_issue(actor=clerk, deed=deed).pk)
    family.deed_answer(actor=Viewer(), code=family.deed_code_find(code), said_yes=False)
    assert last("assistance.deed.answer") == ("deed_code", None)
    family.deed_uphold(actor=clerk, deed=Deed.within.get(), reason="已上门核实")
    for code in ("prove", "code", "uphold"):
        assert last(f"assistance.deed.{code}") == ("post", office.pk)


def test_a_campaign_is_set_up_again(cast):
    helping, clerk = Helping(cast), cast.viewer("clerk")
    campaign, phase = helping.campaign, helping.campaign.phases.first()
    campaign_setup.campaign_change(actor=clerk, campaign=campaign, name="助推", starts_on=campaign.starts_on)
    days = {"starts_on": phase.starts_on, "ends_on": phase.ends_on}
    campaign_setup.phase_change(actor=clerk, phase=phase, name="起步", **days)
    campaign_setup.direction_change(actor=clerk, direction=helping.directions["industry"], name="产业")
    drive = {"name": "百日总攻", **days}
    opened = campaigns.drive_add(actor=clerk, campaign=campaign, **drive)
    campaign_setup.drive_change(actor=clerk, drive=Drive.objects.get(pk=opened.result["drive"]), **drive)
    county = cast.places["牟定县"]
    campaigns.target_set(actor=clerk, item=helping.items["channel"], place=county, amount=Decimal(9), due_on=SOON)
    campaign_setup.target_drop(actor=clerk, target=Target.objects.get())
    meeting = Steered(cast, campaign).meeting
    steering.meeting_change(actor=clerk, meeting=meeting, kind="push", title="推进会", on=TODAY)
    assert last("assistance.target.drop") == ("post", cast.bodies["office"].pk)


def test_a_project_is_told_anew(cast):
    works = Works(cast)
    said = {"kind": "road", "starts_on": works.day(200), "ends_on": works.day(10), "words": "路基已定"}
    projects.project_change(actor=works.builder, project=works.project, **said)
    works.approve().allot().start()
    photo = Attachment.objects.create(
        kind="photo", name="照片", media_type="image/jpeg", size=1, sha256="1" * 64, key="00/00/none.jpg"
    )
    building.photos_add(actor=works.builder, project=works.project, photos=[photo], on=TODAY)
    assert last("assistance.project.photo") == ("post", cast.bodies["water"].pk)


def test_a_contract_is_cancelled_and_a_project_given_up(cast):
    works = Works(cast).approve().allot()
    contracts.contract_cancel(actor=works.builder, contract=works.sign(), reason="对方不做了")
    assert last("assistance.contract.cancel") == ("post", cast.bodies["water"].pk)
    for allotment in Allotment.objects.all():
        funds.allotment_take_back(actor=works.clerk, allotment=allotment, reason="不建了")
    building.project_drop(actor=works.clerk, project=works.project, reason="改走另一条线")
    assert last("assistance.project.drop") == ("post", cast.bodies["office"].pk)


def test_the_village_looks_after_its_families(cast):
    paired, head = Paired(cast), cast.viewer("village_head")
    visit = paired.visit("village_head")
    visits.visit_withdraw(actor=head, visit=visit, reason="记错了户")
    village_plans.village_plan_promise(
        actor=head,
        plan=paired.plan(),
        act_text="试种二十亩",
        bearer=cast.bodies["department"],
        due_on=SOON,
        proof_expected="照片",
    )
    rows = [NewHousehold(place=cast.places["牟尼村"], number="B1", head={"name": "某甲"})]
    households_register_many(actor=cast.viewer("clerk"), place=cast.places["牟尼村"], source="x", rows=rows)
    for code in ("visit.log", "visit.withdraw", "village_plan.open", "village_plan.promise"):
        assert last(f"assistance.{code}") == ("post", cast.bodies["village"].pk)


def test_a_desk_takes_its_offer_back(cast):
    offer = Paired(cast).offer("handler", body=cast.bodies["department"])
    needs.offer_withdraw(actor=cast.viewer("handler"), offer=offer, reason="名额已满")
    assert last("assistance.offer.withdraw") == ("post", cast.bodies["department"].pk)


def test_records_4_a_desk_takes_a_need_and_delivers(cast):
    paired, handler, department = Paired(cast), cast.viewer("handler"), cast.bodies["department"]
    head, need = cast.viewer("village_head"), paired.need()
    needs.need_share(actor=head, need=need, is_shared=True)
    need.refresh_from_db()
    taken = matches.need_take(actor=handler, need=need, due_on=SOON, body=department)
    match = Match.within.get(pk=taken.result["match"])
    matches.match_answer(actor=head, match=match, accepted=True)
    match.refresh_from_db()
    deliveries.match_deliver(actor=head, match=match, words="已送到村委会", on=TODAY)
    offer = paired.offer("handler", body=department)
    deliveries.offer_deliver(actor=handler, offer=offer, words="送到小学", on=TODAY)
    teams.team_end(actor=cast.viewer("clerk"), team=paired.team(), on=TODAY, reason="任务完成")
    assert last("assistance.need.take") == last("assistance.offer.deliver") == ("post", department.pk)
    assert last("assistance.match.deliver") == ("post", cast.bodies["village"].pk)
    assert last("assistance.team.end") == ("post", cast.bodies["office"].pk)


def test_a_desk_keeps_a_members_proposal(cast):
    member, office = cast.people["member"], cast.bodies["office"]
    proposed = Proposed(cast, "clerk", author=member, desk=office, submit=False)
    clerk, said = (
        cast.viewer("clerk"),
        {"kind": "opinion", "title": "公交", "text": "村里的老人看病要走两个小时，请开一条线。", "theme": "roads"},
    )
    proposals.proposal_change(actor=clerk, proposal=proposed.proposal, place=cast.places["牟尼村"], **said)
    proposals.proposal_submit(actor=clerk, proposal=proposed.proposal)
    proposals.proposal_withdraw(actor=clerk, proposal=proposed.proposal, reason="并入另一件")
    for code in ("write", "change", "submit", "withdraw"):
        assert last(f"proposals.proposal.{code}") == ("post", office.pk)


def test_who_runs_a_matter_speaks_for_a_seat(cast):
    story = Story(cast).raise_worry().take_up().study_it().fill_seats()
    clerk, seat = cast.viewer("clerk"), story.seat("company_head")
    seats.interests_declare(actor=clerk, seat=seat, interests="无", how="当面说的")
    seats.seat_recuse(actor=clerk, seat=seat, reason="亲属")
    for code in ("declare", "recuse"):
        assert last(f"deliberation.seat.{code}") == ("post", cast.bodies["office"].pk)


def test_a_worry_is_declined_and_a_matter_closed(cast):
    clerk, office = cast.viewer("clerk"), cast.bodies["office"].pk
    screening.worry_decline(actor=clerk, worry=a_worry(cast), reason="不属于政协协商的范围")
    story = Story(cast).all().judge()
    story.commitment.state, story.commitment.settled_on = "struck_off", TODAY  # not by its act, which closes the matter
    story.commitment.save()
    matter_close(actor=clerk, matter=story.matter)
    assert last("deliberation.worry.decline") == last("deliberation.matter.close") == ("post", office)


def test_who_supervises_a_promise_reminds_of_it(cast):
    story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand().agree().hand_over()
    reminder_send(actor=story.by("handler"), commitment=story.commitment)
    assert last("commitments.reminder.send") == ("post", story.commitment.supervisor_id)
    story.carry_out()
    judge = story.commitment.judges.first().person
    verdict_give(actor=story.by("handler"), commitment=story.commitment, value="satisfied", judge=judge)
    assert last("commitments.verdict.give") == ("post", story.commitment.supervisor_id)


def test_an_answer_sheet_is_changed(cast):
    clerk, days = cast.viewer("clerk"), {"starts_on": TODAY - timedelta(days=30), "ends_on": TODAY}
    place, office = cast.places["牟定县"], cast.bodies["office"]
    said = {"title": "答卷", "text": "办成 [[deeds]] 件", **days}
    made = reporting.answer_write(actor=clerk, place=place, body=office, **said)
    sheet = AnswerSheet.objects.get(pk=made.result["answer"])
    reporting.answer_change(actor=clerk, sheet=sheet, **{**said, "title": "答卷（改）"})
    assert last("reporting.answer.change") == ("post", office.pk)


def test_the_convener_asks_again_for_whoever_raised_it(cast):
    worry = a_worry(cast)
    convener = next(who for who in cast.people if cast.viewer(who).holds(worry.convener_id))
    screening.worry_answer(actor=cast.viewer(convener), worry=worry, text="已修好")
    screening.worry_reopen(actor=cast.viewer(convener), worry=worry, reason="来电说没有修")
    assert last("deliberation.worry.reopen") == ("post", worry.convener_id)


def test_who_holds_a_code_changes_their_number(cast):
    person = cast.people["villager"]
    worries.phone_change(actor=viewer_of(person, code_issue(person, "AAAABBBBCC")), phone="13900000000")
    assert last("people.person.change_phone") == ("query_code", None)


def test_a_member_and_a_clerk_are_appointed_and_two_villages_merged(cast):
    keeper, office = cast.viewer("administrator"), cast.bodies["office"].pk
    appointments.member_appoint(actor=keeper, term=Term.objects.get(), name="新委员", sector="agriculture")
    appointments.person_appoint(actor=keeper, body=cast.bodies["office"], name="新甲", role="clerk")
    places.place_merge(actor=keeper, place=cast.places["邻近村"], into=cast.places["牟尼村"])
    for code in ("member.admit", "post.give", "place.merge"):  # of an appointment the entries are those of its parts
        assert last(f"organisations.{code}") == ("post", office)


def test_people_and_their_accounts_are_kept(cast):
    keeper, office = cast.viewer("administrator"), cast.bodies["office"].pk
    people.person_change(actor=keeper, person=cast.people["handler"], name="农业局乙")
    people.person_register(actor=keeper, name="新来的")
    account = cast.people["handler"].account
    Authenticator.objects.create(user=account, type="totp", data={"secret": "x"})
    people.account_unlock(actor=keeper, account=account)
    for code in ("person.change", "account.unlock"):
        assert last(f"people.{code}") == ("post", office)
    assert Person.objects.filter(name="新来的").exists()
