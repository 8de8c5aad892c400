"""The ledger's pages: who sees which, what they offer, and that nothing typed is lost."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from yishi.commitments import services
from yishi.commitments.models import Commitment
from yishi.deliberation.models import Seat
from yishi.kit.errors import Refusal
from yishi.organisations.grants import viewer_of
from yishi.organisations.models import Installation, Post, QueryCode
from yishi.web.kit.middleware import QUERY_CODE_KEY

pytestmark = pytest.mark.django_db
ACTS = [
    "commitment_confirm", "commitment_answer", "commitment_meet", "commitment_prove", "commitment_time",
    "commitment_check", "commitment_strike_off", "commitment_press", "commitment_close", "commitment_recheck",
    "commitment_reopen",
]  # fmt: skip


def words(response):
    return response.content.decode()


def with_code(client, cast, who):
    """A villager's phone after the query code was typed."""
    code = QueryCode.objects.create(person=cast.people[who], digest=f"digest of {who}", issued_at=timezone.now())
    session = client.session
    session[QUERY_CODE_KEY] = str(code.pk)
    session.save()
    return client


@pytest.mark.parametrize("who", ["clerk", "handler", "convener", "chair_head", "prefecture_clerk"])
def test_it_works(client, cast, promise, who):
    one = promise()
    page = sign_in(client, cast, who).get(reverse("commitments"))
    assert page.status_code == 200 and one.number in words(page)
    assert client.get(reverse("commitment", args=[one.pk])).status_code == 200


@pytest.mark.parametrize("who", ["outsider", "outside_handler", "water_clerk"])
def test_who_has_nothing_to_do_with_it_finds_nothing(client, cast, promise, who):
    one = promise()
    sign_in(client, cast, who)
    assert one.number not in words(client.get(reverse("commitments")))
    assert client.get(reverse("commitment", args=[one.pk])).status_code == 404
    for name in ACTS:
        assert client.get(reverse(name, args=[one.pk])).status_code == 404, name
        assert client.post(reverse(name, args=[one.pk]), {}).status_code == 404, name


def test_the_bearers_desk_is_offered_proof_and_no_strike_off(client, cast, promise):
    one = promise()
    page = words(sign_in(client, cast, "handler").get(reverse("commitment", args=[one.pk])))
    assert reverse("commitment_prove", args=[one.pk]) in page
    assert reverse("commitment_close", args=[one.pk]) not in page


def test_strike_off_is_offered_when_its_time_has_come(client, cast, checked):
    one = checked()
    address = reverse("commitment_strike_off", args=[one.pk])
    sign_in(client, cast, "clerk")
    assert address not in words(client.get(reverse("commitment", args=[one.pk])))
    services.verdict_give(actor=cast.viewer("villager"), commitment=one, value="satisfied")
    assert address in words(client.get(reverse("commitment", args=[one.pk])))


def test_proof_goes_in_by_the_page_and_a_fake_photo_keeps_what_was_typed(client, cast, promise):
    one = promise()
    sign_in(client, cast, "handler")
    address = reverse("commitment_prove", args=[one.pk])
    typed = {"text": "两季租金已转账", "done_on": timezone.localdate().isoformat()}
    fake = SimpleUploadedFile("a.jpg", b"no photo at all", content_type="image/jpeg")
    refused = client.post(address, {**typed, "photo_1": fake})
    assert refused.status_code == 422 and "两季租金已转账" in words(refused)
    assert client.post(address, typed).status_code == 302
    one.refresh_from_db()
    assert one.state == Commitment.State.PROVED


def test_the_second_to_strike_off_reads_who_was_quicker(client, cast, checked):
    one = checked(judges=())
    services.commitment_strike_off(actor=cast.viewer("second_clerk"), commitment=one)
    late = sign_in(client, cast, "clerk").post(reverse("commitment_strike_off", args=[one.pk]), {"note": "同意"})
    assert late.status_code == 422
    assert "牟定县政协办公室" in words(late) and "同意" in words(late)


def test_a_villager_judges_with_the_query_code(client, cast, checked):
    one = checked()
    with_code(client, cast, "villager")
    page = words(client.get(reverse("judge")))
    assert one.act in page
    judge_one = reverse("judge_one", args=[one.pk])
    page = words(client.get(judge_one))
    assert "已转账" in page and page.count('name="value"') == 3
    empty = client.post(judge_one, {"text": "还差一半"})
    assert empty.status_code == 422 and "还差一半" in words(empty)
    assert client.post(judge_one, {"value": "not_satisfied", "text": "还差一半"}).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.round) == (Commitment.State.IN_FORCE, 2)
    assert "再说一次" in words(client.get(judge_one))  # nothing has followed yet
    services.people_met(actor=cast.viewer("handler"), commitment=one, text="已上门")
    assert 'name="value"' not in words(client.get(judge_one))


def test_who_did_not_raise_it_does_not_judge_it(client, cast, checked):
    one = checked()
    with_code(client, cast, "second_villager")
    assert one.act not in words(client.get(reverse("judge")))
    assert client.get(reverse("judge_one", args=[one.pk])).status_code == 404


@pytest.mark.parametrize(("who", "reads"), [("handler", False), ("clerk", True)])
def test_no_desk_reads_who_judged_and_the_bearer_only_words_that_it_may(client, cast, checked, who, reads):
    """Whoever supervises reads all words; of two authors the bearer reads those of the one who lets it."""
    one = checked(judges=("villager", "second_villager"))
    services.verdict_give(actor=cast.viewer("villager"), commitment=one, value="partly", text="水费还没付")
    services.verdict_give(
        actor=cast.viewer("second_villager"), commitment=one, value="satisfied", text="路修好了", bearer_reads=True
    )
    sign_in(client, cast, who)
    page = words(client.get(reverse("commitment", args=[one.pk])))
    assert "村民甲" not in page and "村民乙" not in page
    assert ("水费还没付" in page) is reads and "路修好了" in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?due=blue", True), ("?due=red", False), ("?due=yellow", False), ("?due=late", False), ("?pressed=2", False),
        ("?pressed=0", True), ("?mine=owed", True), ("?mine=supervised", False), ("?body=农业", True),
        ("?body=水务", False), ("?q=租金", True), ("?state=open", True), ("?state=struck_off", False),
        ("?due=nonsense", True),
    ],
)  # fmt: skip
def test_the_ledgers_filters(client, cast, promise, query, shown):
    one = promise()
    page = sign_in(client, cast, "handler").get(reverse("commitments") + query)
    assert page.status_code == 200 and (one.number in words(page)) is shown


def test_every_list_is_a_workbook_too(client, cast, checked):
    checked()
    sign_in(client, cast, "clerk")
    for address in (reverse("commitments"), reverse("rates"), reverse("rate_cases") + "?part=due"):
        answer = client.get(address + ("&" if "?" in address else "?") + "export=xlsx")
        assert answer.content[:2] == b"PK", address


def test_each_rate_opens_into_its_cases(client, cast, checked):
    one = checked()
    sign_in(client, cast, "clerk")
    year = timezone.localdate().year
    query = f"?start={year}-01-01&end={year + 1}-12-31&body={one.bearer_id}"
    assert "农业农村局" in words(client.get(reverse("rates") + query))
    assert one.number in words(client.get(reverse("rate_cases") + query + "&part=asked"))
    assert one.number not in words(client.get(reverse("rate_cases") + query + "&part=struck_off"))


def test_a_ledger_of_many_asks_the_database_little(client, cast, promise, django_assert_max_num_queries):
    for _number in range(12):
        promise()
    sign_in(client, cast, "clerk")
    for address in (reverse("commitments"), reverse("rates"), reverse("mine")):
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200


def test_in_a_small_office_one_person_may_do_both_and_the_file_shows_it(client, cast, proved):
    one = proved()
    Post.objects.create(person=cast.people["handler"], body=cast.bodies["office"], role="clerk")
    sign_in(client, cast, "handler")
    check = {"accepted": "1", "as_agreed": "1", "finding": "属实"}
    assert reverse("commitment_check", args=[one.pk]) not in words(client.get(reverse("commitment", args=[one.pk])))
    assert client.post(reverse("commitment_check", args=[one.pk]), check).status_code == 422
    Installation.objects.update(small_office=True)
    assert client.post(reverse("commitment_check", args=[one.pk]), check).status_code == 302
    assert "两个单位由同一人办理" in words(client.get(reverse("commitment", args=[one.pk])))


def test_the_check_of_a_proof_says_whether_it_was_as_agreed_and_presets_nothing(client, cast, proved):
    one = proved()
    sign_in(client, cast, "clerk")
    address = reverse("commitment_check", args=[one.pk])
    assert "checked" not in words(client.get(address)).split("</form>")[-2]
    unsaid = client.post(address, {"accepted": "1", "finding": "属实"})
    assert unsaid.status_code == 422 and "as_agreed" in unsaid.context["form"].errors
    with pytest.raises(Refusal) as refused:
        services.proof_check(actor=cast.viewer("clerk"), commitment=one, accepted=True, finding="属实")
    assert refused.value.code == "proof.as_agreed"
    assert client.post(address, {"accepted": "1", "as_agreed": "0", "finding": "少一季"}).status_code == 302
    one.refresh_from_db()
    assert one.as_agreed is False


def test_a_returned_proof_needs_no_word_on_how_it_was_carried_out(client, cast, proved):
    one = proved()
    sign_in(client, cast, "clerk")
    sent = client.post(reverse("commitment_check", args=[one.pk]), {"accepted": "0", "finding": "不全"})
    assert sent.status_code == 302 and one.proofs.get().as_agreed is None


def test_a_member_finds_invitations_promises_and_results_to_judge(client, cast, checked):
    one = checked(judges=("member",))
    sign_in(client, cast, "member")
    page = words(client.get(reverse("mine")))
    assert reverse("judge_one", args=[one.pk]) in page
    assert not Seat.objects.exists()
    services.verdict_give(actor=viewer_of(cast.people["member"]), commitment=one, value="satisfied")
    assert reverse("judge_one", args=[one.pk]) not in words(client.get(reverse("mine")))


@pytest.mark.parametrize("who", ["former_member", "administrator"])
def test_who_has_no_seat_and_no_desk_has_no_duties_page(client, cast, who):
    assert sign_in(client, cast, who).get(reverse("mine")).status_code == 403


def test_what_waits_for_the_look_back_has_its_list(client, cast, checked):
    one = checked(judges=())
    services.commitment_strike_off(actor=cast.viewer("clerk"), commitment=one)
    sign_in(client, cast, "clerk")
    assert one.number not in words(client.get(reverse("commitments") + "?due=recheck"))
    Commitment.objects.filter(pk=one.pk).update(settled_on=timezone.localdate() - timedelta(days=31))
    assert one.number in words(client.get(reverse("commitments") + "?due=recheck"))
    assert one.act in words(client.get(reverse("desk")))
