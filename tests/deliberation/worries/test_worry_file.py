"""A villager raises a worry."""

from datetime import timedelta

import pytest
from django.utils import timezone

from yishi.database.reach import Reach, reaching
from yishi.deliberation.models import Worry
from yishi.deliberation.services.worries import code_reissue, who_raised, worry_file
from yishi.journal.models import Entry, Receipt
from yishi.kit.clock import add_workdays
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.notices.models import Notice
from yishi.organisations.grants import Viewer, viewer_of
from yishi.organisations.models import Member, QueryCode
from yishi.organisations.query_codes import code_find, code_issue
from yishi.web.deliberation.worries.worry_story import worry_events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@pytest.fixture
def file(cast):
    def make(**given):
        given = {
            "actor": Viewer(),
            "text": "花卉公司欠了两季的租金，大家都等着过年",
            "theme": "land",
            "place": cast.places["牟尼村"],
            "venue": cast.venue,
            "channel": "code",
            **given,
        }
        return worry_file(**given)

    return make


def test_it_works(cast, file):
    receipt = file(raiser_name="村民丙", raiser_phone="139 0000 0000")
    worry = Worry.objects.get(pk=receipt.result["worry"])
    assert worry.state == "filed"
    assert worry.desk == worry.convener == cast.bodies["council"]
    assert worry.answer_due_on == add_workdays(timezone.localdate(), 5)
    assert (worry.raiser.name, worry.raiser.phone) == ("村民丙", "13900000000")
    assert Notice.objects.get(code="worry.filed").body_id == cast.bodies["council"].pk


def test_the_query_code_finds_its_holder_however_it_is_typed(file):
    receipt = file()
    worry = Worry.objects.get(pk=receipt.result["worry"])
    code = receipt.query_code
    for typed in (code, code.lower(), f" {code[:4]}-{code[4:7]} {code[7:]}", code.replace("0", "o").replace("1", "l")):
        assert code_find(typed).person == worry.raiser
    assert code_find("0000000000") is None


def test_sent_twice_it_is_one_worry_with_one_code(file):
    act_id = uuid7()
    first, again = file(act_id=act_id), file(act_id=act_id)
    assert first.query_code == again.query_code
    assert Worry.objects.count() == 1


def test_neither_words_nor_names_nor_code_enter_the_journal(file):
    receipt = file(raiser_name="村民丙", raiser_phone="13900000000")
    kept = str(list(Entry.objects.values())) + str(list(Receipt.objects.values()))
    for word in ("租金", "村民丙", "13900000000", receipt.query_code):
        assert word not in kept


def test_who_holds_a_code_raises_the_next_one_with_it(file):
    first = file()
    code = code_find(first.query_code)
    second = file(actor=viewer_of(code.person, code), text="路灯坏了")
    assert second.query_code is None
    assert Worry.objects.get(pk=second.result["worry"]).raiser == code.person


def test_anonymous_only_the_convener_knows_who_it_was(cast, file):
    receipt = file(raiser_name="村民丙", is_anonymous=True)
    worry = Worry.objects.get(pk=receipt.result["worry"])
    assert who_raised(worry, cast.viewer("convener")) == worry.raiser
    for who in ("clerk", "handler", "prefecture_clerk", "member", "outsider"):
        assert who_raised(worry, cast.viewer(who)) is None


def test_by_phone_it_is_written_on_somebodys_behalf(cast, file):
    receipt = file(actor=cast.viewer("convener"), channel="phone", raiser_name="村民丁")
    worry = Worry.objects.get(pk=receipt.result["worry"])
    assert worry.written_by == cast.people["convener"]
    assert worry.raiser.name == "村民丁"
    assert receipt.query_code


def test_without_a_venue_it_goes_to_the_nearest_desk(cast, file):
    receipt = file(venue=None, place=cast.places["外县村"])
    assert Worry.objects.get(pk=receipt.result["worry"]).desk == cast.bodies["outside_office"]


def test_recorded_afterwards_it_is_marked(file):
    day = timezone.localdate() - timedelta(days=40)
    worry = Worry.objects.get(pk=file(happened_on=day).result["worry"])
    assert worry.backfilled and timezone.localdate(worry.raised_at) == day


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "  \n "}, "text"),
        ({"text": "很" * 10_000}, "text"),
        ({"theme": "nonsense"}, "theme"),
        ({"raiser_phone": "一三九"}, "raiser_phone"),
        ({"happened_on": timezone.localdate() + timedelta(days=1)}, "happened_on"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(file, given, field):
    with pytest.raises(Refusal) as refused:
        file(**given)
    assert refused.value.field == field
    assert not Worry.objects.exists() and not Receipt.objects.exists()


def test_a_sensitive_theme_is_marked_at_once(file):
    assert Worry.objects.get(pk=file(theme="law_case").result["worry"]).is_sensitive


def test_a_lost_code_is_replaced_by_the_convener_and_the_old_one_is_dead(cast, file):
    receipt = file()
    worry = Worry.objects.get(pk=receipt.result["worry"])
    with pytest.raises(NotAllowed):
        code_reissue(actor=cast.viewer("clerk"), worry=worry)
    new = code_reissue(actor=cast.viewer("convener"), worry=worry).query_code
    assert code_find(receipt.query_code) is None
    assert code_find(new).person == worry.raiser
    step = worry.steps.get(kind="code")  # whoever held the old one reads when it died, and at whose desk
    assert step.body == cast.bodies["council"]
    assert "查询码" in worry_events(worry, to_raiser=True)[1].title


def test_who_has_an_account_gets_no_code(cast, file):
    worry = Worry.objects.get(pk=file(actor=cast.viewer("clerk")).result["worry"])
    with pytest.raises(Refusal) as refused:
        code_reissue(actor=cast.viewer("convener"), worry=worry)
    assert refused.value.code == "worry.account" and not QueryCode.objects.exists()
    cast.people["clerk"].account.is_active = False
    cast.people["clerk"].account.save()
    assert code_reissue(actor=cast.viewer("convener"), worry=worry).query_code


def test_a_code_opens_ones_own_files_and_no_desk(cast, file):
    person = cast.people["clerk"]
    Member.objects.create(person=person, term=cast.bodies["committee"].terms.get(), sector="agriculture")
    viewer = viewer_of(person, code_issue(person, "K7M42QXD9R"))
    assert (viewer.posts, viewer.memberships, viewer.reach) == ((), (), Reach(person=person.pk))
    own, foreign = file(actor=viewer), file()
    with reaching(viewer.reach):
        assert [str(one.pk) for one in Worry.objects.all()] == [own.result["worry"]]
    with reaching(viewer_of(person).reach):
        assert Worry.objects.filter(pk=foreign.result["worry"]).exists(), "the account opens the desk as before"
