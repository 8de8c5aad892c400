"""The paper slips of a secret ballot (表决票)."""

from typing import Any

from django.utils import translation

from yishi.deliberation.models import SecretBallot
from yishi.web.kit.press import CHINESE


def slips_data(ballot: SecretBallot) -> dict[str, Any]:
    """Slips for everybody on the roll, all alike: none says whose it is, each carries the mark of the ballot."""
    with translation.override(CHINESE):
        matter = ballot.sitting.matter
        return {
            "title": "表决票",
            "matter": f"{matter.title}（{matter.number}）",
            "question": ballot.question,
            "choices": ballot.choices,
            "mark": ballot.mark,
            "count": ballot.voters.count(),
            "note": "只选一项，在方框内打“○”。选两项以上、写明姓名或无法辨认的，为废票。",
        }
