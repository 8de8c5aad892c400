"""The demo's answer sheet: published totals quoted with their source; its own numbers open into their deeds."""

from datetime import timedelta

from yishi.assistance.register.services.counting import counts_all
from yishi.reporting.fold import fold_all
from yishi.reporting.services import answer_write

from .campaign import Help
from .story_time import story_time
from .teller import Teller

TEXT = "\n".join(
    [
        "一、公布的结果（引自公开报道，不是本平台的统计）",
        "2018 年起，全省政协系统开展脱贫攻坚助推行动，公布的结果有：为贫困户产品找到销路约 6 万条，"
        "介绍就业岗位约 40 万个，提出好建议 10 万余条，举办培训近百期，组建义诊队 40 余支，资助学生 7 万余人次。",
        "二、本平台演示数据里的实绩（每个数字都能点开）",
        "行动开展以来，记录实绩 [[deeds]] 件，惠及农户 [[households]] 户，出力人员 [[givers]] 人。"
        "其中为农户的产品找销路 [[amount item=channel]] 条，介绍就业岗位 [[amount item=job]] 个，"
        "提出建议 [[amount item=suggestion]] 条。",
        "第三阶段重点县内记录实绩 [[deeds set=focus-3]] 件。到位资金 [[received]]，其中支付 [[paid]]。",
        "三、以绿春县三猛乡为例",
        "腊姑村记录实绩 [[deeds place=532531207205]] 件，走访 [[visits place=532531207205]] 次，"
        "建成道路 [[roads place=532531207205]] 公里。公布的数字是：项目资金 5620 万元、社会帮扶 580 万元、"
        "10 个村民小组硬化道路 28.5 公里。",
    ]
)


def written(t: Teller, help: Help) -> None:
    t.go_to(t.today - timedelta(days=1))  # this morning may still be to come
    with story_time(t.moment):
        counts_all()
    fold_all()
    t.does(
        "province_clerk",
        answer_write,
        place=t.cast.places["53"],
        title="脱贫攻坚助推行动答卷（演示）",
        text=TEXT,
        starts_on=help.begins,
        ends_on=t.today,
        campaign=help.campaign,
        body=t.cast.bodies["office/53"],
    )
