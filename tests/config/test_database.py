"""SQLite as the house needs it: readers do not wait for the writer, and read-then-write does not fail."""

import sqlite3
import threading

import pytest
from django.db.backends.sqlite3.base import DatabaseWrapper

from yishi.config.environment import database

pytestmark = pytest.mark.django_db  # connections of our own, beside the tests' database


def wrapper(folder) -> DatabaseWrapper:
    settings = database("", folder)
    defaults = {"ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "CONN_HEALTH_CHECKS": False, "TIME_ZONE": None}
    return DatabaseWrapper({**defaults, "TEST": {}, "USER": "", "PASSWORD": "", "HOST": "", "PORT": "", **settings})


def ask(connection: DatabaseWrapper, query: str):
    with connection.cursor() as cursor:
        return cursor.execute(query).fetchone()[0]


@pytest.fixture
def connection(tmp_path):
    connection = wrapper(tmp_path)
    yield connection
    connection.close()


def test_each_pragma_is_in_force(connection):
    assert ask(connection, "PRAGMA journal_mode") == "wal"
    assert ask(connection, "PRAGMA synchronous") == 2
    assert ask(connection, "PRAGMA temp_store") == 2
    assert ask(connection, "PRAGMA cache_size") == -32000
    assert ask(connection, "PRAGMA foreign_keys") == 1


def test_read_then_write_by_many_at_once_never_fails(tmp_path):
    with wrapper(tmp_path).cursor() as cursor:
        cursor.execute("CREATE TABLE counter (n INTEGER)")
        cursor.execute("INSERT INTO counter VALUES (0)")
    failures = []

    def count() -> None:
        connection = wrapper(tmp_path)
        connection.inc_thread_sharing()
        try:
            for _ in range(20):
                connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
                n = ask(connection, "SELECT n FROM counter")
                with connection.cursor() as cursor:
                    cursor.execute("UPDATE counter SET n = %s", [n + 1])
                connection.commit()
                connection.set_autocommit(True)
        except sqlite3.Error as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert ask(wrapper(tmp_path), "SELECT n FROM counter") == 80
