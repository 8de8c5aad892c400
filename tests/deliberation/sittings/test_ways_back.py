"""What was entered by mistake for a sitting, or said and taken back, has a way back that leaves its trace."""

import pytest
from django.urls import reverse

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.commitments.models import Commitment
from yishi.commitments.services import proof_check, proof_give, proof_withdraw
from yishi.deliberation.models import Minutes, Seat, Statement
from yishi.deliberation.services.matters import party_add, party_remove
from yishi.deliberation.services.minutes import minutes_correct, minutes_issue, minutes_write
from yishi.deliberation.services.roll import presence_arrive, presence_leave
from yishi.deliberation.services.seats import seat_fill
from yishi.deliberation.services.sittings import sitting_close
from yishi.deliberation.services.stances import room_floor, stance_take
from yishi.deliberation.services.ways_back import (
    presence_stay,
    presence_take_back,
    seat_rename,
    seat_take_back,
    statement_withdraw,
)
from yishi.formats.paper import Paper
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.notices.models import Notice
from yishi.people.models import Person
from yishi.web.deliberation.sittings.sitting_papers import minutes_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def story(cast):
    return Story(cast).raise_worry().take_up().study_it().fill_seats()


def seated(story, name="张三", role="expert"):
    receipt = seat_fill(
        actor=story.by("convener"),
        matter=story.matter,
        person=Person.objects.create(name=name),
        role=role,
        filled_by="invitation",
        body=story.cast.bodies["department"],
    )
    return Seat.objects.select_related("person", "matter").get(pk=receipt.result["seat"])


def words_of(paper: Paper) -> str:
    return "\n".join(str(block) for block in paper.blocks)


def test_forms_7_a_seat_entered_by_mistake_is_taken_back(story):
    seat = seated(story)
    with pytest.raises(NotAllowed):
        seat_take_back(actor=story.by("outsider"), seat=seat, reason="重复")
    with pytest.raises(Refusal):
        seat_take_back(actor=story.by("convener"), seat=seat, reason=" ")
    seat_take_back(actor=story.by("convener"), seat=seat, reason="录了两遍")
    seat.refresh_from_db()
    assert (seat.state, seat.reason, seat.ended_on is None) == ("mistaken", "录了两遍", False)
    assert Entry.objects.filter(code="deliberation.seat.take_back").exists()
    with pytest.raises(WrongStage):
        seat_take_back(actor=story.by("convener"), seat=seat, reason="再来一次")


def test_forms_7_a_misspelt_name_is_corrected_and_both_are_kept(client, story):
    seat = seated(story, "张山")
    seat_rename(actor=story.by("convener"), seat=seat, name="张珊")
    seat = Seat.objects.select_related("person", "matter").get(pk=seat.pk)
    assert (seat.person.name, seat.written_as) == ("张珊", "张山")
    with pytest.raises(Refusal):  # known by an account: corrected where that stands
        seat_rename(actor=story.by("convener"), seat=story.seat("member"), name="委员乙")
    sign_in(client, story.cast, "convener")
    page = client.get(reverse("matter_seats", args=[story.matter.pk])).content.decode()
    assert "张珊" in page and "原写作：张山" in page
    assert reverse("seat_rename", args=[seat.pk]) in page and reverse("seat_take_back", args=[seat.pk]) in page
    assert client.get(reverse("seat_rename", args=[seat.pk])).status_code == 200


def test_forms_7_a_tick_is_taken_back(client, story):
    seat = seated(story)
    story.sit()
    presence_arrive(actor=story.by("convener"), sitting=story.sitting, seat=seat)
    sign_in(client, story.cast, "convener")
    room = reverse("sitting_room", args=[story.sitting.pk])
    assert reverse("presence_take_back", args=[story.sitting.pk, seat.pk]) in client.get(room).content.decode()
    client.post(reverse("presence_take_back", args=[story.sitting.pk, seat.pk]))
    assert not story.sitting.presences.filter(seat=seat).exists()
    entry = Entry.objects.get(code="deliberation.presence.take_back")
    assert entry.data["seat"] == str(seat.pk)
    with pytest.raises(WrongStage):
        presence_take_back(actor=story.by("convener"), sitting=story.sitting, seat=seat)


def test_forms_7_who_spoke_and_who_opened_it_were_here(story):
    story.sit()
    spoke = story.seat("handler")
    stance_take(actor=story.by("handler"), statement=story.statement, seat=spoke, value="agree")
    with pytest.raises(WrongStage):
        presence_take_back(actor=story.by("convener"), sitting=story.sitting, seat=spoke)
    chair = Seat.objects.get(matter=story.matter, role="chair", ended_on=None)
    with pytest.raises(WrongStage):
        presence_take_back(actor=story.by("convener"), sitting=story.sitting, seat=chair)


def test_who_was_marked_as_gone_by_mistake_is_still_in_the_room(story):
    """The undo of the roll call knew arrivals only: whoever was marked as leaving had to come a second time."""
    story.sit()
    convener, seat = story.by("convener"), story.seat("handler")
    came = story.sitting.presences.get(seat=seat).arrived_at
    with pytest.raises(WrongStage):
        presence_stay(actor=convener, sitting=story.sitting, seat=seat)
    presence_leave(actor=convener, sitting=story.sitting, seat=seat)
    with pytest.raises(NotAllowed):
        presence_stay(actor=story.by("outsider"), sitting=story.sitting, seat=seat)
    presence_stay(actor=convener, sitting=story.sitting, seat=seat)
    presence = story.sitting.presences.get(seat=seat)
    assert (presence.arrived_at, presence.left_at) == (came, None)
    assert Entry.objects.filter(code="deliberation.presence.stay").count() == 1
    presence_leave(actor=convener, sitting=story.sitting, seat=seat)
    presence_arrive(actor=convener, sitting=story.sitting, seat=seat)
    with pytest.raises(WrongStage):
        presence_stay(actor=convener, sitting=story.sitting, seat=seat)  # back already: nothing to take back
    sitting_close(actor=convener, sitting=story.sitting)
    with pytest.raises(WrongStage):
        presence_stay(actor=convener, sitting=story.sitting, seat=seat)


def test_forms_7_a_statement_is_withdrawn_and_stays_in_the_minutes_as_that(client, story):
    story.sit().stand()
    statement = Statement.objects.select_related("sitting__matter__place").get(pk=story.statement.pk)
    with pytest.raises(NotAllowed):
        statement_withdraw(actor=story.by("outsider"), statement=statement, reason="说错了")
    before = len(room_floor(story.sitting))
    sign_in(client, story.cast, "convener")
    page = reverse("statement_withdraw", args=[statement.pk])
    assert page in client.get(reverse("sitting_room", args=[story.sitting.pk])).content.decode()
    assert client.post(page, {"reason": "数字说错了"}).status_code == 302
    assert len(room_floor(story.sitting)) == before - 1
    said = words_of(minutes_paper(story.sitting, None))
    assert f"{statement.text}（已撤回）" in said and "数字说错了" in said
    room = client.get(reverse("sitting_room", args=[story.sitting.pk])).content.decode()
    assert "已撤回" in room and "数字说错了" in room
    with pytest.raises(WrongStage):
        statement_withdraw(actor=story.by("convener"), statement=statement, reason="再撤")


def test_forms_7_its_party_withdraws_it_until_the_minutes_are_issued(story):
    story.sit().stand()
    party = story.matter.parties.first()
    Statement.objects.filter(pk=story.statement.pk).update(party=party, by_staff=False)
    statement = Statement.objects.select_related("sitting__matter__place").get(pk=story.statement.pk)
    seat = Seat.objects.filter(matter=story.matter, party=party, ended_on=None).select_related("person").first()
    who = next(key for key, person in story.cast.people.items() if person == seat.person)
    statement_withdraw(actor=story.by(who), statement=statement, reason="我们改主意了")
    assert Statement.objects.get(pk=statement.pk).withdrawn_reason == "我们改主意了"


def test_forms_7_a_proof_given_too_early_is_withdrawn_before_its_check(client, cast, promise):
    commitment, handler = promise(), cast.viewer("handler")
    with pytest.raises(WrongStage):
        proof_withdraw(actor=handler, commitment=commitment, reason="还没给")
    today = commitment.agreed_on
    proof_give(actor=handler, commitment=commitment, text="已转账", done_on=today)
    sign_in(client, cast, "handler")
    page = reverse("proof_withdraw", args=[commitment.pk])
    assert page in client.get(reverse("commitment", args=[commitment.pk])).content.decode()
    with pytest.raises(NotAllowed):
        proof_withdraw(actor=cast.viewer("outsider"), commitment=commitment, reason="不对")
    assert client.post(page, {"reason": "传错了照片"}).status_code == 302
    commitment = Commitment.objects.get(pk=commitment.pk)
    proof = commitment.proofs.get()
    assert (commitment.state, commitment.proved_on) == ("in_force", None)
    assert (proof.outcome, proof.finding) == ("withdrawn", "传错了照片")
    told = client.get(reverse("commitment", args=[commitment.pk])).content.decode()
    assert "凭据在核验前撤回" in told and "传错了照片" in told
    proof_give(actor=handler, commitment=commitment, text="这回对了", done_on=today)
    proof_check(actor=cast.viewer("clerk"), commitment=commitment, accepted=True, finding="看过", as_agreed=True)
    with pytest.raises(WrongStage):
        proof_withdraw(actor=handler, commitment=commitment, reason="晚了")


def test_forms_7_a_party_named_after_the_hand_over_is_taken_out(story):
    story.sit().stand().agree().hand_over()
    receipt = party_add(actor=story.by("convener"), matter=story.matter, name="二组村民")
    party = story.matter.parties.get(pk=receipt.result["party"])
    party_remove(actor=story.by("convener"), matter=story.matter, party=party)
    assert not story.matter.parties.filter(name="二组村民").exists()


def test_forms_7_issued_minutes_stand(story):
    story.sit().stand()
    minutes_write(actor=story.by("convener"), sitting=story.sitting, text="纪要")
    story.sitting.refresh_from_db()
    minutes_issue(actor=story.by("convener"), minutes=story.sitting.minutes, unheard="外出，联系不上")
    statement = Statement.objects.select_related("sitting__matter__place").get(pk=story.statement.pk)
    with pytest.raises(WrongStage):
        statement_withdraw(actor=story.by("convener"), statement=statement, reason="晚了")


def test_issued_minutes_are_corrected_by_an_edition_that_replaces_them(story, client):
    story.sit().stand()
    convener = story.by("convener")
    minutes_write(actor=convener, sitting=story.sitting, text="租金缓交一年")
    minutes = Minutes.objects.get(sitting=story.sitting)
    with pytest.raises(WrongStage):
        minutes_correct(actor=convener, minutes=minutes, text="租金缓交半年", reason="笔误")  # a draft is written anew
    minutes_issue(actor=convener, minutes=minutes, unheard="外出，联系不上")
    with pytest.raises(NotAllowed):
        minutes_correct(actor=story.by("outsider"), minutes=minutes, text="租金缓交半年", reason="笔误")
    with pytest.raises(Refusal):
        minutes_correct(actor=convener, minutes=minutes, text="租金缓交一年", reason="笔误")
    sign_in(client, story.cast, "convener")
    address = reverse("minutes_correct", args=[story.sitting.pk])
    version = client.get(address).context["form"]["version"].value()
    sent = {"text": "租金缓交半年", "reason": "把半年写成了一年", "version": version}
    assert client.post(address, sent).status_code == 302
    minutes.refresh_from_db()
    first = minutes.replaced.get()
    assert (minutes.edition, minutes.text, first.edition, first.text) == (2, "租金缓交半年", 1, "租金缓交一年")
    assert first.issued_at < minutes.issued_at
    page = client.get(reverse("sitting", args=[story.sitting.pk])).content.decode()
    assert "把半年写成了一年" in page and "租金缓交一年" in page
    printed = words_of(minutes_paper(story.sitting, minutes))
    assert "代替" in printed and "把半年写成了一年" in printed and "租金缓交一年" not in printed
    assert Notice.objects.filter(code="minutes.corrected").count() == 5
    sign_in(client, story.cast, "village_head")
    assert "把半年写成了一年" in client.get(reverse("my_seat", args=[story.seat("village_head").pk])).content.decode()
