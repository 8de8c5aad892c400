"""A whole package of a made-up county, without a database: all who were drawn answered, some suspicions were ruled."""

import csv
import io
import json
from decimal import Decimal

from tests.assistance.exits.test_package import RING
from tests.assistance.exits.test_sample import SEED, county
from yishi.assistance.exits.survey.draw import draw
from yishi.assistance.exits.survey.frame import EXITED
from yishi.assistance.exits.survey.pack import questionnaire_read, rules_read
from yishi.assistance.exits.survey.package import package_write
from yishi.assistance.exits.survey.results import Register, Visited, results_of

__all__ = ["RING", "packed"]


def packed(seed=SEED, upheld=2, said=None):
    """The package. `seed`: that it names, the sample is drawn by SEED; `said`: so many wrong exits in its results."""
    frame, rules, asked = county(), rules_read("2018-west"), questionnaire_read("2018-1")
    sample = draw(frame, SEED)
    wrong = [drawn.unit.code for drawn in sample.households if drawn.unit.kind == EXITED]
    people = sum(unit.people for unit in frame.units if unit.kind == EXITED)

    def results(count):
        visited = [
            Visited(
                each.unit.stratum, each.unit.kind, each.unit.village, "done", each.unit.people or 3,
                2 if each.unit.code in wrong[:count] else 0, approves=True, is_entered=True,
            )
            for each in sample.households
        ]  # fmt: skip
        register = Register(poor=7, exited=people, listed=people + 7, rural=9_000)
        return results_of(rules, sample.strata, visited, ["upheld"] * upheld, register)

    questions = [code for code in asked.questions if code != "remark"]
    interviews = [["code", "kind", "outcome", "on", "paper", "second", "settled", *questions, "record"]]
    for each in sample.households:
        answers = [
            "" if code == "people" and each.unit.people else 3 if code == "people" else "yes" for code in questions
        ]
        interviews.append([each.unit.code, each.unit.kind, "done", "2026-11-30", 0, 0, 0, *answers, "0" * 64])
    suspicions = [["number", "code", "kind", "conditions", "people", "due_on", "counters", "state", "basis", "ruling"]]
    suspicions += [
        [f"疑-{code}", code, "wrong", "water", 2, "2026-12-07", 0, "upheld", "x", "y"] for code in wrong[:upheld]
    ]
    files = {
        "frame.csv": frame.written().encode(),
        "sample.csv": sample.written().encode(),
        "rules-2018-west.toml": rules.text.encode(),
        "rules-of-the-area.json": b"[]\n",
        "questionnaire-2018-1.toml": asked.text.encode(),
        "interviews.csv": table(interviews),
        "suspicions.csv": table(suspicions),
        "results.json": json.dumps(results(upheld if said is None else said), default=plain).encode(),
    }
    about = {"seed": seed, "rules": "2018-west", "questionnaire": "2018-1"}
    return package_write(about, files, key=RING.public_key, sign=RING.sign)


def plain(value):
    assert isinstance(value, Decimal)
    return str(value)


def table(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()
