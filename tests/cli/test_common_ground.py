"""`yishi common-ground`: a file of votes in, one result or one clear line out."""

import csv
import io
import json

import numpy as np
import polars as pl
import pytest

from tests.common_ground.planted import planted
from yishi.cli.common_ground import bar, run
from yishi.common_ground import analyse
from yishi.formats.opinion_map import opinion_map, shown


@pytest.fixture(scope="module")
def votes():
    return planted(300, 40)[0]


def table(path, votes, names=("participant", "statement", "vote", "timestamp"), encoding="utf-8"):
    columns = (votes["participant"], votes["statement"], votes["vote"], votes["time"])
    lines = [",".join(names), *(",".join(str(cell) for cell in row) for row in zip(*columns, strict=True))]
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def result(path, tmp_path, *words):
    out = tmp_path / "out.json"
    assert run([str(path), "--json", str(out), "--quiet", "--method", "polis", *words]) == 0
    return json.loads(out.read_text("utf-8"))


@pytest.fixture(scope="module")
def plain(votes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    return result(table(folder / "votes.csv", votes), folder)


def test_it_works(votes, tmp_path, capsys):
    assert run([str(table(tmp_path / "votes.csv", votes))]) == 0
    said = capsys.readouterr().out
    assert "participants 300" in said and "群组 · group 0" in said


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_other_encodings(votes, tmp_path, plain, encoding):
    assert result(table(tmp_path / "v.csv", votes, encoding=encoding), tmp_path) == plain


def test_parquet(votes, tmp_path, plain):
    names = {"participant": "participant", "statement": "statement", "vote": "vote", "time": "timestamp"}
    pl.DataFrame({names[name]: values for name, values in votes.items()}).write_parquet(tmp_path / "v.parquet")
    assert result(tmp_path / "v.parquet", tmp_path) == plain


def test_an_exported_folder_with_its_comments(votes, tmp_path):
    table(tmp_path / "votes.csv", votes, ("voter-id", "comment-id", "vote", "timestamp"))
    with (tmp_path / "comments.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["comment-id", "moderated", "comment-body"])
        rows.writerows([[0, 1, "修路，先修桥"], [1, -1, "骂人"]])
    told = result(tmp_path, tmp_path)
    assert told["statements"][0]["text"] == "修路，先修桥" and told["moderated"] == [1]


def test_labels_fix_the_groups(votes, tmp_path):
    (tmp_path / "labels.csv").write_text("participant,group\n1,村民\n2,村民\n3,企业\n", "utf-8")
    told = result(table(tmp_path / "v.csv", votes), tmp_path, "--labels", str(tmp_path / "labels.csv"))
    assert {group["id"]: group["members"] for group in told["groups"]} == {"企业": [3], "村民": [1, 2]}


HEAD = "participant,statement,vote\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["empty"]),
        (HEAD, ["no votes"]),
        (HEAD + "1,1,1\n2,1,2\n", ["line 3", "column vote", "2"]),
        (HEAD + "1,1,1\n2,x,1\n", ["line 3", "column statement", "'x'"]),
        (HEAD + "1,1,1\n2,1,nan\n", ["line 3", "column vote", "'nan'"]),
        (HEAD + "1,1,1\n9223372036854775808,1,1\n", ["line 3", "column participant", "63 bits"]),
        (HEAD + "1,1,1\n2,1", ["line 3", "column vote", "empty"]),
        ("who,what\n1,2\n", ["no column participant"]),
        (HEAD + "1,1,1,9,9\n", ["no table"]),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(tmp_path, capsys, text, words):
    path, out = tmp_path / "v.csv", tmp_path / "out.json"
    path.write_text(text, "utf-8")
    assert run([str(path), "--json", str(out)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and all(word in said for word in words), said
    assert not out.exists()


def test_what_is_no_file(tmp_path, capsys):
    (tmp_path / "v.parquet").write_bytes(b"PAR1 cut")
    for path in (tmp_path / "none.csv", tmp_path / "v.parquet", tmp_path):
        assert run([str(path)]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_the_page_tells_everything_and_runs_nothing(votes, tmp_path, capsys):
    folder = tmp_path / "talk"
    folder.mkdir()
    table(folder / "votes.csv", votes, names=("voter-id", "comment-id", "vote", "timestamp"))
    with (folder / "comments.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["comment-id", "moderated", "comment-body"])
        rows.writerows([number, -1 if number == 3 else 1, f"<script>{number}</script> 修路"] for number in range(40))
    out = tmp_path / "page.html"
    assert run([str(folder), "--html", str(out), "--quiet", "--method", "polis"]) == 0
    told = out.read_text("utf-8")
    assert told.count("<use ") == 300
    assert "<script" not in told and "http" not in told.replace("http://www.w3.org/2000/svg", "")
    assert all(f'id="s{number}"' in told for number in range(40))
    assert "&lt;script&gt;7&lt;/script&gt; 修路" in told
    assert told.count("未参加计算") == 1
    assert "<h2>分歧在哪里" in told and "<h2>各群组看重什么" in told


def test_the_page_says_so_where_there_are_no_groups(tmp_path):
    lines = ["participant,statement,vote", *(f"{who},{what},0" for who in range(3) for what in range(2))]
    (tmp_path / "few.csv").write_text("\n".join(lines), "utf-8")
    assert run([str(tmp_path / "few.csv"), "--html", str(tmp_path / "few.html"), "--quiet"]) == 0
    told = (tmp_path / "few.html").read_text("utf-8")
    assert "没有分出群组" in told and "<svg" not in told and "没有一条有把握这样说" in told


def test_of_very_many_dots_some_are_drawn():
    group = np.arange(5_001) % 3 - 1
    drawn = opinion_map(np.random.default_rng(1).normal(size=(5_001, 2)), group, "图")
    assert drawn.count("<use ") == shown(5_001) == 1_667
    assert drawn.count("<path ") == 3
    assert opinion_map(np.zeros((0, 2)), [], "图").count("<use ") == 0


def test_the_bar_fills(votes, tmp_path):
    told = io.StringIO()
    tell = bar(told)
    columns = (votes["participant"], votes["statement"], votes["vote"])
    analyse(*columns, progress=lambda done, step: tell(done, step))
    parts = [int(part.split("%")[0].split("]")[1]) for part in told.getvalue().split("\r")[1:]]
    assert parts == sorted(parts) and parts[0] == 0 and parts[-1] >= 90
    assert "重抽检验" in told.getvalue()


def test_where_nothing_can_be_written_nothing_is_computed(votes, tmp_path, capsys):
    given = str(table(tmp_path / "votes.csv", votes))
    for name, word in (("none/out.json", "there is no such folder"), ("", "this is a folder")):
        assert run([given, "--html", str(tmp_path / "page.html"), "--json", str(tmp_path / name)]) == 2
        said = capsys.readouterr()
        assert said.out == "" and said.err.count("\n") == 1 and word in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["votes.csv"]
