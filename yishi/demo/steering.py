"""How the demo's campaign is steered: a push meeting, an agreement of a college and a county, three proposals."""

from datetime import date, timedelta
from uuid import UUID

from yishi.assistance.campaign.models import Cooperation, SteeringMeeting
from yishi.assistance.campaign.services.steering import (
    clause_add,
    cooperation_sign,
    instruction_give,
    meeting_open,
    minutes_write,
    report_hear,
)
from yishi.commitments.models import Commitment
from yishi.commitments.services import proof_check, proof_give
from yishi.proposals.models import Proposal
from yishi.proposals.services import adoption_record, proposal_assign, proposal_write

from .campaign import Help
from .honghe import LAGU, LVCHUN
from .teller import Teller

PROPOSALS = (  # who, title, text, theme
    (
        "teacher",
        "村小学放学后留一间教室给孩子",
        "腊姑村一些孩子放学后家里没人。建议村小学留一间教室到天黑前，由老师和大学生志愿者轮流看护。",
        "education",
    ),
    (
        "grower",
        "稻谷新品种连片种、统一收",
        "新品种亩产高，但各户零散种、零散卖，收购车不愿进村。建议明年连片种植，由合作社统一收购、统一烘干。",
        "farming",
    ),
    (
        "doctor",
        "义诊后把慢性病名单交给村医跟着",
        "义诊查出的高血压没有人接着管。建议义诊结束当天把需要随访的交给村医，乡卫生院每季度回访一次。",
        "health",
    ),
)


def told(t: Teller, help: Help) -> None:
    """A meeting six weeks ago, an agreement, and what members proposed since."""
    met = t.today - timedelta(days=42)
    office = t.cast.bodies["office/532531"]
    t.go_to(met)
    opened = t.does(
        "lvchun_clerk",
        meeting_open,
        campaign=help.campaign,
        kind="push",
        title="绿春县助推行动推进会（演示）",
        body=office,
        on=met,
        where="县政协三楼会议室",
        chaired_by="县政协主席",
    )
    meeting = SteeringMeeting.objects.get(pk=UUID(opened.result["meeting"]))
    roads, government = t.cast.bodies["roads/532531"], t.cast.bodies["government/532531"]
    report = "通组路面已铺大半，两个小组因塌方停工。"
    t.does("lvchun_clerk", report_hear, meeting=meeting, body=roads, text=report, speaker="局长")
    duties = (
        ("两个停工小组的路段复工", roads, 90, "复工照片和监理记录"),
        ("雨季前排查通村路边坡", government, 21, "排查清单"),
    )
    for act_text, bearer, days, proof in duties:
        due = met + timedelta(days=days)
        said = {"act_text": act_text, "bearer": bearer, "due_on": due, "proof_expected": proof}
        t.does("lvchun_clerk", instruction_give, meeting=meeting, **said)
    text = "会议认为，进度总体符合计划，停工路段要先保安全再赶工期。"
    t.does("lvchun_clerk", minutes_write, meeting=meeting, text=text)
    _agreement(t, help, met)
    _proposals(t)


def _agreement(t: Teller, help: Help, day: date) -> None:
    """A cooperation agreement with a vocational college, as the published example tells of one."""
    t.go_to(day + timedelta(days=3))
    college, government = t.cast.bodies["college"], t.cast.bodies["government/532531"]
    signed = t.does(
        "lvchun_clerk",
        cooperation_sign,
        campaign=help.campaign,
        title="示范职业学院与绿春县合作协议（演示）",
        place=t.cast.places[LVCHUN],
        parties=[college, government],
        supervisor=t.cast.bodies["office/532531"],
        signed_on=t.day,
        words="招生、技能培训和梯田稻米加工三个方面合作。",
    )
    cooperation = Cooperation.objects.get(pk=UUID(signed.result["cooperation"]))
    for act_text, bearer, days in (
        ("为县里单列招生，学费由学院减半", college, 240),
        ("腾出实训用房两间", government, 75),
    ):
        due = t.today + timedelta(days=days)
        said = {"act_text": act_text, "bearer": bearer, "due_on": due, "proof_expected": "书面报告"}
        t.does("lvchun_clerk", clause_add, cooperation=cooperation, **said)


def _proposals(t: Teller) -> None:
    """One adopted, one with the body that answers, one just received."""
    government = t.cast.bodies["government/532531"]
    for number, (who, title, text, theme) in enumerate(PROPOSALS):
        t.go_to(t.today - timedelta(days=(36, 20, 2)[number]))
        said = {"title": title, "text": text, "theme": theme, "place": t.cast.places[LAGU]}
        written = t.does(who, proposal_write, kind="opinion", submit=True, **said)
        proposal = Proposal.within.get(pk=UUID(written.result["proposal"]))
        if number == 2:
            return
        t.wait(2)
        due = t.day + timedelta(days=90)
        made = t.does("lvchun_clerk", proposal_assign, proposal=proposal, bearer=government, due_on=due)
        if number == 1:
            continue
        t.wait(8)
        promise = Commitment.within.get(pk=UUID(made.result["commitment"]))
        answer = "已与学校商定，从下月起留一间教室，县教育部门补助值班费。"
        t.does("system", proof_give, commitment=promise, text=answer, done_on=t.day)
        t.wait(1)
        t.does("lvchun_clerk", proof_check, commitment=promise, accepted=True, finding="有时间、有经费", as_agreed=True)
        t.does(
            "lvchun_clerk",
            adoption_record,
            proposal=Proposal.within.get(pk=proposal.pk),
            outcome="adopted",
            body=government,
            decided_on=t.day,
            document="绿春县教育工作要点（演示）",
            clause="第五条",
        )
