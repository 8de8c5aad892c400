"""A database that does not answer is said in one line; one that was restarted costs no page."""

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection

from tests.cli.test_backup import yishi
from yishi.config.environment import database


def test_operating_9_connections_are_asked_before_they_are_used():
    for url in ("", "postgres://a:b@127.0.0.1/c"):
        assert database(url, Path())["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize("verb", ["prepare", "tally verify", "work --once", "restore x.tar.gz"])
def test_operating_9_a_database_that_cannot_be_reached_is_said_in_one_line(tmp_path, verb):
    (tmp_path / "x.tar.gz").write_bytes(b"")
    words = [str(tmp_path / word) if word.endswith("gz") else word for word in verb.split()]
    said = yishi(tmp_path, *words, database="postgres://yishi:secret@127.0.0.1:9/yishi", expect=1)
    assert "cannot reach PostgreSQL yishi @ 127.0.0.1" in said and "secret" not in said
    assert len(said.strip().splitlines()) == 1, said


@pytest.mark.postgres
def test_operating_9_a_wrong_password_is_said_in_one_line(tmp_path):
    """The tests' server trusts everybody: a role that does not exist is refused as a wrong password is."""
    server = urlsplit(os.environ["YISHI_TEST_DATABASE_URL"])
    url = urlunsplit(server._replace(netloc=f"nobody-here:secret@{server.hostname}:{server.port}"))
    said = yishi(tmp_path, "prepare", database=url, expect=1)
    assert "nobody-here" in said and len(said.strip().splitlines()) == 1, said


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_operating_9_after_a_restart_of_the_server_the_next_page_answers(client):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    connection.close()  # back into the pool, as at the end of a page
    with psycopg.connect(os.environ["YISHI_TEST_DATABASE_URL"], autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert client.get("/privacy/").status_code == 200
