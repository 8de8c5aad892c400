"""The notice that hangs in the village. It is made of a `VillageNotice` alone, which names nobody."""

from django.utils import translation

from yishi.assistance.register import codes
from yishi.assistance.watch.notice import VillageNotice
from yishi.formats.paper import Facts, Paper, Signature, Text
from yishi.web.kit.press import CHINESE, chinese_day, foot


def notice_paper(notice: VillageNotice) -> Paper:
    """Which kind of monitoring was agreed, by how many, until when objections are heard and where."""
    with translation.override(CHINESE):
        days = (notice.until - notice.posted_on).days + 1
        return Paper(
            "防返贫监测对象评议结果公示",
            [
                Text(
                    f"经入户核实，{notice.village}于{chinese_day(notice.reviewed_on)}召开村民代表会议，"
                    "对一户拟纳入监测的农户进行民主评议，结果公示如下。"
                ),
                Facts(
                    [
                        ("编号", notice.number),
                        ("拟定类别", codes.label("watch_kind", notice.kind)),
                        ("评议情况", f"到会 {notice.present} 人，同意 {notice.agreed} 人"),
                        ("公示时间", f"{chinese_day(notice.posted_on)}至{chinese_day(notice.until)}（{days} 天）"),
                    ]
                ),
                Text(f"有不同意见的，请在公示期内凭编号向{notice.desk}反映。"),
                Signature([notice.desk, chinese_day(notice.posted_on)]),
            ],
            notice.number,
            foot(notice.number),
        )
