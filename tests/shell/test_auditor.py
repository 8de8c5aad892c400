"""The auditor reads all of their place and its journal, changes nothing, and sees no identity number."""

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from tests import samples as sample
from tests.acts import rights_asked
from tests.auditing import EXPORT, content, every_file_is_there, papers_say_their_data, says
from tests.cast import sign_in
from tests.kept import kept
from tests.shell.test_rights import is_common
from yishi.assistance.register.models import Resident
from yishi.assistance.register.services.identity import identity_of
from yishi.config.checks import all_views
from yishi.database.reach import everything
from yishi.journal.models import Entry
from yishi.organisations.models import Body, Post
from yishi.organisations.rights import PUBLIC, registry
from yishi.reporting.fold import fold_all

pytestmark = pytest.mark.django_db

# What anybody does for themself, whatever their posts.
OWN = {"account.own", "worry.file", "worry.own"}
# Tables that remember the visitor and not what was done.
FOLLOWING = {"sessions.session", "axes.accessattempt", "axes.accesslog"}


def shows_only(view) -> bool:
    """Is it a page on which nothing is sent, and somebody's that an auditor could read too?"""
    return getattr(view, "methods", None) == ("GET",) and view.right not in {*OWN, PUBLIC}


def test_what_only_shows_something_stands_under_a_right_that_reads():
    """Else an auditor would not read it, and nobody would notice: refused is what a change should be. Where it must be
    so, the page says why (`unaudited`)."""
    showing = {name: view for _address, name, view in all_views() if shows_only(view)}
    under_changing = {name for name, view in showing.items() if not registry[view.right].reads}
    assert len(showing) > 100
    assert {name for name in under_changing if not showing[name].unaudited} == set()


def all_that_is_stored() -> dict[str, set[str]]:
    """Every row of every table, but for when somebody signed in last."""
    stored = {}
    for model in apps.get_models():
        if model._meta.label_lower not in FOLLOWING:
            names = [one.attname for one in model._meta.concrete_fields if one.attname != "last_login"]
            stored[model._meta.label_lower] = {str(row) for row in model._base_manager.values_list(*names)}
    return stored


@kept
def samples(cast):
    return sample.kwargs_by_loader(cast)


@kept
def numbers(samples) -> set[str]:
    """Every identity number in the register."""
    with everything():
        found = {identity_of(one) for one in Resident.within.exclude(identity_index="")} - {"", None}
    assert found
    return found


@pytest.mark.long
@pytest.mark.once
def test_every_address(client, cast, samples, numbers, monkeypatch):
    """Asked with every method, and for a workbook where the page offers one: what only reads opens, what changes
    something is refused, no row is another one afterwards, and no identity number stands anywhere."""
    papers_say_their_data(monkeypatch)
    every_file_is_there(monkeypatch)
    sign_in(client, cast, "auditor")
    fold_all()  # figures are taken in when somebody looks
    before, opened, closed = all_that_is_stored(), set(), set()
    workbooks = 0
    for name, address, view, _loader in sample.addresses(samples):
        for method in view.methods:
            if "_auth_user_id" not in client.session:  # a page before ends the session
                sign_in(client, cast, "auditor")
            response = client.generic(method, address)
            told = (name, method, response.status_code)
            assert response.status_code < 500, told
            assert says(response, numbers) == set(), told
            if view.right not in {*OWN, PUBLIC} and not registry[view.right].reads:
                assert response.status_code in (403, 404, 410), told
            elif method == "GET" and view.right not in {*OWN, PUBLIC}:
                (opened if response.status_code in (200, 302) else closed).add(name)
                if EXPORT in content(response):
                    workbooks += 1
                    assert says(client.get(address, {"export": "xlsx"}), numbers) == set(), name
    assert all_that_is_stored() == before
    reasons = {name for name, _address, view, _loader in sample.addresses(samples) if view.unaudited}
    assert closed - reasons == set()
    assert opened & reasons == set()
    assert workbooks > 10


@pytest.mark.once
@pytest.mark.long
def test_every_file_of_another_place_is_not_there(client, cast, samples):
    """For an auditor of the next county; what is common to all desks is read there too."""
    Post.objects.filter(person=cast.people["auditor"]).update(body=cast.bodies["outside_office"])
    sign_in(client, cast, "auditor")
    seen = set()
    for name, address, view, loader in sample.addresses(samples):
        if loader and view.right not in {*OWN, PUBLIC} and "GET" in view.methods and not is_common(name, "auditor"):
            response = client.get(address)
            seen |= {(name, response.status_code)} if response.status_code not in (403, 404) else set()
    assert seen == set()


def test_every_right_that_changes_is_asked_without_the_auditors_post(cast):
    with everything():
        viewer = cast.viewer("auditor")
    assert viewer.posts and viewer.changing.posts == () == viewer.changing.memberships


def test_a_right_is_declared_as_changing_where_something_is_changed_by_it():
    """A service asks it before an act, or a page that sends something; else it only reads, and says so."""
    sending = {view.right for _path, _name, view in all_views() if "POST" in getattr(view, "methods", ())}
    changing = {name for name, right in registry.items() if not right.reads}
    asked = rights_asked()
    assert asked - changing == set()
    assert changing - asked - sending == set()


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
