"""What an analysis says: groups, what they share and what divides them, and how sure that is. Nothing in it changes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .choice import Choice, Tried
from .judged import DividingLine, SharedLine
from .odd import Odd
from .predict import Foretelling
from .statistics import GroupCounts, Representative, Shared

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Group:
    """An opinion group. `id` is 0, 1, … by falling size, or the label that was given.

    `certainty` is how likely a member belongs here rather than elsewhere, on average (None where no model says it);
    `stability` how much of the group comes back when participants are drawn anew (mean Jaccard similarity).
    """

    id: Any
    members: tuple[Any, ...]
    representative: tuple[Representative, ...]
    certainty: float | None = None
    stability: float | None = None

    @property
    def size(self) -> int:
        return len(self.members)


@dataclass(frozen=True, slots=True)
class CommonGround:
    """The result of `analyse`. Arrays run over `statement_ids` (m,) or `participant_ids` (n,), rising ids both.

    `counts` per group (g, m); `totals` (3, m) objections, passes and agreements of everybody; `consensus_of_groups`
    (m,) the group-aware consensus, `objection_of_groups` the same of objections; `priority` (m,) for routing;
    `dividing` (m,) 0 to 2; `sure` (m,) the chance that more than half agree, beyond those who voted;
    `consensus_stability` (m,) how likely the statement is again on its consensus list when voters are drawn anew;
    `sure_in_every_group` two (m,), the chance that more than half agree, object in every group; `projection` (n, 2);
    `group_index` (n,) the place in `groups`, -1 in none.

    Of the method "latent" besides: `judged` (g, m) counts by what did not make the groups, `judged_by` "votes" (each
    counted in the group that its person has without it), "people" (who had no part in the model) or "" (the votes
    themselves); `shared`, `shared_objections` and `divides` are the lists made from them, each line with its error;
    `odd` those who gave one answer to everything or contradicted themselves, counted but in no group; `choice` the
    divisions tried on hidden votes; `converged` whether the fit came to its end; `memberships` (n, g) how likely each
    participant is in each group; `objection` what the votes say against a number of groups that was asked for.
    """

    method: str
    seed: int
    participant_ids: NDArray[Any]
    statement_ids: NDArray[Any]
    votes: int
    groups: tuple[Group, ...]
    counts: GroupCounts
    totals: Ints
    consensus_of_groups: Floats
    objection_of_groups: Floats
    consensus_agree: tuple[Shared, ...]
    consensus_object: tuple[Shared, ...]
    priority: Floats
    dividing: Floats
    sure: Floats
    consensus_stability: Floats
    sure_in_every_group: tuple[Floats, Floats]
    projection: Floats
    extremity: Floats
    group_index: NDArray[np.int32]
    moderated: frozenset[Any] = frozenset()
    note: str = ""  # why there are no groups, if there are none
    scores: tuple[float, ...] = ()  # silhouette (polis, from 2 groups) or log-loss of hidden votes (latent, from 1)
    versions: Mapping[str, str] = field(default_factory=dict)
    judged: GroupCounts | None = None
    judged_by: str = ""
    shared: tuple[SharedLine, ...] = ()
    shared_objections: tuple[SharedLine, ...] = ()
    divides: tuple[DividingLine, ...] = ()
    odd: tuple[Odd, ...] = ()
    choice: Choice | None = None
    converged: bool | None = None
    memberships: Floats | None = None
    objection: str = ""
    foretelling: Foretelling | None = None

    @property
    def k(self) -> int:
        return len(self.groups)

    def predict(self, participants: ArrayLike, statements: ArrayLike) -> Floats:
        """What somebody says to a statement, by the model of the method "latent".

        Parameters
        ----------
        participants, statements : array_like, shape (v,)
            Ids of this result.

        Returns
        -------
        ndarray, shape (v, 3)
            The probabilities of objection, pass and agreement, in the order of `totals`; NaN for a moderated statement.

        Raises
        ------
        ValueError
            If another method made the groups, or an id is unknown.
        """
        if self.foretelling is None:
            raise ValueError(f"the method {self.method!r} foretells nothing")
        return self.foretelling(
            _places(participants, self.participant_ids, "participant"),
            _places(statements, self.statement_ids, "statement"),
        )

    def to_dict(self, texts: Mapping[Any, str] | None = None) -> dict[str, Any]:
        """All of it as JSON can carry it; `texts` are the words of the statements."""
        ids = self.statement_ids.tolist()
        return {
            "method": self.method,
            "seed": self.seed,
            "participants": int(self.participant_ids.size),
            "votes": self.votes,
            "k": self.k,
            "note": self.note,
            "scores": [round(score, 12) for score in self.scores],
            "groups": [self._group(group) for group in self.groups],
            "statements": [self._statement(place, texts or {}) for place in range(len(ids))],
            "consensus": {
                "agree": [ids[entry.statement] for entry in self.consensus_agree],
                "object": [ids[entry.statement] for entry in self.consensus_object],
            },
            "shared": [self._shared(line) for line in self.shared],
            "shared_objections": [self._shared(line) for line in self.shared_objections],
            "divides": [self._divides(line) for line in self.divides],
            "judged_by": self.judged_by,
            "odd": [{"participant": person.participant, "why": person.why} for person in self.odd],
            "tried": [] if self.choice is None else [_tried(trial) for trial in self.choice.tried],
            "converged": self.converged,
            "objection": self.objection,
            "moderated": sorted(self.moderated),
            "versions": dict(self.versions),
        }

    def _shared(self, line: SharedLine) -> dict[str, Any]:
        told = asdict(line)
        return told | {"statement": self.statement_ids[line.statement].item()}

    def _divides(self, line: DividingLine) -> dict[str, Any]:
        return {
            "statement": self.statement_ids[line.statement].item(),
            "gap": line.gap,
            "error": line.error,
            "agreeing": self.groups[line.agreeing].id,
            "objecting": self.groups[line.objecting].id,
        }

    def _group(self, group: Group) -> dict[str, Any]:
        ids = self.statement_ids
        marks = [
            {
                "statement": ids[entry.statement].item(),
                "direction": entry.direction,
                "successes": entry.successes,
                "trials": entry.trials,
                "probability": entry.probability,
                "z": entry.z,
                "ratio": entry.ratio,
                "z_ratio": entry.z_ratio,
            }
            for entry in group.representative
        ]
        known = {"certainty": group.certainty, "stability": group.stability}
        return {"id": group.id, "size": group.size, "members": list(group.members), "representative": marks} | {
            name: value for name, value in known.items() if value is not None
        }

    def _statement(self, place: int, texts: Mapping[Any, str]) -> dict[str, Any]:
        identity = self.statement_ids[place].item()
        text = {"text": texts[identity]} if identity in texts else {}
        against, passes, agree = (int(count) for count in self.totals[:, place])
        return {
            "id": identity,
            **text,
            "agree": agree,
            "object": against,
            "pass": passes,
            "group_aware_consensus": float(self.consensus_of_groups[place]),
            "group_aware_objection": float(self.objection_of_groups[place]),
            "priority": float(self.priority[place]),
            "dividing": float(self.dividing[place]),
            "sure_that_most_agree": float(self.sure[place]),
            "sure_that_most_agree_in_every_group": float(self.sure_in_every_group[0][place]),
            "sure_that_most_object_in_every_group": float(self.sure_in_every_group[1][place]),
            "consensus_stability": float(self.consensus_stability[place]),
            "by_group": [
                {
                    "group": group.id,
                    "agree": int(self.counts.agree[number, place]),
                    "object": int(self.counts.object[number, place]),
                    "pass": int(
                        self.counts.seen[number, place]
                        - self.counts.agree[number, place]
                        - self.counts.object[number, place]
                    ),
                }
                for number, group in enumerate(self.groups)
            ],
        }


def _places(given: ArrayLike, ids: NDArray[Any], name: str) -> NDArray[np.intp]:
    asked = np.atleast_1d(np.asarray(given))
    place = np.minimum(np.searchsorted(ids, asked), ids.size - 1)
    wrong = ids[place] != asked
    if wrong.any():
        raise ValueError(f"unknown {name} {asked[wrong][0].item()!r}")
    return place


def _tried(trial: Tried) -> dict[str, Any]:
    told = asdict(trial)
    return told | {"error": trial.error if np.isfinite(trial.error) else None}
