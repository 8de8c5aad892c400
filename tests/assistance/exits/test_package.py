"""A county's exit file: signed, and worth nothing when one byte changes; rules and questionnaires as data. Pure."""

import io
import zipfile
from decimal import Decimal

import pytest

from yishi.assistance.exits.survey import pack, package
from yishi.assistance.exits.survey.package import package_check, package_write
from yishi.kit.sealing import KeyRing

pytestmark = pytest.mark.once
RING = KeyRing(b"i" * 32, {1: b"k" * 32})
FILES = {"frame.csv": "编号,村\n1,牟尼村\n".encode(), "results.json": b"{}\n", "rules/2018-west.toml": b"x = 1\n"}


def written(files=None, ring=RING):
    return package_write({"county": "牟定县"}, files or FILES, key=ring.public_key, sign=ring.sign)


def test_it_works():
    found = package_check(written(), RING.public_key)
    assert (found.problem, found.files, found.about) == ("", 3, {"county": "牟定县"})
    assert written() == written()
    with zipfile.ZipFile(io.BytesIO(written())) as opened:
        assert opened.read("frame.csv") == FILES["frame.csv"]


def test_every_single_byte_counts():
    whole = written()
    for place in range(len(whole)):
        for flip in (1, 32, 128):  # 32: capital letters
            changed = whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :]
            assert package_check(changed).problem, (place, flip)
    for changed in (whole + b"\n", whole[:-1], b"", b"PK"):
        assert package_check(changed).problem


def test_a_file_that_is_exchanged_added_or_left_out_is_named():
    with zipfile.ZipFile(io.BytesIO(written())) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    for change, problem in (
        ({"results.json": b"{0}\n"}, package.CONTENT),
        ({"more.txt": b""}, package.FILES),
        ({"manifest.json": files["manifest.json"].replace("牟".encode(), "华".encode())}, package.SIGNED),
    ):
        assert package_check(package._zipped({**files, **change})).problem == problem


def test_signed_anew_with_another_key_it_is_not_the_installations():
    other = KeyRing(b"o" * 32, {1: b"k" * 32})
    assert package_check(written(ring=other)).problem == ""  # whole in itself: so the key is always shown
    assert package_check(written(ring=other), RING.public_key).problem == package.OTHER_KEY


def test_a_new_key_that_seals_changes_no_signature():
    assert RING.with_new_key().public_key == RING.public_key != KeyRing.generate().public_key


def test_the_shipped_rules_and_questionnaires_are_whole():
    for version in pack.rules_versions():
        rules = pack.rules_read(version)
        assert set(rules.lines) == set(pack.MEASURES) and rules.counter_days == 5
        for number in pack.questionnaire_versions():
            asked = pack.questionnaire_read(number)
            assert {q.condition for q in asked.questions.values()} - {""} == set(rules.conditions)
            assert sum(q.is_approval for q in asked.questions.values()) == 1
    lines = [pack.rules_read(name).lines["incidence"].value for name in ("2018-west", "2018-middle")]
    assert lines == [Decimal(3), Decimal(2)]
    with pytest.raises(pack.PackError):
        pack.rules_read("../2018-west")


def test_a_line_is_kept_by_the_number_and_not_by_a_rounded_one():
    wrong, approval = (pack.rules_read("2018-west").lines[name] for name in ("wrong", "approval"))
    assert wrong.holds(0.0199999) and not wrong.holds(0.02)
    assert approval.holds(0.9) and not approval.holds(0.8999999)


GOOD = {
    "food": "yes", "clothes": "yes", "schooling": "none", "medical": "yes", "housing": "yes", "water": "no",
    "income": "yes", "record_fits": "yes", "approves": "no", "remark": " 水窖见底 ",
}  # fmt: skip


def test_answers_are_read_as_they_are_kept():
    asked = pack.questionnaire_read("2018-1")
    answers = asked.read("exited", GOOD)
    assert answers["remark"] == "水窖见底" and [q.code for q in asked.speaks_against(answers)] == ["water"]
    assert asked.approves(answers) is False and asked.approves({}) is None
    without = {code: said for code, said in GOOD.items() if code != "record_fits"}
    assert asked.read("unlisted", {**without, "people": "4", "remark": ""})["people"] == 4


@pytest.mark.parametrize(
    ("change", "question", "why"),
    [
        ({"food": ""}, "food", "missing"),
        ({"food": "maybe"}, "food", "choice"),
        ({"people": "4"}, "people", "unknown"),
        ({"remark": "水" * 501}, "remark", "long"),
        ({"identity": "1"}, "identity", "unknown"),
    ],
)
def test_an_answer_that_a_question_does_not_take_is_refused(change, question, why):
    with pytest.raises(pack.AnswerError) as error:
        pack.questionnaire_read("2018-1").read("exited", {**GOOD, **change})
    assert (error.value.question, error.value.why) == (question, why)


@pytest.mark.parametrize("people", ["0", "100", "-3", "四", "4.5", "٤"])
def test_a_household_has_between_one_and_ninety_nine_people(people):
    with pytest.raises(pack.AnswerError):
        pack.questionnaire_read("2018-1").questions["people"].read(people)


def test_differences_of_two_entries_are_named():
    assert pack.differences({"food": "yes", "water": "no"}, {"food": "yes", "water": "yes", "remark": "x"}) == [
        "remark",
        "water",
    ]
