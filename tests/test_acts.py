"""Every act of the product, read off its source, is tried by somebody whose post there is their second, and by an
auditor.

The content comes from tests of the parts (`tests/scenes.txt`): they are run once more in a process of their own, with
the plugin `tests/trying.py`. What is not tried stands in `tests/untried.py` with its reason; both lists are exact.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import acts, grants, untried

SCENES = Path(__file__).with_name("scenes.txt")


@pytest.fixture
def tried(tmp_path):
    """What the scenes tried. A scene that fails there, fails here."""
    outcome = tmp_path / "tried.json"
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("YISHI_TEST_", "PYTEST_"))}
    words = [sys.executable, "-m", "pytest", "-q", "-p", "tests.trying", "-p", "no:cacheprovider", "--tried", outcome]
    done = subprocess.run(
        [str(word) for word in (*words, *SCENES.read_text("utf-8").split())],
        cwd=SCENES.parents[1], env=plain, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:]
    return json.loads(outcome.read_text("utf-8"))


def test_it_works():
    assert "deliberation.worry.answer" in acts.codes()  # a code that is put together, and those of constants
    assert {"assistance.deed.record", "assistance.pairing.hand_over", "commitments.recheck.ask"} <= acts.codes()
    assert len(acts.codes()) > 280


@pytest.mark.long
def test_records_4_every_act_is_tried_at_a_second_post_and_refused_to_an_auditor(tried):
    """Each entry names the grant that gave the right, held by its doer there: by a post the second, never the one
    elsewhere that everybody was given first. With the same content the auditor was refused, and no row changed."""
    assert tried["wrong"] == []
    by_a_post = {code for code, kinds in tried["by_right"].items() if "post" in kinds}
    declared = {*untried.BY_THE_SYSTEM, *untried.BY_ANOTHER_RIGHT, *untried.OF_PARTS}
    assert acts.codes() - by_a_post == declared
    assert {code: set(tried["by_right"].get(code, ())) for code in untried.BY_ANOTHER_RIGHT} == {
        code: kinds for code, (kinds, _why) in untried.BY_ANOTHER_RIGHT.items()
    }
    assert set(untried.OF_PARTS) == set(tried["of_parts"]) & acts.codes() - by_a_post
    assert set(tried["services"]) - set(tried["refused"]) == set(untried.FOR_EVERYBODY)
    # Every day that an act takes was sent as tomorrow: what has happened is refused, or it is one that may be to come.
    assert {day for day, code in tried["tomorrow"].items() if not code} == set(), "taken for tomorrow"
    assert set(tried["days"]) - set(tried["tomorrow"]) == set(untried.DAYS_AHEAD)


def test_what_the_platform_does_by_itself_is_what_nobody_else_opens():
    by_nobody = acts.system_codes() | {"people.account.demo", "people.account.make"}  # their callers give the actor
    assert set(untried.BY_THE_SYSTEM) == by_nobody


def test_every_kind_of_right_says_what_must_be_true_of_it():
    assert grants.kinds() == {*grants.BY_ROW, grants.IN_PERSON, *grants.NOBODYS}


def test_every_scene_is_a_test_that_stands():
    scenes = SCENES.read_text("utf-8").split()
    assert scenes == sorted(set(scenes))
