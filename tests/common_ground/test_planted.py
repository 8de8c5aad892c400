"""Groups that were planted are found unaided, almost as well as by one who knows the true parameters."""

import pytest

from yishi.common_ground import analyse

from .planted import alike, planted_and_told


@pytest.mark.parametrize(
    ("n", "m", "layout", "seed", "least"),
    [(1_000, 100, "axes", 1, 0.93), (1_000, 100, "axes", 2, 0.93), (10_000, 300, "axes", 1, 0.97)]
    + [(10_000, 300, "simplex", seed, 0.97) for seed in (1, 2)],
)
def test_four_groups_are_found(n, m, layout, seed, least):
    votes, group, best = planted_and_told(n, m, layout, seed)
    found = analyse(votes["participant"], votes["statement"], votes["vote"], timestamps=votes["time"], method="latent")
    assert found.k == 4
    placed = found.group_index >= 0
    people = found.participant_ids[placed]
    reached = alike(found.group_index[placed], group[people])
    assert reached >= least * alike(best[people], group[people])
