"""The pages of the logic checks: what a desk sees, lets stand, changes for its area; what a neighbour does not see."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.families import family
from tests.cast import sign_in
from tests.formats.books import read_sheet
from tests.kept import kept
from yishi.assistance.checks.models import CheckFinding, CheckRun, CheckSetting
from yishi.assistance.checks.services.checks import findings_refresh
from yishi.database.reach import reaching
from yishi.kit.ids import uuid7
from yishi.web.assistance.checks.check_sections import household_checks
from yishi.web.kit.sections import sections

pytestmark = pytest.mark.django_db


@kept
def homes(cast):
    """A sound household and one with an error and a doubt in 牟尼村, one with an error in the next village."""
    sound = family(cast.places["牟尼村"], 1)
    wrong = family(cast.places["牟尼村"], 2, house_grade="D", road_km=400)
    next_door = family(cast.places["邻近村"], 3, house_grade="C")
    findings_refresh([sound.pk, wrong.pk, next_door.pk])
    return sound, wrong, next_door


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_it_works(client, cast, homes, django_assert_max_num_queries):
    sign_in(client, cast, "clerk")
    with django_assert_max_num_queries(15):
        page = text(client.get(reverse("checks")))
    assert "已脱贫，还住危房" in page
    assert "距村主干路超过50公里" in page
    with django_assert_max_num_queries(15):
        page = text(client.get(reverse("check_findings"), {"severity": "error"}))
    assert homes[1].number in page
    assert homes[2].number in page
    assert homes[0].number not in page


def test_a_village_sees_nothing_of_the_next_one(client, cast, homes):
    sign_in(client, cast, "village_head")
    for name in ("checks", "check_findings"):
        for query in ({}, {"rule": "exit-house"}, {"export": "xlsx"}, {"state": "waived"}):
            response = client.get(reverse(name), query)
            body = response.content if query != {"export": "xlsx"} else _cells(response).encode()
            assert homes[2].number.encode() not in body
    page = text(client.get(reverse("check_rule", args=["exit-house"])))
    assert '<span class="figure-value">1</span>' in page
    finding = CheckFinding.within.get(household=homes[2])
    assert client.get(reverse("check_waive", args=[finding.pk])).status_code == 404


def _cells(response) -> str:
    assert response.status_code == 200
    sheets = read_sheet(response.content, "x.xlsx")
    return " ".join(str(cell) for sheet in sheets for row in sheet.rows for cell in row)


def test_the_export_says_what_to_do(client, cast, homes):
    sign_in(client, cast, "clerk")
    cells = _cells(client.get(reverse("check_findings"), {"export": "xlsx"}))
    assert homes[1].number in cells
    assert "报住建部门鉴定、改造" in cells
    assert "162" in text(client.get(reverse("check_rules")))
    assert "house-none" in _cells(client.get(reverse("check_rules"), {"export": "xlsx"}))
    assert "50 公里" in _cells(client.get(reverse("check_thresholds"), {"export": "xlsx"}))


def test_a_desk_lets_a_finding_stand_and_takes_it_back(client, cast, homes):
    sign_in(client, cast, "clerk")
    finding = CheckFinding.within.get(household=homes[1], rule="road-far")
    until = timezone.localdate() + timedelta(days=90)
    address = reverse("check_waive", args=[finding.pk])
    refused = client.post(address, {"reason": "确有此路", "until": "2020-01-01"})
    assert refused.status_code == 422
    assert "确有此路" in refused.content.decode()
    assert client.post(address, {"reason": "确有此路", "until": until.isoformat()}).status_code == 302
    assert homes[1].number not in text(client.get(reverse("check_findings"), {"rule": "road-far"}))
    assert "确有此路" in text(client.get(reverse("check_findings"), {"rule": "road-far", "state": "waived"}))
    assert client.post(reverse("check_unwaive", args=[finding.pk]), {"act_id": uuid7()}).status_code == 302
    assert homes[1].number in text(client.get(reverse("check_findings"), {"rule": "road-far"}))


def test_a_county_switches_a_rule_off_and_moves_a_threshold_without_code(client, cast, homes):
    sign_in(client, cast, "clerk")
    today = timezone.localdate().isoformat()
    county = cast.places["牟定县"]
    given = {"place": county.pk, "valid_from": today, "reason": "县办〔2026〕1号"}
    assert client.post(reverse("check_rule_change", args=["exit-house"]), {**given, "what": "off"}).status_code == 302
    assert (
        client.post(reverse("check_threshold_change", args=["road_most"]), {**given, "value": "500"}).status_code == 302
    )
    findings_refresh([one.pk for one in homes])
    assert CheckFinding.within.filter(cleared_at=None).count() == 0
    assert "县办〔2026〕1号" in text(client.get(reverse("check_rule", args=["exit-house"])))
    page = text(client.get(reverse("check_threshold", args=["road_most"])))
    assert "500 公里" in page
    assert "50 公里" in page  # as shipped
    other = {**given, "place": cast.places["宜良县"].pk, "what": "off"}
    assert client.post(reverse("check_rule_change", args=["exit-house"]), other).status_code == 422
    assert CheckSetting.objects.count() == 2


def test_a_village_may_not_change_the_rules(client, cast):
    sign_in(client, cast, "village_head")
    for name, code in (("check_rule_change", "exit-house"), ("check_threshold_change", "road_most")):
        assert client.get(reverse(name, args=[code])).status_code == 404


def test_a_check_is_asked_for_on_the_page(client, cast, homes):
    sign_in(client, cast, "village_head")
    village = cast.places["牟尼村"]
    sent = {"place": village.full_name, "place_id": village.pk}
    assert client.post(reverse("check_again"), sent).status_code == 302
    assert CheckRun.objects.get().place == village
    assert "核查正在排队" in text(client.get(reverse("checks")))
    sent = {"place": cast.places["邻近村"].full_name, "place_id": cast.places["邻近村"].pk}
    assert client.post(reverse("check_again"), sent).status_code == 422


def test_the_errors_of_a_village_wait_on_its_desk(client, cast, homes, django_assert_max_num_queries):
    sign_in(client, cast, "village_head")
    page = text(client.get(reverse("desk")))
    assert "登记册有 1 条错误待改" in page
    CheckFinding.within.filter(severity="error").update(cleared_at=timezone.now())
    assert "条错误待改" not in text(client.get(reverse("desk")))


def test_every_rule_and_threshold_has_its_page(client, cast):
    sign_in(client, cast, "clerk")
    for code in ("id-missing", "watch-support-only", "helper-none", "exit-income"):
        page = text(client.get(reverse("check_rule", args=[code])))
        assert "这样会报问题" in page
    assert "2,800 元" in text(client.get(reverse("check_threshold", args=["income_line"])))
    assert client.get(reverse("check_rule", args=["no-such"])).status_code == 404


def test_who_has_no_register_has_no_checks(client, cast):
    for who in ("handler", "member"):
        sign_in(client, cast, who)
        assert client.get(reverse("checks")).status_code == 403


def said(section, request, subject):
    """What one section says."""
    return next(iter(sections(request, [section], subject)), None)


def test_the_households_file_has_a_section_for_who_sees_the_household(cast, homes, rf):
    request = rf.get("/")
    request.viewer = cast.viewer("village_head")
    with reaching(request.viewer.reach):
        section = said(household_checks, request, homes[1])
        findings = section["findings"]
        assert [finding.rule for finding in findings] == ["exit-house", "road-far"]
        assert [bool(finding.may_waive) for finding in findings] == [False, True]  # an error is not theirs to let stand
        assert said(household_checks, request, homes[0]) is None
        assert said(household_checks, request, homes[2]) is None
