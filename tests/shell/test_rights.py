"""Every address declares a right, and holds it: tried by those who must be refused, with real foreign objects.

The list of pages is built from the URL configuration; a page whose loader has no sample in tests/samples.py fails here.
"""

import re

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import path, resolve, reverse
from django_scopes import ScopeError

from tests import samples as sample
from tests.cast import sign_in
from tests.kept import kept
from tests.markup import markup_faults
from yishi.assistance.register.models import (
    ChangeRequest,
    Household,
    HouseholdMember,
    Resident,
)
from yishi.commitments.models import Commitment
from yishi.config import urls as real_urls
from yishi.database.reach import everything
from yishi.deliberation.models import Matter, Sitting, Worry, YearPlan
from yishi.journal.models import Entry, Receipt
from yishi.organisations.query_codes import code_issue
from yishi.people.models import Person
from yishi.web.kit.middleware import QUERY_CODE_KEY
from yishi.web.kit.page import page
from yishi.web.kit.public_views import PUBLIC_VIEWS

pytestmark = pytest.mark.django_db

# Views that anybody may open, and why. A new one is added here by whoever reviewed it.
REVIEWED = {
    "home": "the villager's home",
    "elder_mode": "large print for everybody",
    "favicon": "the sign of the site",
    "robots": "what search engines may read",
    "security_txt": "whom to tell of a hole",
    "language": "language for everybody",
    "privacy": "what is kept and why",
    "accessibility": "how the pages help",
    "first": "before anybody has an account; guarded by the console's code, gone after",
    "health": "whether the jobs run, and when the last round was; no names",
    "join": "an invitation's holder has no account yet; guarded by its code",
    "places_browse": "places are public",
    "places_find": "places are public",
    "venue_door": "where a scanned code leads",
    "raise_worry": "a villager has no account",
    "raise_worry_at": "a villager has no account",
    "self_report": "a family has no account",
    "self_report_at": "a family has no account",
    "self_report_code": "asks for the family's code, slowed per address",
    "self_report_mine": "asks for the code; shows where its holder's own reports stand, and never what the trouble was",
    "self_reported": "shows only what this browser session has just sent",
    "raised": "shows only what this browser session has just filed",
    "follow": "asks for the query code, slowed per address",
    "family_code": "who holds a family's code (50 bits) reads that one deed without names and says yes or no",
    "family_codes": "asks for a family's code",
    "forget": "ends the caller's own session",
    "judge": "asks for the query code, slowed per address",
    "room": "asks for the query code or a sign-in; the room itself needs a seat",
    "demo": "404 unless the demo is on",
    "public_files": "released files only",
    "public_file": "a released file only",
    "public_photo": "photos of a released file only",
    "public_cases": "released files only",
    "public_draw": "a draw is public by its nature; names are masked",
    "public_draw_file": "what anybody repeats the draw with; names are masked",
    "consult": "a consultation that was opened; who holds its link (or a slip) votes; no tally before it closes",
    "consult_appeal": "only the voice that made the statement, else 404",
    "consult_enter": "asks for the code of a slip or receipt (50 bits)",
    "consult_log": "decisions of moderation are public; words that hurt are not repeated",
    "consult_mine": "shows only what the voice of this phone has said",
    "consult_paper": "the result after closing",
    "consult_slip": "where a slip's code leads",
    "consult_state": "a voice states; moderated before anybody reads it",
    "consult_turn": "asks who votes on this device; shows nothing of anybody",
    "consult_vote": "a voice votes",
    "consult_votes": "votes without names after closing, from ten people on",
}
# One of each kind walks on both databases; the others on one, a drawn quarter of them in each run.
walk = [pytest.mark.once, pytest.mark.long]
STRANGERS = ("outsider", pytest.param("outside_handler", marks=walk), pytest.param("former_member", marks=walk))
# Pages without an object of a file: lists and forms that answer within the viewer's own reach, and what is public
# knowledge inside (places, bodies); a stranger may open them and sees only their own.
OWN_REACH = re.compile(
    r"^(desk|mine|calendar|gates|matters|matter_new|plans|plan_new|processes|process_new|process_upload|commitments|"
    r"worries|worry_new|worry_slip|unanswered|library|overview|releases|rates|rate_cases|notices|notices_read|bodies|"
    r"members|venues|venue_new|places|judge_one|follow_phone|"
    r"self_reports|watch_signals|watches|watch_figures|exit_assessments|exit_suspicions|exit_new|exit_rules|campaigns|campaign_new|place_sets|place_set_new|figures|checks|check_findings|check_again|"
    r"reports|answers|search|"
    r"proposals|proposal_new|"
    r"imports|import_new|import_template)$"
)


# Counts of any place, for whoever sits at a desk; small ones are hidden, and what is behind them stays in their reach.
FIGURES = {
    *("figures_place", "figure_deeds", "figure_entries", "figures_missing", "figures_more", "figure_numbers"),
    *("register_figures", "register_behind"),
    *("report", "report_pdf", "report_docx"),  # issued: read by everybody who sits at a desk
}


@kept
def samples(cast):
    return sample.kwargs_by_loader(cast)


def plain(response: HttpResponse) -> tuple[int, bytes]:
    """Status and body without what differs by nature: tokens, act ids, the address itself."""
    body = getattr(response, "content", b"")
    body = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", body)
    body = re.sub(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", b"", body)
    return response.status_code, body


def test_the_public_list_is_the_reviewed_one():
    assert set(REVIEWED) == PUBLIC_VIEWS


def undeclared(request):
    return HttpResponse("x")


@page("no.such.right")
def unknown(request):
    return HttpResponse("x")


@page("public")
def unlisted(request):
    return HttpResponse("x")


class Broken:
    urlpatterns = [
        *real_urls.urlpatterns,
        path("a/", undeclared, name="a"),
        path("b/", unknown, name="b"),
        path("c/", unlisted, name="c"),
    ]


def test_a_view_without_a_known_right_does_not_start():
    assert run_checks() == []
    with override_settings(ROOT_URLCONF=Broken):
        found = {(error.id, re.search(r"\((\w+)\)|^(\w+)", error.msg)[0].strip("()")) for error in run_checks()}
    assert found == {("yishi.E001", "a"), ("yishi.E002", "b"), ("yishi.E003", "c")}


def test_every_page_has_a_sample(samples):
    assert len(list(sample.addresses(samples))) > 150


@pytest.mark.once
def test_every_sample_is_there(cast, samples):
    """A sample with a wrong id would be refused to everybody, and every test of rights would be content."""
    viewers, nowhere = [cast.viewer(who) for who in cast.people], set()
    own = {"judge.load_judged", "judge.load_photo", "follow.load_own", "files._own_photo"}  # of whoever has the code
    for _name, address, view, loader in sample.addresses(samples):
        if loader and loader not in nowhere and view.right != "public":
            request = RequestFactory().get(address)
            for viewer in viewers:
                request.viewer = viewer
                try:
                    with everything():
                        view.load(request, **resolve(address).kwargs)
                    break
                except (ObjectDoesNotExist, Http404, ValidationError):
                    continue
            else:
                nowhere.add(loader)
    assert nowhere - own == set()


def test_nobody_without_an_account_sees_an_inner_page(client, samples):
    for name, address, view, _loader in sample.addresses(samples):
        if view.right == "public":
            continue
        for method in view.methods:
            response = client.generic(method, address)
            assert response.status_code in (302, 404), (name, method, response.status_code)
            if response.status_code == 302:
                assert response.url.startswith(reverse("account_login")), name


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_sees_no_file_of_another_county(client, cast, samples, who):
    sign_in(client, cast, who)
    before = Receipt.objects.count(), Entry.objects.count()
    for name, address, view, loader in sample.addresses(samples):
        if view.right == "public" or not loader or OWN_REACH.match(name) or is_common(name, who):
            continue
        nothing = reverse(name, kwargs=_used(samples[loader], address, name))
        for method in view.methods:
            foreign = client.generic(method, address)
            assert foreign.status_code == 404, (name, method, foreign.status_code)
            if who == "outsider":  # the answer does not depend on which stranger asks
                missing = client.generic(method, nothing)
                assert plain(foreign) == plain(missing), f"{name}: a foreign thing differs from one that does not exist"
    assert (Receipt.objects.count(), Entry.objects.count()) == before


def is_common(name: str, who: str) -> bool:
    """Public knowledge inside: a body's or a place's page, a shipped model; an overview of another county's counts."""
    rules = name.startswith(("check_rule", "check_threshold", "exit_rules"))
    return rules or name in {"body", "place", "plan_new", "process_copy"} or name in FIGURES


def _used(given, address, name):
    """The kwargs that this address used, with ids that belong to nothing."""
    for wanted in ({}, *sample._subsets(given)):
        try:
            if reverse(name, kwargs=wanted) == address:
                return sample.foreign_to_nothing(wanted)
        except Exception:  # noqa: S112  the next subset may fit
            continue
    raise AssertionError(name)


# A clerk's own code is no key to the desk.
@pytest.mark.parametrize("who", ["second_villager", pytest.param("second_clerk", marks=walk)])
def test_anothers_code_opens_nothing(client, cast, samples, who):
    with everything():
        code = code_issue(cast.people[who], "AAAABBBBCC")
    session = client.session
    session[QUERY_CODE_KEY] = str(code.pk)
    session.save()
    for name, address, view, loader in sample.addresses(samples):
        if view.right == "public" or not loader:
            continue
        for method in view.methods:
            response = client.generic(method, address)
            assert response.status_code in (302, 403, 404), (name, method, response.status_code)


@pytest.mark.parametrize(
    "who",
    [
        "clerk",
        pytest.param("convener", marks=walk),
        pytest.param("member", marks=walk),
        pytest.param("neighbour", marks=walk),
        pytest.param("handler", marks=walk),
        pytest.param("administrator", marks=walk),
        pytest.param("security", marks=walk),
        pytest.param("province_clerk", marks=walk),
    ],
)
def test_forms_1_no_page_breaks_for_those_who_work_here(client, cast, samples, who):
    sign_in(client, cast, who)
    opened, faults = set(), {}
    for name, address, view, _loader in sample.addresses(samples):
        if "GET" not in view.methods:
            continue
        response = client.get(address)
        assert response.status_code in (200, 302, 403, 404, 410), (name, response.status_code)
        if response.status_code == 200:
            opened.add(name)
            if wrong := markup_faults(response):
                faults[name] = wrong
    assert faults == {}
    expected = {
        "clerk": {
            "household",
            "change_request",
            "identity_open",
            "worry",
            "matter",
            "sitting",
            "commitment",
            "study_check",
            "matter_agreement",
            "overview_place",
        }
        | {"deed", "deed_correct", "deed_code", "duplicate", "activity_add", "unitemised", "body_file"}
        | {"family", "family_pdf", "visit", "need", "offer", "match", "team", "village_plan"}
        | {"pairing_hand_over", "pairing_hand_over_all"},
        "convener": {"worry", "matter", "sitting_room", "worry_answer"},
        "member": {"my_seat", "sitting", "deed", "deed_confirm", "helping", "helping_file"}
        | {"family", "family_visit", "visit", "visit_late", "measure_done", "match", "match_answer"},
        "handler": {"commitment", "commitment_check"},
        "security": {"person_admin", "people", "administration", "three_posts", "post_end", "body_appoint"},
        "administrator": {"person_admin", "invitations", "settings"},
        "province_clerk": {"matter", "overview_place", "commitment"},
        "neighbour": {"desk", "helping", "deed_new_item"},
    }[who]
    expected |= {"household", "change_request", "identity_open"} if who == "clerk" else set()
    assert expected <= opened, expected - opened
    if who == "neighbour":  # a member of the same committee without a seat sees no file
        assert not opened & {"worry", "matter", "sitting", "commitment", "my_seat", "matter_agreement", "household"}
        assert not opened & {"deed", "activity", "duplicate", "body_file", "deed_done"}
        assert not opened & {"family", "family_pdf", "visit", "need", "match", "team", "measure_done"}
    if who in ("administrator", "security"):  # keeps people and bodies, reads no file
        assert not opened & {"worry", "matter", "sitting", "commitment", "household", "identity_open"}


@pytest.mark.once
def test_a_face_that_is_not_served_is_not_there(client, cast, samples, settings):
    sign_in(client, cast, "clerk")
    for face, other in (("public", "inner"), ("inner", "public")):
        settings.FACES = frozenset({face})
        for name, address, view, _loader in sample.addresses(samples):
            if view.face == other and "GET" in view.methods:
                assert client.get(address).status_code == 404, (face, name)


@pytest.mark.parametrize(
    "model", [Person, Worry, Matter, Sitting, Commitment, YearPlan, Household, HouseholdMember, Resident, ChangeRequest]
)
def test_a_question_outside_any_scope_raises(model):
    with pytest.raises(ScopeError):
        model.objects.count()
