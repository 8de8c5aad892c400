"""The pages of studies, seats, the room and the agreement: a whole sitting through the pages."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import Agreement, Draw, HandCount, Seat, Sitting, Stance, Statement, Study
from yishi.kit.ids import uuid7
from yishi.organisations.models import QueryCode
from yishi.organisations.query_codes import code_for_act, code_issue
from yishi.people.models import Person

pytestmark = pytest.mark.django_db


@kept
def story(cast):
    """A matter that is studied, sat over and agreed on."""
    with everything():
        return Story(cast).all()


def get(client, name, *args):
    return client.get(reverse(name, args=args))


def post(client, name, /, *args, **fields):
    return client.post(reverse(name, args=args), {"act_id": str(uuid7()), **fields})


def text_of(response):
    return response.content.decode()


def pages_of(story):
    """Every page of this slice that is opened by GET, with an object of the story."""
    matter, sitting, agreement = story.matter.pk, story.sitting.pk, story.agreement.pk
    with everything():
        chair, duty = story.seat("member").pk, agreement_duty(story).pk
    statement, study = story.statement.pk, story.study.pk
    return [
        *[(name, matter) for name in ("matter_studies", "matter_seats", "matter_sittings", "matter_agreement")],
        *[(name, matter) for name in ("study_new", "seat_new", "draw_new", "sitting_new", "agreement_new")],
        *[(name, study) for name in ("visit_new", "finding_new", "study_hand_in", "study_check")],
        *[(name, chair) for name in ("my_seat", "seat_answer", "seat_invite", "seat_replace", "seat_recuse")],
        *[(name, chair) for name in ("seat_declare", "seat_code", "chair_object")],
        *[(name, sitting) for name in ("sitting", "sitting_change", "sitting_notice", "papers_send")],
        *[(name, sitting) for name in ("sitting_cancel", "minutes_write", "sitting_room", "sitting_state")],
        *[(name, sitting) for name in ("room_code", "room_close", "statement_new", "room_recess", "room_walk_in")],
        *[(name, sitting) for name in ("room_chair", "room_projector", "sitting_room_part")],
        *[(name, statement) for name in ("statement_close", "stance_record", "hands_count")],
        *[(name, agreement) for name in ("agreement_edit", "duty_new", "consent_new", "agreement_record")],
        *[(name, agreement) for name in ("agreement_hand_over", "agreement_take_back")],
        ("duty_edit", duty),
    ]


def agreement_duty(story):
    return story.agreement.duties.get()


def test_it_works(client, cast, story):
    sign_in(client, cast, "convener")
    for name, pk in pages_of(story):
        response = get(client, name, pk)
        assert response.status_code == 200, (name, response.status_code)


def test_the_outsider_finds_none_of_it(client, cast, story):
    sign_in(client, cast, "outsider")
    for name, pk in pages_of(story):
        assert get(client, name, pk).status_code == 404, name
        assert client.post(reverse(name, args=[pk])).status_code in (404, 405), name


def test_nobody_is_sent_to_sign_in(client, cast, story):
    for name, pk in pages_of(story):
        assert get(client, name, pk).status_code == 302, name


def test_a_seat_is_filled_from_the_page_for_somebody_new(client, cast):
    with everything():
        story = Story(cast).raise_worry().take_up()
        party = story.matter.parties.get(name="村民")
    sign_in(client, cast, "convener")
    page = post(client, "seat_new", story.matter.pk, seat_class="party", party=str(party.pk))
    assert page.status_code == 422 and not Seat.objects.exists()
    fields = {
        "seat_class": "party",
        "party": str(party.pk),
        "name": "群众甲",
        "phone": "13800000001",
        "act_id": str(uuid7()),
    }
    for _twice in range(2):
        assert client.post(reverse("seat_new", args=[story.matter.pk]), fields).status_code == 302
    seat = Seat.objects.get()
    assert (seat.role, seat.filled_by, seat.person.phone) == ("party", "invitation", "13800000001")
    assert Person.within.filter(name="群众甲").count() == 1


def test_a_refused_seat_and_a_refused_list_leave_nobody_in_the_register(client, cast):
    with everything():
        story = Story(cast).raise_worry().take_up().fill_seats()
        taken = story.seat("member")
        assert taken.role == "chair"
    sign_in(client, cast, "convener")
    people = Person.within.count()
    typed = {"name": "群众甲", "phone": "13800000001"}
    assert post(client, "seat_new", story.matter.pk, role="chair", **typed).status_code == 422
    assert post(client, "seat_replace", story.seat("village_head").pk, reason="", **typed).status_code == 422
    listed = {"wanted": "1", "names": "群众甲\n群众乙", "number_source": "福彩下期", "chosen": [str(taken.person_id)]}
    page = post(client, "draw_new", story.matter.pk, **listed)
    assert page.status_code == 422 and "已有席位" in text_of(page) and not Draw.objects.exists()
    assert Person.within.count() == people


def test_a_name_typed_beside_somebody_of_the_list_seats_neither(client, cast):
    with everything():
        story = Story(cast).raise_worry().take_up().fill_seats()
        seat = story.seat("village_head")
        seats = Seat.objects.count()
    sign_in(client, cast, "convener")
    chosen = str(cast.people["member"].pk)
    for typed in ({"name": "张三"}, {"phone": "13800000001"}):
        fields = {"who": chosen, "role": "chair", "filled_by": "invitation", **typed}
        page = post(client, "seat_new", story.matter.pk, **fields)
        assert page.status_code == 422 and "请只填一项" in text_of(page)
        assert post(client, "seat_replace", seat.pk, who=chosen, reason="他来不了", **typed).status_code == 422
    assert Seat.objects.count() == seats and not Person.within.filter(name="张三").exists()


def test_a_place_typed_beside_a_venue_is_asked_about_and_a_body_may_speak_for_a_party(client, cast):
    with everything():
        story = Story(cast).raise_worry().take_up()
    sign_in(client, cast, "convener")
    where = {"venue": str(cast.venue.pk), "where": "村小学"}
    assert post(client, "sitting_new", story.matter.pk, starts_at="2030-01-07 09:00", **where).status_code == 422
    assert not story.matter.sittings.exists()
    named = {"name": "三组村民", "body": str(cast.bodies["department"].pk)}
    assert post(client, "party_new", story.matter.pk, **named).status_code == 302
    party = story.matter.parties.get(name="三组村民")
    assert party.body == cast.bodies["department"]


def test_an_anonymous_author_is_offered_to_the_convener_alone(client, cast):
    with everything():
        story = Story(cast).raise_worry()
        story.worry.is_anonymous = True
        story.worry.save()
        story.take_up()
    sign_in(client, cast, "convener")
    assert "村民丙" in text_of(get(client, "seat_new", story.matter.pk))
    sign_in(client, cast, "clerk")
    assert "村民丙" not in text_of(get(client, "seat_new", story.matter.pk))


def test_the_invited_person_answers_on_the_phone(client, cast):
    with everything():
        story = Story(cast).raise_worry().take_up().fill_seats()
        seat = story.seat("company_head")
        Seat.objects.filter(pk=seat.pk).update(state="invited")
    sign_in(client, cast, "company_head")
    assert "邀请" in text_of(get(client, "my_seat", seat.pk))
    page = post(client, "my_seat", seat.pk, accepts="no", reason="")
    assert page.status_code == 422
    assert post(client, "my_seat", seat.pk, accepts="yes").status_code == 302
    seat.refresh_from_db()
    assert seat.state == "accepted"
    sign_in(client, cast, "village_head")
    assert get(client, "my_seat", seat.pk).status_code == 404


@kept
def room(cast):
    with everything():
        return Story(cast).raise_worry().take_up().study_it().fill_seats().sit()


def say(client, story, value="agree", *, script=False, **fields):
    headers = {"accept": "application/json"} if script else {}
    given = {"act_id": str(uuid7()), "statement": str(story.statement.pk), "value": value, **fields}
    return client.post(reverse("room_stance", args=[story.sitting.pk]), given, headers=headers)


def test_a_seat_says_where_it_stands_on_the_phone(client, cast, room):
    sign_in(client, cast, "village_head")
    assert "租金缓交半年" in text_of(get(client, "room", room.sitting.pk))
    assert say(client, room).status_code == 302
    answer = say(client, room, "conditional", script=True, condition="农业农村局监督").json()
    assert answer["value"] == "conditional" and answer["word"]
    assert Stance.objects.get().condition == "农业农村局监督"
    state = get(client, "room_state", room.sitting.pk).json()
    assert state.keys() == {"version", "state", "stays"}
    assert "农业农村局监督" in text_of(get(client, "room_part", room.sitting.pk))


def test_the_condition_of_the_former_answer_does_not_hinder_another_one(client, cast, room):
    """It still stands in the form on the phone; a new one beside “agree” is asked about."""
    sign_in(client, cast, "village_head")
    say(client, room, "conditional", script=True, condition="农业农村局监督")
    assert say(client, room, "agree", script=True, condition="先修渠").status_code == 422
    assert say(client, room, "agree", script=True, condition="农业农村局监督").status_code == 200
    assert (Stance.objects.get().value, Stance.objects.get().condition) == ("agree", "")


def test_a_refused_stance_keeps_what_was_typed(client, cast, room):
    sign_in(client, cast, "village_head")
    page = say(client, room, "conditional", condition=" ")
    assert page.status_code == 422 and "条件" in text_of(page)
    answer = say(client, room, "nonsense", script=True)
    assert answer.status_code == 422 and answer.json()["message"]
    foreign = say(client, room, script=True, statement=str(uuid7()))
    assert foreign.json()["refused"] == "stance.statement"
    assert not Stance.objects.exists()


def test_the_chair_sees_the_counts_at_once(client, cast, room):
    sign_in(client, cast, "village_head")
    say(client, room, script=True)
    sign_in(client, cast, "member")  # chairs by a seat, without a desk of the convener
    before = get(client, "sitting_state", room.sitting.pk).json()
    assert before["counts"] == {str(room.statement.pk): {"agree": 1}}
    sign_in(client, cast, "company_head")
    say(client, room, script=True)
    sign_in(client, cast, "member")
    after = get(client, "sitting_state", room.sitting.pk).json()
    assert after["counts"][str(room.statement.pk)]["agree"] == 2 and after["version"] != before["version"]
    assert "中立" in text_of(get(client, "room", room.sitting.pk))


def test_a_villager_enters_the_room_with_the_code_of_the_seat(client, cast, room):
    with everything():
        person = cast.people["villager"]
        act_id = uuid7()
        code_issue(person, code_for_act(act_id), seat_in=room.matter.pk)
        party = room.matter.parties.get(name="村民")
        Seat.objects.create(
            matter=room.matter,
            person=person,
            party=party,
            role="party",
            filled_by="draw",
            started_on=timezone.localdate(),
        )
        seat = Seat.objects.get(person=person)
        room.sitting.presences.create(seat=seat, arrived_at=timezone.now())
    page = get(client, "room", room.sitting.pk)
    assert page.status_code == 200 and room.matter.title not in text_of(page)  # nothing of the matter is shown
    wrong = client.post(reverse("room", args=[room.sitting.pk]), {"code": "AAAA-AAA-AAA"})
    assert wrong.status_code == 422
    right = client.post(reverse("room", args=[room.sitting.pk]), {"code": code_for_act(act_id)})
    assert right.status_code == 302
    assert "租金缓交半年" in text_of(get(client, "room", room.sitting.pk))
    assert say(client, room, script=True).status_code == 200
    assert Stance.objects.get().seat == seat


@pytest.mark.parametrize("who", ["outsider", "neighbour", "clerk", "former_member"])
def test_who_holds_no_seat_finds_no_room(client, cast, room, who):
    sign_in(client, cast, who)
    for name in ("room", "room_state", "room_part"):
        assert get(client, name, room.sitting.pk).status_code == 404
    assert say(client, room).status_code == 404


def test_a_phone_asks_little(client, cast, room, django_assert_max_num_queries):
    sign_in(client, cast, "village_head")
    get(client, "room_state", room.sitting.pk)
    with django_assert_max_num_queries(8):
        get(client, "room_state", room.sitting.pk)


def test_pages_ask_the_database_little(client, cast, story, django_assert_max_num_queries, settings):
    settings.INSTALLATION_SECONDS = 600  # as in service: not asked for by each page
    sign_in(client, cast, "convener")
    for name, pk in (
        ("matter_studies", story.matter.pk),
        ("matter_seats", story.matter.pk),
        ("matter_sittings", story.matter.pk),
        ("matter_agreement", story.matter.pk),
        ("sitting", story.sitting.pk),
        ("sitting_room", story.sitting.pk),
        ("room_chair", story.sitting.pk),
        ("room_projector", story.sitting.pk),
    ):
        with django_assert_max_num_queries(30):
            get(client, name, pk)


def test_the_room_is_run_by_taps(client, cast):
    with everything():
        story = Story(cast).raise_worry().take_up().study_it().fill_seats()
    sign_in(client, cast, "convener")
    start = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    page = post(client, "sitting_new", story.matter.pk, starts_at=start, venue="", where="")
    assert page.status_code == 422
    assert post(client, "sitting_new", story.matter.pk, starts_at=start, where="村口").status_code == 302
    with everything():
        sitting = Sitting.within.get()
        seats = [story.seat(who) for who in ("member", "convener", "village_head", "company_head")]
    post(client, "sitting_notice", sitting.pk)
    page = client.post(reverse("room_open", args=[sitting.pk]), follow=True)
    assert "主持人" in text_of(page)
    post(client, "room_roll", sitting.pk, here=[str(seat.pk) for seat in seats])
    post(client, "room_leave", sitting.pk, seats[3].pk)
    post(client, "room_open", sitting.pk)
    assert post(client, "statement_new", sitting.pk, text="先通水").status_code == 302
    statement = Statement.objects.get()
    post(client, "stance_record", statement.pk, seat=str(seats[2].pk), value="agree")
    post(client, "hands_count", statement.pk, agree="12", object="0", abstain="1", conditional="0", unseated="on")
    assert HandCount.objects.get().agree == 12
    post(client, "statement_close", statement.pk, minority_note="")
    assert post(client, "room_close", sitting.pk).status_code == 302
    post(client, "minutes_write", sitting.pk, text="先通水，再谈租金。")
    post(client, "minutes_read", sitting.pk, way="read", everybody="on")
    post(client, "minutes_issue", sitting.pk)
    page = text_of(get(client, "sitting", sitting.pk))
    for word in ("先通水", "已印发", "12"):
        assert word in page, word


def test_an_agreement_without_bearer_is_refused_on_its_page_and_nothing_typed_is_lost(client, cast):
    with everything():
        story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand()
    sign_in(client, cast, "convener")
    assert "租金缓交半年" in text_of(get(client, "agreement_new", story.matter.pk))  # what every party shared
    post(client, "agreement_new", story.matter.pk, text="租金缓交半年")
    agreement = Agreement.objects.get()
    past = post(client, "duty_new", agreement.pk, act="付清租金", due_on="2020-01-01", proof_expected="凭证")
    assert past.status_code == 422 and "付清租金" in text_of(past) and "2020-01-01" in text_of(past)
    post(client, "duty_new", agreement.pk, act="付清租金")
    for party in story.matter.parties.all():
        post(client, "consent_new", agreement.pk, party=str(party.pk), way="paper")
    page = post(client, "agreement_record", agreement.pk)
    assert page.status_code == 422 and "第1" in text_of(page).replace(" ", "")
    assert "还缺" in text_of(get(client, "matter_agreement", story.matter.pk))
    duty = agreement.duties.get()
    post(client, "duty_out", duty.pk)
    assert not agreement.duties.exists()


def test_what_waits_stands_on_the_desk(client, cast):
    with everything():
        story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand()
    sign_in(client, cast, "convener")
    page = text_of(get(client, "desk"))
    assert reverse("sitting", args=[story.sitting.pk]) in page
    Seat.objects.filter(pk=story_seat(story).pk).update(state="invited")
    sign_in(client, cast, "company_head")
    assert reverse("my_seat", args=[story_seat(story).pk]) in text_of(get(client, "desk"))


def story_seat(story):
    with everything():
        return story.seat("company_head")


def test_a_scan_of_a_consent_is_kept_and_the_outsider_does_not_get_it(client, cast):
    with everything():
        story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand()
        party = story.matter.parties.first()
    sign_in(client, cast, "convener")
    post(client, "agreement_new", story.matter.pk, text="缓交")
    agreement = Agreement.objects.get()
    scan = SimpleUploadedFile("签字.pdf", b"%PDF-1.4 signed", "application/pdf")
    assert post(client, "consent_new", agreement.pk, party=str(party.pk), way="paper", scan=scan).status_code == 302
    kept = agreement.consents.get().scan
    address = reverse("agreement_scan", args=[story.matter.pk, kept.pk])
    assert client.get(address).status_code == 200
    sign_in(client, cast, "outsider")
    assert client.get(address).status_code == 404


def test_a_study_with_a_photo_goes_through_the_pages(client, cast):
    with everything():
        story = Story(cast).raise_worry().take_up()
    sign_in(client, cast, "convener")
    post(client, "study_new", story.matter.pk, question="为何付不出")
    study = Study.objects.get()
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "JPEG")
    photo = SimpleUploadedFile("田.jpg", picture.getvalue(), "image/jpeg")
    fields = {"on": timezone.localdate().isoformat(), "where": "基地", "met": "五户", "text": "看了"}
    assert post(client, "visit_new", study.pk, photo_1=photo, **fields).status_code == 302
    fake = SimpleUploadedFile("假.jpg", b"not a photo", "image/jpeg")
    page = post(client, "visit_new", study.pk, photo_1=fake, **{**fields, "text": "写了很多字"})
    assert page.status_code == 422 and "写了很多字" in text_of(page)
    post(client, "finding_new", study.pk, text="周转不开")
    post(client, "study_hand_in", study.pk, report="建议缓交")
    sign_in(client, cast, "clerk")
    assert post(client, "study_check", study.pk, accepted="yes", note="属实").status_code == 302
    page = get(client, "matter_studies", story.matter.pk)
    picture = study.visits.get().photos.get()
    assert reverse("study_photo", args=[story.matter.pk, picture.pk]) in text_of(page)


def test_a_code_for_who_has_none_is_shown_once(client, cast, room):
    with everything():
        seat = Seat.objects.create(
            matter=room.matter,
            person=cast.people["villager"],
            role="observer",
            filled_by="draw",
            started_on="2026-01-01",
        )
    sign_in(client, cast, "convener")
    page = post(client, "seat_code", seat.pk)
    assert page.status_code == 200 and "code-big" in text_of(page)
    assert QueryCode.objects.filter(person=seat.person).count() == 1
    assert post(client, "seat_code", seat.pk).status_code == 200  # made anew: the one before is dead
    assert QueryCode.objects.filter(person=seat.person, revoked_at__isnull=True).count() == 1
