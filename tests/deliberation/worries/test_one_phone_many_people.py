"""A stranger who says "the same" learns nothing by it; on one phone two villagers stay two people."""

import time

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.cast import sign_in
from tests.story import Story
from yishi.deliberation.models import Worry
from yishi.deliberation.services import screening
from yishi.deliberation.services.similar import COMPARED, similar_worries
from yishi.deliberation.services.worries import authors_of
from yishi.kit.ids import uuid7
from yishi.organisations.grants import viewer_of
from yishi.people.models import Person
from yishi.web.deliberation.worries.raise_worry import SHOWN_ONCE, SHOWN_SECONDS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]

SAME = "花卉公司付不出租金，一千七百二十亩地的租金和水费都欠着"
SECRET = "我家在村口第二家，千万别说是我"


@pytest.fixture
def story(cast):
    cache.clear()
    return Story(cast).raise_worry()


def send(client, name, *args, **fields):
    return client.post(reverse(name, args=args), {"act_id": str(uuid7()), **fields})


def join(client, main, **fields):
    """Raise the same from the QR code, as a stranger would."""
    sent = {"text": SAME, "theme": "land", "sure": "1", "same_as": str(main.pk), **fields}
    page = client.post(reverse("raise_worry_at", args=["MN0000TEST"]), {"act_id": str(uuid7()), **sent}, follow=True)
    assert page.status_code == 200
    return Worry.objects.exclude(pk=main.pk).latest("raised_at"), page.content.decode()


def own_page(client, worry):
    """The worry's page as its author reads it with the code just shown."""
    kept = client.session[SHOWN_ONCE]["code"]
    client.post(reverse("follow"), {"code": kept})
    return client.get(reverse("follow_one", args=[worry.pk])).content.decode()


def reopened(story):
    screening.worry_answer(actor=story.by("convener"), worry=story.worry, text="已转花卉公司")
    story.worry.refresh_from_db()
    screening.worry_reopen(actor=story.raiser, worry=story.worry, reason=SECRET)
    story.worry.refresh_from_db()


def test_a_stranger_who_says_the_same_reads_and_judges_nothing(client, cast, story):
    reopened(story)
    worry, page = join(client, story.worry)
    assert story.worry.number in page and worry.state == Worry.State.FILED
    assert SECRET not in own_page(client, worry)
    assert worry.raiser not in authors_of(worry=story.worry)


def test_the_convener_joins_them_and_still_the_others_words_stay_theirs(client, cast, story):
    reopened(story)
    worry, _page = join(client, story.worry)
    mine = own_page(client, worry)
    screening.worry_merge(actor=story.by("convener"), worry=worry, into=story.worry, reason="说的是同一件事")
    screening.worry_answer(actor=story.by("convener"), worry=Worry.objects.get(pk=story.worry.pk), text="下周付清")
    assert worry.raiser in authors_of(worry=story.worry)
    page = client.get(reverse("follow_one", args=[worry.pk])).content.decode()
    assert "下周付清" in page and "下周付清" not in mine and SECRET not in page
    as_staff = sign_in(client, cast, "convener").get(reverse("worry", args=[worry.pk])).content.decode()
    assert SECRET in as_staff


def test_what_is_answered_cannot_be_joined(story):
    assert similar_worries(story.worry.place, SAME, only_open=True) == [story.worry]
    screening.worry_answer(actor=story.by("convener"), worry=story.worry, text="已办")
    assert similar_worries(story.worry.place, SAME, only_open=True) == []
    assert similar_worries(story.worry.place, SAME) == [story.worry]


def test_a_giant_text_is_compared_by_its_beginning(story, monkeypatch):
    seen = []
    monkeypatch.setattr("yishi.deliberation.services.similar.bigrams", lambda text: seen.append(len(text)) or set())
    similar_worries(story.worry.place, "ﷺ" * 500_000)
    assert seen[0] == COMPARED


def test_another_villager_on_the_same_phone_is_another_person(client, cast, story):
    client.post(reverse("follow"), {"code": story.code})
    page = client.get(reverse("raise_worry_at", args=["MN0000TEST"])).content.decode()
    assert "我不是持码人" in page
    before = Person.within.get(pk=story.worry.raiser_id)
    fields = {"text": "村口路灯坏了半个月", "theme": "roads", "raiser_name": "村民戊", "raiser_phone": "13900000005"}
    shown = client.post(
        reverse("raise_worry_at", args=["MN0000TEST"]), {"act_id": str(uuid7()), **fields}, follow=True
    ).content.decode()
    other = Worry.objects.exclude(pk=story.worry.pk).get()
    assert (other.raiser.name, other.raiser.phone) == ("村民戊", "13900000005") and "code-big" in shown
    assert other.raiser_id != before.pk and Person.within.get(pk=before.pk).phone == before.phone
    del fields["raiser_name"], fields["raiser_phone"]
    send(client, "raise_worry_at", "MN0000TEST", **{**fields, "text": "水沟堵了没人清"})
    assert Worry.objects.get(text="水沟堵了没人清").raiser_id == before.pk, "nothing else typed: the holder's own"


def test_a_code_is_shown_for_five_minutes_and_forgotten_by_hand(client, cast, monkeypatch):
    send(client, "raise_worry_at", "MN0000TEST", text="村口路灯坏了半个月", theme="roads")
    assert "code-big" in client.get(reverse("raised")).content.decode()
    now = time.time()
    monkeypatch.setattr("yishi.web.deliberation.worries.raise_worry.time.time", lambda: now + SHOWN_SECONDS + 1)
    assert client.get(reverse("raised")).status_code == 302
    assert SHOWN_ONCE not in client.session


def test_forgetting_goes_on_to_the_form_and_nowhere_else(client, story):
    client.post(reverse("follow"), {"code": story.code})
    assert client.post(reverse("forget"), {"next": "/v/MN0000TEST/raise/"}).url == "/v/MN0000TEST/raise/"
    assert client.get("/v/MN0000TEST/raise/").content.decode().count("我不是持码人") == 0
    assert client.post(reverse("forget"), {"next": "https://evil.example/"}).url == "/"


def test_an_idle_phone_forgets_the_code(client, story, settings, monkeypatch):
    client.post(reverse("follow"), {"code": story.code})
    client.get(reverse("follow"))
    now = time.time()
    monkeypatch.setattr("yishi.web.kit.sessions.time.time", lambda: now + settings.SESSION_IDLE_SECONDS + 1)
    page = client.get(reverse("follow")).content.decode()
    assert story.worry.number not in page and "已经清除查询码" in page


def test_a_new_code_appears_on_its_own_worrys_page_only(client, cast, story):
    other = Story(cast).raise_worry().worry
    sign_in(client, cast, "convener")
    asked = client.get(reverse("worry_code", args=[story.worry.pk])).content.decode()
    assert "不能再用" in asked and "code-big" not in asked  # one click alone kills nobody's key
    sent = {"act_id": str(uuid7())}
    for _ in range(2):  # an impatient hand
        assert client.post(reverse("worry_code", args=[story.worry.pk]), sent).status_code == 302
    assert "code-big" not in client.get(reverse("worry", args=[other.pk])).content.decode()
    page = client.get(reverse("worry", args=[story.worry.pk])).content.decode()
    assert "code-big" in page
    assert "code-big" not in client.get(reverse("worry", args=[story.worry.pk])).content.decode()
    assert viewer_of(story.worry.raiser).person == story.worry.raiser
