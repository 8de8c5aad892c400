"""Every limit that a person can meet is tried at its own value and one beyond, found where it is declared.

Words have a test of their own (test_lengths.py). A constant of a service that is not tried stands in LEFT with its
reason; one that is new, or gone, fails here.
"""

import ast
import importlib
import re
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.utils import timezone

from tests import acts
from tests.consulting import TEXTS, Consulted
from tests.every_form import fields_of
from tests.kept import kept
from yishi.assistance.campaign import catalogues
from yishi.assistance.campaign.services import campaigns
from yishi.assistance.checks.services import check_acts
from yishi.assistance.deeds.services import fitting
from yishi.assistance.projects.services import funds
from yishi.assistance.register import fields as register_fields
from yishi.assistance.register.services import causes
from yishi.attachments import store
from yishi.database.reach import everything
from yishi.database.words import within
from yishi.deliberation.process import schema
from yishi.deliberation.services import consultation_voices, consultations
from yishi.kit.errors import Refusal
from yishi.organisations.services.installation import FIELDS as SITE_FIELDS
from yishi.people import services as people
from yishi.proposals.services import writing
from yishi.web.kit.forms import FIRST_DAY, LAST_DAY, ActForm

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = {
    f"{name} {side}": (field, edge, step)
    for name, field in fields_of(forms.IntegerField)
    for side, edge, step in (("most", field.max_value, 1), ("least", field.min_value, -1))
    if isinstance(edge, int)
}
DIGITS = {name: field for name, field in fields_of(forms.DecimalField) if field.max_digits and field.max_value is None}


def takes(field, value) -> bool:
    form = type("OneField", (ActForm,), {"field": deepcopy(field)})({"field": str(value)})
    form.is_valid()
    return "field" not in form.errors


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_limits_a_number_of_a_form(name):
    field, edge, step = NUMBERS[name]
    assert takes(field, edge)
    assert not takes(field, edge + step)


@pytest.mark.parametrize("name", sorted(DIGITS))
def test_limits_the_digits_of_an_amount(name):
    field = DIGITS[name]
    whole = field.max_digits - field.decimal_places
    assert takes(field, "9" * whole)
    assert not takes(field, "9" * (whole + 1))
    assert takes(field, "0." + "1" * field.decimal_places)
    assert not takes(field, "0." + "1" * (field.decimal_places + 1))


def test_limits_the_days_of_a_form():
    day = timedelta(days=1)
    for edge, step in (FIRST_DAY, -day), (LAST_DAY, day):
        assert takes(forms.DateField(), edge) and not takes(forms.DateField(), edge + step)


def names_of_services() -> dict[str, tuple]:
    """What takes a name and how many letters it may have, for each limit that stands in a call of a service."""
    found = {"a person's name": (people.person_name, 64)}
    for module in acts.modules():
        if ".web." in module.name or ".demo." in module.name or "named(" not in module.text:
            continue
        for call in acts.calls(module.tree, "named"):
            longest = acts.given(call, "longest", 1)
            if isinstance(longest, ast.Constant) and isinstance(longest.value, int):
                check = importlib.import_module(module.name).named
                found[f"{check.__module__}.named {longest.value}"] = (
                    partial(_named, check, longest.value),
                    longest.value,
                )
    found |= {f"{name} of the site": (partial(within, longest=most), most) for name, most in SITE_FIELDS.items()}
    return found


def _named(check, longest, text):
    return check(text, longest)


# Names by a limit of their call. All other words declare theirs: test_words_asked.py.
NAMES = names_of_services()


@pytest.mark.parametrize("name", NAMES)
def test_limits_a_name_of_a_service(name):
    check, limit = NAMES[name]
    assert check("字" * limit) == "字" * limit
    for wrong in ["字" * (limit + 1), *([""] if "site" not in name else [])]:
        with pytest.raises(Refusal):
            check(wrong)


def test_limits_names_are_many():
    assert len(NAMES) > 12


def proposed_text(text):
    proposal = SimpleNamespace()
    writing._fill(proposal, writing.Proposal.Kind.values[0], "标题", text, "roads", None)
    return proposal.text


MONEY_FIELD = SimpleNamespace(name="income", most=Decimal(100))
# Amounts: what takes one, the most, the step beyond it.
AMOUNTS = {
    "MOST of campaigns": (lambda n: campaigns.thousandths(Decimal(n) / 1000, "amount"), campaigns.MOST, 1),
    "least of campaigns": (lambda n: campaigns.thousandths(Decimal(n) / 1000, "amount"), 1, -1),
    "MOST_FEN of funds": (funds.fen_of, funds.MOST_FEN, 1),
    "least of funds": (funds.fen_of, 1, -1),
    "MOST_VALUE of check_acts": (lambda n: check_acts._check_value(n, ""), check_acts.MOST_VALUE, Decimal("0.1")),
    "least of check_acts": (lambda n: check_acts._check_value(n, ""), Decimal(0), Decimal("-0.1")),
    "MOST_UNNAMED of fitting": (
        lambda n: fitting.unnamed_checked(SimpleNamespace(unnamed=n)),
        fitting.MOST_UNNAMED,
        1,
    ),
    "MOST_FEN of register": (lambda n: register_fields._money(MONEY_FIELD, n), register_fields.MOST_FEN, 1),
    "most of a number of the register": (lambda n: register_fields._decimal(MONEY_FIELD, n), 100, Decimal("0.01")),
}


@pytest.mark.parametrize("name", AMOUNTS)
def test_limits_an_amount_of_a_service(name):
    check, most, step = AMOUNTS[name]
    check(most)
    with pytest.raises((Refusal, ValueError)):
        check(most + step)


def test_limits_the_least_words_of_a_proposal():
    assert proposed_text("字" * writing.TEXT.shortest)
    with pytest.raises(Refusal):
        proposed_text("字" * (writing.TEXT.shortest - 1))


def test_limits_the_causes_of_a_household(monkeypatch):
    monkeypatch.setattr(causes.codes, "has", lambda *_given: True)
    causes.causes_read("main", [f"c{n}" for n in range(causes.MOST - 1)])
    with pytest.raises(Refusal):
        causes.causes_read("main", [f"c{n}" for n in range(causes.MOST)])


def test_limits_the_size_of_files(monkeypatch):
    for read, most, refused in (
        (schema.from_toml, schema.MAX_BYTES, "process.too_large"),
        (catalogues.read_catalogue, catalogues.MOST_BYTES, "100 KB"),
    ):
        for size, is_too_large in (most, False), (most + 1, True):
            try:
                read(b"#" * size)
                said = ""
            except Refusal as refusal:
                said = f"{refusal.code} {refusal.message}"
            assert (refused in said or "100 KB" in said) == is_too_large
    monkeypatch.setattr(store, "DOCUMENT_BYTES", 100)
    for size, code in (100, "scan.kind"), (101, "scan.bytes"):
        with pytest.raises(Refusal) as refused_file:
            store.scan_keep(
                actor=None, upload=SimpleNamespace(read=lambda most, size=size: b"x" * min(most, size), name="a")
            )
        assert (refused_file.value.code == "scan.bytes") == (code == "scan.bytes")


@kept
def consulted(cast):
    with everything():
        return Consulted(cast)


def refused(act, **given):
    with pytest.raises(Refusal) as refusal:
        act(**given)
    return refusal.value.code


@pytest.mark.django_db
def test_limits_a_consultation(cast, consulted, monkeypatch):
    clerk, row = cast.viewer("clerk"), consulted.consultation
    with everything():
        days = {"matter": row.matter, "question": "怎么用", "actor": clerk}
        longest = consultations.LONGEST
        consultations.consultation_plan(**days, closes_at=timezone.now() + longest)
        late = timezone.now() + longest + timedelta(minutes=1)
        assert refused(consultations.consultation_plan, **days, closes_at=late) == "consultation.long"
        monkeypatch.setattr(consultations, "MOST_SLIPS", 5)
        consultations.slips_make(actor=clerk, consultation=row, count=5)
        for count in (6, 0):
            assert refused(consultations.slips_make, actor=clerk, consultation=row, count=count) == "slips.count"
        consulted.stated(TEXTS[: consultations.LEAST_STATEMENTS - 1])
        opening = {"actor": cast.viewer("second_clerk"), "consultation": row}
        assert refused(consultations.consultation_open, **opening).startswith("consultation.")
        consulted.stated(TEXTS[consultations.LEAST_STATEMENTS - 1 : consultations.LEAST_STATEMENTS])
        consultations.consultation_open(**opening)
        ballot = consulted.ballot(1)
        for text in range(consultation_voices.MOST_WAITING):
            consultation_voices.statement_state(ballot=ballot, text=f"第{text}条")
        assert refused(consultation_voices.statement_state, ballot=ballot, text="再一条") == "state.many"


# Constants that are tried: here, or in the file that is named.
TRIED = {
    "deliberation/services/consultations.LONGEST", "deliberation/services/consultations.MOST_SLIPS",
    "deliberation/services/consultations.LEAST_STATEMENTS", "deliberation/services/consultation_voices.MOST_WAITING",
    "assistance/checks/services/check_acts.MOST_VALUE",
    "assistance/supervision/services/findings.MOST", "assistance/supervision/services/rounds.MOST_PEOPLE",
    "assistance/imports/services/finding_kind.MOST_GAPS",  # tests/assistance/imports/test_findings_book.py
    "assistance/watch/services/signals.MOST_AMOUNT", "assistance/watch/services/recognising.MOST_PRESENT",
    "assistance/campaign/services/campaigns.MOST",
    "assistance/campaign/catalogues.MOST_BYTES", "assistance/projects/services/funds.MOST_FEN",
    "assistance/register/fields.MOST_FEN", "assistance/register/services/causes.MOST",
    "deliberation/process/schema.MAX_BYTES", "attachments/store.DOCUMENT_BYTES",
    "assistance/deeds/services/fitting.MOST_UNNAMED",
    "web/kit/fields/numbers_in.MOST", "web/kit/fields/numbers_in.MOST_DECIMAL",  # test_out_of_range
    "deliberation/services/wordings.MOST_LETTERS", "web/deliberation/room/grid.MOST",
    "deliberation/services/recording.MOST_CELLS",
    "deliberation/models/consultations.LONGEST_STATEMENT",  # test_lengths, by its form
    # tests/deliberation/sittings/test_dates.py, test_inviting.py
    "deliberation/services/dates.LEAST_DAYS", "deliberation/services/dates.MOST_DAYS",
    "deliberation/services/inviting.MOST_LINES",
    "deliberation/services/sheets.MOST_STATEMENTS",  # tests/deliberation/room/test_sheets.py
    # tests/deliberation/room/test_ballots.py
    "deliberation/services/ballots.MOST_CHOICES", "deliberation/services/ballots.LEAST_VOTERS",
    "web/assistance/deeds/deeds_send.MOST",  # tests/assistance/deeds/test_sending_several.py
    "assistance/campaign/services/stated.MOST",  # tests/assistance/campaign/test_stated.py
    "assistance/campaign/services/stated.MOST_PLACES",  # the same
    "assistance/deeds/services/volunteers.MOST_AT_ONCE",  # tests/assistance/deeds/test_volunteers.py
    "commitments/services/outcomes.MOST",  # tests/commitments/test_outcomes.py
    "assistance/register/services/members.MOST_LOOKS",  # tests/assistance/register/test_register.py
    # tests/assistance/exits/test_exit_limits.py
    "assistance/exits/services/assessments.MOST_DRAWN", "assistance/exits/services/assessments.MOST_SAMPLE",
    "assistance/exits/services/assessments.MOST_VILLAGES", "assistance/exits/services/framing.MOST_HOUSEHOLDS",
    "assistance/exits/services/framing.MOST_ROSTER", "assistance/exits/services/suspicions.MOST_FILES",
    "assistance/exits/services/settings.MOST_PER_CENT", "assistance/exits/services/settings.MOST_COUNTER_DAYS",
    "assistance/exits/survey/frame.MOST_PEOPLE", "assistance/exits/survey/pack.MOST_COUNT",
    "assistance/exits/survey/pack.MOST_WORDS", "assistance/exits/survey/package.MOST_BYTES",
    # tests/kit/test_limits_of_acts.py
    "attachments/waiting.MOST_BYTES", "attachments/waiting.MOST_IN_ALL",
    "assistance/campaign/catalogues.MOST_ITEMS", "assistance/checks/services/check_acts.LONGEST",
    "assistance/deeds/services/activities.MOST_DEEDS", "assistance/deeds/services/standing.MOST_PARTIES",
    "assistance/deeds/services/standing.MOST_BENEFICIARIES", "assistance/pairing/services/handovers.MOST_AT_ONCE",
    "assistance/pairing/services/pairing.MOST_DAYS", "assistance/pairing/services/visits.MOST_VISITORS",
    "assistance/projects/services/building.MOST_PHOTOS", "assistance/projects/services/contracts.MOST_HOUSEHOLDS",
    "assistance/projects/services/asked_works.MOST_PARTS", "assistance/register/services/register.MOST_MEMBERS",
    "config/settings.REQUEST_MAX_BYTES", "config/settings.PHOTO_MAX_BYTES", "config/settings.PROGRESSIVE_MAX_BYTES",
    "deliberation/consultation_report.LEAST_PEOPLE", "deliberation/consultation_report.LEAST_FOR_DOWNLOAD",
    "deliberation/process/conditions.MIN_PARTIES", "deliberation/process/problems.MAX_DAYS",
    "deliberation/services/consultation_results.LEAST_VOTES", "deliberation/services/masks.MAX_AREAS",
    "organisations/query_codes.LONGEST_WAIT", "people/services.MAX_PHONE", "proposals/services/writing.MOST_SIGNERS",
    "reporting/question.MOST_DIMENSIONS", "web/deliberation/process/processes.MAX_UPLOAD",
    "web/organisations/place_sets.MOST_LINES",
}  # fmt: skip
SHOWN = "how much a page shows or a search looks at: nobody's act is refused by it"
WORKBOOK = "a workbook of that size: tests/formats/ and tests/assistance/imports/ try smaller limits in its place"
LEFT = {
    "web/assistance/supervision/findings.MOST": SHOWN,
    "web/assistance/supervision/findings.MOST_CHOICES": SHOWN,
    "assistance/supervision/book.MOST_HOMES": WORKBOOK,
    "assistance/supervision/book.MOST_VILLAGES": WORKBOOK,
    "assistance/supervision/reads.MOST_SPANS": SHOWN,
    "assistance/watch/figures.LEAST": SHOWN,
    "web/assistance/watch/self_report.MOST_SHOWN": SHOWN,
    "web/assistance/watch/self_reports.MOST": SHOWN,
    "web/assistance/watch/self_reports.MOST_OFFERED": SHOWN,
    "web/assistance/watch/signals.MOST": SHOWN,
    "web/assistance/watch/watches.MOST": SHOWN,
    "assistance/deeds/services/alike.MOST_CANDIDATES": SHOWN,
    "assistance/deeds/services/alike.LEAST_TOGETHER": SHOWN,
    "assistance/deeds/services/alike.MOST_PAIRS": SHOWN,
    "assistance/imports/reads.MOST_SHOWN": WORKBOOK,
    "assistance/imports/services/by_row.MOST_ROWS": WORKBOOK,
    "assistance/imports/services/checks.MOST": WORKBOOK,
    "assistance/imports/services/deed_kind.MOST_DEEDS": WORKBOOK,
    "assistance/imports/services/deed_kind.MOST_ON_SQLITE": WORKBOOK,
    "assistance/imports/services/household_kind.MOST_MEMBERS": WORKBOOK,
    "assistance/imports/services/imports.MOST_WAITING": WORKBOOK,
    "assistance/imports/services/meanings.LONGEST": WORKBOOK,
    "assistance/imports/services/meanings.MOST": WORKBOOK,
    "assistance/imports/services/organisation_kind.MOST_ROWS": WORKBOOK,
    "assistance/imports/workbooks/household_rows.MOST_FEN": WORKBOOK,
    "assistance/imports/workbooks/household_rows.MOST_AREA": WORKBOOK,
    "assistance/pairing/reads.MOST_FOUND": SHOWN,
    "assistance/pairing/services/pairing.MOST_TOLD": SHOWN,
    "assistance/projects/reads.MOST": SHOWN,
    "assistance/register/reads.MOST_FOUND": SHOWN,
    "assistance/register/reads.MOST_SPANS": SHOWN,
    "assistance/register/reads.MOST_PAIRS": SHOWN,
    "assistance/register/reads.MOST_TYPED": SHOWN,
    "organisations/place_file.MAX_BYTES": WORKBOOK,
    "organisations/place_file.MAX_NAME": WORKBOOK,
    "reporting/behind.MOST_ROWS": SHOWN,
    "reporting/counted.MOST_ASKED": "of what a process keeps: the oldest goes, and is counted again",
    "reporting/counted.MOST_BYTES": "the same; tests/reporting/test_counted.py",
    "reporting/figures.MOST_BEHIND": SHOWN,
    "reporting/verify.MOST_DIFFERENCES": SHOWN,
    "web/assistance/deeds/deeds.MOST_COUNTED": SHOWN,
    "web/assistance/pairing/family_papers.MOST_VISITS": SHOWN,
    "web/assistance/pairing/family_plan.MOST_VISITS": SHOWN,
    "web/assistance/projects/fund_acts.MOST_OFFERED": SHOWN,
    "web/assistance/projects/money_fields.MOST_OFFERED": SHOWN,
    "web/assistance/register/household_story.LONGEST": SHOWN,
    "web/commitments/commitments.MOST": SHOWN,
    "web/commitments/waiting.MOST_RESULTS": SHOWN,
    "web/deliberation/sittings/waiting.MOST_SEATS": SHOWN,
    "web/kit/fields/body_field.LONGEST": SHOWN,
    "web/kit/desk_items.MOST": SHOWN,
    "web/kit/exports.MOST_ROWS": SHOWN,
    "web/kit/fields/picker.MOST": SHOWN,
    "web/kit/uploads.MOST": "of one session: the oldest goes, and is asked for again",
    "web/organisations/journal.MOST_TYPED": SHOWN,
    "web/organisations/places.MOST_FOUND": SHOWN,
    "web/proposals/waiting.MOST_SIGNED": SHOWN,
}
NAMED = re.compile(r"(MOST|MAX|LONGEST|LEAST|MIN|FEWEST)(_|$)|.*_MAX_BYTES$|DOCUMENT_BYTES$")
APART = ("common_ground", "formats", "cli", "demo")  # pure rooms with boundary tests of their own; invented stories


def constants():
    for path in sorted((ROOT / "yishi").rglob("*.py")):
        where = path.relative_to(ROOT / "yishi")
        if where.parts[0] in APART or "migrations" in where.parts:
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            name = getattr(node.targets[0], "id", "") if isinstance(node, ast.Assign) else ""
            if NAMED.match(name):
                yield f"{where.with_suffix('')}.{name}"


def test_limits_every_constant_is_tried_or_says_why_not():
    assert set(constants()) == TRIED | set(LEFT)
    assert not TRIED & set(LEFT)
