"""A consultation through its pages: without scripts or an account, nothing lost, and no tally before it ends."""

import csv
import io
import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.consulting import Consulted
from tests.kept import kept
from yishi.common_ground import analyse
from yishi.database.reach import everything
from yishi.deliberation.models import ConsultationStatement, ConsultationVote, Sitting, Statement, Voice
from yishi.deliberation.services.consultation_statements import statement_decide
from yishi.deliberation.services.consultation_voices import statement_state, votes_give
from yishi.deliberation.services.consultations import slip_code, slips_make
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db


@kept
def consulted(cast):
    with everything():
        return Consulted(cast).opened()


def to(consulted, name="consult", *more):
    return reverse(name, args=[consulted.consultation.code, *more])


def vote(client, consulted, number, value, **more):
    given = {"number": number, "value": value, "act_id": str(uuid7())}
    return client.post(to(consulted, "consult_vote"), given, **more)


def test_a_phone_without_script_or_account_votes_changes_and_reads_its_votes(client, consulted):
    page = client.get(to(consulted))
    assert "已表态 0 / 8 条" in page.content.decode()
    answer = vote(client, consulted, 1, 1)
    assert answer.status_code == 302
    assert vote(client, consulted, 2, -1).status_code == 302
    assert "已表态 2 / 8 条" in client.get(to(consulted)).content.decode()
    assert Voice.objects.count() == 1
    mine = client.get(to(consulted, "consult_mine")).content.decode()
    receipt = re.search(r'class="code-big">([^<]+)<', mine)[1]
    client.post(to(consulted, "consult_vote"), {"number": 2, "value": 1, "back": "mine", "act_id": str(uuid7())})
    assert ConsultationVote.objects.get(statement__number=2).value == 1
    other = Client()  # another phone, with the receipt
    assert other.post(to(consulted, "consult_enter"), {"code": "AAAA-BBB-CCC"}).status_code == 422
    assert other.post(to(consulted, "consult_enter"), {"code": receipt.lower()}).status_code == 302
    vote(other, consulted, 3, 0)
    assert Voice.objects.count() == 1


def test_the_script_gets_the_next_ballot_alone(client, consulted):
    client.get(to(consulted))
    assert client.cookies  # the phone has its receipt before it speaks
    answer = vote(client, consulted, 1, 1, headers={"x-part": "ballot"})
    text = answer.content.decode()
    assert "<html" not in text
    assert "已表态 1 / 8 条" in text
    assert vote(client, consulted, 1, 7, headers={"x-part": "ballot"}).status_code == 422


def test_a_refused_sentence_stays_in_its_field(client, consulted):
    long = "很长" * 80
    client.get(to(consulted))
    answer = client.post(to(consulted, "consult_state"), {"text": long, "act_id": str(uuid7())})
    assert answer.status_code == 422
    assert long in answer.content.decode()
    assert not Voice.objects.exists()
    answer = client.post(
        to(consulted, "consult_state"), {"text": "广场边上种两排树", "act_id": str(uuid7())}, follow=True
    )
    assert "待审核" in answer.content.decode()


def test_where_slips_count_the_page_asks_for_one(client, cast):
    with everything():
        consulted = Consulted(cast, audience="invited").stated()
        slips_make(actor=cast.viewer("clerk"), consultation=consulted.consultation, count=2)
        row = consulted.consultation
        row.stage, row.opened_at = "open", timezone.now()
        row.save()
        one, two = (slip_code(slip) for slip in row.slips.all())
    assert "邀请条" in client.get(to(consulted)).content.decode()
    assert vote(client, consulted, 1, 1).headers["Location"] == to(consulted, "consult_enter")
    assert (
        client.get(to(consulted, "consult_slip", "NONSENSE00"), follow=True).redirect_chain[-1][0].endswith("/enter/")
    )
    client.get(to(consulted, "consult_slip", one))
    vote(client, consulted, 1, 1)
    other = Client()
    other.post(to(consulted, "consult_enter"), {"code": two})
    vote(other, consulted, 1, -1)
    assert set(Voice.objects.values_list("kind", flat=True)) == {"slip"}
    assert Voice.objects.count() == 2
    sheets = sign_in(Client(), cast, "clerk").get(reverse("consultation_slip_sheets", args=[row.pk]))
    assert f"{one[:4]}-{one[4:7]}-{one[7:]}" in sheets.content.decode()


def test_nobody_reads_a_tally_before_it_ends(cast, consulted):
    """Nine object, nobody agrees: on no page of anybody, in no export, is that number or that word to be seen."""
    with everything():
        for number in range(29):
            votes_give(ballot=consulted.ballot(number), votes={5: -1 if number < 23 else 1})
    row = consulted.consultation
    pages = [
        to(consulted),
        to(consulted, "consult_log"),
        to(consulted, "consult_mine"),
        reverse("consultation", args=[row.pk]),
        reverse("matter_consultations", args=[row.matter_id]),
        reverse("matter", args=[row.matter_id]),
        reverse("desk"),
        reverse("overview"),
    ]
    for who in ("", "clerk", "second_clerk", "convener", "province_clerk", "administrator", "member"):
        client = sign_in(Client(), cast, who) if who else Client()
        for address in pages:
            text = re.sub(
                r'"[0-9a-f-]{36}"|csrf\S+|value="[^"]*"|c/\w+|/\w{30,}', "", client.get(address).content.decode()
            )
            assert not re.search(r"(?<!\d)23(?!\d)(?!日)(?!:)", _spoken(text)), (who, address)
        for name in ("consult_votes", "consult_paper"):
            assert client.get(to(consulted, name)).status_code == 404
    row.refresh_from_db()
    assert row.result is None


def _spoken(text):
    """What a page says: without marks, days and times."""
    text = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", text, flags=re.S)
    return re.sub(r"\d+年\d+月\d+日( \d+:\d+)?|\d+:\d+", " ", text)


def test_the_desk_moderates_and_the_log_says_why_without_repeating_what_hurts(client, cast, consulted):
    client.get(to(consulted))
    client.post(to(consulted, "consult_state"), {"text": "电话13912345678的那家最坏", "act_id": str(uuid7())})
    statement = ConsultationStatement.objects.get(by_staff=False)
    clerk = sign_in(Client(), cast, "clerk")
    assert "13912345678" in clerk.get(reverse("consultation", args=[consulted.consultation.pk])).content.decode()
    assert "审核 1 条观点" in sign_in(Client(), cast, "convener").get(reverse("desk")).content.decode()
    address = reverse("consultation_decide", args=[statement.pk])
    answer = clerk.post(address, {"admit": "no", "words_why": "不要写别人的电话", "act_id": str(uuid7())})
    assert answer.status_code == 422
    assert "不要写别人的电话" in answer.content.decode()
    clerk.post(address, {"admit": "no", "reason": "personal", "words_why": "不要写别人的电话", "act_id": str(uuid7())})
    log = client.get(to(consulted, "consult_log")).content.decode()
    assert "不要写别人的电话" in log
    assert "13912345678" not in log
    appeal = to(consulted, "consult_appeal", statement.number)
    assert Client().get(appeal).status_code == 404  # not their statement
    assert client.post(appeal, {"text": "去掉电话可以吗", "act_id": str(uuid7())}).status_code == 302
    answering = reverse("consultation_appeal", args=[statement.pk])
    given = {"uphold": "no", "answer": "请另写一条"}
    assert clerk.post(answering, {**given, "act_id": str(uuid7())}).status_code == 422  # the same hands
    second = sign_in(Client(), cast, "second_clerk")
    assert second.post(answering, {**given, "act_id": str(uuid7())}).status_code == 302
    assert "请另写一条" in client.get(to(consulted, "consult_mine")).content.decode()


def test_from_the_desk_prepared_checked_opened_and_closed(client, cast):
    with everything():
        consulted = Consulted(cast)
    row = consulted.consultation
    clerk, second = sign_in(client, cast, "clerk"), sign_in(Client(), cast, "second_clerk")
    assert clerk.get(to(consulted)).status_code == 404  # a draft is nobody's
    for text in ("甲", "乙", "丙"):
        clerk.post(reverse("consultation_statement_new", args=[row.pk]), {"text": text, "act_id": str(uuid7())})
    opening = reverse("consultation_opening", args=[row.pk])
    assert clerk.post(opening, {"act_id": str(uuid7())}).status_code == 422
    assert "丙" in second.get(opening).content.decode()
    assert second.post(opening, {"act_id": str(uuid7())}).status_code == 302
    assert Client().get(to(consulted)).status_code == 200
    assert second.get(reverse("consultation_poster", args=[row.pk])).content.startswith(b"%PDF")
    outsider = sign_in(Client(), cast, "outsider")
    assert outsider.get(reverse("consultation", args=[row.pk])).status_code == 404
    closing = reverse("consultation_closing", args=[row.pk])
    assert clerk.post(closing, {"reason": "", "act_id": str(uuid7())}).status_code == 422
    assert clerk.post(closing, {"reason": "都说过了", "act_id": str(uuid7())}).status_code == 302
    assert "正在统计" in Client().get(to(consulted)).content.decode()
    assert "不能这样做" in clerk.post(closing, {"reason": "再关一次", "act_id": str(uuid7())}).content.decode()


def test_the_result_reads_and_counts_again_from_its_download(client, cast, consulted):
    with everything():
        consulted.phones(90).close()
    text = client.get(to(consulted)).content.decode()
    for words in ("各群组都同意的", "分歧在哪里", "意见分布图", "提前结束", "90"):
        assert words in text, re.sub("<[^>]+>", " ", text)
    assert "共识" not in text
    for number in range(1, 9):
        assert f'id="s{number}"' in text  # every figure leads to its row
    table = list(csv.DictReader(io.StringIO(client.get(to(consulted, "consult_votes")).content.decode())))
    found = analyse(*[[int(one[name]) for one in table] for name in ("participant", "statement", "vote")])
    told = consulted.consultation.result
    assert found.k == told["k"]
    assert len(table) == told["votes"]
    assert told["by_kind"] == {"link": 90}
    assert client.get(to(consulted, "consult_votes") + "?as=xlsx").content.startswith(b"PK")
    assert client.get(to(consulted, "consult_paper")).content.startswith(b"%PDF")
    assert vote(client, consulted, 1, 1).status_code == 302  # too late: back to the result
    assert json.dumps(told) == json.dumps(consulted.fresh().result)


def test_who_said_too_little_is_in_no_group_and_the_page_says_how_many(client, cast, consulted):
    with everything():
        consulted.phones(60)
        votes_give(ballot=consulted.ballot(70), votes={1: 1})
        consulted.close()
    told = consulted.consultation.result
    apart = told["people"] - sum(group["size"] for group in told["groups"])
    assert apart > 0
    assert f"另有{apart}人表态太少，不归入哪一组" in client.get(to(consulted)).content.decode()


def test_the_desk_counts_votes_as_the_result_does(client, cast, consulted):
    with everything():
        consulted.phones(12)
        statement_state(ballot=consulted.ballot(1), text="隔壁老张先管好自己")
        stated = consulted.consultation.statements.get(state="waiting")
        statement_decide(actor=cast.viewer("clerk"), statement=stated, admit=False, reason="off_topic")
        consulted.close()
    text = (
        sign_in(client, cast, "clerk").get(reverse("consultation", args=[consulted.consultation.pk])).content.decode()
    )
    assert f'<span class="figure-value">{consulted.consultation.result["votes"]}</span>' in text


def test_few_people_get_no_grand_words_and_no_download(client, cast):
    with everything():
        consulted = Consulted(cast).opened().phones(8).close()
    text = client.get(to(consulted)).content.decode()
    assert "多数同意的" not in text
    assert "同意最多的" in text
    assert client.get(to(consulted, "consult_votes")).status_code == 404


def test_one_click_lays_it_before_the_next_sitting(client, cast, consulted):
    with everything():
        consulted.phones(40).close()
        row = consulted.consultation
        clerk = sign_in(client, cast, "clerk")
        assert (
            reverse("sitting_new", args=[row.matter_id])
            in clerk.get(reverse("consultation", args=[row.pk])).content.decode()
        )
        address = reverse("consultation_briefing", args=[row.pk])
        assert clerk.post(address, {"act_id": str(uuid7())}).status_code == 404  # no sitting yet
        sitting = Sitting.within.create(matter=row.matter, ordinal=1, starts_at=timezone.now(), where="村委会")
    answer = clerk.post(address, {"act_id": str(uuid7())}, follow=True)
    assert "来自线上征询" in answer.content.decode()
    assert Statement.objects.filter(sitting=sitting, from_consultation__isnull=False).count() >= 3
