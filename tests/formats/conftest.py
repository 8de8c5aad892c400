"""Workbooks are parsed in the test's own process, where what runs is measured; `in_a_child` gives back the real one."""

import io
import os
import sys
from types import SimpleNamespace

import pytest

from yishi.formats import sheet_child, sheet_rows


class Here:
    """The process of `sheet_rows`, without a start and without its limits: an error of the parser reaches the test."""

    def __init__(self, command, *, stdin, **_given):
        said = io.StringIO()
        with os.fdopen(os.dup(stdin), "rb") as file, pytest.MonkeyPatch.context() as patched:
            patched.setattr(sys, "stdin", SimpleNamespace(buffer=file))
            patched.setattr(sys, "stdout", said)
            self.code = sheet_child.write_rows(command[-1])
        self.stdout = io.BytesIO(said.getvalue().encode())

    def wait(self):
        return self.code

    def kill(self):
        pass


@pytest.fixture
def in_a_child():
    """Time, memory and a crash are the child's: for tests of these."""


@pytest.fixture(autouse=True)
def _parser(request, monkeypatch):
    if "in_a_child" not in request.fixturenames:
        process = SimpleNamespace(Popen=Here, PIPE=None, DEVNULL=None)
        monkeypatch.setattr(sheet_rows, "subprocess", process)
