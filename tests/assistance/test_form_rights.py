"""Who may not do an act does not see its form: its page is declared with the act's right, not with one that reads."""

import pytest
from django.urls import reverse

from tests.assistance.helping import Helping
from tests.assistance.pairs import Paired
from tests.assistance.works import Works
from tests.cast import sign_in
from tests.kept import kept
from yishi.config.checks import all_views
from yishi.database.reach import everything
from yishi.organisations.rights import registry
from yishi.web.assistance.projects.projects import offered

pytestmark = pytest.mark.django_db
# Files that everybody reads who reaches them, and in which one act is done by who may.
FILES_WITH_A_FORM = {"draw", "duplicate", "gate"}
# What is sent reads: a number that stands in no address, one's own notices that one has seen.
READ_BY_POST = {"household_find", "notice_open", "notices_read"}


@kept
def paired(cast):
    with everything():
        paired = Paired(cast, Helping(cast))
        paired.team()
    return paired


def test_no_page_of_a_form_asks_for_a_right_that_only_reads():
    found = {
        name
        for _pattern, name, view in all_views()
        if getattr(view, "right", None) in registry and registry[view.right].reads and "POST" in view.methods
    }
    assert found == FILES_WITH_A_FORM | READ_BY_POST


@pytest.mark.parametrize(
    ("page", "lists", "who"),
    [
        ("team_new", "teams", {"member": 403, "auditor": 403, "handler": 403, "cadre": 403, "clerk": 200}),
        ("village_plan_new", "village_plans", {"member": 403, "auditor": 403, "cadre": 200, "village_head": 200}),
        ("check_again", "checks", {"auditor": 403, "cadre": 403, "village_head": 200, "clerk": 200}),
    ],
)
def test_a_form_is_shown_to_who_may_send_it_and_so_is_its_button(client, cast, paired, page, lists, who):
    for name, status in who.items():
        sign_in(client, cast, name)
        assert client.get(reverse(page)).status_code == status, name
        listed = client.get(reverse(lists)).content.decode()
        assert (f'href="{reverse(page)}"' in listed) == (status == 200), name


def test_money_is_held_ready_by_who_keeps_a_fund(client, cast):
    with everything():
        works = Works(cast)
        works.approve()
    address = reverse("project_allot", args=[works.pk])
    for name, status in (("water_clerk", 404), ("auditor", 404), ("clerk", 200)):
        sign_in(client, cast, name)
        assert client.get(address).status_code == status, name
        with everything():
            acts = offered(cast.viewer(name), works.project)
        assert (address in [line["url"] for line in acts]) == (status == 200), name
