"""Whose act comes next on a signal about a family, and on the file of a monitored one."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.assistance.watch.models import SelfReport, Watch, WatchSignal
from yishi.assistance.watch.reads import without_measure
from yishi.assistance.watch.rules import is_county_desk
from yishi.organisations.grants import Viewer, is_overseeing
from yishi.organisations.models import BodyKind, PlaceLevel
from yishi.web.kit.next_acts import Course, NextAct, in_small_office, inside

from .report_words import report_word
from .watch_words import trigger_word

Stage, State = Watch.Stage, WatchSignal.State


def _is_village(post: Any) -> bool:
    return bool(post.body.kind == BodyKind.VILLAGE)


def _village_of_signal(viewer: Viewer) -> Q:
    return inside(viewer, "household__place__", _is_village)


def _above_signal(viewer: Viewer) -> Q:
    return inside(viewer, "household__place__", is_overseeing)


def _overdue(today: date) -> Q:
    return Q(judge_by__lt=today)


SIGNALS = Course(
    kind="watch_signal",
    column="state",
    stages=tuple(State.values),
    acts=(
        NextAct(
            (State.WAITING,), "village", _("Judge the signal"), "signal_judge", "judge_by", whose=_village_of_signal
        ),
        NextAct(
            (State.WAITING,), "overseer", _("Judge the signal"), "signal_judge", "judge_by",
            when=_overdue, whose=_above_signal,
        ),
    ),
    rests={state: "judged" for state in State.values if state != State.WAITING},
    records=lambda: WatchSignal.objects.select_related("household__place"),
    order="judge_by",
    page="watch_signal",
    number="number",
    title=trigger_word,
    detail=lambda signal: f"{signal.household.place.name} · {signal.number}",
)  # fmt: skip


def _village_of_report(viewer: Viewer) -> Q:
    return inside(viewer, "place__", _is_village)


def _above_report(viewer: Viewer) -> Q:
    return inside(viewer, "place__", is_overseeing)


def _unmatched(today: date) -> Q:
    """The days are over, or it names a township, where no village's desk looks."""
    return Q(match_by__lt=today) | Q(place__level=PlaceLevel.TOWNSHIP)


Report = SelfReport.State
SELF_REPORTS = Course(
    kind="self_report",
    column="state",
    stages=tuple(Report.values),
    acts=(
        NextAct(
            (Report.WAITING,), "village", _("Find whose report it is"), "self_report_match", "match_by",
            whose=_village_of_report,
        ),
        NextAct(
            (Report.WAITING,), "overseer", _("Find whose report it is"), "self_report_match", "match_by",
            when=_unmatched, whose=_above_report,
        ),
    ),
    rests={Report.MATCHED: "its signal waits", Report.SET_ASIDE: "over"},
    records=lambda: SelfReport.objects.select_related("place"),
    order="match_by",
    page="self_report_file",
    number="number",
    title=report_word,
    detail=lambda report: f"{report.place.name} · {report.number}",
)  # fmt: skip


def _village(viewer: Viewer) -> Q:
    return inside(viewer, "place__", _is_village)


def _other_hands(viewer: Viewer) -> Q:
    """Taken by whoever took no step before; in a small office by anybody."""
    return in_small_office() | (~Q(verified_by=viewer.person_id) & ~Q(checked_by=viewer.person_id))


def _above(viewer: Viewer) -> Q:
    return inside(viewer, "place__", is_overseeing) & _other_hands(viewer)


def _county(viewer: Viewer) -> Q:
    return inside(viewer, "place__", is_county_desk) & _other_hands(viewer)


def _notice_over(today: date) -> Q:
    return Q(posted_until__lt=today)


WATCHES = Course(
    kind="watch",
    column="stage",
    stages=tuple(Stage.values),
    acts=(
        NextAct((Stage.OPENED,), "village", _("Verify at home"), "watch_verify", "recognise_by", whose=_village),
        NextAct((Stage.VERIFIED,), "village", _("Review and post"), "watch_post", "recognise_by", whose=_village),
        NextAct(
            (Stage.POSTED,), "overseer", _("Check it first"), "watch_check", "recognise_by",
            when=_notice_over, whose=_above,
        ),
        NextAct((Stage.CHECKED,), "county", _("Recognise"), "watch_recognise", "recognise_by", whose=_county),
        NextAct(
            (Stage.WATCHED,), "village", _("Agree the first measure"), "family_measure", "measures_by",
            when=without_measure, whose=_village, of="household_id",
        ),
    ),
    rests={Stage.CLEARED: "over", Stage.RETURNED: "the register has it", Stage.REFUSED: "over"},
    records=lambda: Watch.objects.select_related("place", "household__head"),
    order="recognise_by",
    page="watch",
    number="number",
    title=lambda watch: f"{watch.household.head.name} · {watch.number}",
    detail=lambda watch: f"{watch.place.name} · {watch.get_stage_display()}",
)  # fmt: skip
