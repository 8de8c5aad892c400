"""A promise's page brings what its story tells at once; the story is the same as where it asks for it bit by bit."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.story import Story
from yishi.commitments.models import Commitment, TimeRequest
from yishi.database.reach import everything
from yishi.web.commitments.promise_story import bring, promise_events

pytestmark = pytest.mark.django_db


def test_it_works(cast):
    with everything():
        promise = Story(cast).all().commitment
        for to_judge in (False, True):
            bit_by_bit, at_once = (Commitment.within.get(pk=promise.pk) for _ in range(2))
            bring(at_once)
            viewer = cast.viewer("convener")
            told = promise_events(bit_by_bit, viewer, to_judge=to_judge)
            with CaptureQueriesContext(connection) as asked:
                assert promise_events(at_once, viewer, to_judge=to_judge) == told
            assert len(told) > 3
            tables = {
                model._meta.db_table
                for model in (TimeRequest, type(promise.events.model()), type(promise.proofs.model()))
            }
            assert not [query for query in asked if any(f'FROM "{table}"' in query["sql"] for table in tables)]
