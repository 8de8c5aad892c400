"""The story of a signal and of a monitored family: what happened, who did it, what comes next and by when."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.assistance.watch.models import SelfReport, Watch, WatchSignal, WatchStep
from yishi.web.kit.timeline import Event

from .watch_words import trigger_word

Stage, State = Watch.Stage, WatchSignal.State


def signal_events(signal: WatchSignal) -> list[Event]:
    """A signal from the facts that raised it to its verdict."""
    raised = Event(_("Signal raised"), signal.raised_at, _who(signal.raised_by), signal.words)
    if signal.state == State.WAITING:
        return [raised, Event(_("Verdict on the signal"), None, kind="next", due=signal.judge_by)]
    words = signal.reason
    if signal.referred_to is not None:
        words = f"{signal.referred_to.name}：{words}"
    judge = _who(signal.judged_for, signal.judged_by)
    return [raised, Event(signal.get_state_display(), signal.judged_at, judge, words)]


def report_events(report: SelfReport) -> list[Event]:
    """A family's own report from the day on which it came."""
    filed = Event(_("Reported"), report.filed_at, report.name, report.words)
    if report.state == SelfReport.State.WAITING:
        return [filed, Event(_("Find whose report it is"), None, kind="next", due=report.match_by)]
    return [filed, Event(report.get_state_display(), report.settled_at, _who(report.settled_by), report.reason)]


def watch_events(watch: Watch) -> list[Event]:
    """A family's file: its signals, each step, those taken back with their reason, and what comes next."""
    events = [
        Event(_("Signal: %(what)s") % {"what": trigger_word(signal)}, signal.raised_at, text=signal.reason)
        for signal in watch.signals.order_by("raised_on", "pk")
    ]
    steps = watch.steps.select_related("by", "body")
    events += [_of_step(step) for step in steps]
    named = {
        Stage.OPENED: (_("Visit at home"), watch.recognise_by),
        Stage.VERIFIED: (_("Villagers' review and notice"), watch.recognise_by),
        Stage.POSTED: (_("Township's first check"), watch.recognise_by),
        Stage.CHECKED: (_("County's recognition"), watch.recognise_by),
        Stage.WATCHED: (_("Clearance, once its conditions hold"), None),
    }
    if watch.stage in named:
        title, due = named[Stage(watch.stage)]
        events.append(Event(title, None, kind="next", due=due))
    return events


def _of_step(step: WatchStep) -> Event:
    words = step.words
    if step.verb == "post":
        count = _("%(agreed)d of %(present)d agreed") % {key: step.data[key] for key in ("agreed", "present")}
        words = f"{count}。{words}" if words else count
    flag = ""
    if step.taken_back_at is not None:
        flag = _("this step was taken back")
        words = f"{words}（{step.taken_back_reason}）"
    when = step.at if timezone.localdate(step.at) == step.on else step.on
    return Event(TITLES_OF_STEPS[step.verb](), when, _who(step.body, step.by), words, flag=flag)


TITLES_OF_STEPS: dict[str, Any] = {
    "verify": lambda: _("Verified at home"),
    "post": lambda: _("Reviewed and posted in the village"),
    "check": lambda: _("Checked by the township"),
    "recognise": lambda: _("Recognised by the county"),
    "refuse": lambda: _("Not recognised"),
    "clear": lambda: _("Risk cleared"),
    "resume": lambda: _("Monitored again"),
    "return": lambda: _("Fell back into poverty"),
}


def _who(*named: Any) -> str:
    return " ".join(each.name for each in named if each is not None)
