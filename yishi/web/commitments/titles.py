"""What the acts of a promise are called, and what its file is."""

from django.utils.translation import gettext_lazy as _

from yishi.commitments.models import Commitment, LedgerEvent
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "commitments.commitment.agree": _("Promised"),
    "commitments.commitment.answer": LedgerEvent.Kind.ANSWER.label,
    "commitments.commitment.check": _("Proof checked"),
    "commitments.commitment.close_undone": LedgerEvent.Kind.CLOSED_UNDONE.label,
    "commitments.commitment.confirm": LedgerEvent.Kind.CONFIRMED.label,
    "commitments.commitment.drop": LedgerEvent.Kind.DROPPED.label,
    "commitments.commitment.hand_over": LedgerEvent.Kind.IN_FORCE.label,
    "commitments.commitment.hand_over_correct": _("Day of the hand-over corrected"),
    "commitments.commitment.meet": LedgerEvent.Kind.MET.label,
    "commitments.commitment.prove": _("Proof given"),
    "commitments.commitment.reopen": LedgerEvent.Kind.REOPENED.label,
    "commitments.commitment.strike_off": LedgerEvent.Kind.STRUCK_OFF.label,
    "commitments.commitment.take_back": LedgerEvent.Kind.TAKEN_BACK.label,
    "commitments.due.recount": _("Due day counted again: the holidays of that year are announced"),
    "commitments.letter.send": LedgerEvent.Kind.LETTER.label,
    "commitments.meeting.take_back": _("Meeting with the people taken back"),
    "commitments.next_tier.pass": LedgerEvent.Kind.NEXT_TIER.label,
    "commitments.outcome.state": _("Stated what came of it"),
    "commitments.outcome.take_back": _("Took back what was stated as outcome"),
    "commitments.proof.withdraw": _("Proof withdrawn before its check"),
    "commitments.recheck.ask": _("A re-check was asked for"),
    "commitments.recheck.record": LedgerEvent.Kind.RECHECK.label,
    "commitments.reminder.send": LedgerEvent.Kind.REMINDER.label,
    "commitments.strike_off.ask": _("Striking off asked for"),
    "commitments.time.ask": _("More time asked for"),
    "commitments.time.decide": _("Decided on more time"),
    "commitments.time.take_back": _("Decision on more time taken back"),
    "commitments.verdict.change": _("Judged once more by those concerned"),
    "commitments.verdict.give": _("Judged by those concerned"),
}
KINDS: dict[str, Kind] = {
    "commitment": Kind(_("Promise"), "commitment", Commitment.objects.all, ("number", "act")),
}
