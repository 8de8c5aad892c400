"""Everything moves to another database and back: every row, as it stands, proved by journal and figures."""

import shutil
from pathlib import Path

import pytest

from .live import DUMP, LIVE
from .test_backup import yishi


@pytest.mark.long
@pytest.mark.migrations
@pytest.mark.postgres
def test_operating_6_everything_moves_to_postgresql_and_back(tmp_path, new_database, installed):
    old, back, url = tmp_path / "old", tmp_path / "back", new_database()
    installed(old)
    yishi(old, "shell", "-v0", "-c", LIVE)
    yishi(old, "journal", "seal")
    yishi(old, "tally", "rebuild")
    before = yishi(old, "shell", "-v0", "-c", DUMP)
    assert "deliberation.Worry 1 " in before and ".Deed 4 " in before and "journal.Entry 0 " not in before
    said = yishi(old, "move", "--to", url)
    assert "日志完好" in said and "统计无误" in said, "proved by the journal and the figures"
    assert yishi(old, "shell", "-v0", "-c", DUMP, database=url) == before
    assert yishi(old, "shell", "-v0", "-c", DUMP) == before, "the old database is unchanged"
    assert "is not empty" in yishi(old, "move", "--to", url, expect=1)
    add = "from yishi.organisations.models import Place; from django.contrib.contenttypes.models import ContentType; "
    yishi(old, "shell", "-v0", "-c", add + "ContentType.objects.create(app_label='a', model='b')", database=url)
    back.mkdir()
    for key in ("secret-key", "register-keys"):
        shutil.copy(old / key, back / key)
    after = yishi(back, "shell", "-v0", "-c", DUMP, database=url)
    assert "日志完好" in yishi(back, "move", "--to", "sqlite", database=url)
    assert yishi(back, "shell", "-v0", "-c", DUMP) == after


@pytest.mark.migrations
@pytest.mark.postgres
def test_operating_6_a_value_that_does_not_fit_moves_nothing_and_is_named(tmp_path, new_database, installed):
    url = new_database()
    installed(tmp_path)
    long = "from yishi.organisations.models import Installation; Installation.objects.create(site_name='牟' * 65)"
    yishi(tmp_path, "shell", "-v0", "-c", long)
    said = yishi(tmp_path, "move", "--to", url, expect=1)
    assert "organisations_installation" in said and "Traceback" not in said
    count = "from yishi.organisations.models import Installation; print(Installation.objects.count())"
    assert yishi(tmp_path, "shell", "-v0", "-c", count, database=url) == "0\n"


@pytest.mark.long
@pytest.mark.migrations
def test_operating_6_what_cannot_be_moved_to_is_said_in_one_line(tmp_path, installed):
    installed(tmp_path)
    unreachable = "postgres://yishi:secret@127.0.0.1:9/yishi"
    for target, said in (
        ("sqlite", "on SQLite already"),
        (unreachable, "cannot reach"),
        ("mysql://a/b", "postgres://"),
    ):
        shown = yishi(tmp_path, "move", "--to", target, expect=1)
        assert said in shown and "Traceback" not in shown and "secret" not in shown
    assert "yishi move --to" in yishi(tmp_path, "move", expect=2)
    assert not list(Path(tmp_path).glob("*.sqlite3-journal"))
