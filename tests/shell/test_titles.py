"""Every act of the product has a title, every kind of file that entries are about a name and an address.

Codes and kinds are found in the code: what a new act is called cannot be forgotten.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

import yishi
from tests.kept import kept
from tests.samples import kwargs_by_loader
from yishi.assistance.register.models import Household
from yishi.database.reach import everything, reaching
from yishi.journal.models import Entry
from yishi.kit.ids import uuid7
from yishi.web.kit.titles import KINDS, TITLES, act_title, fill, subject_of, subjects_of, title_of

PACKAGE = Path(yishi.__file__).parent
ROOMS = "assistance|commitments|crossings|deliberation|organisations|people|proposals|reporting"
CODE = re.compile(rf"({ROOMS})\.[a-z_]+\.[a-z_]*[a-z]")
HAN = re.compile(r"[\u3400-\u9fff]")
VERBS = {  # codes that a function makes of a verb; the verbs with which it is called
    "assistance.project.{verb}": {"start", "finish"},
    "assistance.register.key_{what}": {"add", "retire"},
    "commitments.{next_act}.ask": {"strike_off", "recheck"},
    "deliberation.release.{verb}": {"hide", "restore"},
    "deliberation.study.{name}_take_back": {"visit", "finding"},
    "deliberation.topic.{verb}": {"draft", "undraft", "leave_out"},
    "deliberation.worry.{verb}": {
        *("take_up", "pass", "answer", "merge", "refer", "decline"),
        *("correct", "separate", "take_back"),
    },
    "organisations.installation.{verb}": {"change", "small_office", "three_posts", "public_overdue"},
    "organisations.place.{verb}": {"rename", "recode", "move"},
}


@cache
def trees():
    paths = [path for path in PACKAGE.rglob("*.py") if not {"migrations", "web", "demo"} & set(path.parts)]
    return {path: ast.parse(path.read_text("utf-8")) for path in paths}


def nodes(kind):
    return [node for tree in trees().values() for node in ast.walk(tree) if isinstance(node, kind)]


def written_codes():
    """Codes that stand whole in the code."""
    return {node.value for node in nodes(ast.Constant) if isinstance(node.value, str) and CODE.fullmatch(node.value)}


def made_codes():
    """pattern: the codes of it, for those that a function makes."""
    patterns = {ast.unparse(node)[2:-1] for node in nodes(ast.JoinedStr)}
    return {pattern for pattern in patterns if CODE.fullmatch(re.sub(r"\{\w+\}", "verb", pattern)) and "{" in pattern}


def codes():
    filled = {re.sub(r"\{\w+\}", verb, pattern) for pattern, verbs in VERBS.items() for verb in verbs}
    return written_codes() | filled


def kinds():
    """The kinds of subjects of entries and notices: `subject=("deed", …)`, `"subject": ("deed", …)`."""
    pairs = [(node.arg, node.value) for node in nodes(ast.keyword)]
    for node in nodes(ast.Dict):
        pairs += [(getattr(key, "value", ""), value) for key, value in zip(node.keys, node.values, strict=True)]
    subjects = [value for name, value in pairs if name == "subject" and isinstance(value, ast.Tuple)]
    return {value.elts[0].value for value in subjects if isinstance(value.elts[0], ast.Constant)}


@kept
def samples(cast):
    return kwargs_by_loader(cast)


@pytest.mark.django_db
def test_it_works(cast, samples):
    entries = list(Entry.objects.all())
    with everything():
        subjects = subjects_of(entries)
        assert {entry.code for entry in entries if title_of(entry) == entry.code} == set()
        for entry in entries:
            subject = subjects[entry.subject_kind, entry.subject_id]
            assert subject.url, entry
            assert subject.title or KINDS[entry.subject_kind].records is None, entry
    assert len({entry.subject_kind for entry in entries}) > 25


def test_the_acts_are_found():
    assert len(written_codes()) > 250
    assert {"assistance.deed.record", "assistance.deed.count", "organisations.post.give"} <= written_codes()
    assert made_codes() == set(VERBS)
    assert len(kinds()) > 40


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_code_has_a_title(language):
    with translation.override(language):
        titles = {code: act_title(code) for code in codes()}
    assert {code for code, title in titles.items() if not title or title == code} == set()
    if language != "en":
        assert {title for title in titles.values() if not HAN.search(title)} == set()
    else:
        assert {title for title in titles.values() if HAN.search(title)} == set()


def test_no_title_is_of_an_act_that_is_gone():
    assert set(TITLES) - codes() == set()


def test_every_kind_of_subject_has_a_name_and_an_address():
    assert kinds() - set(KINDS) == set()
    for name, kind in KINDS.items():
        assert reverse(kind.page, args=[uuid7()] if kind.records and kind.key else None), name
        assert kind.title or kind.records is None, name
    with translation.override("zh-hans"):
        assert {name for name, kind in KINDS.items() if not HAN.search(str(kind.label))} == set()


@pytest.mark.django_db
def test_subjects_are_named_by_one_query_and_within_reach(cast, samples):
    entries = list(Entry.objects.all())
    with everything(), CaptureQueriesContext(connection) as asked:
        subjects_of(entries)
    assert len(asked) == 1
    with everything():
        here = set(Household.within.filter(place=cast.places["牟尼村"]).values_list("pk", flat=True))
        household = next(entry for entry in entries if entry.subject_kind == "household" and entry.subject_id in here)
        assert subject_of(household).title
    with reaching(cast.viewer("outsider").reach):
        hidden = subject_of(household)
    assert (str(hidden.label), hidden.title, hidden.url) == ("农户", "", "")


@pytest.mark.django_db
def test_what_nobody_knows_is_called_by_its_code():
    entry = Entry(code="old.act.gone", subject_kind="gone", subject_id=uuid7())
    assert title_of(entry) == "old.act.gone"
    assert subject_of(entry).label == "gone"


def test_two_parts_do_not_name_one_act():
    before = dict(TITLES), dict(KINDS)
    try:
        with pytest.raises(ValueError, match="worry"):
            fill([{"worry.file": "Raised"}, {"worry.file": "Filed"}], [])
    finally:
        fill([before[0]], [before[1]])
