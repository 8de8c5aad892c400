"""The jobs run when their time has come, and one that fails stops none of the others."""

import pytest

from yishi.cli import work
from yishi.cli.work import Job, round_of_jobs

pytestmark = pytest.mark.django_db


def test_it_works(monkeypatch):
    done = []
    monkeypatch.setattr(work, "JOBS", [Job("first", 60, lambda: done.append(1))])
    next_time = dict.fromkeys(work.JOBS, 0.0)
    round_of_jobs(next_time)
    round_of_jobs(next_time)
    assert done == [1], "the second round comes before its time"
    next_time[work.JOBS[0]] = 0.0
    round_of_jobs(next_time)
    assert done == [1, 1]


def test_a_job_that_fails_is_logged_and_the_others_run(monkeypatch, caplog):
    done = []

    def fail() -> None:
        raise RuntimeError("the mail server is down")

    monkeypatch.setattr(work, "JOBS", [Job("failing", 60, fail), Job("other", 60, lambda: done.append(1))])
    round_of_jobs(dict.fromkeys(work.JOBS, 0.0))
    assert done == [1]
    assert "job failing failed" in caplog.text


def test_every_job_may_run_on_an_empty_house():
    for job in work.JOBS:
        job.do()
