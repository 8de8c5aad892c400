"""What a closed consultation says, as plain data: the analysis with the words that its numbers carry, and no others.

It is kept as JSON with the consultation. "Most" is said of a statement only if at least 30 people voted on it and it is
at least 95 % sure that more than half of such people say so; "all groups agree" only if that is at least 90 % sure of
every group. Below five people nothing is counted in public: one could tell who said what.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yishi.formats.opinion_map import dots

if TYPE_CHECKING:
    from yishi.common_ground import CommonGround

LEAST_PEOPLE = 5  # for counts to be shown at all, those of a party too
LEAST_FOR_DOWNLOAD = 10
MOST_PEOPLE, MOST_SURE = 30, 0.95
EVERY_GROUP_SURE = 0.9
LISTED = 5
DIVIDES = 0.5  # from this gap on between the mean votes of two groups; 2 is the widest
DOTS = 1_000
SEED = 0

Vote = tuple[int, int, int]  # participant, statement, value


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement as the report needs it."""

    number: int
    text: str
    by_staff: bool


def report_of(votes: Sequence[Vote], statements: Iterable[Stated], party_of: Mapping[int, str]) -> dict[str, Any]:
    """The report on `votes`; `party_of` maps participants to the party that they declared, if the consultation asked.

    With fewer than `LEAST_PEOPLE` voters it says `too_few`, and nothing but how many people and votes there are.
    """
    stated = {statement.number: statement for statement in statements}
    people = {participant for participant, _statement, _value in votes}
    told: dict[str, Any] = {"people": len(people), "votes": len(votes), "k": 0, "groups": [], "rows": [], "dots": []}
    told |= {"shared": [], "shared_against": [], "divides": [], "leading": [], "parties": [], "placed": 0}
    if len(people) < LEAST_PEOPLE:
        return told | {"too_few": True}
    import numpy as np  # noqa: PLC0415  a web process that never analyses should not carry it

    from yishi.common_ground import analyse  # noqa: PLC0415

    columns = np.array(votes, dtype=np.int64).T
    analysis = analyse(*columns, method="latent", seed=SEED)
    ids = analysis.statement_ids.tolist()
    by_party = ByParty(votes, party_of)
    statement_lines = _statement_lines(analysis, stated, by_party)
    told |= {
        "k": analysis.k,
        "placed": int((analysis.group_index >= 0).sum()),
        "groups": _group_lines(analysis),
        "rows": statement_lines,
        "dots": dots(analysis.projection, analysis.group_index, DOTS),
        "parties": by_party.people(),
        "method": analysis.method,
        "seed": analysis.seed,
        "versions": dict(analysis.versions),
    }
    ground = {number: float(analysis.consensus_of_groups[place]) for place, number in enumerate(ids)}
    told |= _lists(statement_lines, ground, analysis.k, len(people))
    return told


def _statement_lines(
    analysis: "CommonGround", stated: Mapping[int, Stated], by_party: "ByParty"
) -> list[dict[str, Any]]:
    """Each statement with its counts; those of a group or of a party are [agree, object, pass]."""
    counts = analysis.counts
    passed = counts.seen - counts.agree - counts.object
    agree_all, object_all = analysis.sure_in_every_group
    statement_lines = []
    for place, number in enumerate(analysis.statement_ids.tolist()):
        against, passes, agree = (int(total) for total in analysis.totals[:, place])
        by_group = [
            [int(counts.agree[group, place]), int(counts.object[group, place]), int(passed[group, place])]
            for group in range(analysis.k)
        ]
        statement_lines.append(
            {
                "number": number,
                "text": stated[number].text,
                "by_staff": stated[number].by_staff,
                "agree": agree,
                "object": against,
                "pass": passes,
                "most": _most(agree, against, passes, float(analysis.sure[place])),
                "by_group": by_group if analysis.k > 1 else [],
                "by_party": [by_party.counts(name, number) for name in by_party.shown],
                "sure_all_agree": round(float(agree_all[place]), 4),
                "sure_all_object": round(float(object_all[place]), 4),
                "dividing": round(float(analysis.dividing[place]), 4),
            }
        )
    return statement_lines


def _group_lines(analysis: "CommonGround") -> list[dict[str, Any]]:
    """Each opinion group with the statements that are dear to it; none where all are of one group."""
    ids = analysis.statement_ids.tolist()
    return [
        {
            "size": group.size,
            "certainty": group.certainty,
            "stability": group.stability,
            "dear": [
                {"number": ids[dear.statement], "way": dear.direction, "of": dear.trials, "count": dear.successes}
                for dear in group.representative
            ],
        }
        for group in (analysis.groups if analysis.k > 1 else ())
    ]


def _most(agree: int, against: int, passes: int, sure: float) -> str:
    """ "agree" or "object" where the numbers carry it, else ""."""
    voted = agree + against + passes
    if voted < MOST_PEOPLE:
        return ""
    if sure >= MOST_SURE:
        return "agree"
    from scipy.special import betainc  # noqa: PLC0415

    return "object" if 1.0 - betainc(against + 1.0, voted - against + 1.0, 0.5) >= MOST_SURE else ""


def _lists(statement_lines: list[dict[str, Any]], ground: Mapping[int, float], k: int, people: int) -> dict[str, Any]:
    """Which statements stand where on the page, best first."""
    order = sorted(statement_lines, key=lambda line: (-ground[line["number"]], line["number"]))
    if people < MOST_PEOPLE:
        agreed, refused = [], []
    elif k > 1:
        agreed = [line for line in order if line["sure_all_agree"] >= EVERY_GROUP_SURE]
        refused = [line for line in order if line["sure_all_object"] >= EVERY_GROUP_SURE]
    else:
        agreed = [line for line in order if line["most"] == "agree"]
        refused = [line for line in order if line["most"] == "object"]
    leading = sorted(statement_lines, key=lambda line: (line["object"] - line["agree"], line["number"]))
    apart = sorted((line for line in statement_lines if line["dividing"] > DIVIDES), key=lambda line: -line["dividing"])
    return {
        "shared": [line["number"] for line in agreed[: 2 * LISTED]],
        "shared_against": [line["number"] for line in refused[:LISTED]],
        "divides": [line["number"] for line in apart[:LISTED]] if k > 1 else [],
        "leading": [line["number"] for line in leading[:LISTED] if line["agree"] > line["object"]],
    }


class ByParty:
    """Counts per declared party; one with fewer than five people is named with nothing beside it."""

    def __init__(self, votes: Sequence[Vote], party_of: Mapping[int, str]):
        self.sizes: dict[str, int] = {}
        for participant in sorted({vote[0] for vote in votes}):
            if participant in party_of:
                name = party_of[participant]
                self.sizes[name] = self.sizes.get(name, 0) + 1
        self.shown = [name for name in sorted(self.sizes) if self.sizes[name] >= LEAST_PEOPLE]
        self._counts: dict[tuple[str, int], list[int]] = {}
        for participant, number, value in votes:
            name = party_of.get(participant, "")
            if name in self.shown:
                cell = self._counts.setdefault((name, number), [0, 0, 0])
                cell[{1: 0, -1: 1, 0: 2}[value]] += 1

    def counts(self, name: str, number: int) -> list[int]:
        """[agree, object, pass] of the party `name` on the statement `number`."""
        return self._counts.get((name, number), [0, 0, 0])

    def people(self) -> list[dict[str, Any]]:
        """Every party that was declared; those too small without a number, shown ones in the order of the counts."""
        hidden = [name for name in sorted(self.sizes) if name not in self.shown]
        return [{"name": name, "people": self.sizes[name]} for name in self.shown] + [
            {"name": name, "people": None} for name in hidden
        ]
