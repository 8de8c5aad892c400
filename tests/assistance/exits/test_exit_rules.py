"""An area sets its own rules of an exit once, with the paper; what is open keeps what held when it began."""

import json
import zipfile
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.assistance.exits.assessed import Assessed
from tests.assistance.exits.test_exit_pages import send
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.checks.services.check_acts import check_set
from yishi.assistance.exits.models import ExitFile, ExitSetting
from yishi.assistance.exits.reads import results_now
from yishi.assistance.exits.services.framing import file_of
from yishi.assistance.exits.services.recounting import days_recount
from yishi.assistance.exits.services.settings import MOST_COUNTER_DAYS, MOST_PER_CENT, exit_rule_set
from yishi.assistance.exits.settings import rules_of
from yishi.assistance.exits.survey.pack import rules_read
from yishi.kit.clock import add_workdays
from yishi.kit.errors import NotAllowed, Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
PAPER = "云扶发〔2026〕7号"


@kept
def assessed(cast):
    return Assessed(cast, households=0)


def put(assessed, code, value=None, *, who="clerk", place="牟定县", since=0, **changes):
    return exit_rule_set(
        actor=assessed.by(who),
        place=assessed.cast.places[place],
        code=code,
        valid_from=assessed.today + timedelta(days=since),
        value=None if value is None else Decimal(value),
        source=PAPER,
        **changes,
    )


def another(assessed, **changes):
    return Assessed(assessed.cast, households=0, keeping=assessed.keeping).opened(**changes)


def test_it_works(assessed):
    """Lines, clock, quality and conditions as the area has them; the package says which, and on what they rest."""
    for code, value in (("incidence", "4"), ("wrong", "1.5"), ("approval", "95"), ("counter", "8"), ("answered", "80")):
        put(assessed, code, value)
    put(assessed, "condition-water", is_off=True)
    assessed.opened().drawn()
    rules = rules_of(assessed.assessment)
    assert {name: (line.value, line.is_least) for name, line in rules.lines.items()} == {
        "incidence": (Decimal(4), False), "wrong": (Decimal("1.5"), False), "missed": (Decimal(2), False),
        "approval": (Decimal(95), True),
    }  # fmt: skip
    assert (rules.counter_days, rules.answered) == (8, Decimal(80)) and "water" not in rules.conditions
    assessed.asked()
    with pytest.raises(Refusal):
        assessed.suspect(assessed.of_kind("exited"))  # water is no condition here
    suspicion = assessed.suspect(assessed.of_kind("exited"), conditions=["housing"])
    assert suspicion.due_on == add_workdays(assessed.today, 8)
    assessed.rule(suspicion, False)
    assessed.closed()
    assert assessed.assessment.results["lines"]["approval"]["value"] == "95"
    with zipfile.ZipFile(BytesIO(file_of(assessed.assessment, ExitFile.Kind.PACKAGE))) as opened:
        said = json.loads(opened.read("rules-of-the-area.json"))
    assert {row["code"]: row["value"] for row in said if row["source"] == PAPER} == {
        "incidence": "4", "wrong": "1.5", "approval": "95", "counter": "8", "answered": "80",
        "condition-water": None,
    }  # fmt: skip


def test_a_change_moves_neither_days_nor_lines_of_what_began_earlier(assessed):
    """Nor conditions: an assessment and its open suspicion stay as they began, also when days are counted again."""
    assessed.opened().drawn().asked()
    earlier = assessed.suspect(assessed.of_kind("exited"))
    before = results_now(assessed.assessment)
    put(assessed, "counter", "10", since=-400)
    put(assessed, "wrong", "1", since=-400)
    put(assessed, "condition-water", is_off=True, since=-400)
    assert days_recount(assessed.today, assessed.today + timedelta(days=60)) == 0
    earlier.refresh_from_db()
    assert earlier.due_on == add_workdays(assessed.today, 5) and results_now(assessed.assessment) == before
    assert "water" in rules_of(assessed.assessment).conditions
    later = another(assessed).drawn().asked()
    assert later.suspect(later.of_kind("exited"), conditions=["food"]).due_on == add_workdays(assessed.today, 10)
    assert results_now(later.assessment)["lines"]["wrong"]["value"] == "1"


def test_the_nearest_area_decides_from_its_day_on(assessed):
    """The province's number holds until the county has one, which holds from its day; without a number the county
    follows again."""
    put(assessed, "missed", "1.8", who="province_clerk", place="云南省")
    assert rules_of(assessed.opened().assessment).lines["missed"].value == Decimal("1.8")
    put(assessed, "missed", "1.2", since=1)
    assert rules_of(another(assessed).assessment).lines["missed"].value == Decimal("1.8")
    put(assessed, "missed", "1.2")
    assert rules_of(another(assessed).assessment).lines["missed"].value == Decimal("1.2")
    put(assessed, "missed")
    assert rules_of(another(assessed).assessment).lines["missed"].value == Decimal("1.8")
    assert ExitSetting.objects.count() == 4


def test_the_income_line_of_the_year_is_that_of_the_logic_checks(assessed):
    """It is shown at home beside what the register says, also of a household that no register knows, and is kept."""
    year = assessed.today.year
    assessed.opened().drawn()
    assert rules_of(assessed.assessment).income_line == Decimal(4000)
    given = {"place": assessed.cast.places["牟定县"], "valid_from": assessed.today.replace(month=1, day=1)}
    check_set(actor=assessed.by("clerk"), code="income_line", value=Decimal(7800), reason=PAPER, **given)
    assert assessed.ask(assessed.of_kind("exited")).known["income_line"] == 400_000
    later = another(assessed).drawn()
    known = [later.ask(later.of_kind(kind)).known for kind in ("exited", "unlisted")]
    assert [facts["income_line"] for facts in known] == [780_000, 780_000] and set(known[1]) == {"income_line"}
    assert rules_of(another(assessed, year=year - 1).assessment).income_line == Decimal(4000)


@pytest.mark.parametrize(
    ("code", "value", "more", "refused"),
    [
        ("nothing", "1", {}, "exit.setting"),
        ("condition-nothing", None, {"is_off": True}, "exit.setting"),
        ("condition-water", "1", {}, "exit.setting"),
        ("wrong", None, {"is_off": True}, "exit.setting"),
        ("wrong", "0", {}, "exit.setting_share"),
        ("wrong", "-1", {}, "exit.setting_share"),
        ("approval", str(MOST_PER_CENT + 1), {}, "exit.setting_share"),
        ("wrong", "1.005", {}, "exit.setting_value"),
        ("wrong", "NaN", {}, "exit.setting_value"),
        ("counter", "0", {}, "exit.setting_days"),
        ("counter", "2.5", {}, "exit.setting_days"),
        ("counter", str(MOST_COUNTER_DAYS + 1), {}, "exit.setting_days"),
    ],
)
def test_what_no_rule_can_be_is_refused(assessed, code, value, more, refused):
    with pytest.raises(Refusal) as error:
        put(assessed, code, value, **more)
    assert error.value.code == refused and not ExitSetting.objects.exists()


def test_the_utmost_is_taken(assessed):
    put(assessed, "approval", str(MOST_PER_CENT))
    put(assessed, "counter", str(MOST_COUNTER_DAYS))
    assert rules_of(assessed.opened().assessment).counter_days == MOST_COUNTER_DAYS


def test_a_document_is_needed_and_a_number_is_never_off(assessed):
    with pytest.raises(Refusal) as error:
        exit_rule_set(
            actor=assessed.by("clerk"), place=assessed.cast.places["牟定县"], code="wrong",
            valid_from=assessed.today, source=" ", value=Decimal(1),
        )  # fmt: skip
    assert error.value.code == "exit.setting_source"
    put(assessed, "wrong", "1")
    with pytest.raises(IntegrityError), transaction.atomic():
        ExitSetting.objects.update(is_off=True)


@pytest.mark.parametrize("who", ["outsider", "convener", "village_head", "handler", "auditor", "administrator"])
def test_only_an_overseeing_desk_of_the_area_sets_them(assessed, who):
    with pytest.raises(NotAllowed):
        put(assessed, "wrong", "1", who=who)


def test_it_is_set_on_its_page_and_read_on_the_assessments(assessed, client):
    cast = assessed.cast
    sign_in(client, cast, "clerk")
    listed = client.get(reverse("exit_rules")).content.decode()
    assert "低于2%" in listed and "饮水安全有保障" in listed and "4,000 元" in listed
    address = reverse("exit_rules_change", args=["wrong"])
    form = {
        "place": cast.places["牟定县"].pk,
        "value": "1.5",
        "valid_from": assessed.today.isoformat(),
        "source": PAPER,
    }
    done = send(client, address, **form)
    assert done.status_code == 302, done.content.decode()
    one = client.get(reverse("exit_rules_one", args=["wrong"])).content.decode()
    assert "低于1.5%" in one and PAPER in one and "低于1.5%" in client.get(reverse("exit_rules")).content.decode()
    what = {"place": cast.places["牟定县"].pk, "what": "off", "valid_from": assessed.today.isoformat(), "source": PAPER}
    assert send(client, reverse("exit_rules_change", args=["condition-water"]), **what).status_code == 302
    assessed.opened()
    page = client.get(reverse("exit_assessment", args=[assessed.assessment.pk])).content.decode()
    assert PAPER in page and "低于1.5%" in page and "本地不作为条件" in page
    assert client.get(reverse("exit_rules_one", args=["nothing"])).status_code == 404


def test_without_any_change_the_shipped_rules_hold(assessed):
    rules, shipped = rules_of(assessed.opened().assessment), rules_read("2018-west")
    assert (rules.lines, rules.conditions, rules.counter_days, rules.answered) == (
        shipped.lines, shipped.conditions, shipped.counter_days, shipped.answered,
    )  # fmt: skip
