"""Families of 腊姑村 under monitoring: one fell back into poverty and is helped again, one is monitored, one is posted
in the village, and one signal waits for the village's verdict. Families, bills and days are the demo's own and say
nothing of the real place.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from yishi.assistance.pairing.services.measures import family_code_issue, measure_agree
from yishi.assistance.register.models import Household
from yishi.assistance.watch.models import Watch, WatchSignal
from yishi.assistance.watch.services.ending import watch_return
from yishi.assistance.watch.services.recognising import watch_check, watch_post, watch_recognise, watch_verify
from yishi.assistance.watch.services.signals import signal_judge, signal_raise

from .honghe import LAGU
from .teller import Teller

HEAD, CLERK, SECOND = "lagu_head", "lvchun_clerk", "lvchun_second"


def told(t: Teller, families: Sequence[Household]) -> None:
    here = [family for family in families if family.place_id == t.cast.places[LAGU].pk]
    bill, roof, work = here[-1], here[-2], here[-3]
    standing = Household.within.filter(pk__in=[family.pk for family in here if family != work], state="exited")
    stood = standing.order_by("number").last()
    if stood is not None:
        _fell_back(t, stood)
    _helped(t, _recognised(t, bill, 30, "sudden", "演示结算单001"), bill)
    watch = _verified(t, roof, 8, trigger="housing", words="连日降雨，土墙开裂", risks=["housing"])
    _posted(t, watch, 6)
    t.go_to(t.today - timedelta(days=1))
    t.does(HEAD, signal_raise, household=work, trigger="work", on=t.day, words="在外务工的儿子停工回家")


def _verified(t: Teller, home: Household, days: int, *, risks: list[str], kind: str = "sudden", **told: Any) -> Watch:
    """Told and judged so many days ago, verified at home the day after with the family's own code."""
    t.go_to(t.today - timedelta(days=days))
    receipt = t.does(HEAD, signal_raise, household=home, on=t.day, **told)
    signal = WatchSignal.within.get(pk=UUID(receipt.result["signal"]))
    receipt = t.does(HEAD, signal_judge, signal=signal, verdict="true", reason="入户看过，情况属实")
    watch = Watch.within.get(pk=UUID(receipt.result["watch"]))
    t.go_to(t.today - timedelta(days=days - 1))
    code = t.does(HEAD, family_code_issue, household=home).query_code
    t.does(
        HEAD,
        watch_verify,
        watch=watch,
        on=t.day,
        kind=kind,
        risks=risks,
        words="与家里人一起算了账，当前收入难以支付",
        consent="code",
        query_code=code,
    )
    return watch


def _posted(t: Teller, watch: Watch, days: int) -> None:
    t.go_to(t.today - timedelta(days=days))
    t.does(HEAD, watch_post, watch=watch, on=t.day, present=43, agreed=41, posted_on=t.day)


def _recognised(t: Teller, home: Household, days: int, kind: str, reference: str) -> Watch:
    """A hospital bill so many days ago, from the village to the county's recognition."""
    bill: dict[str, Any] = {"trigger": "self_paid", "amount": Decimal(26_400), "reference": reference, "kind": kind}
    watch = _verified(t, home, days, words="住院四十天，报销后自付仍高", risks=["illness"], **bill)
    _posted(t, watch, days - 3)
    t.go_to(t.today - timedelta(days=days - 9))
    t.does(CLERK, watch_check, watch=watch, on=t.day, words="材料齐全，公示无异议")
    t.go_to(t.today - timedelta(days=days - 10))
    t.does(SECOND, watch_recognise, watch=watch, on=t.day)
    return watch


def _helped(t: Teller, watch: Watch, home: Household) -> None:
    """The first measure, five days later."""
    t.go_to(t.day + timedelta(days=5))
    t.does(
        HEAD,
        measure_agree,
        household=home,
        group="health",
        act_text="申请医疗救助，办好慢病卡",
        due_on=t.today + timedelta(days=15),
        bearer=t.cast.bodies["sanmeng"],
        agreed_on=t.day,
    )


def _fell_back(t: Teller, home: Household) -> None:
    """It left poverty, was struck, fell back all the same, and is helped again."""
    watch = _recognised(t, home, 45, "unstable", "演示结算单000")
    t.go_to(t.today - timedelta(days=12))
    t.does(CLERK, watch_return, watch=watch, on=t.day, reason="病情加重，家里没有收入来源")
    _helped(t, watch, home)
