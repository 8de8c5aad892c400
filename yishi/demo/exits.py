"""Two invented exit assessments of 绿春县, each drawn with a published number.

The first upholds one suspected wrong exit of two, and the exit is refused; the gap is mended, the second finds nothing
wrong, and the county has left poverty. They are the demo's own and say nothing of the real county.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from yishi.assistance.exits.models import ExitAssessment, ExitInterview, ExitSample, ExitSuspicion
from yishi.assistance.exits.services.assessments import assessment_draw, assessment_open
from yishi.assistance.exits.services.closing import assessment_close
from yishi.assistance.exits.services.deciding import exit_decide
from yishi.assistance.exits.services.interviews import interview_record, interview_second
from yishi.assistance.exits.services.owing import owed_of
from yishi.assistance.exits.services.suspicions import suspicion_raise, suspicion_rule
from yishi.assistance.register.models import Household
from yishi.assistance.register.services.register import household_change
from yishi.commitments.services import commitment_strike_off, proof_check, proof_give
from yishi.kit.records import certain

from .honghe import LAGU, LVCHUN
from .teller import Teller

LEFT_POVERTY = 6  # families of 腊姑村
ROSTER = 3  # households of the village that no register knows, in the demo
ANSWERS = {
    "food": "yes", "clothes": "yes", "schooling": "yes", "medical": "yes", "housing": "yes", "water": "yes",
    "income": "yes", "approves": "yes",
}  # fmt: skip
OF_KIND = {"exited": {"record_fits": "yes"}, "unlisted": {"people": "4"}}
BEGINS, AGAIN = 120, 86  # working days before today
SEEDS = ("03 09 12 20 26 31 + 07", "02 08 11 17 25 30 + 12")
SEED_SOURCE = "演示：抽样框公布三天后开奖的一期彩票（虚构的号码）"


def told(t: Teller, homes: Sequence[Household]) -> None:
    """From the families that left poverty to the county that left it."""
    t.back(BEGINS)
    for home in [home for home in homes if home.place.code == LAGU][:LEFT_POVERTY]:
        values = {"kind": "exited_with_policy", "state": "exited", "exited_year": t.today.year - 1}
        t.does("lvchun_clerk", household_change, household=home, values=values)
    t.wait(5)
    assessment, suspicions = _assessed(t, SEEDS[0], dry=2)
    t.wait(8)
    _ruled(t, suspicions)
    t.does("honghe_clerk", assessment_close, assessment=assessment)
    t.wait(3)
    reason = "演示批复：错退率高于标准，整改后再评"
    t.does("province_clerk", exit_decide, assessment=assessment, decision="refused", reason=reason)
    t.back(AGAIN + 4)
    mended = Household.within.get(pk=certain(suspicions[1].sample.household_id))
    values = {"kind": "exited_with_policy", "state": "exited", "exited_year": t.today.year - 1}
    t.does("lvchun_clerk", household_change, household=mended, values=values)
    _mended(t, suspicions[1])
    t.back(AGAIN)
    assessment, _none = _assessed(t, SEEDS[1], dry=0)
    t.wait(2)
    t.does("honghe_clerk", assessment_close, assessment=assessment)
    t.wait(3)
    reason = "演示批复：零举证、零错退、零漏评，同意退出"
    t.does("province_clerk", exit_decide, assessment=assessment, decision="approved", reason=reason)


def _assessed(t: Teller, seed: str, *, dry: int) -> tuple[ExitAssessment, list[ExitSuspicion]]:
    """Opened, drawn and visited; `dry` of the households carry their water home."""
    opened = t.does(
        "honghe_clerk",
        assessment_open,
        place=t.cast.places[LVCHUN],
        year=t.today.year - 1,
        as_of=t.day,
        rules="2018-west",
        questionnaire="2018-1",
        villages=0,
        exited=5,
        unlisted=2,
        rosters={t.cast.places[LAGU].pk: ROSTER},
    )
    assessment = ExitAssessment.within.get(pk=UUID(opened.result["assessment"]))
    t.wait(3)
    t.does("honghe_clerk", assessment_draw, assessment=assessment, seed=seed, seed_source=SEED_SOURCE)
    t.wait(4)
    return assessment, _visited(t, assessment, dry)


def _visited(t: Teller, assessment: ExitAssessment, dry: int) -> list[ExitSuspicion]:
    """Everybody drawn is asked, one household from paper."""
    samples = ExitSample.within.filter(assessment=assessment).select_related("assessment__place", "place")
    suspicions = []
    for number, sample in enumerate(samples.order_by("stratum", "rank")):
        is_dry, is_paper = number < dry, number == 2
        said: dict[str, Any] = {**ANSWERS, **OF_KIND[sample.kind], **({"water": "no"} if is_dry else {})}
        asked = {"sample": sample, "outcome": "done", "on": t.day, "answers": said, "on_paper": is_paper}
        receipt = t.does("honghe_clerk", interview_record, **asked)
        if is_paper:
            interview = ExitInterview.objects.get(pk=UUID(receipt.result["interview"]))
            t.does("province_clerk", interview_second, interview=interview, answers=said)
        if is_dry:
            raised = t.does(
                "honghe_clerk",
                suspicion_raise,
                sample=sample,
                kind="wrong",
                basis="演示：水窖见底，要到一公里外背水",
                people=sample.people,
                conditions=["water"],
            )
            suspicions.append(ExitSuspicion.within.get(pk=UUID(raised.result["suspicion"])))
    return suspicions


def _mended(t: Teller, suspicion: ExitSuspicion) -> None:
    """What its ruling made the township owe is proved, looked at and struck off."""
    (promise,) = owed_of(suspicion)
    t.does("sanmeng_clerk", proof_give, commitment=promise, text="演示：水管接到户，水质合格", done_on=t.day)
    said = {"accepted": True, "finding": "演示：到户看过，属实", "as_agreed": True}
    t.does("honghe_clerk", proof_check, commitment=promise, **said)
    t.does("honghe_clerk", commitment_strike_off, commitment=promise, note="演示：现场复核后销号")


def _ruled(t: Teller, suspicions: Sequence[ExitSuspicion]) -> None:
    reasons = ("演示：复核时管道已通，水质合格", "演示：复核时仍要背水，村里没有举证")
    for suspicion, reason, is_upheld in zip(suspicions, reasons, (False, True), strict=True):
        t.does("province_clerk", suspicion_rule, suspicion=suspicion, is_upheld=is_upheld, reason=reason)
