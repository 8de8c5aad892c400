"""The notice of an assessment that hangs in a village. It is made of a `VillageNotice` alone, which names nobody."""

from django.utils import translation

from yishi.assistance.exits.survey.notice import DAYS, VillageNotice
from yishi.formats.paper import Facts, Paper, Signature, Text
from yishi.web.kit.press import CHINESE, chinese_day, foot


def notice_paper(notice: VillageNotice) -> Paper:
    """Counts and rates of the village's drawn households, until when objections are heard and where."""
    with translation.override(CHINESE):
        approval = f"{notice.approving} 户认可，共问 {notice.asked_approval} 户"
        return Paper(
            "退出评估结果公示",
            [
                Text(
                    f"按照{notice.county}退出评估（{notice.number}），以登记册{chinese_day(notice.as_of)}的情况为准，"
                    f"在{notice.village}随机抽取农户入户调查，结果公示如下。"
                ),
                Facts(
                    [
                        ("入户", f"{notice.visited} 户，其中访到并答完 {notice.answered} 户"),
                        ("脱贫户", f"{notice.exited} 户，认定错退 {notice.wrong} 户"),
                        ("未建档农户", f"{notice.unlisted} 户，认定漏评 {notice.missed} 户"),
                        ("群众认可", approval),
                        ("公示时间", f"{chinese_day(notice.posted_on)}至{chinese_day(notice.until)}（{DAYS} 天）"),
                    ]
                ),
                Text(f"有不同意见的，请在公示期内向{notice.desk}反映。"),
                Signature([notice.desk, chinese_day(notice.posted_on)]),
            ],
            notice.number,
            foot(notice.number),
        )
