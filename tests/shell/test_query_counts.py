"""A page asks the database at most fifteen times, however many parts of the product put something on it; those of
which people open most have budgets of their own (tests/budgets.py), told from the second time that somebody opens them.

The pages that are put together from many tables are opened a second time with rows in all of them (`full_pages`), by
those who see much or little of them, so that a question per section or per row shows.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import samples as sample
from tests.budgets import BUDGETS
from tests.cast import sign_in
from tests.full_pages import Full
from yishi.reporting.book import still
from yishi.reporting.fold import fold_all

pytestmark = [pytest.mark.django_db, pytest.mark.once]

MOST = 15
QUERIES = {(budget.who, budget.page): budget.queries for budget in BUDGETS}
PAGES = {  # who opens which pages, by URL name
    "clerk": """desk mine helping calendar notices worries worry matters matter commitment overview_place gates
        plans releases rates library commitments deeds deed duplicates unitemised activities pairings
        pairing_gaps families family visits visit needs need offers offer teams team village_plans checks
        check_findings campaigns campaign place_sets place households household change_requests proposals
        exit_assessments exit_assessment exit_sample exit_household exit_suspicions exit_suspicion exit_notices
        exit_rules projects project funds fund imports reports answers search figures_place""",
    "village_head": "desk families family households household needs check_findings",
    "member": "desk mine helping families family deeds deed proposals",
    "cadre": "families",
    "handler": "desk commitments projects proposals",
    "province_clerk": "desk commitments figures_place",
}


def test_it_works(client, cast, settings):
    settings.INSTALLATION_SECONDS = 600  # asked for now and then in service, not by each page
    addresses = {name: address for name, address, *_rest in sample.addresses(sample.kwargs_by_loader(cast))}
    addresses["search"] += "?q=牟尼"  # else nothing is looked for
    fold_all()
    still()  # figures are in memory, as in service
    too_many = []
    for who, names in PAGES.items():
        sign_in(client, cast, who)
        client.get(reverse("notices"))  # the first page of a session writes it
        for name in names.split():
            if (who, name) in QUERIES:
                client.get(addresses[name])  # compiles what is then kept, and reads models of processes
            with CaptureQueriesContext(connection) as asked:
                assert client.get(addresses[name]).status_code == 200, (who, name)
            if len(asked) > QUERIES.get((who, name), MOST):
                too_many.append(f"{who} {name}: {len(asked)}")
    assert not too_many


def test_every_budget_is_tried():
    assert {(who, name) for who, names in PAGES.items() for name in names.split()} >= set(QUERIES)
    assert len(QUERIES) == len(BUDGETS)


SEES = {  # who opens which of the full pages
    "clerk": "household family project deed merged campaign county village more department water office own",
    "village_head": "household family project campaign county village more",
    "member": "household family deed campaign county village more own",
    "cadre": "household family",
    "handler": "household family deed merged campaign county village more department own",
    "water_clerk": "project campaign county village more water",
    "outsider": "county village more",
    "province_clerk": "household family project deed merged campaign county village more",
}
SECTIONS = {"household": 5, "deed": 1, "county": 3, "village": 3, "more": 3}
ROWS = {  # what stands on them besides, so that the numbers mean something
    "household": "members left years stays risks other_causes events",
    "project": "sources allotments wholes contracts photos events promises families",
    "deed": "parties evidence events merged source acts",
    "campaign": "phases directions leads targets drives leaders",
    "county": "cards lines children focus",
    "village": "cards lines",
}


def test_a_page_of_which_no_part_is_empty_asks_no_more(client, cast, settings):
    settings.INSTALLATION_SECONDS = 600
    full = Full(cast)
    fold_all()
    still()
    too_many, empty = [], []
    for who, names in SEES.items():
        sign_in(client, cast, who)
        client.get(reverse("notices"))
        for name in names.split():
            with CaptureQueriesContext(connection) as asked:
                found = client.get(full.addresses[name])
            assert found.status_code == 200, (who, name)
            if len(asked) > MOST:
                too_many.append(f"{who} {name}: {len(asked)}")
            if who == ("province_clerk" if name == "more" else "clerk"):
                empty += [f"{name} {part}" for part in missing(name, found.context)]
    assert not empty
    assert not too_many


def missing(name, words):
    """The parts of a full page in which nothing stands."""
    found = [part for part in ROWS.get(name, "").split() if not words[part]]
    if name in SECTIONS:
        for section in words["sections"]:
            found += [f"{section['template']} {part}" for part, rows in section.items() if rows == []]
        if len(words["sections"]) != SECTIONS[name]:
            found.append("section")
    return found
