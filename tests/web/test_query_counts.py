"""A page asks the database at most fifteen times, however many parts of the product put something on it.

A few pages are put together from sections that all parts add (`web/components/sections.py`): each section asks for its
own rows, never once per row. They have numbers of their own, so that a question per row shows here too.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import samples as sample
from tests.cast import sign_in
from yishi.reporting.book import still
from yishi.reporting.fold import fold_all

pytestmark = [pytest.mark.django_db, pytest.mark.once]

MOST = 15
COMPOSED = {"household": 32, "figures_place": 34, "project": 20, "campaign": 16, "deed": 17}
PAGES = {  # who opens which pages, by URL name
    "clerk": """desk mine helping calendar notices worries matters gates plans releases rates library commitments deeds
        deed duplicates unitemised activities pairings pairing_gaps families family visits visit needs need offers offer
        teams team village_plans checks check_findings campaigns campaign place_sets place households household
        change_requests proposals projects project funds fund imports reports answers search figures_place""",
    "village_head": "desk families family households needs check_findings",
    "member": "desk helping families family deeds deed proposals",
    "handler": "desk commitments projects proposals",
    "province_clerk": "desk commitments figures_place",
}


def test_it_works(client, cast, settings):
    settings.INSTALLATION_SECONDS = 5  # as in service
    addresses = {name: address for name, address, *_rest in sample.addresses(sample.kwargs_by_loader(cast))}
    fold_all()
    still()  # figures are in memory, as in service
    too_many = []
    for who, names in PAGES.items():
        sign_in(client, cast, who)
        client.get(reverse("notices"))  # the first page of a session writes it
        for name in names.split():
            with CaptureQueriesContext(connection) as asked:
                assert client.get(addresses[name]).status_code == 200, (who, name)
            if len(asked) > COMPOSED.get(name, MOST):
                too_many.append(f"{who} {name}: {len(asked)}")
    assert not too_many
