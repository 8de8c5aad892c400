"""The words of notices, made at display: codes and params are stored, sentences are not.

A text may use the params that its cause gives: number, title, due_on, when, where, stage, gate, into, reason.
SMS texts carry no names and no amounts, and stay within 70 characters with the signature.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .addresses import INNER, address_of, base_of
from .days import day_read, day_said
from .models import Notice

TEXTS: dict[str, Any] = {
    "account.password_replaced": gettext_lazy("A new password was set by invitation. Not you? Tell the office."),
    "account.unlocked": gettext_lazy("The second lock of your account was removed. Not at your wish? Tell the office."),
    "agreement.handed_over": gettext_lazy(
        "What was agreed on %(number)s is handed over: those who promised now owe it."
    ),
    "agreement.recorded": gettext_lazy("An agreement was reached on %(number)s."),
    "chair.objected": gettext_lazy("A party objects to the chair of %(number)s; please decide."),
    "commitment.by_hand": gettext_lazy(
        "%(number)s: %(whom)s has no account. Tell them how it stands (due %(due_on)s), and write down what they say."
    ),
    "commitment.answered": gettext_lazy("The bearer of %(number)s has answered."),
    "commitment.closed_undone": gettext_lazy("%(number)s was closed without being done; the file says why."),
    "commitment.dropped": gettext_lazy("%(number)s was dropped before it was in force."),
    "commitment.in_force": gettext_lazy(
        "%(number)s is in force: due on %(due_on)s. Please answer and give proof in time."
    ),
    "commitment.judged": gettext_lazy("Somebody has judged the result of %(number)s."),
    "commitment.judged_again": gettext_lazy(
        "Somebody is still not satisfied with %(number)s. Please decide whether to open it again."
    ),
    "commitment.letter": gettext_lazy("A supervision letter was sent to you about %(number)s. Please answer."),
    "commitment.next_tier": gettext_lazy("%(number)s was passed to you: it is overdue below your tier."),
    "commitment.next_tier_bearer": gettext_lazy("%(number)s was passed to the next tier: it is still undone."),
    "commitment.proof_accepted": gettext_lazy("The proof of %(number)s was accepted; the people are being asked."),
    "commitment.proof_returned": gettext_lazy("The proof of %(number)s was returned; please mend it."),
    "commitment.proof_withdrawn": gettext_lazy("The proof of %(number)s was withdrawn; nothing is to check."),
    "dates.answered": gettext_lazy("Everybody has said when they can come to %(number)s. Please settle the day."),
    "dates.asked": gettext_lazy("When can you come to the sitting of %(number)s? Please answer by %(due_on)s."),
    "finding.coordinate": gettext_lazy("%(number)s needs your coordination by %(due_on)s; please arrange it."),
    "finding.coordinated": gettext_lazy("%(number)s was coordinated; the file says what was arranged."),
    "proposal.assigned": gettext_lazy("%(body)s answers your proposal %(number)s."),
    "proposal.cosign_asked": gettext_lazy("You are asked to sign the proposal “%(title)s” too."),
    "proposal.decided": gettext_lazy("It is set down what became of your proposal %(number)s."),
    "proposal.submitted": gettext_lazy("Proposal %(number)s was submitted: %(title)s."),
    "commitment.proposed": gettext_lazy("%(number)s was proposed for your desk; please confirm it."),
    "commitment.proved": gettext_lazy("Proof of %(number)s waits for your check."),
    "commitment.reminder": gettext_lazy("%(number)s is due on %(due_on)s. Please answer or give proof."),
    "commitment.recheck_due": gettext_lazy("%(number)s is due for its look back by %(due_on)s: does it hold?"),
    "commitment.reopened": gettext_lazy("%(number)s was opened again; due on %(due_on)s."),
    "commitment.set_aside": gettext_lazy("%(number)s is owed no longer; the file says why."),
    "commitment.strike_off_due": gettext_lazy(
        "The verdicts on %(number)s are in, or their time is over. Please strike it off or open it again."
    ),
    "commitment.struck_off": gettext_lazy("%(number)s was struck off."),
    "commitment.taken_back": gettext_lazy(
        "What was decided on %(number)s was taken back; due on %(due_on)s as before."
    ),
    "commitment.supervise": gettext_lazy("%(number)s is in force under your supervision; due on %(due_on)s."),
    "commitment.time_asked": gettext_lazy("More time was asked for on %(number)s; please decide."),
    "commitment.time_granted": gettext_lazy("You have more time for %(number)s: due on %(due_on)s."),
    "commitment.time_refused": gettext_lazy("More time for %(number)s was refused; due on %(due_on)s."),
    "commitment.verdict_asked": gettext_lazy("Something you raised is said to be done. Please judge it by %(due_on)s."),
    "digest.due": gettext_lazy("%(count)s duties of your desk are due by %(due_on)s or overdue."),
    "due.recounted": gettext_lazy("%(number)s is due on %(due_on)s now: the holidays of that year are announced."),
    "exit.ruled": gettext_lazy("%(number)s is ruled; the file says how and why."),
    "exit.suspected": gettext_lazy("%(number)s is suspected in your village. Counter-evidence is filed by %(due_on)s."),
    "gate.answered": gettext_lazy("%(number)s: %(body)s answered “%(gate)s”: %(reason)s"),
    "gate.asked": gettext_lazy("%(number)s waits for your answer by %(due_on)s."),
    "gate.recorded": gettext_lazy(
        "%(number)s: an answer of your body to “%(gate)s” was written down from paper. If it is wrong, say so."
    ),
    "match.answered": gettext_lazy("A need and an offer were brought together; the other side says: %(said)s."),
    "match.proposed": gettext_lazy("A need and an offer could fit. Please say yes or no."),
    "matter.done": gettext_lazy("%(number)s is concluded: everything promised is settled."),
    "matter.dropped": gettext_lazy("%(number)s is not deliberated further; your file says why."),
    "matter.ended": gettext_lazy("%(number)s was solved by agreement before a sitting."),
    "matter.reopened": gettext_lazy("%(number)s is under way again."),
    "matter.judging": gettext_lazy("%(number)s: now it is for you to say how it turned out."),
    "matter.stage": gettext_lazy("%(number)s is at a new step now: %(step)s."),
    "minutes.corrected": gettext_lazy("The minutes of %(number)s were corrected; the corrected ones count."),
    "minutes.to_confirm": gettext_lazy(
        "The minutes of %(number)s are written. Please read them and say whether they are right."
    ),
    "minutes.issued": gettext_lazy("The minutes of %(number)s were issued."),
    "pairing.made": gettext_lazy("You are paired with a family. Its file is open to you from now on."),
    "pairing.coming": gettext_lazy("From %(due_on)s on you are paired with a family. Its file opens to you then."),
    "pairing.taken_over": gettext_lazy(
        "From %(due_on)s on you take over %(count)s pairings. What you should know stands with each family."
    ),
    "plan.decided": gettext_lazy("The yearly plan of %(year)s: %(said)s."),
    "plan.late_topic": gettext_lazy("A topic was put forward for the approved plan of %(year)s."),
    "plan.submitted": gettext_lazy("A yearly plan waits for your decision."),
    "release.checked": gettext_lazy("The public file of %(number)s was checked."),
    "release.prepared": gettext_lazy("A public file of %(number)s waits for the release check."),
    "round.joined": gettext_lazy("You are in the team of the supervision round %(number)s."),
    "seat.declared_for": gettext_lazy(
        "Your interests in %(number)s were written down for you. Please look whether it is what you declared."
    ),
    "seat.declined": gettext_lazy("An invitation to %(number)s was declined."),
    "seat.invited": gettext_lazy("You are invited to take part in %(number)s. Please answer."),
    "seat.recused": gettext_lazy("Somebody stepped back from %(number)s because of an interest."),
    "note.added": gettext_lazy("A leader's note was put on the file of %(number)s."),
    "note.taken_back": gettext_lazy("A leader's note on %(number)s was taken back: it was put there by mistake."),
    "seat.replaced": gettext_lazy("A seat in %(number)s was given to somebody else."),
    "self_report.answered": gettext_lazy("%(number)s was looked at. Read with your code what came of it."),
    "self_report.filed": gettext_lazy("A family reports trouble: %(number)s. Find its household by %(due_on)s."),
    "signal.raised": gettext_lazy("A family of your village may be in trouble: %(number)s. Judge it by %(due_on)s."),
    "signal.referred": gettext_lazy("%(number)s about a family is handed to you."),
    "sitting.adjourned": gettext_lazy("The sitting of %(number)s goes on: %(when)s, %(where)s."),
    "sitting.cancelled": gettext_lazy("The sitting of %(number)s on %(when)s does not take place."),
    "sitting.moved": gettext_lazy("The sitting of %(number)s was moved: %(when)s, %(where)s."),
    "sitting.notice": gettext_lazy("Sitting of %(number)s: %(when)s, %(where)s."),
    "sitting.papers": gettext_lazy("The papers for the sitting of %(number)s are there."),
    "study.invited": gettext_lazy("A study of %(number)s begins; you may take part. Ask the convener when."),
    "study.taken_back": gettext_lazy("The study of %(number)s does not take place: it was opened by mistake."),
    "topic.opened": gettext_lazy("A topic of the yearly plan became a matter: %(number)s."),
    "worry.answered": gettext_lazy("%(number)s was answered. Read it with your query code."),
    "worry.corrected": gettext_lazy("The answer to %(number)s was wrong; a corrected one stands in your file."),
    "worry.declined": gettext_lazy("%(number)s was not taken up; the reason stands in your file."),
    "worry.filed": gettext_lazy("New: %(number)s. Please screen it by %(due_on)s."),
    "worry.merged": gettext_lazy("%(number)s joins %(into)s; you hear everything that happens to it."),
    "worry.passed": gettext_lazy("%(number)s was passed to the body that can answer."),
    "worry.passed_to_you": gettext_lazy("%(number)s was passed to your desk. Please answer by %(due_on)s."),
    "worry.referred": gettext_lazy("%(number)s was referred to %(to)s, as the law provides."),
    "worry.reopened": gettext_lazy("%(number)s: not content with the answer. Please answer again by %(due_on)s."),
    "worry.helped": gettext_lazy("%(number)s: help was given. Read what was done with your query code."),
    "worry.resumed": gettext_lazy("%(number)s is under way again. Read it with your query code."),
    "worry.returned": gettext_lazy("%(number)s came back to the desk that received it, and is answered there."),
    "worry.supervised": gettext_lazy("%(number)s is on a supervision's list now, due on %(due_on)s."),
    "worry.signalled": gettext_lazy("%(number)s: the village looks into it at home by %(due_on)s."),
    "worry.separated": gettext_lazy("%(number)s stands by itself again and is answered by itself."),
    "worry.settled": gettext_lazy("%(number)s is settled. Read it with your query code."),
    "worry.taken_back": gettext_lazy(
        "What was decided on %(number)s is taken back; it is looked at again. The reason stands in your file."
    ),
    "worry.taken_up": gettext_lazy("%(number)s was taken up for deliberation."),
}

# Notices from before a sentence said more: code → (the param that they lack, the sentence as it was).
BEFORE: dict[str, tuple[str, Any]] = {
    "match.answered": (
        "said",
        gettext_lazy("A need and an offer were brought together; the other side has answered."),
    ),
    "plan.decided": ("said", gettext_lazy("The yearly plan was decided upon.")),
    "worry.referred": ("to", gettext_lazy("%(number)s goes the way the law provides; your file says where.")),
    "matter.stage": ("step", gettext_lazy("%(number)s has come to a new stage.")),
}

# What a line of the daily list asks for, by its kind.
DUE: dict[str, Any] = {
    "exit_assessment": gettext_lazy("exit assessment: bring it on"),
    "agreement": gettext_lazy("agreement: hand it over"),
    "on_paper": gettext_lazy("promise of who has no account: ask, write it down from paper"),
    "press": gettext_lazy("promise: press for it"),
    "project": gettext_lazy("project: bring it on"),
    "time": gettext_lazy("promise: decide about more time"),
    "commitment": gettext_lazy("promise: answer or give proof"),
    "coordination": gettext_lazy("finding of a supervision: coordinate it"),
    "gate": gettext_lazy("gate: approve or return"),
    "matter": gettext_lazy("matter: bring it on"),
    "worry": gettext_lazy("worry: answer it"),
}


# What was answered, by the code that the cause gives.
SAID: dict[str, Any] = {
    "accepted": gettext_lazy("it agrees"),
    "declined": gettext_lazy("it declines"),
    "approve": gettext_lazy("approved"),
    "return": gettext_lazy("returned with a reason"),
}


class _Params(dict[str, Any]):
    """A missing param shows as a dash rather than as an error page; days as people write them."""

    def __init__(self, params: Mapping[str, Any]):
        super().__init__(params)
        due_on = self.get("due_on")
        if isinstance(due_on, str) and due_on:
            self["due_on"] = day_said(day_read(due_on))
        elif isinstance(due_on, date):
            self["due_on"] = day_said(due_on)
        if self.get("said") in SAID:
            self["said"] = str(SAID[self["said"]])
        if self.get("when"):
            self["when"] = date_format(datetime.fromisoformat(self["when"]), "DATETIME_FORMAT")

    def __missing__(self, key: str) -> str:
        return "—"


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The sentence of a notice in the language that is active."""
    text = TEXTS.get(code)
    lacking, before = BEFORE.get(code, ("", None))
    if lacking and lacking not in params:
        text = before
    if text is None:
        return _("Something changed in %(number)s.") % _Params(params)
    return str(text) % _Params(params)


def mail_text(notice: Notice) -> str:
    """What a mail says: the sentence, and below it, where the notice is a list of what is due, its lines."""
    lines = [notice_text(notice), ""]
    for code, number, due_on in json.loads(notice.params.get("due", "[]")):
        lines.append(f"{number}  {DUE[code]}  {day_said(day_read(due_on))}")
    if notice.body_id is not None and base_of(INNER):
        lines += ["", _("Open your desk: %(address)s") % {"address": address_of("desk", reader=INNER)}]
    return "\n".join(lines)


def notice_text(notice: Notice) -> str:
    """The notice as a sentence in the reader's language. Its parameters hold no text that somebody typed."""
    return sentence(notice.code, notice.params)


def sms_text(notice: Notice, signature: str) -> str:
    """At most 70 characters with the signature, so that it is one message."""
    text = f"【{signature}】{notice_text(notice)}"
    return text if len(text) <= 70 else text[:69] + "…"
