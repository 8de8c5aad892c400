"""The auditor reads all of their place and its journal, changes nothing, and sees no identity number."""

import importlib
import inspect
import pkgutil
import sys

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

import yishi
from tests import samples as sample
from tests.cast import sign_in
from yishi.assistance.register.models import Resident
from yishi.assistance.register.services.identity import identity_of
from yishi.database.reach import everything
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Post
from yishi.organisations.rights import PUBLIC, registry
from yishi.reporting.fold import fold_all

pytestmark = pytest.mark.django_db

# What anybody does for themself, whatever their posts.
OWN = {"account.own", "worry.file", "worry.own"}
EVERYBODYS_ACTS = {"worry_file"}
# Tables that remember the visitor and not what was done.
FOLLOWING = {"sessions.session", "axes.accessattempt", "axes.accesslog"}
READ = {  # some of what they must be able to open: every part of the product
    *("worry", "worries", "matter", "matters", "sitting", "commitment", "commitments", "overview_place", "plans"),
    *("household", "households", "change_request", "family", "visit", "need", "offer", "match", "team"),
    *("deed", "deeds", "activity", "duplicate", "body_file", "campaign", "meeting", "cooperation"),
    *("project", "projects", "fund", "funds", "proposal", "figures_place", "report", "checks", "check_findings"),
    *("body", "bodies", "members", "venues", "places", "journal", "journal_entry"),
}


def all_that_is_stored() -> dict[str, set[str]]:
    """Every row of every table, but for when somebody signed in last."""
    stored = {}
    for model in apps.get_models():
        if model._meta.label_lower not in FOLLOWING:
            names = [one.attname for one in model._meta.concrete_fields if one.attname != "last_login"]
            stored[model._meta.label_lower] = {str(row) for row in model._base_manager.values_list(*names)}
    return stored


@pytest.fixture
def samples(cast):
    return sample.kwargs_by_loader(cast)


@pytest.fixture
def numbers(samples) -> set[str]:
    """Every identity number in the register."""
    with everything():
        found = {identity_of(one) for one in Resident.within.exclude(identity_index="")} - {"", None}
    assert found
    return found


@pytest.mark.once
def test_every_address(client, cast, samples, numbers):
    sign_in(client, cast, "auditor")
    fold_all()  # figures are taken in when somebody looks
    before, opened, refused = all_that_is_stored(), set(), set()
    for name, address, view, _loader in sample.addresses(samples):
        for method in view.methods:
            if "_auth_user_id" not in client.session:  # a page before ends the session
                sign_in(client, cast, "auditor")
            response = client.generic(method, address)
            body = b"".join(response) if response.streaming else response.content
            said = (name, method, response.status_code)
            assert response.status_code < 500, said
            assert not [one for one in numbers if one.encode() in body], said
            if view.right not in {*OWN, PUBLIC} and not registry[view.right].reads:
                assert response.status_code in (403, 404, 410), said
                refused.add(name)
            if method == "GET" and response.status_code == 200:
                opened.add(name)
    assert all_that_is_stored() == before
    assert len(refused) > 150
    assert opened >= READ, READ - opened


class Tried:
    """Stands before a service: the auditor tries first with the same content, is refused, and leaves nothing."""

    busy = False

    def __init__(self, name, function, auditor):
        self.name, self.function, self.auditor, self.done = name, function, auditor, False

    def __call__(self, *args, **given):
        if not Tried.busy and not self.done and isinstance(given.get("actor"), Viewer) and given["actor"].is_known:
            given = {key: list(value) if inspect.isgenerator(value) else value for key, value in given.items()}
            Tried.busy, self.done = True, True
            try:
                before = Entry.objects.count()
                with pytest.raises(NotAllowed):
                    self.function(*args, **{**given, "actor": self.auditor, "act_id": None})
                    pytest.fail(f"{self.name}: done by an auditor")
                assert Entry.objects.count() == before, self.name
            finally:
                Tried.busy = False
        return self.function(*args, **given)


def modules_with_acts():
    for module in pkgutil.walk_packages(yishi.__path__, "yishi."):
        if ".services" in module.name:
            yield importlib.import_module(module.name)


def test_every_act(cast, monkeypatch):
    with everything():
        auditor = cast.viewer("auditor")
    functions = {
        function: Tried(name, function, auditor)
        for module in modules_with_acts()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and name[0] != "_"
        and name not in EVERYBODYS_ACTS
        and {"actor", "act_id"} <= set(inspect.signature(function).parameters)
    }
    for module in [one for key, one in sys.modules.items() if key.startswith(("yishi.", "tests."))]:
        for key, value in list(vars(module).items()):
            if inspect.isfunction(value) and value in functions and module is not sys.modules[__name__]:
                monkeypatch.setattr(module, key, functions[value])
    sample.kwargs_by_loader(cast)
    assert sum(one.done for one in functions.values()) > 70


def test_every_right_that_changes_is_asked_without_the_auditors_post(cast):
    with everything():
        viewer = cast.viewer("auditor")
    assert viewer.posts and viewer.changing.posts == () == viewer.changing.memberships
    assert sum(right.reads for right in registry.values()) < sum(not right.reads for right in registry.values())


@pytest.mark.parametrize("kind", ["office", "department", "village"])
def test_whatever_the_body_all_of_its_place_is_read(client, cast, samples, kind):
    """An auditor of a county's audit bureau, or of a village."""
    Post.objects.filter(person=cast.people["auditor"]).update(
        body=Body.objects.filter(kind=kind, place=cast.places["牟尼村" if kind == "village" else "牟定县"]).first()
    )
    sign_in(client, cast, "auditor")
    loaders = {"family": "family.load_household", "worry": "worries.load_worry", "matter": "loads.load_matter"}
    for name, loader in loaders.items():  # all of them lie in 牟尼村
        assert client.get(reverse(name, kwargs=samples[loader])).status_code == 200, name
    assert client.get(reverse("journal")).context["page_obj"]


def test_the_journal_of_another_county_is_not_there(client, cast, samples):
    foreign = Post.objects.create(person=cast.people["neighbour"], body=cast.bodies["outside_office"], role="auditor")
    entry = samples["journal.load_entry"]
    sign_in(client, cast, "neighbour")
    page = client.get(reverse("journal"))
    assert page.status_code == 200
    assert {one.place.name for one in page.context["page_obj"]} <= {"宜良县", "匡远镇", "外县村"}
    assert client.get(reverse("journal_entry", kwargs=entry)).status_code == 404
    foreign.delete()
    assert client.get(reverse("journal")).status_code == 403
    for who in ("clerk", "administrator", "security", "member"):
        sign_in(client, cast, who)
        assert client.get(reverse("journal")).status_code == 403
        assert client.get(reverse("journal_entry", kwargs=entry)).status_code == 404


def test_the_list_is_filtered(client, cast, samples):
    sign_in(client, cast, "auditor")
    assert client.get(reverse("desk")).url == reverse("journal")
    address, today = reverse("journal"), timezone.localdate().isoformat()

    def found(**typed):
        return client.get(address, typed).context["page_obj"]

    everything_there = found()
    assert len(everything_there) == 50 and found(page=2)
    assert {one.code for one in found(act="assistance.project.open")} == {"assistance.project.open"}
    assert {one.body.name for one in found(body="农业农村局")} == {"牟定县农业农村局"}
    assert {one.actor_name for one in found(actor="县办甲")} == {"县办甲"}
    assert {one.subject_kind for one in found(subject="matter")} == {"matter"}
    one = everything_there[0]
    assert one.pk in {each.pk for each in found(subject=str(one.subject_id))}
    assert {each.receipt_id for each in found(subject=one.receipt.number)} == {one.receipt_id}
    assert found(since=today, until=today) and not found(until="2001-01-01") and not found(since="nonsense")


def test_an_entry_opens_with_its_right_and_its_receipt(client, cast, samples):
    sign_in(client, cast, "auditor")
    with everything():
        entry = Entry.objects.filter(code="assistance.project.open", right_kind="post").select_related("receipt").get()
    page = client.get(reverse("journal_entry", kwargs={"pk": entry.pk})).content.decode()
    post = Post.objects.select_related("body").get(pk=entry.right_id)
    assert post.body.name in page and entry.receipt.number in page and entry.body_hash in page
    assert reverse("project", args=[entry.subject_id]) in page
