"""Two invented online consultations: one that closed, with its groups and its result, and one where anybody votes."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from yishi.deliberation.models import Consultation, ConsultationStatement, Matter
from yishi.deliberation.services.consultation_results import result_make, weigh
from yishi.deliberation.services.consultation_statements import (
    appeal_decide,
    consultation_statement_add,
    statement_decide,
)
from yishi.deliberation.services.consultation_voices import (
    Ballot,
    ballot_of,
    statement_appeal,
    statement_state,
    votes_give,
)
from yishi.deliberation.services.consultations import consultation_end, consultation_open, consultation_plan
from yishi.kit.clock import add_workdays
from yishi.organisations.grants import Viewer

from .story_time import story_time
from .teller import Teller

# Text, and how likely each of the three camps of the story (parents, drivers, shops) agrees with it.
CROSSING = (
    ("放学时段要有人在路口护送学生", (0.96, 0.9, 0.93)),
    ("红绿灯建好以前先装减速带", (0.95, 0.78, 0.85)),
    ("红绿灯全天运行", (0.9, 0.15, 0.3)),
    ("红绿灯只在早晚高峰运行，其他时间闪黄灯", (0.3, 0.92, 0.85)),
    ("路口五十米内不许停车", (0.88, 0.75, 0.12)),
    ("给商户留出卸货的时段", (0.4, 0.72, 0.97)),
    ("大货车绕行，不从村口过", (0.9, 0.1, 0.55)),
    ("装摄像头抓拍闯红灯", (0.85, 0.35, 0.6)),
    ("由镇里和养护站一起管，坏了三天内修好", (0.93, 0.94, 0.92)),
)
THEIRS = ("在路口画人行横道，再装两盏路灯", (0.95, 0.85, 0.9))  # a participant's, admitted
REFUSED = "开摩托的老张天天闯红灯，先管他"  # a participant's, not admitted: it names a person
BRIDGE = (
    "限重十吨，超过的一律绕行",
    "农忙两个月放宽到十五吨",
    "先把绕行路修好再限重",
    "桥头装称重设备，不靠人看",
    "加固老桥，保留石拱的样子",
    "在下游另建一座新桥",
    "绕行的油钱由县里补一点",
    "每天早上六点到八点放行拉菜车",
)
CAMPS = (60, 44, 34)
RECEIPT = "D{camp}{number:08d}"


def told(t: Teller) -> None:
    closed(t)
    still_open(t)


def _matter(title: str) -> Matter:
    return Matter.within.select_related("place", "convener__place", "process").get(title=title)


def _prepared(
    t: Teller, title: str, question: str, intro: str, days: int, addressed: int, texts: Sequence[str]
) -> Consultation:
    matter = _matter(title)
    receipt = t.does(
        "clerk",
        consultation_plan,
        matter=matter,
        question=question,
        intro=intro,
        closes_at=t.moment + timedelta(days=days),
        addressed=addressed,
    )
    consultation = Consultation.within.get(pk=receipt.result["consultation"])
    for text in texts:
        t.does("clerk", consultation_statement_add, consultation=consultation, text=text)
    t.does("second_clerk", consultation_open, consultation=consultation)
    return Consultation.within.select_related("matter").get(pk=consultation.pk)


def _ballot(consultation: Consultation, camp: int, number: int) -> Ballot:
    ballot = ballot_of(consultation, Viewer(), RECEIPT.format(camp=camp, number=number), f"10.{camp}.{number % 17}.9")
    if ballot is None:  # a link's receipt always gives a ballot
        raise LookupError(number)
    return ballot


def _vote(t: Teller, consultation: Consultation, chances: Mapping[int, tuple[float, ...]], rng: random.Random) -> None:
    """Every invented phone says where it stands on most statements; each minute another one."""
    for camp, size in enumerate(CAMPS):
        for number in range(size):
            votes = {}
            for statement, chance in chances.items():
                if rng.random() < 0.92:
                    passes = rng.random() < 0.07
                    votes[statement] = 0 if passes else 1 if rng.random() < chance[camp] else -1
            with story_time(t.moment):
                votes_give(ballot=_ballot(consultation, camp, number), votes=votes)
            t.moment += timedelta(minutes=1)


def closed(t: Teller) -> None:
    """It closed a few days ago; its matter's sitting is planned, and one click lays the result before it."""
    rng = random.Random("crossing")  # noqa: S311
    t.back(11)
    consultation = _prepared(
        t,
        "新桥镇通村路口红绿灯",
        "通村路口怎么管，大家才安全又方便？",
        "路口早晚车多，去年有三次小事故。信号灯由县交通运输局装，电费和维护还没有定。",
        days=7,
        addressed=620,
        texts=[text for text, _chances in CROSSING],
    )
    t.wait(1)
    for text, camp in ((THEIRS[0], 0), (REFUSED, 1)):
        with story_time(t.moment):
            statement_state(ballot=_ballot(consultation, camp, 0), text=text)
        t.moment += timedelta(minutes=30)
    theirs, refused = ConsultationStatement.objects.filter(consultation=consultation, by_staff=False)
    t.does("clerk", statement_decide, statement=theirs, admit=True)
    t.does("clerk", statement_decide, statement=refused, admit=False, reason="personal", words_why="请不要点名")
    with story_time(t.moment):
        statement_appeal(ballot=_ballot(consultation, 1, 0), statement=refused, text="说的是实话，大家都看见了")
    t.does(
        "second_clerk", appeal_decide, statement=refused, uphold=False, answer="可以写“先管闯红灯的摩托车”，不写人名。"
    )
    chances = {place: chance for place, (_text, chance) in enumerate(CROSSING, start=1)} | {theirs.number: THEIRS[1]}
    _vote(t, consultation, chances, rng)
    consultation = Consultation.within.get(pk=consultation.pk)
    t.moment = consultation.closes_at + timedelta(minutes=1)
    with story_time(t.moment):
        consultation_end(consultation)
        result_make(consultation)


def still_open(t: Teller) -> None:
    """Anybody who tries the demo votes here; a participant's statement waits for moderation."""
    t.back(2)
    until: date = add_workdays(t.today, 7)
    consultation = _prepared(
        t,
        "老石桥限重和绕行",
        "老石桥怎么限重，车怎么走？",
        "老石桥经鉴定要限重；绕行要多走二十里。保护老桥和运菜都要顾到。",
        days=(until - t.day).days,
        addressed=800,
        texts=BRIDGE,
    )
    rng = random.Random("bridge")  # noqa: S311
    chances = {number: tuple(rng.uniform(0.2, 0.9) for _camp in CAMPS) for number in range(1, len(BRIDGE) + 1)}
    for camp, number in ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (0, 2), (1, 2)):
        votes = {place: 1 if rng.random() < chance[camp] else -1 for place, chance in chances.items()}
        with story_time(t.moment):
            votes_give(ballot=_ballot(consultation, camp, number), votes=votes)
    with story_time(t.moment):
        statement_state(ballot=_ballot(consultation, 0, 0), text="绕行路先铺砂石，雨天也能走")
    weigh(consultation)
