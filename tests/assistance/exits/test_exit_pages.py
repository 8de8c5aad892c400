"""The pages of an exit assessment: from the frame to the package, as different people open them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.assistance.exits.assessed import SEED, Assessed, answers
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.exits.models import ExitAssessment, ExitInterview, ExitSample, ExitSuspicion
from yishi.assistance.exits.survey.package import package_check

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def assessed(cast):
    return Assessed(cast)


def send(client, address, **fields):
    """Open a form, fill it in and send it with the hidden fields of its page."""
    page = client.get(address)
    assert page.status_code == 200, (address, page.status_code)
    hidden = dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', page.content.decode()))
    return client.post(address, {**hidden, **fields})


def test_it_works(assessed, client):
    """Opened, drawn, a household asked, suspected and refuted, through the pages."""
    cast = assessed.cast
    sign_in(client, cast, "clerk")
    answer = send(
        client, reverse("exit_new"), place=cast.places["牟定县"].pk, year=assessed.today.year,
        as_of=assessed.today.isoformat(), rules="2018-west", questionnaire="2018-1", villages=0, exited=5, unlisted=2,
        rosters="牟尼村 2\n邻近村\t1",
    )  # fmt: skip
    row = ExitAssessment.within.get()
    assert answer.status_code == 302 and answer["Location"] == reverse("exit_assessment", args=[row.pk])
    assert row.frame_hash in client.get(answer["Location"]).content.decode()
    send(client, reverse("exit_draw", args=[row.pk]), seed=SEED, seed_source="双色球2026140期")
    sample = ExitSample.within.filter(kind="exited", place__name="牟尼村").select_related("household__head").first()
    assert sample.household.head.name in client.get(reverse("exit_sample", args=[row.pk])).content.decode()
    said = {f"answer_{code}": value for code, value in answers(sample, water="no").items()}
    form = reverse("exit_interview", args=[sample.pk])
    send(client, form, outcome="done", on=assessed.today.isoformat(), **said)
    page = client.get(reverse("exit_household", args=[sample.pk])).content.decode()
    assert "喝的水干净" in page and reverse("exit_suspect", args=[sample.pk]) in page
    send(
        client, reverse("exit_suspect", args=[sample.pk]), kind="wrong", conditions=["water"], people=3,
        basis="水窖见底",
    )  # fmt: skip
    suspicion = ExitSuspicion.within.get()
    sign_in(client, cast, "village_head")
    page = client.get(reverse("exit_suspicion", args=[suspicion.pk])).content.decode()
    assert reverse("exit_counter", args=[suspicion.pk]) in page
    assert client.get(reverse("exit_assessment", args=[row.pk])).status_code == 404
    assert client.get(reverse("exit_household", args=[sample.pk])).status_code == 404


def test_what_is_missing_in_an_interview_is_named_at_once(assessed, client):
    assessed.opened().drawn()
    sign_in(client, assessed.cast, "clerk")
    sample = assessed.of_kind("unlisted")
    answer = send(client, reverse("exit_interview", args=[sample.pk]), outcome="done", on=assessed.today.isoformat())
    assert answer.status_code == 422 and answer.content.decode().count("请回答这个问题") >= 8
    send(client, reverse("exit_interview", args=[sample.pk]), outcome="away", on=assessed.today.isoformat())
    assert ExitInterview.objects.get().outcome == "away"


def test_the_second_entry_does_not_show_the_first(assessed, client):
    assessed.opened().drawn()
    sample = assessed.of_kind("unlisted")
    interview = assessed.ask(sample, on_paper=True, said={"remark": "灶台是新砌的"})
    sign_in(client, assessed.cast, "second_clerk")
    for address in (reverse("exit_household", args=[sample.pk]), reverse("exit_second", args=[interview.pk])):
        assert "灶台是新砌的" not in client.get(address).content.decode()
    said = {f"answer_{code}": value for code, value in answers(sample, water="no").items()}
    send(client, reverse("exit_second", args=[interview.pk]), **said)
    page = client.get(reverse("exit_household", args=[sample.pk])).content.decode()
    assert "灶台是新砌的" in page and reverse("exit_settle", args=[interview.pk]) in page
    send(client, reverse("exit_settle", args=[interview.pk]), answer_water="yes", answer_remark="灶台", reason="看原件")
    interview.refresh_from_db()
    assert interview.is_whole and interview.said["water"] == "yes"


@pytest.mark.parametrize("lines", ["牟尼村", "外县村 3", "牟尼村 3\n牟尼村 4", "牟尼村 五十", "张三 2", "牟尼村 9999"])
def test_a_line_that_is_no_roster_is_named(assessed, client, lines):
    sign_in(client, assessed.cast, "clerk")
    answer = send(
        client, reverse("exit_new"), place=assessed.cast.places["牟定县"].pk, year=assessed.today.year,
        as_of=assessed.today.isoformat(), rules="2018-west", questionnaire="2018-1", villages=0, exited=5, unlisted=2,
        rosters=lines,
    )  # fmt: skip
    assert answer.status_code == 422 and lines.splitlines()[-1] in answer.content.decode()
    assert not ExitAssessment.within.exists()


def test_the_files_are_what_the_commands_take(assessed, client):
    assessed.opened().drawn().asked().closed()
    key = assessed.assessment.pk
    sign_in(client, assessed.cast, "auditor")
    page = client.get(reverse("exit_assessment", args=[key])).content.decode()
    frame = client.get(reverse("exit_frame", args=[key])).content
    sample = client.get(reverse("exit_sample_file", args=[key])).content.decode()
    assert frame.decode().startswith("# yishi exit frame 1") and sample.count("\n") == 10
    content = client.get(reverse("exit_package", args=[key])).content
    found = package_check(content)
    assert found.problem == "" and found.key in page and assessed.assessment.package_hash in page
    assert reverse("exit_decide", args=[key]) not in page


def test_a_zero_is_shown_with_the_sample_that_earned_it(assessed, client):
    assessed.opened().drawn()
    sign_in(client, assessed.cast, "clerk")
    address = reverse("exit_assessment", args=[assessed.assessment.pk])
    assert "零错退" not in client.get(address).content.decode()
    assessed.asked()
    page = client.get(address).content.decode()
    assert "零错退" in page and "零漏评" in page and "零举证" in page and "7 户" in page
    assessed.suspect(assessed.of_kind("exited"))
    page = client.get(address).content.decode()
    assert "零错退" not in page and "零举证" not in page


def test_a_villages_notice_names_nobody(assessed, client):
    assessed.opened().drawn().asked().closed()
    sign_in(client, assessed.cast, "clerk")
    village = assessed.cast.places["牟尼村"]
    assert village.full_name in client.get(reverse("exit_notices", args=[assessed.assessment.pk])).content.decode()
    word = client.get(reverse("exit_notice_word", args=[assessed.assessment.pk, village.pk]))
    assert word.status_code == 200 and word["Content-Disposition"].startswith("attachment")
    far = reverse("exit_notice_word", args=[assessed.assessment.pk, assessed.cast.places["外县村"].pk])
    assert client.get(far).status_code == 404


def test_an_assessment_in_the_field_asks_at_most_fifteen_times(assessed, client):
    """However many were drawn: its figures are counted anew each time that somebody looks."""
    assessed.opened().drawn().asked()
    assessed.counter(assessed.suspect(assessed.of_kind("exited")))
    sign_in(client, assessed.cast, "clerk")
    address = reverse("exit_assessment", args=[assessed.assessment.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    assert len(asked) <= 15


def test_a_countys_page_shows_its_assessments_and_the_decision(assessed, client):
    assessed.opened().drawn().asked().closed().decided("refused")
    county = assessed.cast.places["牟定县"]
    sign_in(client, assessed.cast, "prefecture_clerk")
    page = client.get(reverse("figures_place", args=[county.pk])).content.decode()
    assert assessed.assessment.number in page and "县委常委会纪要〔2026〕3号" in page
    sign_in(client, assessed.cast, "outsider")
    page = client.get(reverse("figures_place", args=[county.pk])).content.decode()
    assert assessed.assessment.number not in page


def test_what_is_lacking_is_one_click_away(assessed, client):
    """Without rural people there is no incidence: who may state them is led there; who decides reads what is kept."""
    cast = assessed.cast
    assessed.opened().drawn().asked()
    suspicion = assessed.suspect(assessed.of_kind("exited"))
    assessed.rule(suspicion, True)
    sign_in(client, cast, "clerk")
    page = client.get(reverse("exit_assessment", args=[assessed.assessment.pk])).content.decode()
    assert reverse("stated_new", args=[cast.places["牟定县"].pk]) in page
    assessed.closed()
    sign_in(client, cast, "office_head")
    form = client.get(reverse("exit_decide", args=[assessed.assessment.pk])).content.decode()
    assert "未达标" in form and "· 达标" in form
