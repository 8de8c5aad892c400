"""An exit file reckoned again by whoever holds it: the sample from frame and seed, every figure from the interviews.

It needs nothing but the package. A signature says that nobody changed the file since; this says that what was signed
follows from what it rests on.
"""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .area import Change, rules_with
from .draw import Sample, draw
from .frame import EXITED, Frame, frame_read
from .pack import PackError, Questionnaire, questionnaire_of, rules_of_text
from .results import Register, Visited, results_of

SAMPLE, RESULTS, UNREADABLE = "sample", "results", "unreadable"
UPHELD = "upheld"
COUNTED = ("wrong", "missed")  # kinds of suspicions that are counted


def reckoned_again(content: bytes) -> str:
    """What does not follow of a package that is whole: the sample, the results, or "" where all of it does.
    "unreadable": its files are none of an exit."""
    try:
        return _differs(content)
    except (ArithmeticError, KeyError, PackError, TypeError, ValueError):
        return UNREADABLE


def _differs(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        files = {name: opened.read(name).decode() for name in opened.namelist()}
    about = json.loads(files["manifest.json"])["about"]
    frame = frame_read(files["frame.csv"])
    sample = draw(frame, about["seed"])
    if sample.written() != files["sample.csv"]:
        return SAMPLE
    said = json.loads(files["results.json"])
    return "" if _results(files, about, frame, sample, said) == said else RESULTS


def _results(
    files: Mapping[str, str], about: Mapping[str, Any], frame: Frame, sample: Sample, said: Mapping[str, Any]
) -> Any:
    rules = rules_of_text(about["rules"], files[f"rules-{about['rules']}.toml"])
    changes = [Change.of(kept) for kept in json.loads(files["rules-of-the-area.json"])]
    asked = questionnaire_of(about["questionnaire"], files[f"questionnaire-{about['questionnaire']}.toml"])
    suspicions = _rows(files["suspicions.csv"])
    exited = sum(unit.people for unit in frame.units if unit.kind == EXITED)
    poor, rural = said["incidence"]["poor"], said["incidence"]["rural"]
    results = results_of(
        rules_with(rules, changes),
        sample.strata,
        _visited(sample, asked, _rows(files["interviews.csv"]), suspicions),
        [row["state"] for row in suspicions],
        Register(poor=poor, exited=exited, listed=poor + exited, rural=rural),
    )
    return json.loads(json.dumps(results, default=_number))


def _number(value: Any) -> str:
    assert isinstance(value, Decimal)
    return str(value)


def _visited(
    sample: Sample, asked: Questionnaire, interviews: list[dict[str, str]], suspicions: list[dict[str, str]]
) -> list[Visited]:
    said = {row["code"]: row for row in interviews}
    concerned: dict[str, int] = {}
    for row in suspicions:
        if row["state"] == UPHELD and row["kind"] in COUNTED:
            concerned[row["code"]] = concerned.get(row["code"], 0) + int(row["people"])
    visited = []
    for drawn in sample.households:
        unit = drawn.unit
        row = said.get(unit.code, {})
        answers = {code: row[code] for code in asked.questions if row.get(code)}
        visited.append(
            Visited(
                stratum=unit.stratum,
                kind=unit.kind,
                village=unit.village,
                outcome=row.get("outcome", ""),
                people=unit.people or int(answers.get("people") or 0),
                concerned=concerned.get(unit.code, 0),
                approves=asked.approves(answers),
                is_entered=bool(row),
            )
        )
    return visited


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))
