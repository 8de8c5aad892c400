"""One deed, one word for its state: the desk, the ledger, the workbook and the family's page say the same of a promise;
where two clocks run, its own and that of its check or verdict, both are named."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation

from tests.assistance.pairs import Paired
from tests.kept import kept_over_all_files
from yishi.commitments import services
from yishi.commitments.models import Commitment
from yishi.organisations.models import Post
from yishi.web.kit.standing import standing_text

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).resolve().parents[2] / "yishi" / "web" / "templates"
# What a template calls a promise.
PROMISE = r"(commitment|promise|duty\.commitment|line\.commitment|measure\.commitment|match\.commitment|owed)"


@kept_over_all_files
def paired(cast):
    return Paired(cast)


@pytest.fixture
def measure(paired):
    """A measure for the family: owed by the committee, in the member's name; the village checks it."""
    paired.pair()
    return paired.measure()


def aged(measure, *, due, state="in_force", proved=None, verdict=None, backfilled=False):
    """The promise of `measure` as if that many days had gone since it was due (and proved)."""
    today = measure.commitment.agreed_on
    Commitment.within.filter(pk=measure.commitment_id).update(
        state=state,
        due_on=today - timedelta(days=due),
        in_force_on=today - timedelta(days=300),
        proved_on=None if proved is None else today - timedelta(days=proved),
        verdict_due_on=None if verdict is None else today + timedelta(days=verdict),
        backfilled=backfilled,
    )
    measure.commitment.refresh_from_db()
    return measure.commitment


CASES = {
    "overdue": ({"due": 100}, "逾期100天"),
    "proved in time, checked late": ({"due": 100, "state": "proved", "proved": 110}, "按期提交凭据，核验凭据：逾期"),
    "proved late": ({"due": 100, "state": "proved", "proved": 3}, "逾期97天提交凭据，核验凭据：还剩"),
    "judged": ({"due": 100, "state": "checked", "proved": 100, "verdict": 5}, "按期提交凭据，群众评价：还剩5天"),
    "on course": ({"due": -90}, "正常 · 还剩90天"),
    "written down afterwards": ({"due": 100, "backfilled": True}, "办理中"),
}


def said_on(page: str, act: str) -> set[str]:
    """What a page that names the promise says of its clocks: the words of all marks, but for the story's last step,
    which has the days of the clock that runs."""
    page = re.sub(r'<div class="spine-due">.*?</div>', "", page, flags=re.DOTALL)
    marks = re.findall(r'<span class="clock clock-\w+"><span class="clock-dot"></span>([^<]*)</span>', page)
    assert act in page
    return set(marks)


@pytest.mark.parametrize("case", CASES)
def test_records_10_every_page_says_the_same(client, paired, measure, case):
    cast, (given, begins) = paired.cast, CASES[case]
    commitment = aged(measure, **given)
    with translation.override("zh-hans"):
        words = standing_text(commitment)
    assert words.startswith(begins)
    expected = set(words.split("，"))
    Post.objects.get_or_create(person=cast.people["village_head"], body=cast.bodies["village"], role="head")
    pages = {
        "member": [
            reverse("families"),
            reverse("mine"),
            reverse("helping"),
            reverse("family", args=[paired.family.pk]),
        ],
        "village_head": [
            reverse("desk"),
            reverse("commitments"),
            reverse("commitment", args=[commitment.pk]),
            reverse("family", args=[paired.family.pk]),
        ],
    }
    found = 0
    for who, addresses in pages.items():
        client.force_login(cast.people[who].account)
        for address in addresses:
            page = client.get(address).content.decode()
            if commitment.act in page:
                assert said_on(page, commitment.act) <= expected, (address, said_on(page, commitment.act), expected)
                found += bool(said_on(page, commitment.act))
    assert found >= 4


def test_records_10_the_desk_says_what_the_ledger_says(client, paired, measure):
    """Proved in time a hundred days ago: nobody's promise is overdue, its check is, and both say so."""
    aged(measure, due=100, state="proved", proved=110)
    client.force_login(paired.cast.people["village_head"].account)
    desk, ledger = (client.get(reverse(name)).content.decode() for name in ("desk", "commitments"))
    for page in (desk, ledger):
        assert "按期提交凭据" in page and "核验凭据：逾期" in page and "逾期100天" not in page


def test_records_10_no_template_has_a_word_of_its_own():
    wrong = []
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text("utf-8")
        own = re.findall(rf"\b{PROMISE}\.get_state_display|due_clock {PROMISE}\.due_on", text)
        wrong += [path.name] if own else []
    assert not wrong, f"{wrong}: how a promise stands is said by {{% clock %}}"


def test_the_check_has_its_own_days(cast, proved):
    commitment = proved()
    with translation.override("zh-hans"):
        assert "按期提交凭据，核验凭据：还剩" in standing_text(commitment)
        services.proof_check(
            actor=cast.viewer("clerk"), commitment=commitment, accepted=True, finding="看过", as_agreed=True
        )
        commitment.refresh_from_db()
        assert "按期提交凭据，群众评价：还剩" in standing_text(commitment)
