"""A county's exit assessment for tests, from its frame to its last ruling, by several people."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from tests.assistance.keeping import Keeping
from tests.cast import Cast
from yishi.assistance.exits.models import ExitAssessment, ExitInterview, ExitSample, ExitSuspicion
from yishi.assistance.exits.services.assessments import assessment_draw, assessment_open
from yishi.assistance.exits.services.closing import assessment_close
from yishi.assistance.exits.services.deciding import exit_decide
from yishi.assistance.exits.services.interviews import interview_record
from yishi.assistance.exits.services.suspicions import counter_file, suspicion_raise, suspicion_rule
from yishi.attachments.models import Attachment
from yishi.demo.story_time import story_time

SEED, SOURCE = "03 09 12 20 26 31 + 07", "双色球2026140期"
GOOD = {
    "food": "yes", "clothes": "yes", "schooling": "none", "medical": "yes", "housing": "yes", "water": "yes",
    "income": "yes", "approves": "yes",
}  # fmt: skip
OF_KIND = {"exited": {"record_fits": "yes"}, "unlisted": {"people": "3"}}


def answers(sample: ExitSample, **changes: Any) -> dict[str, Any]:
    """Sound answers of a drawn household, but for `changes`."""
    return {**GOOD, **OF_KIND[sample.kind], **changes}


class Assessed:
    """`Assessed(cast).opened().drawn().asked()…`: `.assessment`, `.sample(0)`; six households out of poverty in
    牟尼村, three next door, and two lines of 牟尼村's roster. `clerk` runs it, `second_clerk` rules, `office_head`
    decides."""

    def __init__(self, cast: Cast, households: int = 5, keeping: Keeping | None = None):
        self.cast, self.keeping = cast, keeping or Keeping(cast)
        self.households = [self.keeping.household, self.keeping.next_door]
        for number in range(households):
            village = "牟尼村" if number % 3 else "邻近村"
            self.households.append(self.keeping.register(village, f"户主{number}", 100 + 5 * number))
        self.today = timezone.localdate()

    def by(self, who: str) -> Any:
        return self.cast.viewer(who)

    def opened(self, who: str = "clerk", **changes: Any) -> "Assessed":
        said = {
            "place": self.cast.places["牟定县"], "year": self.today.year, "as_of": self.today - timedelta(days=30),
            "rules": "2018-west", "questionnaire": "2018-1", "villages": 0, "exited": 9, "unlisted": 9,
            "rosters": {self.cast.places["牟尼村"].pk: 2},
        }  # fmt: skip
        receipt = assessment_open(actor=self.by(who), **{**said, **changes})
        self.assessment = ExitAssessment.within.get(pk=receipt.result["assessment"])
        return self

    def drawn(self, seed: str = SEED) -> "Assessed":
        assessment_draw(actor=self.by("clerk"), assessment=self.assessment, seed=seed, seed_source=SOURCE)
        self.assessment.refresh_from_db()
        self.samples = list(
            ExitSample.within.filter(assessment=self.assessment)
            .select_related("assessment__place", "place")
            .order_by("stratum", "rank")
        )
        return self

    def ask(self, sample: ExitSample, who: str = "clerk", on: date | None = None, **changes: Any) -> ExitInterview:
        said = changes.pop("said", None)
        more = {"outcome": "done", "answers": answers(sample, **(said or {})), **changes}
        receipt = interview_record(actor=self.by(who), sample=sample, on=on or self.today, **more)
        return ExitInterview.every.get(pk=receipt.result["interview"])

    def asked(self, who: str = "clerk") -> "Assessed":
        for sample in self.samples:
            if not sample.interviews.exists():
                self.ask(sample, who)
        return self

    def of_kind(self, kind: str, number: int = 0) -> ExitSample:
        """A drawn household of 牟尼村."""
        return [each for each in self.samples if each.kind == kind and each.place.name == "牟尼村"][number]

    def suspect(self, sample: ExitSample, who: str = "clerk", **changes: Any) -> ExitSuspicion:
        kind = {"exited": "wrong", "unlisted": "missed"}[sample.kind]
        said = {"kind": kind, "basis": "水窖见底，要到两公里外背水", "people": 3, "conditions": ["water"], **changes}
        receipt = suspicion_raise(actor=self.by(who), sample=sample, **said)
        return self.suspicion(receipt.result["suspicion"])

    def suspicion(self, pk: Any) -> ExitSuspicion:
        return ExitSuspicion.every.select_related("sample__assessment__place", "sample__place").get(pk=pk)

    def file(self, name: str = "照片") -> Attachment:
        return Attachment.objects.create(
            kind="photo", name=name, media_type="image/jpeg", size=1, sha256="2" * 64, key="00/00/none.jpg"
        )

    def counter(self, suspicion: ExitSuspicion, who: str = "village_head", **changes: Any) -> Any:
        said = {"text": "自来水今年五月已接通，附水表照片", "files": [self.file()], **changes}
        return counter_file(actor=self.by(who), suspicion=suspicion, **said)

    def rule(self, suspicion: ExitSuspicion, is_upheld: bool, who: str = "second_clerk") -> None:
        late = suspicion.due_on + timedelta(days=1)
        with story_time(timezone.make_aware(datetime.combine(date(late.year, late.month, late.day), time(10)))):
            suspicion_rule(
                actor=self.by(who), suspicion=suspicion, is_upheld=is_upheld, reason="现场复核，水表在走，水质合格"
            )

    def uphold(self, suspicion: ExitSuspicion, who: str = "second_clerk") -> ExitSuspicion:
        """Ruled today, since the village has spoken."""
        self.counter(suspicion)
        suspicion_rule(actor=self.by(who), suspicion=suspicion, is_upheld=True, reason="现场复核，水表不走")
        return self.suspicion(suspicion.pk)

    def closed(self, who: str = "second_clerk") -> "Assessed":
        assessment_close(actor=self.by(who), assessment=self.assessment)
        self.assessment.refresh_from_db()
        return self

    def decided(self, decision: str = "approved", who: str = "office_head") -> "Assessed":
        exit_decide(
            actor=self.by(who), assessment=self.assessment, decision=decision, reason="县委常委会纪要〔2026〕3号"
        )
        self.assessment.refresh_from_db()
        return self
