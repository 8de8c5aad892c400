"""Invented matters at every stage, in the county of the story; the earlier the stage, the later they began."""

from datetime import timedelta
from uuid import UUID

from yishi.commitments.services import (
    commitment_close_undone,
    letter_send,
    next_tier_pass,
    reminder_send,
    time_ask,
)
from yishi.deliberation.models import PlanTopic, Worry, YearPlan
from yishi.deliberation.services.matters import matter_drop, matter_end
from yishi.deliberation.services.notes import note_add
from yishi.deliberation.services.plans import (
    plan_decide,
    plan_open,
    plan_submit,
    topic_draft,
    topic_leave_out,
    topic_open,
    topic_propose,
)
from yishi.deliberation.services.processes import process_shipped
from yishi.deliberation.services.releases import case_choose, release_prepare
from yishi.kit.clock import add_workdays

from .course import (
    Promise,
    Room,
    Said,
    Side,
    Story,
    agreed,
    answered,
    convened,
    handed_over,
    judged,
    made_public,
    named,
    proved,
    raised,
    reported,
    sat,
    seated,
    struck_off,
    studied,
    taken_up,
    villager,
)
from .register import COUNTY
from .teller import Teller

OFFICE = f"office/{COUNTY}"
VILLAGER_ACT = UUID("0198a3c0-0000-7000-8000-0000000de300")  # gives the query code that the demo's page shows
AGREE = (("agree", ""), ("agree", ""))


def told(t: Teller) -> None:
    for tale in (
        closed_undone, struck_off_and_looked_back_soon, reopened, overdue, due_soon, on_course, more_time, proof_waits,
        verdict_asked, ended_on_the_way, dropped, agreed_and_waiting, sits_soon, study_waits, gate_silent, gate_asked,
        suggested,
        plan_of_the_year,
    ):  # fmt: skip
        tale(t)


def _yard(
    t: Teller, back: int, key: str, title: str, theme: str, text: str, body: str, promise: Promise,
    village: str = "牟尼", **more: str,
) -> Story:  # fmt: skip
    """A courtyard deliberation up to the hand-over, begun `back` working days ago (it takes four)."""
    t.back(back)
    act = {"act_id": UUID(more["act"])} if "act" in more else {}
    worry = raised(
        t, key, more.get("name", "演示·村民丁"), text, theme, t.cast.places[village], venue=t.cast.venues["courtyard"],
        **act,
    )  # fmt: skip
    t.wait(1)
    reason = "当地能定的事，约大家到院坝里说。"
    story = taken_up(t, worry, title, "courtyard", summary=text, by="convener", reason=reason)
    handler = next(post for post, handling_body in HANDLERS.items() if handling_body == body)
    neighbour = villager(t, f"{key}_neighbour", "演示·村民戊")
    named(t, story, (Side("反映问题的村民", (key, neighbour)), Side(body_name(t, body), (handler,), body)), "convener")
    seated(t, story, Room(has_secretary=False), by="convener")
    convened(t, story, add_workdays(t.day, 1), where="老槐树院坝", by="convener")
    said = Said(promise.act, 0, (("agree", ""), ("conditional", "材料由村里看管")))
    sat(t, story, (said, Said("做完以后请提意见的人来看。", None, AGREE)), "", by="convener")
    agreed(t, story, f"当场说定：{promise.act}。", (promise,), by="convener")
    t.wait(1)
    handed_over(t, story, by="convener")
    return story


HANDLERS = {
    "township_clerk": "township/ghz",
    "water_clerk": f"water/{COUNTY}",
    "roads_clerk": "roads",
    "housing_clerk": "housing",
    "handler": f"farming/{COUNTY}",
    "education_clerk": "education",
    "health_clerk": "health",
}


def body_name(t: Teller, key: str) -> str:
    return t.cast.bodies[key].name


def on_course(t: Teller) -> None:
    due = t.today + timedelta(days=60)
    promise = Promise("在村口到小学的路上装 6 盏路灯", "township/ghz", due, OFFICE, "照片和村民签字", "6", "盏")
    text = "村口到小学的路晚上没有灯，孩子放学要打手电，请给装几盏灯。"
    story = _yard(t, 14, "v_light", "村口到小学的路灯", "roads", text, "township/ghz", promise)
    t.wait(3)
    reported(t, story.promises[0], "township_clerk", "已请供电所勘点，下月施工。", "到村口同反映的村民一起看了点位。")
    made_public(t, story, "村口到小学的路灯", "孩子放学走夜路，大家商定装 6 盏路灯。")


def due_soon(t: Teller) -> None:
    due = add_workdays(t.today, 2)
    promise = Promise("清淤三组灌溉沟", f"water/{COUNTY}", due, OFFICE, "清淤前后照片", "850", "米")
    text = "三组的灌溉沟被泥堵了一半，水到不了下面的田。"
    story = _yard(t, 30, "v_ditch", "三组灌溉沟清淤", "water", text, f"water/{COUNTY}", promise)
    t.wait(5)
    reported(t, story.promises[0], "water_clerk", "机械已联系，农闲时进场。")
    made_public(t, story, "三组灌溉沟清淤", "灌溉沟被泥堵了，大家商定清淤 850 米。")
    t.back(1)
    t.does("clerk", reminder_send, commitment=story.promises[0], text="临近到期，请抓紧。")


def overdue(t: Teller) -> None:
    due = add_workdays(t.today, -14)
    promise = Promise("建好集中垃圾投放点并每周清运", "township/ghz", due, OFFICE, "照片和清运记录", "1", "处")
    text = "垃圾堆在河边没有人拉，天热了味道很大。"
    story = _yard(t, 50, "v_waste", "河边垃圾清运", "environment", text, "township/ghz", promise)
    t.back(17)
    late = story.promises[0]
    t.does("clerk", reminder_send, commitment=late, text="还有三个工作日到期，请告知进度。")
    t.back(13)
    t.does("clerk", letter_send, commitment=late, text="已超过承诺时间，请于五个工作日内书面说明原因和完成时间。")
    t.back(6)
    t.does("second_clerk", next_tier_pass, commitment=late, text="督办单发出后仍未完成，报请州政协办公室督促。")
    made_public(t, story, "河边垃圾清运", "河边垃圾无人清运，大家商定建投放点并每周清运。")


def reopened(t: Teller) -> None:
    due = add_workdays(t.today, -12)
    promise = Promise("疏通村口涵洞，保证雨天能过人", "roads", due, OFFICE, "雨后照片", "1", "座")
    text = "村口的涵洞一下雨就积水，老人孩子过不去。"
    story = _yard(t, 60, "v_culvert", "村口涵洞积水", "roads", text, "roads", promise)
    t.back(24)
    reported(t, story.promises[0], "roads_clerk", "安排养护站处理。", "同村民一起到现场看了。")
    t.back(16)
    proved(t, story.promises[0], "roads_clerk", "涵洞已疏通，排水正常。")
    t.back(4)
    judged(t, story.promises[0], "v_culvert", "not_satisfied", "上周下雨还是积水，没有彻底解决。")


def struck_off_and_looked_back_soon(t: Teller) -> None:
    due = add_workdays(t.today, -32)
    promise = Promise("给小学后墙排险加固", "education", due, OFFICE, "验收单", "40", "米")
    text = "小学后墙裂了一条缝，家长都担心。"
    story = _yard(t, 75, "v_wall", "小学后墙排险", "education", text, "education", promise)
    t.back(50)
    reported(t, story.promises[0], "education_clerk", "已请人鉴定，假期施工。", "在学校同家长见面。")
    t.back(40)
    proved(t, story.promises[0], "education_clerk", "后墙已加固并验收。")
    t.wait(2)
    judged(t, story.promises[0], "v_wall", "satisfied", "修得很结实。")
    t.back(34)
    struck_off(t, story.promises[0])
    made_public(t, story, "小学后墙排险加固", "小学后墙开裂，大家商定排险加固，已经做完。")
    story.matter.refresh_from_db()
    why = "院坝里半天说定，假期里做完，家长自己去看、自己评：小事不出村也能有据可查。"
    t.does("prefecture_clerk", case_choose, matter=story.matter, why=why)


def closed_undone(t: Teller) -> None:
    due = add_workdays(t.today, -20)
    promise = Promise("改造老街公厕", "housing", due, OFFICE, "验收单", "1", "座")
    text = "老街的公厕又旧又滑，老人不敢去。"
    story = _yard(t, 80, "v_toilet", "老街公厕改造", "environment", text, "housing", promise, "ghz0")
    t.back(40)
    reported(t, story.promises[0], "housing_clerk", "选址与规划道路冲突，正在核对。")
    t.back(18)
    reason = "原址列入道路拓宽范围，不能改造；新址另行立项，没有办成。"
    t.does("clerk", commitment_close_undone, commitment=story.promises[0], reason=reason)


def more_time(t: Teller) -> None:
    due = t.today + timedelta(days=12)
    promise = Promise("给卫生室配齐慢性病常用药", "health", due, OFFICE, "药品清单", "30", "种")
    text = "村卫生室常缺降压药，老人要跑到县城去买。"
    story = _yard(t, 22, "v_drug", "村卫生室常用药", "health", text, "health", promise, "ghz1")
    t.back(3)
    asked = t.today + timedelta(days=30)
    reason = "集中采购的批次推迟到下个月，请求延期。"
    t.does("health_clerk", time_ask, commitment=story.promises[0], due_on=asked, reason=reason)


def proof_waits(t: Teller) -> None:
    due = t.today + timedelta(days=20)
    promise = Promise("在渡槽边装护栏", f"water/{COUNTY}", due, OFFICE, "照片", "120", "米")
    text = "渡槽边上没有护栏，小孩在那里玩很危险。"
    story = _yard(t, 26, "v_rail", "渡槽护栏", "security", text, f"water/{COUNTY}", promise, "ghz2")
    t.back(2)
    proved(t, story.promises[0], "water_clerk", "护栏 120 米已装完。", checked_by="")


def verdict_asked(t: Teller) -> None:
    """The villager of the demo's page: with the query code one can judge it."""
    due = add_workdays(t.today, 6)
    promise = Promise("把人畜饮水管接到最后三户", f"water/{COUNTY}", due, OFFICE, "通水照片", "3", "户")
    text = "我们组最后三户一直没有通自来水，要到下面挑水。"
    story = _yard(
        t, 28, "villager", "最后三户通自来水", "water", text, f"water/{COUNTY}", promise, act=str(VILLAGER_ACT),
        name="演示·村民己",
    )  # fmt: skip
    t.wait(6)
    reported(t, story.promises[0], "water_clerk", "管子已到，这周埋管。", "到三户人家里看了接口位置。")
    t.back(5)
    proved(t, story.promises[0], "water_clerk", "三户都已通水。")
    made_public(t, story, "最后三户通自来水", "最后三户没有通自来水，大家商定接管通水。")


def _county(t: Teller, back: int, key: str, title: str, theme: str, text: str, summary: str) -> Story:
    """A matter of the county under 五环节, taken up by the office, `back` working days ago."""
    t.back(back)
    worry = raised(t, key, "演示·村民庚", text, theme, t.cast.places["xqz0"], venue=t.cast.venues["xqz"])
    t.wait(2)
    reason = "牵涉多个部门，列为县级协商事项。"
    return taken_up(t, worry, title, "five_links", summary=summary, by="clerk", reason=reason)


def gate_asked(t: Teller) -> None:
    story = _county(
        t, 6, "v_bus", "新桥镇到县城早班车", "roads", "早上没有班车，学生和看病的人到不了县城。",
        "早班车停开以后，学生上学、老人看病不便，需交通部门、客运公司和乡镇一起商量。",
    )  # fmt: skip
    t.wait(1)
    answered(t, story, "chairs_plan", "chair_head", "群众需求明确，同意列入协商。")
    proposal = {"kind": "proposal", "author": "县政协办公室", "text": "拟请县委批准列入本季度协商计划。"}
    t.does("clerk", note_add, matter=story.matter, written_on=t.day, body=t.cast.bodies[OFFICE], **proposal)


def gate_silent(t: Teller) -> None:
    story = _county(
        t, 24, "v_market", "新桥镇农贸市场占道经营", "security", "赶集天摊子摆到公路上，车过不去。",
        "赶集天占道经营，堵车又危险；摊贩要生计，过往的人要通行。",
    )  # fmt: skip
    t.wait(2)
    answered(t, story, "chairs_plan", "chair_head", "同意列入协商。")


SIDES = (
    Side("反映问题的村民", ("v_neighbour_a", "v_neighbour_b")),
    Side("新桥镇人民政府", ("xqz_township_clerk",), "township/xqz"),
    Side("县交通运输局", ("roads_clerk",), "roads"),
)


def _through_gates(t: Teller, story: Story) -> None:
    for key, name in (("v_neighbour_a", "演示·村民辛"), ("v_neighbour_b", "演示·村民壬")):
        villager(t, key, name)
    t.wait(2)
    answered(t, story, "chairs_plan", "chair_head", "同意列入协商。")
    answered(t, story, "party_plan", "party_clerk", "同意，请有关部门参加。")


def _studied(t: Teller, story: Story, question: str, checked_by: str = "second_clerk") -> None:
    named(t, story, SIDES, "clerk")
    visits = (
        ("现场", "村民、商户", "早上七点到九点最堵，走了三个来回。"),
        ("镇政府会议室", "镇政府、养护站", "说明了权属和养护的分工。"),
    )
    findings = ("问题集中在早晚两个时段。", "两个部门对养护责任的说法不一致。")
    report = "建议分时段管理，并把养护责任写清楚，请各方到场协商。"
    studied(t, story, question, visits, findings, report, checked_by=checked_by)


def study_waits(t: Teller) -> None:
    story = _county(
        t, 26, "v_bridge", "老石桥限重和绕行", "roads", "老石桥限重以后，拉菜的车要绕二十里路。",
        "老石桥限重保护与农产品运输有矛盾，需要商量绕行和加固。",
    )  # fmt: skip
    _through_gates(t, story)
    _studied(t, story, "限重多少合适，绕行路能不能修", checked_by="")


def sits_soon(t: Teller) -> None:
    story = _county(
        t, 42, "v_cable", "新桥镇通村路口红绿灯", "roads", "通村路口车多，出过几次小事故，请装红绿灯。",
        "路口没有信号灯，学生过路危险；装在哪里、谁来管，需要几家一起定。",
    )  # fmt: skip
    _through_gates(t, story)
    _studied(t, story, "路口车流多大，信号灯归谁管")
    seated(t, story, Room(chair="xqz_convener", further=(("member", "council", "representative"),)))
    t.back(12)
    convened(t, story, add_workdays(t.today, 5), venue="xqz", papers_after=3)


def agreed_and_waiting(t: Teller) -> None:
    story = _county(
        t, 48, "v_slope", "通村路边坡落石", "roads", "下雨天路边坡掉石头，砸过摩托车。",
        "通村路一段边坡落石，需交通部门、乡镇和村里分清责任，先防护再治理。",
    )  # fmt: skip
    _through_gates(t, story)
    _studied(t, story, "落石在哪一段，谁来防护")
    seated(t, story, Room(chair="xqz_convener", further=(("member_two", "council", "representative"),)))
    t.back(27)
    convened(t, story, add_workdays(t.today, -6), venue="xqz", papers_after=2)
    sat(
        t,
        story,
        (
            Said("先装防护网，再做治理设计。", 2, (("agree", ""), ("agree", ""), ("agree", ""))),
            Said(
                "治理期间由镇里安排人值守。",
                0,
                (("agree", ""), ("conditional", "值守补助由县里承担一半"), ("agree", "")),
            ),
        ),
        "各方到齐，同意先防护、后治理；值守由镇里负责，补助另行商定。",
    )
    net = Promise("装好 300 米防护网", "roads", t.today + timedelta(days=75), OFFICE, "验收单", "300", "米")
    guard = Promise("雨天安排人值守", "township/xqz", t.today + timedelta(days=20), OFFICE, "值守记录")
    agreed(t, story, "一、装防护网 300 米。\n二、雨天由镇里安排人值守。", (net, guard))
    t.back(1)
    summary = "通村路边坡落石，各方商定先装防护网、雨天值守，再做治理。"
    t.does("clerk", release_prepare, matter=story.matter, title="通村路边坡落石", summary=summary)


def ended_on_the_way(t: Teller) -> None:
    story = _county(
        t, 45, "v_fee", "机耕路收费争议", "conflict", "有人在机耕路上收过路费，收割机进不来。",
        "机耕路由几户集资修建，对外村收割机收费，引起争议。",
    )  # fmt: skip
    _through_gates(t, story)
    named(t, story, SIDES[:2], "clerk")
    t.wait(3)
    agreed(t, story, "走访中双方说定：集资户不再收费，养护费由镇里从机耕路养护资金中解决。", (), before_sitting=True)
    t.wait(1)
    reason = "调研走访时双方已经说定，不用再开会。"
    t.does("clerk", matter_end, matter=story.matter, reason=reason)
    made_public(t, story, "机耕路收费争议", "机耕路上收过路费引起争议。走访时双方已经说定，没有开会就解决了。")


def dropped(t: Teller) -> None:
    story = _county(
        t, 35, "v_name", "给新修的路取名", "other", "新修的路还没有名字，快递总送错。",
        "新路命名，群众意见不一。",
    )  # fmt: skip
    t.wait(3)
    reason = "地名办已经在办命名公示，不再另行协商；公示时请大家提意见。"
    t.does("clerk", matter_drop, matter=story.matter, reason=reason)


def suggested(t: Teller) -> None:
    """Under the QR model: everybody may still suggest."""
    t.back(5)
    text = "巷子里两边都停车，消防车进不来，能不能划线。"
    place = t.cast.places["ghz0"]
    worry = raised(t, "v_lane", "演示·居民", text, "housing", place, venue=t.cast.venues["ghz_home"])
    t.wait(1)
    reason = "大家都有话说，先扫码提建议，再坐下来商量。"
    story = taken_up(t, worry, "老街巷道停车", "qr", summary=text, by="convener", reason=reason)
    for key, name in (("v_neighbour_a", "演示·村民辛"), ("v_neighbour_b", "演示·村民壬")):
        villager(t, key, name)
    named(t, story, (Side("老街居民", ("v_lane",)), Side("沿街店主", ("v_neighbour_a",))), "convener")


def plan_of_the_year(t: Teller) -> None:
    """The funnel: last season's plan decided, this year's still collected."""
    t.back(90)
    year = t.day.year
    plan = _plan(t, year)
    texts = (
        ("产业园职工通勤班车", "roads", "县工商联"),
        ("城区小学放学时段交通", "education", "演示·周委员"),
        ("养老服务站午餐点", "health", "县民政部门"),
        ("县城夜市管理", "environment", "县住建局"),
    )
    text = "放学时校门口全是车，孩子要从车缝里穿过去。"
    worry = raised(
        t, "v_school", "演示·家长", text, "education", t.cast.places["ghz0"], venue=t.cast.venues["ghz_home"]
    )
    topics = [_topic(t, plan, *text, worry=worry if text[1] == "education" else None) for text in texts]
    for topic in topics[:3]:
        t.does("clerk", topic_draft, topic=topic)
    reason = "已有部门专项整治，暂不列入，年中再看。"
    t.does("clerk", topic_leave_out, topic=topics[3], reason=reason)
    t.wait(3)
    t.does("clerk", plan_submit, plan=plan)
    t.wait(3)
    t.does("party_clerk", plan_decide, plan=plan, answer="approve", reason="三个议题都是群众关心的，同意。")
    t.back(12)
    t.does(
        "clerk",
        topic_open,
        topic=topics[1],
        process=process_shipped("four_two_n"),
        place=t.cast.places[COUNTY],
        convener=t.cast.bodies[OFFICE],
        summary="放学时段校门口人车混行，需学校、交警、住建和家长一起商量。",
    )
    t.back(8)
    following = _plan(t, t.day.year + 1)
    for title, theme, proposer in (
        ("县城老旧小区加装电梯", "housing", "县住建局"),
        ("烟水配套工程管护", "water", "演示·刘委员"),
    ):
        _topic(t, following, title, theme, proposer)


def _plan(t: Teller, year: int) -> YearPlan:
    bodies = t.cast.bodies
    receipt = t.does("clerk", plan_open, body=bodies[OFFICE], approver=bodies[f"party/{COUNTY}"], year=year)
    return YearPlan.within.select_related("body__place", "approver").get(pk=UUID(receipt.result["plan"]))


def _topic(t: Teller, plan: YearPlan, title: str, theme: str, proposer: str, worry: Worry | None = None) -> PlanTopic:
    fields = {"title": title, "theme": theme, "proposed_by": proposer, "worry": worry}
    receipt = t.does("clerk", topic_propose, plan=plan, **fields)
    return PlanTopic.objects.select_related("plan__body__place").get(pk=UUID(receipt.result["topic"]))
