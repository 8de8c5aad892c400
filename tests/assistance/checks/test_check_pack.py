"""The shipped rule pack: every rule fires on its positive examples and keeps still on its negative ones."""

import shutil

import pytest

from yishi.assistance.checks.logic.engine import Checker
from yishi.assistance.checks.logic.pack import (
    PACKS,
    PackError,
    load_pack,
    newest,
    read_pack,
)

pytestmark = pytest.mark.once

PACK = read_pack()
CHECKER = Checker(PACK)


def found(differences) -> set[str]:
    return {finding.rule.code for finding in CHECKER.check(PACK.example(differences))}


def test_the_sound_household_breaks_no_rule():
    assert found({}) == set()


@pytest.mark.parametrize("code", PACK.rules)
def test_a_rule_speaks_where_it_should_and_is_silent_where_not(code):
    rule = PACK.rules[code]
    assert rule.positive
    assert rule.negative
    for differences in rule.positive:
        assert code in found(differences), differences
    for differences in rule.negative:
        assert code not in found(differences), differences


def test_the_pack_is_as_large_as_the_national_one():
    """82 published checks and some 15 of later years; ours names more of them one by one."""
    assert len(PACK.rules) >= 97
    assert {group.code for group in PACK.groups.values()} == {rule.group for rule in PACK.rules.values()}


def test_no_rule_speaks_of_a_household_of_which_nothing_is_known_but_for_blanks():
    data = {name: "unknown" for name in PACK.base if name not in ("as_of", "year", "members")}
    rules = {rule for rule in found({**data, "members": [{}]}) if not rule.startswith("blank-")}
    assert rules == {"id-missing"}


@pytest.fixture
def copy(tmp_path):
    """A copy of the pack, and a way to change a word of one of its files."""
    folder = tmp_path / "9.9"
    shutil.copytree(PACKS / newest(), folder)

    def change(name: str, old: str, new: str) -> None:
        path = folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        load_pack(folder)

    return change


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("01_identity.toml", "age > oldest", "age > eldest", "rule “id-age”, when: nobody knows “eldest” here"),
        ("01_identity.toml", "age > oldest", "eldest(age)", "“eldest(age)” is no function here"),
        ("01_identity.toml", "age > oldest", "__import__(age)", "is no function here"),
        ("01_identity.toml", "age > oldest", "age.real > 1", "only fields of the head are reached so"),
        ("01_identity.toml", "age > oldest", "(lambda: 1)()", "is no function here"),
        ("01_identity.toml", "age > oldest", "[x for x in health]", "has no place in a condition"),
        ("01_identity.toml", "age > oldest", "age >", "cannot be read"),
        ("01_identity.toml", "age > oldest", "age + oldest", "gives a number, not true or false"),
        ("01_identity.toml", "age > oldest", "age > sex", "compares a number with a code"),
        ("05_labour.toml", '"lost"', '"gone"', "“gone” is none of ordinary, skilled, weak, lost, none"),
        ("05_labour.toml", '"healthy" in health', '"fine" in health', "“fine” is none of healthy"),
        ("01_identity.toml", 'severity = "error"', 'severity = "grave"', "severity is one of error, doubt, hint"),
        ("01_identity.toml", "examples.negative", "examples.other", "rule “id-missing”: needs a negative example"),
        ("01_identity.toml", "examples.positive", "#", "rule “id-missing”: needs a positive example"),
        ("01_identity.toml", '"member.2.number"', '"member.9.number"', "“member.9.number” leads nowhere"),
        ("01_identity.toml", '"member.2.number"', '"member.2.colour"', "there is no field “colour” in a member"),
        ("01_identity.toml", 'code = "id-length"', 'code = "id-missing"', "two rules are called “id-missing”"),
        ("01_identity.toml", 'code = "id-length"', 'code = "Id length"', "small Latin letters"),
        ("01_identity.toml", 'todo = "查户口簿', 'to_do = "查户口簿', "nobody knows “to_do”"),
        ("01_identity.toml", 'todo = "查户口簿', '#', "“todo” is missing"),
        ("parameters.toml", "since = 2014-01-01", 'since = "2014"', "a value needs a day"),
        ("parameters.toml", "since = 2015-01-01", "since = 2013-01-01", "the oldest first"),
        ("parameters.toml", "[oldest]", "[age]", "a field is called so already"),
        ("base.toml", 'sex = "male"', 'sex = "m"', "“m” is none of male, female"),
    ],
)  # fmt: skip
def test_a_pack_with_a_slip_is_refused_with_one_clear_line(copy, name, old, new, words):
    with pytest.raises(PackError) as refused:
        copy(name, old, new)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_parameter_that_no_rule_uses_is_refused(copy):
    with pytest.raises(PackError, match="no rule uses “oldest”"):
        copy("01_identity.toml", "age > oldest", "age > 110")


def test_a_pack_without_a_file_of_it_is_refused(copy, tmp_path):
    (tmp_path / "9.9" / "base.toml").unlink()
    with pytest.raises(PackError, match="base.toml is not there"):
        load_pack(tmp_path / "9.9")
