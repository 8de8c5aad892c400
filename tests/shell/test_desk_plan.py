"""How SQLite finds what waits: by a queue's index, never by looking through all families, deeds or matters."""

import re

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection

from yishi.assistance.pairing.models import Visit
from yishi.database.reach import reaching
from yishi.web.shell.desk import SOURCES

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# Tables of which a province has hundreds of thousands, and the names under which a question reads them.
MANY = re.compile(
    r"SCAN (assistance_household|assistance_householdmember|assistance_deed|assistance_visit|people_person"
    r"|deliberation_worry|deliberation_matter|deliberation_gaterequest|deliberation_sitting)\b"
)
HOUSEHOLDS = re.compile(r"SEARCH assistance_household USING INDEX \w*place\w*")


def plan(viewer):
    """The steps for each source of a desk."""
    steps = []
    with reaching(viewer.reach), connection.cursor() as cursor:
        for source in SOURCES:
            rows = source.rows(viewer)
            if rows is None:
                continue
            try:
                sql, params = rows.query.sql_with_params()
            except EmptyResultSet:  # nothing can wait there for them
                continue
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            steps += [(rows.model.__name__, step) for _id, _parent, _unused, step in cursor.fetchall()]
    return steps


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what it counted")
@pytest.mark.parametrize("who", ["clerk", "province_clerk", "village_head"])
def test_it_works(cast, who):
    steps = plan(cast.viewer(who))
    assert steps
    assert [step for step in steps if MANY.search(step[1])] == []
    assert [step for step in steps if step[0] == Visit.__name__ and HOUSEHOLDS.search(step[1])] == []
