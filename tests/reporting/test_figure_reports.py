"""What was reported stays as it was: issued reports and answer sheets beside today's corrected figures."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.cast import sign_in
from tests.formats.books import read_sheet
from yishi.assistance.deeds.services.deeds import deed_correct, deed_withdraw
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.reporting.fold import fold_all
from yishi.reporting.models import AnswerSheet, IssuedReport
from yishi.reporting.services import answer_change, answer_issue, answer_write, report_issue

from .test_figure_pages import said

pytestmark = pytest.mark.django_db
TEXT = """办成 [[deeds]] 件，惠及 [[households]] 户。

硬化 [[amount item=road]] 公里，其中重点村 [[deeds set=focus item=road]] 件。"""


def issue(helping, who="clerk", place="牟定县", **given) -> IssuedReport:
    today = timezone.localdate()
    given = {
        "title": "牟定县助推行动统计",
        "starts_on": helping.start,
        "ends_on": today - timedelta(days=10),
        "indicators": ["deeds", "households"],
        "campaign": helping.campaign,
        **given,
    }
    receipt = report_issue(actor=helping.cast.viewer(who), place=helping.cast.places[place], **given)
    return IssuedReport.objects.get(pk=receipt.result["report"])


def write(helping, who="clerk", text=TEXT, **given) -> AnswerSheet:
    receipt = answer_write(
        actor=helping.cast.viewer(who),
        place=helping.cast.places["牟定县"],
        title="牟定县答卷",
        text=text,
        starts_on=helping.start,
        ends_on=timezone.localdate(),
        campaign=helping.campaign,
        **given,
    )
    return AnswerSheet.objects.get(pk=receipt.result["answer"])


def test_it_works(client, helping):
    """A correction after the period's close changes today's figure, not the issued report; the next one says so."""
    long_ago = timezone.localdate() - timedelta(days=50)
    helping.record(on=long_ago)
    wrong = helping.record(item="job", on=long_ago)
    report = issue(helping)
    assert report.values["total"] == {"deeds": 2, "households": 1}
    deed_withdraw(actor=helping.cast.viewer("member"), deed=wrong, reason="误记")
    fold_all()
    following = issue(helping, ends_on=timezone.localdate())
    report.refresh_from_db()
    assert report.values["total"]["deeds"] == 2
    assert following.values["total"]["deeds"] == 1
    assert following.previous == report
    assert following.adjustments == [["deeds", 2, 1]]

    sign_in(client, helping.cast, "clerk")
    words = said(client.get(f"/desk/figures/reports/{report.pk}/"))
    assert "2 件 1 件 发布后有更正 −1 件" in words
    then, now = (
        client.get(client.get(f"/desk/figures/reports/{report.pk}/").context["lines"][0][one])
        for one in ("url", "now_url")
    )
    assert (then.context["counted"].deeds, now.context["counted"].deeds) == (2, 1)
    assert (len(then.context["deeds"]), len(now.context["deeds"])) == (2, 1)
    assert "对上期报告的调整" in said(client.get(f"/desk/figures/reports/{following.pk}/"))


def test_a_report_is_a_paper_and_a_workbook(client, helping):
    helping.record(on=timezone.localdate() - timedelta(days=50))
    report = issue(helping)
    sign_in(client, helping.cast, "clerk")
    assert client.get(f"/desk/figures/reports/{report.pk}/report.pdf").content.startswith(b"%PDF")
    book = read_sheet(client.get(f"/desk/figures/reports/{report.pk}/?export=xlsx").content)
    assert [str(cell) for cell in book[0].rows[1][:3]] == ["实绩", "1", "件"]
    assert "牟定县助推行动统计" in said(client.get("/desk/figures/reports/"))


def test_only_the_office_of_the_place_issues(helping):
    for who in ("outsider", "handler", "member", "administrator"):
        with pytest.raises(NotAllowed):
            issue(helping, who)
    with pytest.raises(NotAllowed):
        issue(helping, "clerk", place="云南省")
    assert issue(helping, "prefecture_clerk").body.name == "楚雄州政协办公室"


def test_others_read_a_report_without_small_numbers(client, helping):
    helping.record(on=timezone.localdate() - timedelta(days=50))
    report = issue(helping)
    sign_in(client, helping.cast, "outsider")
    assert "惠及农户 少于 10 户" in said(client.get(f"/desk/figures/reports/{report.pk}/"))


def test_a_report_is_issued_from_the_page_of_a_place(client, helping):
    helping.record()
    sign_in(client, helping.cast, "clerk")
    address = f"/desk/figures/place/{helping.cast.places['牟定县'].pk}/report/"
    form = client.get(address).context["form"]
    today = timezone.localdate().isoformat()
    sent = {"act_id": form["act_id"].value(), "title": "季报", "starts_on": today, "ends_on": today}
    assert "请至少选一个统计指标" in said(client.post(address, sent))
    answer = client.post(address, {**sent, "indicators": ["deeds"], "act_id": ""}, follow=True)
    assert "季报" in said(answer)


def test_an_answer_sheet_opens_into_deeds_and_freezes(client, helping):
    helping.record()
    road = helping.record(item="road", amount=Decimal("28.5"), on=timezone.localdate() - timedelta(days=500))
    fold_all()
    sheet = write(helping)
    sign_in(client, helping.cast, "clerk")
    address = f"/desk/figures/answers/{sheet.pk}/"
    page = client.get(address)
    assert "办成 2 件，惠及 1 户。" in said(page)
    assert "硬化 28.5 公里，其中重点村 1 件。" in said(page)
    number = page.context["paragraphs"][1][3]
    assert list(client.get(number["url"]).context["deeds"]) == [road]

    answer_issue(actor=helping.cast.viewer("clerk"), sheet=sheet)
    deed_correct(actor=helping.cast.viewer("member"), deed=road, amount=Decimal(20), reason="多记了")
    fold_all()
    assert "硬化 28.5 公里" in said(client.get(address))
    assert client.get(f"{address}answer.pdf").content.startswith(b"%PDF")
    with pytest.raises(WrongStage):
        answer_change(
            actor=helping.cast.viewer("clerk"), sheet=sheet, title="x", text="x",
            starts_on=helping.start, ends_on=helping.start,
        )  # fmt: skip


def test_a_draft_is_seen_by_its_office_only(client, helping):
    sheet = write(helping)
    for who, status in (("clerk", 200), ("outsider", 404), ("member", 404)):
        sign_in(client, helping.cast, who)
        assert client.get(f"/desk/figures/answers/{sheet.pk}/").status_code == status, who


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[money]]", "没有“money”"),
        ("[[deeds item=none]]", "“item=none”"),
        ("[[deeds __class__=x]]", "看不懂"),
        ("[[amount]]", "活动项"),
        ("[[visits item=road]]", "不按活动项"),
        ("[[deeds item=road direction=industry set=focus]]", "最多选两样"),
        ("[[]]", "没有"),
        ("[[deeds place=530125]]", "查不到"),
    ],
)
def test_a_placeholder_that_is_not_understood_is_named(helping, text, why):
    with pytest.raises(Refusal) as refused:
        write(helping, text=text)
    assert why in str(refused.value.message)


def test_a_text_is_never_run(client, helping):
    sheet = write(helping, text="<script>alert(1)</script> {{ request }} {% now 'Y' %} [[deeds]]")
    sign_in(client, helping.cast, "clerk")
    page = client.get(f"/desk/figures/answers/{sheet.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "{{ request }} {% now" in page
