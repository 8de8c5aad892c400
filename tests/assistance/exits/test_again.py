"""Whoever holds an exit file reckons it again: with this product's program, and with SciPy from its tables alone."""

import csv
import io
import json
import zipfile

import pytest
from scipy.stats import binomtest

from tests.assistance.exits.assessed import Assessed
from tests.assistance.exits.packed import packed
from yishi.assistance.exits.models import ExitFile
from yishi.assistance.exits.services.framing import file_of
from yishi.assistance.exits.survey.again import RESULTS, SAMPLE, UNREADABLE, reckoned_again
from yishi.assistance.exits.survey.package import package_check

pytestmark = [pytest.mark.usefixtures("all_files")]


@pytest.fixture
def package(cast):
    """A closed assessment: one wrong exit and one missed household upheld, one refuted, one household not met."""
    assessed = Assessed(cast).opened(exited=6).drawn()
    away, wrong, refuted = (assessed.of_kind("exited", number) for number in range(3))
    missed = assessed.of_kind("unlisted")
    assessed.ask(away, outcome="away")
    assessed.ask(missed, said={"people": "5", "approves": "no"})
    assessed.asked()
    for sample, is_upheld in ((wrong, True), (refuted, False), (missed, True)):
        assessed.rule(assessed.suspect(sample), is_upheld)
    return file_of(assessed.closed().assessment, ExitFile.Kind.PACKAGE)


def tables(content):
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        files = {name: opened.read(name).decode() for name in opened.namelist()}
    rows = {name: list(csv.DictReader(io.StringIO(text))) for name, text in files.items() if name.endswith(".csv")}
    return rows, json.loads(files["results.json"])


@pytest.mark.django_db
def test_it_works(package):
    assert package_check(package).problem == "" == reckoned_again(package)


@pytest.mark.django_db
def test_each_stratum_and_the_whole_are_reckoned_from_the_tables_alone(package):
    """By hits and answers from interviews and rulings; the intervals are SciPy's, the whole is weighted as written."""
    rows, results = tables(package)
    answered = {row["code"] for row in rows["interviews.csv"] if row["outcome"] == "done"}
    upheld = {row["code"] for row in rows["suspicions.csv"] if row["state"] == "upheld"}
    weighted = {"wrong": [0.0, 0.0], "missed": [0.0, 0.0]}
    assert len(results["strata"]) == 2 and len(upheld) == 2
    for stratum in results["strata"]:
        drawn = [row for row in rows["sample.csv"] if row["stratum"] == stratum["name"]]
        here = [row["code"] for row in drawn if row["code"] in answered]
        hits = sum(code in upheld for code in here)
        known = binomtest(hits, len(here)).proportion_ci(confidence_level=0.95, method="wilson")
        assert (stratum["hits"], stratum["answered"], stratum["drawn"]) == (hits, len(here), len(drawn))
        assert (stratum["low"], stratum["high"]) == (pytest.approx(known.low), pytest.approx(known.high))
        first = drawn[0]
        weight = int(first["villages"]) / int(first["drawn_villages"]) * int(first["households"]) / len(here)
        name = "wrong" if first["kind"] == "exited" else "missed"
        weighted[name][0] += weight * hits
        weighted[name][1] += weight * len(here)
    for name, (hits, total) in weighted.items():
        assert results["measures"][name]["whole"]["share"] == pytest.approx(hits / total)
    approving = [row["approves"] for row in rows["interviews.csv"] if row["outcome"] == "done"]
    known = binomtest(approving.count("yes"), len(approving)).proportion_ci(method="wilson")
    approval = results["measures"]["approval"]
    assert (approval["low"], approval["high"]) == (pytest.approx(known.low), pytest.approx(known.high))


def test_what_does_not_follow_is_named():
    assert reckoned_again(packed()) == ""
    assert reckoned_again(packed(seed="another")) == SAMPLE
    assert reckoned_again(packed(upheld=2, said=1)) == RESULTS
    with zipfile.ZipFile(io.BytesIO(packed())) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    del files["interviews.csv"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    assert reckoned_again(out.getvalue()) == UNREADABLE


def test_any_byte_of_a_whole_package_counts():
    """A drawn sample of bytes of a package as large as a real one, all of its zip headers, and what trails behind."""
    whole = packed()
    heads = [place for place in range(len(whole)) if whole[place : place + 2] == b"PK"]
    headers = {place + step for place in heads for step in range(46) if place + step < len(whole)}
    drawn = {*range(0, len(whole), 97), *headers, *range(len(whole) - 22, len(whole))}
    assert len(drawn) > 500
    for place in sorted(drawn):
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        assert package_check(changed).problem, place
    for changed in (whole + b"\0", b"\0" + whole, whole[:-1], whole + whole, whole[: len(whole) // 2]):
        assert package_check(changed).problem
