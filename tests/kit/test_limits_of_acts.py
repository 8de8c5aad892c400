"""Limits of how many, how large and how long an act takes, each at its own value and one beyond.

Where so many rows would take minutes to write, the limit is set low for the test: what is tried is the comparison.
"""

from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from PIL import Image

from tests.assistance.keeping import person
from tests.assistance.pairs import Paired
from tests.assistance.works import Works
from tests.consulting import Consulted
from tests.kept import kept
from yishi.assistance.campaign import catalogues
from yishi.assistance.checks.services import check_acts
from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.services import activities, standing
from yishi.assistance.deeds.services.activities import Line, activity_record
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.assistance.pairing.services import handovers, pairing, visits
from yishi.assistance.projects.models import Project
from yishi.assistance.projects.services import asked_works, building, contracts
from yishi.assistance.register.services import register
from yishi.attachments import store, waiting
from yishi.database.reach import everything
from yishi.deliberation import consultation_report
from yishi.deliberation.process import conditions, problems
from yishi.deliberation.services import consultation_results, masks
from yishi.kit.errors import Refusal
from yishi.organisations import query_codes
from yishi.organisations.models import WrongCode
from yishi.people import services as people
from yishi.people.models import Person
from yishi.proposals.services import writing
from yishi.reporting.figures import asked_of
from yishi.reporting.question import MOST_DIMENSIONS, Question
from yishi.web.deliberation.consultation.consultation_result import ConsultationResult
from yishi.web.deliberation.process.processes import MAX_UPLOAD, UploadForm
from yishi.web.kit.middleware import SizeMiddleware
from yishi.web.organisations import place_sets

pytestmark = pytest.mark.django_db


def said(act, *args, **given) -> str:
    """The code with which an act is refused; empty where it is done, or fails later for want of a world around it."""
    try:
        act(*args, **given)
    except Refusal as refusal:
        return refusal.code
    except (AttributeError, TypeError, ValidationError):
        return ""
    return ""


def some(count):
    return [SimpleNamespace(pk=number) for number in range(count)]


@pytest.fixture
def reached():
    with ExitStack() as stack:
        stack.enter_context(everything())
        yield


# What an act refuses beyond so many: the module, its constant, the code, and what does it with as many.
def _parts(count):
    standing.party_rows(Deed(), [Part(person) for person in map(_person, range(count))], {})


def _person(number):
    return Person(name=f"委员{number}")


def _beneficiaries(count):
    standing.beneficiary_rows(Deed(), Reached(people=list(map(_person, range(count)))))


def _catalogue(count):
    lines = ['name = "目录"', "[[directions]]", 'code = "d"', 'name = "方向"']
    for number in range(count):
        lines += ["[[items]]", f'code = "i{number}"', 'direction = "d"', f'name = "项{number}"', 'unit = "个"']
    try:
        catalogues.read_catalogue("\n".join(lines).encode())
    except Refusal as refusal:
        raise Refusal("catalogue.many" if str(catalogues.MOST_ITEMS) in str(refusal.message) else "", "") from refusal


def _quantities(count):
    parts = [asked_works.Part(f"段{number}", Decimal(1)) for number in range(count)]
    asked_works.write_quantities(SimpleNamespace(), [asked_works.Quantity("道路硬化", "公里", parts)])


def _signers(count):
    writing._ask(SimpleNamespace(), SimpleNamespace(signers=None), some(count))


def _areas(count):
    masks._check_areas([(0, 0, 10, 10)] * count)


def _photos(count):
    building._keep_photos(Project(stage="built"), some(count), timezone.localdate(), None)


ROWS = {
    "standing.MOST_PARTIES": (standing, "deed.parties", _parts),
    "standing.MOST_BENEFICIARIES": (standing, "deed.beneficiaries", _beneficiaries),
    "catalogues.MOST_ITEMS": (catalogues, "catalogue.many", _catalogue),
    "asked_works.MOST_PARTS": (asked_works, "quantity.parts", _quantities),
    "writing.MOST_SIGNERS": (writing, "proposal.signers", _signers),
    "masks.MAX_AREAS": (masks, "mask.many", _areas),
    "building.MOST_PHOTOS": (building, "photo.many", _photos),
}


@pytest.mark.parametrize("name", ROWS)
def test_limits_how_many_of_one_act(name):
    module, code, does = ROWS[name]
    most = getattr(module, name.partition(".")[2])
    assert said(does, most) != code
    assert said(does, most + 1) == code


@kept
def paired(cast):
    with everything():
        return Paired(cast)


def fair(helping):
    given = {"title": "展销会", "place": helping.cast.places["牟尼村"], "on": timezone.localdate() - timedelta(days=1)}
    receipt = activities.activity_open(
        actor=helping.cast.viewer("clerk"), organiser=helping.cast.bodies["office"], **given
    )
    return activities.Activity.objects.get(pk=receipt.result["activity"])


def test_limits_how_many_visit_are_handed_over_and_stand_in_an_activity(cast, paired, reached, monkeypatch):
    visitors = [Person.objects.create(name=f"队员{number}") for number in range(3)]
    monkeypatch.setattr(visits, "MOST_VISITORS", 3)
    pair = paired.pair()
    given = {"actor": cast.viewer("member"), "household": paired.family, "on": paired.today, "found": "老人吃药"}
    assert said(visits.visit_log, **given, visitors=visitors[:2]) == ""  # who writes it is a visitor too
    assert said(visits.visit_log, **given, visitors=visitors) == "visit.many"

    monkeypatch.setattr(handovers, "MOST_AT_ONCE", 1)
    second = paired.pair(family=paired.second)
    over = {"actor": cast.viewer("village_head"), "successor": cast.people["cadre"], "on": paired.today, "note": "常去"}
    assert said(handovers.pairings_hand_over, **over, pairings=[pair, second]) == "pairing.most"
    assert said(handovers.pairings_hand_over, **over, pairings=[pair]) != "pairing.most"

    monkeypatch.setattr(activities, "MOST_DEEDS", 2)
    helping = paired.helping
    lines = [Line(helping.items["channel"], Decimal(1), Reached(households=[one])) for one in helping.households[:3]]
    record = {"actor": cast.viewer("clerk"), "activity": fair(helping), "parties": [Part(cast.people["member"])]}
    assert said(activity_record, **record, lines=lines) == "activity.many"
    assert said(activity_record, **record, lines=lines[:2]) == ""


def test_limits_the_days_between_visits(cast, reached):
    rule = {"actor": cast.viewer("village_head"), "body": cast.bodies["village"]}
    for days, code in ((pairing.MOST_DAYS, ""), (pairing.MOST_DAYS + 1, "days"), (1, ""), (0, "days")):
        assert said(pairing.visit_rule_set, **rule, days=days) == (code and "visit_rule.days")


def test_limits_how_many_families_a_project_reaches(cast, reached, monkeypatch):
    works, families = Works(cast), Paired(cast).helping.households[:3]
    monkeypatch.setattr(contracts, "MOST_HOUSEHOLDS", 2)
    given = {"actor": works.builder, "project": works.project, "unnamed": 0}
    assert said(contracts.households_reach, **given, households=families) == "reach.number"
    assert said(contracts.households_reach, **given, households=families[:2]) == ""


def test_limits_how_many_members_a_household_has(cast, reached, monkeypatch):
    monkeypatch.setattr(register, "MOST_MEMBERS", 2)
    members = [person(f"成员{number}", 5 + number, relation="daughter", female=True) for number in range(3)]
    given = {"actor": cast.viewer("clerk"), "place": cast.places["牟尼村"], "head": person("户主", 1)}
    assert said(register.household_register, **given, members=members) == "household.large"
    assert said(register.household_register, **given, members=members[:2]) != "household.large"


def test_limits_until_when_a_finding_is_waived():
    today = timezone.localdate()
    for until, is_taken in (
        (today, True),
        (today + check_acts.LONGEST, True),
        (today - timedelta(days=1), False),
        (today + check_acts.LONGEST + timedelta(days=1), False),
    ):
        assert (said(check_acts._check_until, until, today) == "") == is_taken


def test_limits_the_size_of_what_is_sent(settings):
    taken = SizeMiddleware(lambda request: HttpResponse())
    for more, status in ((0, 200), (1, 413)):
        request = RequestFactory().post("/", CONTENT_LENGTH=str(settings.REQUEST_MAX_BYTES + more))
        request.META["CONTENT_LENGTH"] = str(settings.REQUEST_MAX_BYTES + more)
        assert taken(request).status_code == status
    for more, is_large in ((0, False), (1, True)):
        upload = SimpleNamespace(size=settings.PHOTO_MAX_BYTES + more, read=lambda most: b"x", name="a.jpg")
        assert (said(store.photo_keep, actor=None, upload=upload) == "photo.bytes") == is_large
    form = UploadForm.__new__(UploadForm)
    for more, is_large in ((0, False), (1, True)):
        form.cleaned_data = {"file": SimpleNamespace(size=MAX_UPLOAD + more, read=lambda: b"")}
        try:
            form.clean_file()
            refused = False
        except Exception as error:
            refused = getattr(error, "code", "") == "process.too_large"
        assert refused == is_large


def test_limits_the_size_of_uploads_that_wait(settings, tmp_path, monkeypatch):
    settings.WAITING_DIR = tmp_path
    for content, is_kept in ((b"x" * waiting.MOST_BYTES, True), (b"x" * (waiting.MOST_BYTES + 1), False)):
        assert (waiting.upload_wait(content) is not None) == is_kept
    held = waiting._bytes_in_all()
    monkeypatch.setattr(waiting, "MOST_IN_ALL", held + 10)
    assert waiting.upload_wait(b"x" * 11) is None
    assert waiting.upload_wait(b"x" * 10) is not None


def test_limits_the_memory_of_a_progressive_photo(settings):
    kept_in = BytesIO()
    Image.new("RGB", (64, 64)).save(kept_in, "JPEG", progressive=True, subsampling=0)
    image = Image.open(kept_in)
    settings.PROGRESSIVE_MAX_BYTES = 64 * 64 * 3 * 2  # two bytes for each of three samples of a pixel
    assert said(store._fits, image, "photo") == ""
    settings.PROGRESSIVE_MAX_BYTES -= 2 * 3
    assert said(store._fits, image, "photo") == "photo.pixels"


def test_limits_the_digits_of_a_phone_number():
    for digits, is_longer in ((people.MAX_PHONE, False), (people.MAX_PHONE + 1, True)):
        with pytest.raises(Refusal) as refused:
            people.person_phone("9" * digits)
        assert ("longer than" in refused.value.message.__reduce__()[1][1][0]) == is_longer


def test_limits_the_wait_after_wrong_codes():
    cache.clear()
    longest, now = query_codes.LONGEST_WAIT, timezone.now()
    for ago, code in ((longest - timedelta(seconds=5), "code.slow"), (longest + timedelta(seconds=1), "")):
        WrongCode.objects.update_or_create(address="10.0.0.9", defaults={"count": 90, "last_at": now - ago})
        assert said(query_codes.code_try, "K7M42QXD9R", "10.0.0.9") == code
    for ago, count in ((4 * longest - timedelta(seconds=5), 91), (4 * longest + timedelta(seconds=1), 1)):
        WrongCode.objects.update_or_create(address="10.0.0.9", defaults={"count": 90, "last_at": now - ago})
        query_codes.code_try("K7M42QXD9R", "10.0.0.9")
        assert WrongCode.objects.get(address="10.0.0.9").count == count


def test_limits_how_few_people_a_result_tells_of():
    least = consultation_report.LEAST_PEOPLE
    stated = [consultation_report.Stated(number, f"第{number}条", False) for number in (1, 2, 3)]
    for count in (least - 1, least):
        votes = [
            (person, number, 1 if (person + number) % 2 else -1) for person in range(count) for number in (1, 2, 3)
        ]
        assert consultation_report.report_of(votes, stated, {}).get("too_few", False) == (count < least)
        party = dict.fromkeys(range(count), "村民")
        assert bool(consultation_report.ByParty(votes, party).shown) == (count >= least)
    for count in (consultation_report.LEAST_FOR_DOWNLOAD - 1, consultation_report.LEAST_FOR_DOWNLOAD):
        result = ConsultationResult(SimpleNamespace(result={"people": count, "rows": []}))
        assert result.has_download == (count >= consultation_report.LEAST_FOR_DOWNLOAD)


def test_limits_how_few_votes_are_weighed(cast, reached, monkeypatch):
    consulted = Consulted(cast).opened().phones(6)
    votes = sum(voice.votes.count() for voice in consulted.consultation.voices.all())
    weighed = []
    monkeypatch.setattr(consultation_results, "weigh", lambda row: weighed.append(row.pk))
    for least in (votes + 1, votes):
        monkeypatch.setattr(consultation_results, "LEAST_VOTES", least)
        weighed.clear()
        consultation_results.consultations_weigh()
        assert bool(weighed) == (least <= votes)


def test_limits_how_few_parties_a_matter_has():
    for count in (conditions.MIN_PARTIES - 1, conditions.MIN_PARTIES):
        lacking = conditions._parties_named(SimpleNamespace(parties=some(count)), None)
        assert (lacking is None) == (count >= conditions.MIN_PARTIES)


def test_limits_the_working_days_of_a_model():
    for days, is_wrong in ((0, False), (problems.MAX_DAYS, False), (problems.MAX_DAYS + 1, True), (-1, True)):
        code = next(iter(problems.CLOCKS))
        assert bool(list(problems._clocks(SimpleNamespace(clocks={code: days})))) == is_wrong


def test_limits_how_many_dimensions_a_question_has(cast):
    asked = {"item": SimpleNamespace(pk=1), "sector": "农业界", "body": cast.bodies["office"]}
    day = timezone.localdate()
    given = {"place": cast.places["牟尼村"], "start": day, "end": day}
    for count in (MOST_DIMENSIONS, MOST_DIMENSIONS + 1):
        question = Question(**given, **dict(list(asked.items())[:count]))
        assert (said(asked_of, question, None) == "figure.dimensions") == (count > MOST_DIMENSIONS)


def test_limits_how_many_places_are_pasted(cast, monkeypatch):
    monkeypatch.setattr(place_sets, "MOST_LINES", 2)
    names = ["牟尼村", "邻近村", "共和镇"]
    for count, is_refused in ((2, False), (3, True)):
        form = place_sets.PlacesForm({"places": "\n".join(names[:count]), "since": "2026-01-01"}, within=None)
        assert ("2" in str(form.errors.get("places", "")) and not form.is_valid()) == is_refused
