"""What a family reads of its own report: where it stands, in plain words, and never what the trouble was."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yishi.assistance.watch.models import SelfReport, Watch, WatchSignal
from yishi.assistance.watch.triggers import Trigger, read_pack
from yishi.notices.days import day_said

State, Verdict, Stage = SelfReport.State, WatchSignal.State, Watch.Stage


def asked_of(trigger: Trigger) -> str:
    """How a family is asked for this trouble."""
    return trigger.asked_en if (get_language() or "zh").startswith("en") else trigger.asked


def report_word(report: SelfReport) -> str:
    """What the family said happened; for the desk."""
    return asked_of(read_pack(report.pack).triggers[report.trigger])


def status_of(report: SelfReport) -> str:
    """Where a report stands."""
    if report.state == State.WAITING:
        return _("We have it. The office finds your household in the register by %(day)s.") % {
            "day": day_said(report.match_by)
        }
    if report.state == State.SET_ASIDE:
        return _("It was looked at and not taken up. The office of your village tells you why.")
    fact, signal = report.fact, report.fact.signal if report.fact else None
    if fact is None or fact.taken_back_at is not None or signal is None or signal.state == Verdict.MISTAKE:
        return _("It was taken back. The office of your village tells you why.")
    return _of_signal(signal)


def _of_signal(signal: WatchSignal) -> str:
    if signal.state == Verdict.WAITING:
        return _("We have it. Somebody asks you about it at home by %(day)s.") % {"day": day_said(signal.judge_by)}
    if signal.state == Verdict.UNTRUE:
        return _("It was looked at; nothing follows from it now. The office of your village tells you why.")
    if signal.state == Verdict.REFERRED and signal.referred_to is not None:
        return _("It was handed to %(body)s, which can help.") % {"body": signal.referred_to.name}
    watch = signal.watch
    if watch is None:
        return _("It was found true.")
    days: dict[str, Any] = {"day": day_said(watch.recognise_by)}
    words = {
        Stage.OPENED: _("It was found true. Somebody visits you at home next; the decision comes by %(day)s."),
        Stage.VERIFIED: _("You were visited. The villagers review it next; the decision comes by %(day)s."),
        Stage.POSTED: _("It is posted in the village, without your name. The decision comes by %(day)s."),
        Stage.CHECKED: _("The township has checked it. The county decides by %(day)s."),
        Stage.WATCHED: _("Your family is monitored and helped."),
        Stage.CLEARED: _("The risk of your family is over, as the county sees it."),
        Stage.RETURNED: _("Your family is registered as poor again, and is helped."),
        Stage.REFUSED: _("Your family was not recognised. The office of your village tells you why."),
    }
    return words[Stage(watch.stage)] % days
