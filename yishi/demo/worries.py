"""Worries in all states, here and in the other counties: new, late, answered, passed on, merged, referred, declined."""

from yishi.deliberation.services.screening import (
    worry_answer,
    worry_decline,
    worry_merge,
    worry_pass,
    worry_refer,
    worry_reopen,
)

from .course import raised
from .register import COUNTY, PREFECTURES
from .teller import Teller

ELSEWHERE = (
    ("村里的饮水池好久没有清洗了，水有味道。", "water"),
    ("通村公路塌了一块，晚上开车很危险。", "roads"),
    ("卫生室的医生只来半天，老人看病不方便。", "health"),
    ("小区的垃圾桶太少，常常堆到外面。", "environment"),
    ("学校门口放学时车太多，孩子过马路危险。", "education"),
    ("合同到期了，地租怎么算一直没有说清楚。", "land"),
)
ANSWER = "谢谢反映。已经到现场看过，本月内处理，处理完再告诉您。"


def told(t: Teller) -> None:
    _here(t)
    _elsewhere(t)


def _here(t: Teller) -> None:
    places, venues, bodies = t.cast.places, t.cast.venues, t.cast.bodies
    village, room = places["牟尼"], venues["mnc"]
    t.back(12)
    raised(t, "", "", "村里的广播喇叭早上六点就响，能不能晚一点。", "other", village, venue=room)  # late, no name left
    t.back(9)
    first = raised(t, "", "演示·村民癸", "水库边的路没有护栏，晚上骑车害怕。", "roads", village, venue=room)
    second = raised(t, "", "演示·村民子", "水库边的路晚上很危险，请装护栏。", "roads", village, venue=room)
    t.wait(1)
    t.does("convener", worry_merge, worry=second, into=first, reason="说的是同一段路。")
    text = "有人半夜往沟里倒东西，我不想让人知道是我说的。"
    hidden = raised(t, "", "演示·村民丑", text, "environment", village, venue=room, is_anonymous=True)
    t.wait(1)
    reason = "属于环境执法，请水务局核实后答复。"
    t.does("convener", worry_pass, worry=hidden, to_body=bodies[f"water/{COUNTY}"], reason=reason)
    t.back(20)
    asked = raised(t, "v_asked", "演示·村民寅", "低保什么时候重新评，在哪里看。", "other", village, venue=room)
    t.wait(1)
    t.does("convener", worry_answer, worry=asked, text="每年三月评，名单贴在村委会公示栏，也可以打村里电话问。")
    t.back(15)
    again = raised(t, "v_again", "演示·村民卯", "体检车今年还来不来。", "health", village, venue=room)
    t.wait(1)
    t.does("convener", worry_answer, worry=again, text="卫生院说下个月来，时间另行通知。")
    t.wait(6)
    t.does("v_again", worry_reopen, worry=again, reason="下个月都过了，还没有来。")
    t.back(14)
    text = "关于一件法院已经判了的事，我还想反映。"
    lawsuit = raised(t, "", "演示·村民辰", text, "law_case", village, venue=room)
    t.wait(1)
    reason = "涉法涉诉事项不在协商范围，已告知向法院反映的途径。"
    t.does("clerk", worry_refer, worry=lawsuit, authority="演示县人民法院", reason=reason)
    t.back(11)
    wish = raised(t, "", "演示·村民巳", "请给每家发一辆车。", "other", village, venue=room)
    t.wait(2)
    reason = "这件事没有政策依据，办不了，请理解；交通不便的问题可以另外提。"
    t.does("convener", worry_decline, worry=wish, reason=reason)
    t.back(2)
    told_by_phone = {"channel": "phone", "by": "clerk"}
    raised(t, "", "演示·村民午", "家里老人不会用手机，问养老金在哪里认证。", "health", places["ghz0"], **told_by_phone)
    on_a_visit = {"channel": "member", "by": "member"}
    raised(t, "", "演示·村民未", "合作社的苹果卖不出去，想找销路。", "farming", places["xqz0"], **on_a_visit)
    far = places[f"{COUNTY}203"]  # no council there: the county's office receives it
    t.back(8)
    raised(t, "", "演示·村民酉", "乡里到县城的客车票价涨了，没有人解释。", "roads", far)
    t.back(3)
    raised(t, "", "演示·村民戌", "坝塘的水放掉以后一直没有蓄，栽秧怕没有水。", "water", far)
    t.back(1)
    raised(t, "", "演示·村民申", "文化活动室的门一直锁着，想进去坐坐。", "other", village, venue=room)
    text = "新修的水沟没有盖板，小孩掉下去过。"
    raised(t, "", "", text, "security", places["ghz1"], venue=venues["ghz_home"])


def _elsewhere(t: Teller) -> None:
    """Two or three in every other county of the two prefectures, some answered, some waiting too long."""
    counties = sorted(code for code in t.cast.places if len(code) == 6 and code[:4] in PREFECTURES and code != COUNTY)
    for number, code in enumerate(counties):
        for turn in range(2 + number % 2):
            text, theme = ELSEWHERE[(number + turn) % len(ELSEWHERE)]
            t.back(3 + (number * 5 + turn * 7) % 17)
            worry = raised(t, "", "演示·居民", text, theme, t.cast.places[code])
            if (number + turn) % 3:
                t.wait(1)
                t.does("system", worry_answer, worry=worry, text=ANSWER)
