"""`yishi checks run [--place CODE]`: check the register against the rules; `yishi checks pack`: is the pack sound?"""

import time

from yishi.assistance.checks.logic.engine import Checker
from yishi.assistance.checks.logic.pack import PackError, newest, read_pack
from yishi.assistance.checks.models import CheckFinding
from yishi.assistance.checks.services.checks import check_run_do, check_run_make
from yishi.organisations.reads import place_coded

USAGE = "yishi checks run [--place CODE] | yishi checks pack"


def run(words: list[str]) -> int:
    if words == ["pack"]:
        return pack()
    if words[:1] != ["run"] or words[1:2] not in ([], ["--place"]) or len(words) == 2 or len(words) > 3:
        print(USAGE)
        return 2
    place = None
    if len(words) == 3:
        place = place_coded(words[2])
        if place is None:
            print(f"没有这个行政区划代码 · no place has the code {words[2]}")
            return 2
    began = time.perf_counter()
    done = check_run_do(check_run_make(place))
    seconds = time.perf_counter() - began
    waiting = CheckFinding.within.filter(cleared_at=None)
    if place is not None:
        waiting = waiting.filter(household__place__lo__gte=place.lo, household__place__lo__lte=place.hi)
    print(
        f"规则 {done.pack}：核查 {done.households} 户，新增 {done.found} 条，消除 {done.cleared} 条，"
        f"现有 {waiting.count()} 条 · households {done.households}, found {done.found}, cleared {done.cleared}, "
        f"standing {waiting.count()} ({seconds:.1f} s)"
    )
    return 0


def pack() -> int:
    """Read the newest pack and run its examples."""
    try:
        rules = read_pack()
    except PackError as error:
        print(f"规则包 {newest()} 有误 · the pack has a slip: {error}")
        return 1
    checker, wrong = Checker(rules), []
    for rule in rules.rules.values():
        for wanted, examples in ((True, rule.positive), (False, rule.negative)):
            for differences in examples:
                found = {finding.rule.code for finding in checker.check(rules.example(differences))}
                if (rule.code in found) is not wanted:
                    wrong.append(f"{rule.code}: {differences}")
    for line in wrong:
        print(f"例子不符 · an example does not hold: {line}")
    print(f"规则包 {rules.version}：{len(rules.rules)} 条规则 · {len(rules.rules)} rules")
    return 1 if wrong else 0
