"""Who sits: invited one by one, answering for themselves, replaced and stepping back on the record; a neutral chair."""

import pytest
from django.urls import reverse

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.deliberation.models import ChairObjection, Seat
from yishi.deliberation.services.chairs import chair_object, chair_problem, objection_decide
from yishi.deliberation.services.inviting import members_to_invite
from yishi.deliberation.services.seats import (
    interests_declare,
    seat_answer,
    seat_code,
    seat_fill,
    seat_invite_again,
    seat_recuse,
    seat_replace,
)
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.notices.models import Delivery, Notice
from yishi.organisations.models import QueryCode
from yishi.organisations.query_codes import code_find
from yishi.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def story(cast):
    return Story(cast).raise_worry().take_up("four_two_n")


def party(story, name="村民"):
    return story.matter.parties.get(name=name)


def fill(story, who="village_head", by="convener", **given):
    person = story.cast.people[who] if isinstance(who, str) else who
    given = {"role": "party", "filled_by": "invitation", "party": party(story), **given}
    receipt = seat_fill(actor=story.by(by), matter=story.matter, person=person, **given)
    return Seat.objects.get(pk=receipt.result["seat"])


def chair(story, who="member", **given):
    return fill(story, who, role="chair", party=None, accepted=True, **given)


def refused_with(code, act):
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.code == code
    return refused.value


def test_it_works(story):
    seat = fill(story)
    assert seat.state == "invited" and seat.seat_class == "claimant"
    assert Notice.objects.filter(code="seat.invited").count() == 1
    seat_answer(actor=story.by("village_head"), seat=seat, accepts=True)
    seat.refresh_from_db()
    assert seat.state == "accepted" and seat.ended_on is None


def test_adding_one_does_not_invite_everybody_again(story):
    fill(story)
    fill(story, "company_head", party=party(story, "花卉公司"))
    told = Notice.objects.filter(code="seat.invited").values_list("person", flat=True)
    assert sorted(map(str, told)) == sorted(str(story.cast.people[who].pk) for who in ("village_head", "company_head"))


def test_inviting_one_once_more_tells_only_that_one(story):
    first = fill(story)
    fill(story, "company_head", party=party(story, "花卉公司"))
    seat_invite_again(actor=story.by("convener"), seat=first)
    assert Notice.objects.filter(code="seat.invited", person=first.person).count() == 2
    assert Notice.objects.filter(code="seat.invited").count() == 3
    seat_answer(actor=story.by("village_head"), seat=first, accepts=True)
    refused_with("seat.answered", lambda: seat_invite_again(actor=story.by("convener"), seat=first))


def test_the_desk_records_what_somebody_said_on_the_phone_and_a_stranger_does_not(story):
    seat = fill(story)
    for who in ("outsider", "company_head", "neighbour"):
        with pytest.raises(NotAllowed):
            seat_answer(actor=story.by(who), seat=seat, accepts=True)
    seat_answer(actor=story.by("convener"), seat=seat, accepts=False, reason="外出务工")
    seat.refresh_from_db()
    assert (seat.state, seat.reason) == ("declined", "外出务工") and seat.ended_on
    assert Notice.objects.filter(code="seat.declined", body_id=story.matter.convener_id).exists()


def test_declining_wants_a_reason_and_an_ended_seat_takes_no_answer(story):
    seat = fill(story)
    refused_with("reason.empty", lambda: seat_answer(actor=story.by("village_head"), seat=seat, accepts=False))
    seat_answer(actor=story.by("village_head"), seat=seat, accepts=False, reason="忙")
    with pytest.raises(WrongStage):
        seat_answer(actor=story.by("village_head"), seat=seat, accepts=True)


def test_a_replacement_keeps_both_and_the_reason(story):
    seat = fill(story)
    receipt = seat_replace(
        actor=story.by("convener"), seat=seat, person=story.cast.people["villager"], reason="本人住院"
    )
    seat.refresh_from_db()
    new = Seat.objects.get(pk=receipt.result["seat"])
    assert (seat.state, seat.reason) == ("replaced", "本人住院")
    assert (new.role, new.party, new.seat_class, new.state) == (seat.role, seat.party, seat.seat_class, "invited")


def test_somebody_steps_back_because_of_an_interest(story):
    seat = fill(story)
    refused_with("reason.empty", lambda: seat_recuse(actor=story.by("village_head"), seat=seat, reason=""))
    seat_recuse(actor=story.by("village_head"), seat=seat, reason="亲属在公司任职")
    seat.refresh_from_db()
    assert seat.state == "recused"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"party": None}, "seat.no_party"),
        ({"role": "king"}, "seat.role"),
        ({"filled_by": "lot"}, "seat.filled_by"),
        ({"seat_class": "moon"}, "seat.class"),
    ],
)
def test_what_is_no_seat_is_refused(story, given, code):
    refused_with(code, lambda: fill(story, **given))


def test_nobody_sits_twice_and_for_no_foreign_party(story, cast):
    fill(story)
    refused_with("seat.held", lambda: fill(story))
    other = Story(cast).raise_worry().take_up()
    refused_with("seat.other_party", lambda: fill(story, "villager", party=party(other)))


def test_a_full_class_says_so(story):
    for number in range(6):
        fill(story, Person.within.create(name=f"群众{number}"), seat_class="claimant")
    said = refused_with("seat.full", lambda: fill(story, seat_class="claimant"))
    assert "6" in str(said)
    assert fill(story).seat_class == "respondent"  # without a class named, the next one of that role with room


def test_who_is_invited_as_a_member_sits_today(story):
    given = {"role": "representative", "party": None}
    assert fill(story, "neighbour", seat_class="members", **given).state == "invited"
    for who in ("former_member", "village_head"):
        refused_with("seat.former_member", lambda who=who: fill(story, who, seat_class="members", **given))
    refused_with("seat.former_member", lambda: fill(story, "former_member", **given))
    assert fill(story, "former_member")  # as one of the villagers
    names = {str(member.person) for member in members_to_invite(story.matter)}
    assert names == {"委员甲", "委员乙"}


def test_who_has_no_account_gets_the_code_of_the_seat(story):
    seat = fill(story, "villager")
    receipt = seat_code(actor=story.by("convener"), seat=seat)
    found = code_find(receipt.query_code)
    assert found.person == story.cast.people["villager"]
    again = seat_code(actor=story.by("convener"), seat=seat, act_id=receipt.pk)
    assert again.query_code == receipt.query_code and QueryCode.objects.filter(person=seat.person).count() == 1
    account = fill(story, "village_head")
    refused_with("seat.account", lambda: seat_code(actor=story.by("convener"), seat=account))


def test_the_invitation_goes_by_sms_to_who_left_a_number(story):
    fill(story, Person.within.create(name="群众", phone="13800000000"))
    assert Delivery.objects.filter(notice__code="seat.invited", address="13800000000").count() == 1


def test_an_invitation_sent_twice_is_one(story):
    act_id = uuid7()
    assert fill(story, act_id=act_id) == fill(story, act_id=act_id)
    assert Notice.objects.filter(code="seat.invited").count() == 1


@pytest.mark.parametrize("who", ["outsider", "village_head", "member"])
def test_who_does_not_run_the_matter_fills_no_seat(story, who):
    with pytest.raises(NotAllowed):
        fill(story, by=who)


# The chair


def test_the_chair_declares_interests_and_none_is_a_declaration(story):
    seat = chair(story)
    assert chair_problem(story.matter)
    refused_with("interests.empty", lambda: interests_declare(actor=story.by("member"), seat=seat, interests=" "))
    interests_declare(actor=story.by("member"), seat=seat, interests="无")
    assert chair_problem(story.matter) == ""


def test_nobody_declares_a_chair_neutral_in_the_chairs_name(client, story):
    """Whoever runs the matter may write down what the chair declared, and how; it names them, and the chair is told."""
    seat, convener = chair(story), story.by("convener")
    refused_with("how.empty", lambda: interests_declare(actor=convener, seat=seat, interests="无"))
    with pytest.raises(NotAllowed):
        interests_declare(actor=story.by("village_head"), seat=seat, interests="无", how="听说的")
    interests_declare(actor=convener, seat=seat, interests="无", how="11月30日签在纸上")
    seat.refresh_from_db()
    assert seat.interests_by == story.cast.people["convener"] and seat.interests_how == "11月30日签在纸上"
    assert Notice.objects.filter(code="seat.declared_for", person=seat.person).count() == 1
    sign_in(client, story.cast, "convener")
    page = client.get(reverse("matter_seats", args=[story.matter.pk])).content.decode()
    assert "代记" in page and "11月30日签在纸上" in page
    interests_declare(actor=story.by("member"), seat=seat, interests="妻弟是公司的会计")
    seat.refresh_from_db()
    assert (seat.interests_by, seat.interests_how) == (None, "")
    refused_with("interests.own", lambda: interests_declare(actor=convener, seat=seat, interests="无", how="当面说的"))


def test_a_chair_who_has_not_declared_finds_it_among_their_duties(client, story):
    seat = chair(story)
    url = reverse("seat_declare", args=[seat.pk])
    sign_in(client, story.cast, "member")
    assert url in client.get(reverse("mine")).content.decode()
    assert client.post(url, {"interests": "无"}).status_code == 302
    seat.refresh_from_db()
    assert seat.interests_by is None and url not in client.get(reverse("mine")).content.decode()


def test_the_chair_sits_for_no_party_and_is_alone(story):
    refused_with("seat.chair_party", lambda: fill(story, "member", role="chair"))
    chair(story)
    refused_with("seat.chair", lambda: chair(story, "neighbour"))


def test_somebody_of_a_party_chairs_only_with_a_recusal_note(story):
    seat = chair(story, "handler")
    interests_declare(actor=story.by("handler"), seat=seat, interests="无")
    assert chair_problem(story.matter)
    interests_declare(actor=story.by("handler"), seat=seat, interests="无", recusal_note="各方书面同意由其主持")
    assert chair_problem(story.matter) == ""


def test_a_party_objects_and_the_decision_is_on_the_record(story):
    seat = chair(story)
    interests_declare(actor=story.by("member"), seat=seat, interests="无")
    fill(story)
    chair_object(actor=story.by("village_head"), seat=seat, party=party(story), reason="与公司有旧")
    assert chair_problem(story.matter)
    objection = ChairObjection.objects.get()
    refused_with(
        "chair.objected",
        lambda: chair_object(actor=story.by("village_head"), seat=seat, party=party(story), reason="再说一遍"),
    )
    with pytest.raises(NotAllowed):
        objection_decide(actor=story.by("village_head"), objection=objection, upheld=True, answer="是")
    refused_with(
        "answer.empty",
        lambda: objection_decide(actor=story.by("convener"), objection=objection, upheld=False, answer=""),
    )
    objection_decide(actor=story.by("convener"), objection=objection, upheld=False, answer="查无此事")
    assert chair_problem(story.matter) == ""
    with pytest.raises(WrongStage):
        objection_decide(actor=story.by("clerk"), objection=objection, upheld=True, answer="是")


def test_nobody_objects_in_another_partys_name(story):
    seat = chair(story)
    fill(story)
    refused_with(
        "chair.party",
        lambda: chair_object(
            actor=story.by("village_head"), seat=seat, party=party(story, "花卉公司"), reason="代他们说"
        ),
    )
    with pytest.raises(NotAllowed):
        chair_object(actor=story.by("outsider"), seat=seat, party=party(story), reason="看不惯")
    # the desk writes down what a party without a phone said
    chair_object(actor=story.by("convener"), seat=seat, party=party(story, "花卉公司"), reason="来电提出")


def test_an_upheld_objection_wants_another_chair(story):
    seat = chair(story)
    interests_declare(actor=story.by("member"), seat=seat, interests="无")
    fill(story)
    chair_object(actor=story.by("village_head"), seat=seat, party=party(story), reason="与公司有旧")
    objection_decide(actor=story.by("convener"), objection=ChairObjection.objects.get(), upheld=True, answer="属实")
    assert chair_problem(story.matter)
    receipt = seat_replace(
        actor=story.by("convener"), seat=seat, person=story.cast.people["neighbour"], reason="异议成立"
    )
    new = Seat.objects.get(pk=receipt.result["seat"])
    interests_declare(actor=story.by("neighbour"), seat=new, interests="无")
    assert chair_problem(story.matter) == ""
