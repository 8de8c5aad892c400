"""Every limit of an exit assessment at its own value and one beyond."""

import pytest

from tests.assistance.exits.assessed import Assessed
from tests.assistance.exits.test_package import written
from tests.kept import kept
from yishi.assistance.exits.models import ExitSample
from yishi.assistance.exits.services import assessments, framing
from yishi.assistance.exits.services.assessments import MOST_DRAWN, MOST_VILLAGES
from yishi.assistance.exits.services.framing import MOST_ROSTER
from yishi.assistance.exits.services.suspicions import MOST_FILES
from yishi.assistance.exits.survey import package
from yishi.assistance.exits.survey.frame import MOST_PEOPLE, FrameError, frame_read
from yishi.assistance.exits.survey.pack import MOST_COUNT, MOST_WORDS, AnswerError, questionnaire_read
from yishi.kit.errors import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
HEAD = "# yishi exit frame 1; villages=1; exited=1; unlisted=1\ncode,village,township,kind,people\n"


@kept
def assessed(cast):
    return Assessed(cast, households=0)


@pytest.mark.parametrize(
    ("field", "most"), [("exited", MOST_DRAWN), ("unlisted", MOST_DRAWN), ("villages", MOST_VILLAGES)]
)
def test_how_many_are_drawn(assessed, field, most):
    with pytest.raises(Refusal):
        assessed.opened(**{field: most + 1})
    assessed.opened(**{field: most}).drawn()
    assert ExitSample.within.count() == 4


def test_how_many_stand_in_a_roster(assessed):
    village = assessed.cast.places["牟尼村"].pk
    with pytest.raises(Refusal):
        assessed.opened(rosters={village: MOST_ROSTER + 1})
    assert assessed.opened(rosters={village: MOST_ROSTER}).assessment.frame_households == MOST_ROSTER + 2


def test_how_many_households_a_frame_and_a_sample_hold(assessed, monkeypatch):
    monkeypatch.setattr(framing, "MOST_HOUSEHOLDS", 3)
    with pytest.raises(Refusal):
        assessed.opened()
    monkeypatch.setattr(framing, "MOST_HOUSEHOLDS", 4)
    assessed.opened()
    monkeypatch.setattr(assessments, "MOST_SAMPLE", 3)
    with pytest.raises(Refusal):
        assessed.drawn()
    monkeypatch.setattr(assessments, "MOST_SAMPLE", 4)
    assessed.drawn()


def test_how_many_files_a_counter_evidence_has(assessed):
    assessed.opened().drawn()
    sample = assessed.of_kind("exited")
    assessed.ask(sample)
    suspicion = assessed.suspect(sample)
    files = [assessed.file(str(number)) for number in range(MOST_FILES + 1)]
    with pytest.raises(Refusal):
        assessed.counter(suspicion, files=files)
    assessed.counter(suspicion, files=files[:-1])
    assert suspicion.counters.get().files.count() == MOST_FILES


def test_how_many_people_and_words_are_read():
    assert frame_read(f"{HEAD}a,1,2,exited,{MOST_PEOPLE}\n")
    with pytest.raises(FrameError):
        frame_read(f"{HEAD}a,1,2,exited,{MOST_PEOPLE + 1}\n")
    asked = questionnaire_read("2018-1").questions
    for question, good, bad in (
        ("people", MOST_COUNT, MOST_COUNT + 1),
        ("remark", "水" * MOST_WORDS, "水" * (MOST_WORDS + 1)),
    ):
        assert asked[question].read(good) == good
        with pytest.raises(AnswerError):
            asked[question].read(bad)


def test_how_large_a_package_is_unpacked(monkeypatch):
    content = written()
    with package.zipfile.ZipFile(package.io.BytesIO(content)) as opened:
        size = sum(info.file_size for info in opened.infolist())
    monkeypatch.setattr(package, "MOST_BYTES", size)
    assert package.package_check(content).problem == ""
    monkeypatch.setattr(package, "MOST_BYTES", size - 1)
    assert package.package_check(content).problem == package.NO_PACKAGE
