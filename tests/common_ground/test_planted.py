"""Groups that were planted are found unaided, almost as well as by one who knows the true parameters."""

import pytest

from yishi.common_ground import analyse

from .planted import alike, planted_and_told


@pytest.mark.parametrize(("layout", "habits"), [("axes", 0.0), ("axes", 0.7)])
def test_four_groups_are_found(layout, habits):
    """With 10,000 people and more: ./run bench common-ground --real --only 6."""
    votes, group, best = planted_and_told(1_000, 60, layout, 1, 25, habits)
    found = analyse(votes["participant"], votes["statement"], votes["vote"], timestamps=votes["time"], method="latent")
    assert found.k == 4
    placed = found.group_index >= 0
    people = found.participant_ids[placed]
    reached = alike(found.group_index[placed], group[people])
    assert reached >= 0.95 * alike(best[people], group[people])
