"""Jobs that stand still are seen: on the administrator's page and at an address that a watcher asks.

Sisters: a job that fails again and again while the others run; an installation whose jobs never ran.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from yishi.cli import work
from yishi.cli.work import Job, round_of_jobs
from yishi.organisations import heartbeat
from yishi.organisations.models import JobRun

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_new_process(monkeypatch):
    monkeypatch.setattr(heartbeat, "_written", {})
    monkeypatch.setattr(work, "close_old_connections", lambda: None)  # the test's own connection lives on


def test_waiting_9_a_round_of_the_jobs_is_written_down(monkeypatch):
    def fail() -> None:
        raise RuntimeError("the mail server is down")

    monkeypatch.setattr(work, "JOBS", [Job("clocks", 60, lambda: None), Job("messages", 60, fail)])
    assert heartbeat.pulse().is_still
    round_of_jobs(dict.fromkeys(work.JOBS, 0.0))
    pulse = heartbeat.pulse()
    assert not pulse.is_still and pulse.failing == ("messages",)
    monkeypatch.setattr(work, "JOBS", [Job("messages", 60, lambda: None)])
    round_of_jobs(dict.fromkeys(work.JOBS, 0.0))
    assert heartbeat.pulse().failing == ()


def test_waiting_9_a_job_that_runs_every_second_is_written_once_a_minute(django_assert_num_queries):
    heartbeat.job_ran("figures")
    with django_assert_num_queries(0):
        heartbeat.job_ran("figures")


def test_waiting_9_a_watcher_and_the_administrator_hear_of_jobs_that_stand(client, cast):
    heartbeat.job_ran("clocks")
    answer = client.get(reverse("health"))
    assert answer.status_code == 200 and answer.json()["state"] == "ok"
    JobRun.objects.update(ended_at=timezone.now() - timedelta(days=3))
    answer = client.get(reverse("health"))
    assert answer.status_code == 503 and answer.json()["state"] == "still" and answer.json()["last_round"]
    sign_in(client, cast, "administrator")
    assert "后台任务已停止运行" in client.get(reverse("administration")).content.decode()
    JobRun.objects.update(ended_at=timezone.now())
    page = client.get(reverse("administration")).content.decode()
    assert "后台任务已停止运行" not in page and "后台任务最近一次运行" in page
