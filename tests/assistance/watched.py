"""A family of 牟尼村 that a hospital bill strikes, for the tests of monitoring: told, judged, verified, recognised."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from tests.assistance.families import family
from tests.cast import Cast
from yishi.assistance.pairing.models import Measure
from yishi.assistance.pairing.services.measures import measure_agree, measure_hear
from yishi.assistance.register.models import Household, HouseholdStanding, HouseholdStay
from yishi.assistance.watch.models import SelfReport, Watch, WatchSignal
from yishi.assistance.watch.services.ending import watch_clear, watch_return
from yishi.assistance.watch.services.recognising import watch_check, watch_post, watch_recognise, watch_verify
from yishi.assistance.watch.services.self_reports import self_report_file
from yishi.assistance.watch.services.signals import signal_judge, signal_raise
from yishi.attachments.models import Attachment
from yishi.demo.story_time import story_time
from yishi.organisations.grants import viewer_of

BILL = Decimal(26_000)
DAYS = {"raise": 60, "verify": 57, "post": 55, "check": 50, "recognise": 48, "measure": 40}  # days ago


class Watched:
    """`Watched(cast)`: `.home` left poverty in 2018; each step is taken by who takes it in life, on its day."""

    def __init__(self, cast: Cast, number: int = 401):
        self.cast = cast
        self.today = timezone.localdate()
        self.home = family(cast.places["牟尼村"], number)
        HouseholdStay.objects.create(household=self.home, place=self.home.place, valid_from=date(2014, 1, 1))
        for state, since, until in (
            ("poor", date(2014, 12, 31), date(2018, 12, 30)),
            ("exited", date(2018, 12, 31), None),
        ):
            HouseholdStanding.objects.create(
                household=self.home, state=state, valid_from=since, valid_to=until, by_year=True
            )
        self.signal: Any = None
        self.watch: Any = None
        self.measure: Any = None

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    @contextmanager
    def on(self, step: str) -> Iterator[date]:
        day = self.ago(DAYS[step])
        with story_time(timezone.make_aware(datetime.combine(day, time(10)))):
            yield day

    def tell(self, amount: Any = BILL, who: str = "village_head", **given: Any) -> Any:
        said = {"trigger": "self_paid", "on": timezone.localdate(), "words": "住院四十天", "amount": amount, **given}
        receipt = signal_raise(actor=self.cast.viewer(who), household=given.pop("home", self.home), **said)
        if receipt.result["signal"]:
            self.signal = WatchSignal.within.select_related("household__place").get(pk=receipt.result["signal"])
        return receipt

    def raised(self) -> "Watched":
        with self.on("raise"):
            self.tell()
        return self

    def judge(self, verdict: str = "true", who: str = "village_head", **given: Any) -> Any:
        said = {"verdict": verdict, "reason": "看过住院清单", **given}
        receipt = signal_judge(actor=self.cast.viewer(who), signal=self.signal, **said)
        self.signal.refresh_from_db()
        if receipt.result["watch"]:
            self.watch = found(receipt.result["watch"])
        return receipt

    def judged(self) -> "Watched":
        self.raised()
        with self.on("raise"):
            self.judge()
        return self

    def paper(self) -> Attachment:
        return Attachment.objects.create(
            kind="scan", name="承诺书", media_type="image/jpeg", size=1, sha256="3" * 64, key="00/00/paper.jpg"
        )

    def verify(self, who: str = "village_head", **given: Any) -> Any:
        said = {
            "on": timezone.localdate(),
            "kind": "unstable",
            "risks": ["illness"],
            "words": "户主住院，家里一人务工",
            "consent": "paper",
            **given,
        }
        said.setdefault("files", [self.paper()])
        return watch_verify(actor=self.cast.viewer(who), watch=self.watch, **said)

    def verified(self) -> "Watched":
        self.judged()
        with self.on("verify"):
            self.verify()
        return self.fresh()

    def post(self, who: str = "village_head", **given: Any) -> Any:
        day = timezone.localdate()
        said = {"on": day, "present": 41, "agreed": 39, "posted_on": day, **given}
        return watch_post(actor=self.cast.viewer(who), watch=self.watch, **said)

    def posted(self) -> "Watched":
        self.verified()
        with self.on("post"):
            self.post()
        return self.fresh()

    def checked(self, who: str = "convener") -> "Watched":
        self.posted()
        with self.on("check") as day:
            watch_check(actor=self.cast.viewer(who), watch=self.watch, on=day, words="情况属实")
        return self.fresh()

    def recognised(self, who: str = "clerk") -> "Watched":
        self.checked()
        with self.on("recognise") as day:
            watch_recognise(actor=self.cast.viewer(who), watch=self.watch, on=day)
        return self.fresh()

    def helped(self) -> "Watched":
        """Its helper agrees a measure, does it, and the family says so."""
        self.recognised()
        with self.on("measure") as day:
            receipt = measure_agree(
                actor=self.cast.viewer("village_head"),
                household=self.home,
                group="health",
                act_text="申请医疗救助并办好慢病卡",
                due_on=day + timedelta(days=20),
                bearer=self.cast.bodies["committee"],
                agreed_on=day,
            )
        self.measure = Measure.within.select_related("household__head", "household__place", "commitment__bearer").get(
            pk=receipt.result["measure"]
        )
        return self

    def heard(self) -> "Watched":
        self.helped()
        measure_hear(actor=self.cast.viewer("village_head"), measure=self.measure, value="satisfied", text="卡已到手")
        return self

    def clear(self, who: str = "clerk", **given: Any) -> Any:
        said = {"on": self.today, "clearing": "stable", "reason": "病情稳定，收入恢复", "seen_at_home": True, **given}
        return watch_clear(actor=self.cast.viewer(who), watch=self.watch, **said)

    def fall_back(self, who: str = "clerk", **given: Any) -> Any:
        said = {"on": self.today, "reason": "收入低于标准，住房灭失", **given}
        return watch_return(actor=self.cast.viewer(who), watch=self.watch, **said)

    def fresh(self) -> "Watched":
        self.watch = found(self.watch.pk)
        self.home = Household.within.select_related("place", "head").get(pk=self.home.pk)
        return self


def found(key: Any) -> Watch:
    """The file as it stands."""
    return Watch.within.select_related("household__place", "household__head", "place").get(pk=key)


def reported(cast: Cast, **given: Any) -> SelfReport:
    """What somebody reports from the poster of 牟尼村."""
    said = {"name": "村民丙", "trigger": "illness", "on": timezone.localdate(), "words": "住院", **given}
    receipt = self_report_file(actor=viewer_of(None), place=cast.places["牟尼村"], **said)
    return SelfReport.within.select_related("place").get(pk=receipt.result["report"])
