"""A result says no share when more people came than were expected."""

from types import SimpleNamespace

import pytest

from yishi.web.deliberation.consultation.consultation_result import ConsultationResult


@pytest.mark.parametrize(("people", "said"), [(24, "240"), (5, "50 %")])
def test_records_15_no_share_above_the_whole(people, said):
    told = {"votes": 9, "rows": [], "addressed": 10, "slips": 0, "stated": 0, "staff": 0, "refused": 0}
    sentences = "".join(ConsultationResult.asked.fget(SimpleNamespace(told=told, people=people)))
    assert (said in sentences) == (people <= 10)
