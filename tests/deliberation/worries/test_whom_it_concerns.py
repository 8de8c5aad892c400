"""Who has a seat reads what concerns them by their code; what is referred has an addressee; no page promises more than
comes; a receipt has one number and one code.

Sisters: the raiser's file (test_raiser_reads.py), messages about a plan and about a need and an offer.
"""

import pytest
from django.urls import reverse
from django.utils import translation

from tests.assistance.pairs import Paired
from tests.cast import sign_in
from tests.commitments.test_promise_pages import QUERY_CODE_KEY
from tests.kept import kept
from tests.story import Story
from yishi.assistance.pairing.services.matches import match_answer
from yishi.database.reach import everything
from yishi.deliberation.models import Seat
from yishi.deliberation.services import screening
from yishi.deliberation.services.minutes import minutes_issue, minutes_write
from yishi.kit.errors import Refusal
from yishi.kit.ids import uuid7
from yishi.notices.models import Notice
from yishi.notices.texts import TEXTS, notice_text, sentence
from yishi.organisations.query_codes import code_issue

pytestmark = pytest.mark.django_db


@kept
def story(cast):
    with everything():
        return Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand()


def by_code(client, person, matter=None):
    with everything():
        code = code_issue(person, "K7M42QXD9R", seat_in=matter and matter.pk)
    session = client.session
    session[QUERY_CODE_KEY] = str(code.pk)
    session.save()


def test_waiting_6_who_has_a_seat_reads_date_minutes_agreement_and_duties(client, cast, story):
    with everything():
        minutes_write(actor=story.by("convener"), sitting=story.sitting, text="各方同意缓交。")
        minutes_issue(actor=story.by("convener"), minutes=story.sitting.minutes, unheard="外出，联系不上")
        story.agree()
        seat = Seat.objects.filter(matter=story.matter, person=cast.people["second_villager"]).first()
        if seat is None:
            seat = Seat.objects.filter(matter=story.matter, state=Seat.State.ACCEPTED).order_by("pk").first()
            Seat.objects.filter(pk=seat.pk).update(person=cast.people["second_villager"])
        stranger = cast.people["villager"]
    by_code(client, cast.people["second_villager"], story.matter)
    page = client.get(reverse("follow")).content.decode()
    assert reverse("my_seat", args=[seat.pk]) in page
    page = client.get(reverse("my_seat", args=[seat.pk])).content.decode()
    for words in ("各方同意缓交", "租金缓交半年", "付清两季租金", "示例花卉有限公司"):
        assert words in page, words
    assert stranger.pk != seat.person_id
    client.session.flush()
    assert client.get(reverse("my_seat", args=[seat.pk])).status_code != 200


def test_waiting_6_what_is_referred_says_to_which_authority(client, cast):
    with everything():
        story = Story(cast).raise_worry()
        given = {"actor": cast.viewer("convener"), "worry": story.worry, "reason": "已进入诉讼"}
        with pytest.raises(Refusal) as caught:
            screening.worry_refer(**given, authority=" ")
        assert (caught.value.code, caught.value.field) == ("worry.authority.empty", "authority")
        with pytest.raises(Refusal):
            screening.worry_refer(**given, authority="院" * 65)
        screening.worry_refer(**given, authority="院" * 64)
        (told,) = Notice.objects.filter(code="worry.referred")
    with translation.override("zh-hans"):
        assert "院" * 64 in notice_text(told)
        assert "—" not in sentence("worry.referred", {"number": "诉-1"})  # as an older version stored it
    by_code(client, story.worry.raiser)
    assert "已依法转送" + "院" * 64 in client.get(reverse("follow_one", args=[story.worry.pk])).content.decode()


def test_waiting_6_the_page_asks_for_the_authority(client, cast):
    with everything():
        story = Story(cast).raise_worry()
    sign_in(client, cast, "convener")
    url = reverse("worry_refer", args=[story.worry.pk])
    assert client.post(url, {"act_id": str(uuid7()), "reason": "已立案"}).status_code == 422
    sent = {"act_id": str(uuid7()), "reason": "已立案", "authority": "县人民法院"}
    assert client.post(url, sent).status_code == 302


def test_waiting_6_ending_early_promises_a_judgement_only_where_one_comes(client, cast, story):
    sign_in(client, cast, "convener")
    url = reverse("matter_end", args=[story.matter.pk])
    assert "不再请人评价" in client.get(url).content.decode()
    with everything():
        story.agree()
    assert "由他们评价结果" in client.get(url).content.decode()


def test_waiting_6_a_receipt_has_one_number_and_one_code(client, cast):
    with everything():
        story = Story(cast).raise_worry()
    for name in ("raised", "slip"):
        template = (f"deliberation/worries/{name}.html", name)
        assert template
    page = client.get(reverse("raise_worry")).content.decode()
    form = {"act_id": str(uuid7()), "text": "水渠漏水", "theme": "water", "place": "牟尼村",
            "place_id": str(cast.places["牟尼村"].pk)}  # fmt: skip
    answer = client.post(reverse("raise_worry"), form, follow=True)
    page = answer.content.decode()
    assert "您的查询码" in page and "<dt>编号" in page and "<dt>回执" not in page
    assert story.worry.pk


def test_waiting_6_an_answer_says_what_it_is(cast):
    with everything():
        paired = Paired(cast)
        match = paired.match(paired.need(), paired.offer())
        match_answer(actor=cast.viewer("member"), match=match, accepted=True)
        (told,) = Notice.objects.filter(code="match.answered")
    with translation.override("zh-hans"):
        assert "同意" in notice_text(told)
        assert "已同意" in sentence("plan.decided", {"year": 2026, "said": "approve"})
        for code in ("match.answered", "plan.decided"):
            assert "—" not in sentence(code, {}) and code in TEXTS
