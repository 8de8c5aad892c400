"""A consultation for tests: planned by the clerk, opened by the second clerk, voted on by as many phones as wanted."""

from datetime import timedelta

import numpy as np
from django.utils import timezone

from tests.cast import Cast
from tests.story import Story
from yishi.deliberation.models import Consultation, Party
from yishi.deliberation.services.consultation_results import result_make
from yishi.deliberation.services.consultation_statements import consultation_statement_add
from yishi.deliberation.services.consultation_voices import Ballot, ballot_of, votes_give
from yishi.deliberation.services.consultations import consultation_close, consultation_open, consultation_plan
from yishi.organisations.grants import Viewer

TEXTS = (
    "每月15号集中收一次公共区域垃圾",
    "停车位先保证老人和孩子出行",
    "广场舞晚上九点以后不放音乐",
    "沿街摊点集中到文化广场东侧",
    "路灯坏了三天内修好",
    "公共水龙头装水表，按户分摊",
    "河道两岸种树，不种菜",
    "村里的大事先在群里说一声",
)


class Consulted:
    """`Consulted(cast).opened()`; then `phones(300)`, `close()`."""

    def __init__(self, cast: Cast, story: Story | None = None, **given):
        self.cast = cast
        self.story = story or Story(cast).raise_worry().take_up()
        given = {"question": "村里的公共空间怎么用", "closes_at": timezone.now() + timedelta(days=7), **given}
        receipt = consultation_plan(actor=cast.viewer("clerk"), matter=self.story.matter, **given)
        self.consultation = Consultation.within.get(pk=receipt.result["consultation"])

    def fresh(self) -> Consultation:
        self.consultation = Consultation.within.select_related("matter__place").get(pk=self.consultation.pk)
        return self.consultation

    def stated(self, texts=TEXTS) -> "Consulted":
        for text in texts:
            consultation_statement_add(actor=self.cast.viewer("clerk"), consultation=self.consultation, text=text)
        return self

    def opened(self) -> "Consulted":
        self.stated()
        consultation_open(actor=self.cast.viewer("second_clerk"), consultation=self.consultation)
        self.fresh()
        return self

    def ballot(self, number: int, address: str = "") -> Ballot:
        return ballot_of(self.consultation, Viewer(), f"P{number:09d}", address)

    def phones(self, count: int, *, seed: int = 1, parties: tuple[Party, ...] = ()) -> "Consulted":
        """`count` phones of two camps vote: alike on the first two statements, apart on the next five."""
        rng = np.random.default_rng(seed)
        for number in range(count):
            camp = number % 2
            chance = [
                0.95,
                0.9,
                0.9 - 0.8 * camp,
                0.1 + 0.8 * camp,
                0.85 - 0.7 * camp,
                0.88 - 0.8 * camp,
                0.15 + 0.7 * camp,
                0.6,
            ]
            votes = {}
            for place, agree in enumerate(chance, start=1):
                if rng.random() < 0.9:
                    votes[place] = 0 if rng.random() < 0.08 else 1 if rng.random() < agree else -1
            if votes:
                party = parties[number % len(parties)] if parties else None
                votes_give(ballot=self.ballot(number, f"10.0.0.{number % 40}"), votes=votes, party=party)
        return self

    def close(self, reason: str = "大家都说过了") -> "Consulted":
        consultation_close(actor=self.cast.viewer("clerk"), consultation=self.consultation, reason=reason)
        result_make(self.consultation)
        self.fresh()
        return self
