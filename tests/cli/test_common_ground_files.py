"""What is wrong in a file is said with its line; what stands in it is taken as it is meant."""

import csv
import json
import subprocess
import sys

import pytest

from yishi.cli.common_ground import run
from yishi.formats.vote_files import BadFile, read_votes

HEAD = "participant,statement,vote\n"
EXPORTED = "timestamp,comment-id,voter-id,vote\n"


def said(path, capsys):
    assert run([str(path), "--quiet"]) == 2
    return capsys.readouterr().err


def test_a_cell_of_several_lines_counts_as_so_many(tmp_path, capsys):
    path = tmp_path / "v.csv"
    path.write_text('participant,statement,vote,why\n1,1,1,"because\nof the\nroad"\n2,1,7,\n', "utf-8")
    assert "line 5, column vote: 7" in said(path, capsys)


def test_a_row_with_too_many_cells_is_named(tmp_path, capsys):
    path = tmp_path / "v.csv"
    path.write_text(HEAD + "1,1,1\n\n2,1,1,9\n", "utf-8")
    assert "line 4: no table: 4 cells, the header has 3" in said(path, capsys)


def test_empty_lines_are_passed_over(tmp_path, capsys):
    path = tmp_path / "v.csv"
    path.write_text(HEAD + "1,1,1\n\n2,1,-1\n\n", "utf-8")
    assert read_votes(path).vote.tolist() == [1, -1]
    path.write_text(HEAD + "1,1,1\n\n2,1,5\n\n", "utf-8")
    assert "line 4, column vote: 5" in said(path, capsys)


def test_seconds_and_milliseconds_in_one_column_are_refused(tmp_path, capsys):
    path = tmp_path / "v.csv"
    path.write_text("participant,statement,vote,timestamp\n1,1,1,1700000000000\n1,1,-1,1700000001\n", "utf-8")
    assert "line 3, column timestamp: 1700000001: seconds among milliseconds" in said(path, capsys)


def test_words_are_ids_where_no_cell_is_a_number(tmp_path):
    path = tmp_path / "v.csv"
    path.write_text(HEAD + "anna,road,1\nbo,road,-1\n", "utf-8")
    votes = read_votes(path)
    assert votes.participant.tolist() == ["anna", "bo"]
    out = tmp_path / "out.json"
    assert run([str(path), "--json", str(out), "--quiet", "--moderated", "road"]) == 0
    told = json.loads(out.read_text("utf-8"))
    assert told["statements"][0]["id"] == "road" and told["moderated"] == ["road"]
    path.write_text(HEAD + "anna,road,1\n7,road,-1\n", "utf-8")
    with pytest.raises(BadFile, match="line 2, column participant: 'anna'"):
        read_votes(path)


def exported(folder, comments):
    folder.mkdir()
    rows = [f"{1000 + who},{what},{who},{1 if who % 2 else -1}" for who in range(12) for what in range(4)]
    (folder / "votes.csv").write_text(EXPORTED + "\n".join(rows) + "\n", "utf-8")
    with (folder / "comments.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(comments)
    return folder


def test_statements_on_the_consultation_itself_are_read_or_given(tmp_path):
    heads = ["comment-id", "moderated", "is-meta", "comment-body"]
    folder = exported(
        tmp_path / "talk", [heads, [0, "1", "true", "who are you"], [1, "", "", "road"], [2, "-1", "0", "x"]]
    )
    votes = read_votes(folder)
    assert votes.meta == (0,) and votes.moderated == (2,)
    out = tmp_path / "out.json"
    assert run([str(folder), "--json", str(out), "--quiet", "--method", "polis", "--meta", "3"]) == 0
    told = json.loads(out.read_text("utf-8"))
    assert told["moderated"] == [0, 2, 3]
    assert [one["priority"] == 49.0 for one in told["statements"]] == [True, False, False, True]
    assert run([str(folder), "--quiet", "--meta", "road"]) == 2


def test_a_wrong_state_names_its_line(tmp_path, capsys):
    heads = ["comment-id", "moderated", "comment-body"]
    folder = exported(tmp_path / "talk", [heads, [0, "1", "two\nlines"], [1, "perhaps", "road"]])
    assert "line 4, column moderated: 'perhaps'" in said(folder, capsys)


def test_nothing_reaches_the_terminal_that_it_would_obey(tmp_path, capsys):
    heads = ["comment-id", "moderated", "comment-body"]
    folder = exported(tmp_path / "talk", [heads, *([what, "1", f"\x1b[31mred\x07 {what}"] for what in range(4))])
    assert run([str(folder), "--method", "polis"]) == 0
    shown = capsys.readouterr().out
    assert "red" in shown and "\x1b" not in shown and "\x07" not in shown


@pytest.mark.filterwarnings("error")
def test_where_everything_is_moderated_there_is_no_figure_that_is_none(tmp_path):
    folder = exported(
        tmp_path / "talk", [["comment-id", "moderated", "comment-body"], *([i, "-1", "x"] for i in range(4))]
    )
    for method in ("latent", "polis"):
        out = tmp_path / f"{method}.json"
        assert run([str(folder), "--json", str(out), "--quiet", "--method", method]) == 0
        assert "NaN" not in out.read_text("utf-8")


def test_who_passes_on_everything_objects_to_nothing(tmp_path, capsys):
    path = tmp_path / "v.csv"
    path.write_text(HEAD + "".join(f"{who},{what},0\n" for who in range(50) for what in range(3)), "utf-8")
    assert run([str(path)]) == 0
    assert "objects" not in capsys.readouterr().out
    path.write_text(HEAD + "".join(f"{who},1,{1 if who % 2 else -1}\n" for who in range(50)), "utf-8")
    assert run([str(path)]) == 0
    assert "25/50" not in capsys.readouterr().out


def test_the_unlabelled_are_told(tmp_path, capsys):
    folder = exported(tmp_path / "talk", [["comment-id", "moderated", "comment-body"]])
    (tmp_path / "labels.csv").write_text("participant,group\n0,a\n1,b\n", "utf-8")
    assert run([str(folder), "--labels", str(tmp_path / "labels.csv")]) == 0
    assert "in no group, in every count: 10" in capsys.readouterr().out


def test_a_reader_who_has_seen_enough_may_go(tmp_path):
    folder = exported(tmp_path / "talk", [["comment-id", "moderated", "comment-body"]])
    words = [sys.executable, "-m", "yishi.cli", "common-ground", str(folder), "--method", "polis"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        told = process.stderr.read()
    assert told == "" and process.returncode == 0
