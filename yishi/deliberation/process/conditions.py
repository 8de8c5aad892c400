"""The closed list of conditions under which a step begins or ends, each with the sentence that says what is missing.

A checker looks at the matter's facts and the model and gives None, or what is missing and what to do about it.
`gate:<code>` is a condition too: that gate of the model has approved.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yishi.commitments.models import Commitment
from yishi.deliberation.models import Agreement, GateRequest, PlanTopic, Sitting, Worry
from yishi.deliberation.shown import gate_is_stale, gate_shown
from yishi.kit.clock import workdays_between
from yishi.kit.records import lent
from yishi.kit.text import unstopped
from yishi.notices.days import day_said

from .facts import Facts
from .schema import Model

GATE = "gate:"
MIN_PARTIES = 2

Checker = Callable[[Facts, Model], str | None]


@dataclass(frozen=True, slots=True)
class Condition:
    """`label` is what the editor shows; `check` gives None or the sentence."""

    label: Any
    check: Checker


def missing(code: str, facts: Facts, model: Model) -> str | None:
    """What the condition `code` lacks, or None if it holds. An unknown code never holds."""
    if code.startswith(GATE):
        return gate_missing(code.removeprefix(GATE), facts, model)
    condition = CONDITIONS.get(code)
    if condition is None:
        return _("The process model asks for “%(code)s”, which this platform does not know.") % {"code": code}
    return condition.check(facts, model)


def label_of(code: str, model: Model | None = None) -> str:
    """A condition's words for the editor and for lists."""
    if code.startswith(GATE):
        wanted = code.removeprefix(GATE)
        gates = [gate for step in model.steps for gate in step.gates if gate.code == wanted] if model else []
        return _("gate approved: %(name)s") % {"name": gates[0].name if gates else wanted}
    return str(CONDITIONS[code].label) if code in CONDITIONS else code


def gate_missing(code: str, facts: Facts, model: Model, step: str = "") -> str | None:
    """What the gate `code` lacks: not asked, no answer yet, silent, on hold, returned."""
    asked = facts.gate(code, step)
    if asked is None:
        names = [gate.name for step in model.steps for gate in step.gates if gate.code == code]
        return _("“%(gate)s” has not been asked yet. Ask it from the matter's page.") % {"gate": (names or [code])[0]}
    params = {
        "gate": asked.name,
        "body": asked.body.name,
        "day": day_said(asked.due_on),
        "reason": unstopped(asked.reason),
    }
    if asked.answer == GateRequest.Answer.APPROVE:
        if asked.shown and gate_is_stale(asked, _gate_reads(facts, model, asked.step)):
            return (
                _("%(body)s approved “%(gate)s” as it was written before; it has been changed since. Ask again.")
                % params
            )
        return None
    if asked.answer == GateRequest.Answer.RETURN:
        return _("%(body)s returned “%(gate)s”: %(reason)s. Mend it, then ask again.") % params
    if asked.answer == GateRequest.Answer.HOLD:
        return _("%(body)s has put “%(gate)s” on hold: %(reason)s.") % params
    if asked.due_on < facts.today:
        return _("%(body)s has been silent on “%(gate)s” since its deadline, %(day)s. Remind that desk.") % params
    return _("%(body)s has not answered “%(gate)s” yet; it has time until %(day)s.") % params


def _gate_reads(facts: Facts, model: Model, step: str) -> dict[str, Any]:
    agreement = facts.agreements[-1] if facts.agreements else None
    return gate_shown(facts.matter, step, model, agreement, facts.duties)


def _worry_linked(facts: Facts, model: Model) -> str | None:
    return None if facts.worries else _("No worry of the people is linked. Take one up, or link one that fits.")


def _screened(facts: Facts, model: Model) -> str | None:
    waiting = [worry.number for worry in facts.worries if worry.state == Worry.State.FILED]
    if not waiting:
        return None
    return _("These worries still wait for screening: %(numbers)s.") % {"numbers": "、".join(waiting)}


def _summary_written(facts: Facts, model: Model) -> str | None:
    return None if facts.matter.summary.strip() else _("Nobody has written yet what it is about. Write the summary.")


def _plan_approved(facts: Facts, model: Model) -> str | None:
    if any(topic.state == PlanTopic.State.APPROVED for topic in facts.topics):
        return None
    if facts.topics:
        return _("The matter stands in the plan of %(year)s, which is not approved yet.") % {
            "year": facts.topics[0].plan.year
        }
    return _("The matter stands in no yearly plan. Put it forward as a topic of the plan.")


def _parties_named(facts: Facts, model: Model) -> str | None:
    if len(facts.parties) >= MIN_PARTIES:
        return None
    return _("Name at least two parties whom the matter concerns; so far there are %(count)d.") % {
        "count": len(facts.parties)
    }


def _study_done(facts: Facts, model: Model) -> str | None:
    if not facts.studies:
        return _("There is no study yet. Open one and go there.")
    studies = [(study, lent(study, "visit_count"), lent(study, "finding_count")) for study in facts.studies]
    if any(study.handed_in_on and visits and findings for study, visits, findings in studies):
        return None
    _study, visits, findings = studies[-1]
    if not visits:
        return _("The study has no visit yet. Record at least one.")
    if not findings:
        return _("The study has no finding yet. Write down at least one.")
    return _("The study has not been handed in yet.")


def _study_checked(facts: Facts, model: Model) -> str | None:
    if any(study.checked_on for study in facts.studies):
        return None
    return _("Nobody has checked the study yet. A second person reads and checks it.")


def _seats_filled(facts: Facts, model: Model) -> str | None:
    held = Counter(seat.seat_class for seat in facts.seats)
    held.update(seat.role for seat in facts.seats if not seat.seat_class)
    short = [
        _("%(name)s: %(have)d of at least %(min)d") % {"name": seat.name, "have": held[seat.code], "min": seat.min}
        for seat in model.seats
        if held[seat.code] < seat.min
    ]
    return _("Seats are still empty: %(list)s.") % {"list": "；".join(short)} if short else None


def _chair_neutral(facts: Facts, model: Model) -> str | None:
    chair = facts.chair
    if chair is None:
        return _("There is no chair yet. Fill the chair's seat.")
    if chair.interests_declared_at is None:
        return _("The chair has not declared interests yet; “none” is a declaration too.")
    if facts.chair_bodies & facts.obligated_bodies and not chair.recusal_note:
        return _(
            "The chair belongs to a body that is a party or bears a duty here. Choose another chair, "
            "or put a recusal note on the record."
        )
    if any(objection.upheld is None for objection in facts.chair_objections):
        return _("A party's objection to the chair has not been decided yet.")
    if any(objection.upheld for objection in facts.chair_objections):
        return _("An objection to the chair was upheld. Replace the chair.")
    return None


def _notice_given(facts: Facts, model: Model) -> str | None:
    return _ahead_of_sitting(facts, model, "notice")


def _papers_sent(facts: Facts, model: Model) -> str | None:
    return _ahead_of_sitting(facts, model, "papers")


def _ahead_of_sitting(facts: Facts, model: Model, clock: str) -> str | None:
    sitting = facts.sitting
    if sitting is None:
        return _("No sitting is planned yet. Plan one.")
    if sitting.backfilled:  # it was held before anybody could give notice here; the minutes say how people were told
        return None
    is_notice = clock == "notice"
    on = sitting.notice_given_on if is_notice else sitting.papers_sent_on
    if on is None and sitting.has_begun:
        if is_notice:
            return _("It is not recorded that notice was given. Record it afterwards on the sitting's page, with how.")
        return _("It is not recorded that the papers went out. Record it afterwards on the sitting's page, with how.")
    if on is None:
        return _("Notice of the sitting has not been given yet.") if is_notice else _("The papers are not sent yet.")
    wanted, ahead = model.clock(clock), workdays_between(on, timezone.localdate(sitting.starts_at))
    if ahead >= wanted or sitting.short_notice_reason:
        return None
    params = {"given": ahead, "wanted": wanted}
    if is_notice:
        return (
            _(
                "Notice was given %(given)d working days ahead, the model asks for %(wanted)d. "
                "Choose a later day, or write the reason for the short notice."
            )
            % params
        )
    return (
        _(
            "The papers went out %(given)d working days ahead, the model asks for %(wanted)d. "
            "Choose a later day, or write the reason for the short notice."
        )
        % params
    )


def _sitting_held(facts: Facts, model: Model) -> str | None:
    if any(sitting.state == Sitting.State.CLOSED for sitting in facts.sittings):
        return None
    if any(sitting.has_begun for sitting in facts.sittings):
        return _("The sitting is still open. Close it when the parties have spoken.")
    return _("The sitting has not been held yet.")


def _quorum_met(facts: Facts, model: Model) -> str | None:
    held = [sitting for sitting in facts.sittings if sitting.has_begun]
    if not held:
        return _("Without a sitting there is no quorum yet.")
    if any((sitting.present_at_opening or 0) >= sitting.quorum for sitting in held):
        return None
    last = held[-1]
    return _("%(present)d were present, the quorum is %(quorum)d. Meet again with enough people.") % {
        "present": last.present_at_opening or 0,
        "quorum": last.quorum,
    }


def _minutes_issued(facts: Facts, model: Model) -> str | None:
    for sitting in facts.sittings:
        minutes = getattr(sitting, "minutes", None)
        if minutes is not None and minutes.issued_at:
            return None
    return _("The minutes have not been issued yet.")


def _agreement_recorded(facts: Facts, model: Model) -> str | None:
    if facts.agreement:
        return None
    if facts.agreements:
        return _("The agreement is still a draft. Record how the parties consented, then record it.")
    return _("There is no agreement yet. Write down what was agreed.")


def _consents_given(facts: Facts, model: Model) -> str | None:
    if not facts.agreement:
        return _("There is no recorded agreement to which the parties could consent.")
    lacking = [party.name for party in facts.parties if party.pk not in facts.consents]
    if not lacking:
        return None
    return _("These parties have not consented yet: %(names)s.") % {"names": "、".join(lacking)}


def _duties_complete(facts: Facts, model: Model) -> str | None:
    if not facts.duties:
        return _("The agreement has no duty yet. Write who does what by when.")
    for duty in facts.duties:
        lacks = [
            word
            for word, value in (
                (_("a bearer"), duty.owes),
                (_("a due date"), duty.due_on),
                (_("how it is proved"), duty.proof_expected),
                (_("a supervisor"), duty.supervisor_id),
            )
            if not value
        ]
        if lacks:
            return _("Duty %(number)d still lacks: %(what)s.") % {"number": duty.ordinal, "what": "、".join(lacks)}
    return None


def _handed_over(facts: Facts, model: Model) -> str | None:
    if facts.agreement and facts.agreement.state == Agreement.State.HANDED_OVER:
        return None
    return _("The agreement has not been handed over to those who owe something.")


def _unfinished(facts: Facts, *states: str) -> list[str]:
    return [commitment.number for commitment in facts.commitments if commitment.state in states]


def _proofs_checked(facts: Facts, model: Model) -> str | None:
    if not facts.commitments:
        return _("There is no commitment yet whose proof could be checked.")
    states = Commitment.State
    waiting = _unfinished(facts, states.PROPOSED, states.AGREED, states.IN_FORCE, states.PROVED)
    if not waiting:
        return None
    return ngettext(
        "This commitment is not yet proved and checked: %(numbers)s.",
        "These commitments are not yet proved and checked: %(numbers)s.",
        len(waiting),
    ) % {"numbers": "、".join(waiting)}


def _verdict_asked(facts: Facts, model: Model) -> str | None:
    checked = [commitment for commitment in facts.commitments if commitment.state == Commitment.State.CHECKED]
    if any(commitment.verdict_due_on for commitment in checked) or any(
        commitment.settled_on for commitment in facts.commitments
    ):
        lacking = [commitment.number for commitment in checked if not commitment.verdict_due_on]
        if not lacking:
            return None
        return _("Nobody was asked yet to judge: %(numbers)s.") % {"numbers": "、".join(lacking)}
    return _("Those who raised it have not been asked yet to judge the result.")


def _fed_back(facts: Facts, model: Model) -> str | None:
    asked = _verdict_asked(facts, model)
    if asked:
        return asked
    waiting = [
        commitment.number
        for commitment in facts.commitments
        if commitment.state == Commitment.State.CHECKED
        and commitment.verdict_due_on
        and commitment.verdict_due_on >= facts.today
        and facts.verdicts.get((commitment.pk, commitment.round), 0) < facts.judges.get(commitment.pk, 0)
    ]
    if not waiting:
        return None
    return _("Those who raised it still have time to judge: %(numbers)s.") % {"numbers": "、".join(waiting)}


def _all_settled(facts: Facts, model: Model) -> str | None:
    if not facts.commitments:
        return _("There is no commitment yet that could be settled.")
    settled = (Commitment.State.STRUCK_OFF, Commitment.State.CLOSED_UNDONE, Commitment.State.DROPPED)
    open_ones = [commitment.number for commitment in facts.commitments if commitment.state not in settled]
    if not open_ones:
        return None
    return _("Not struck off yet: %(numbers)s.") % {"numbers": "、".join(open_ones)}


CONDITIONS: dict[str, Condition] = {
    "worry_linked": Condition(gettext_lazy("a worry is linked"), _worry_linked),
    "screened": Condition(gettext_lazy("the worries are screened"), _screened),
    "summary_written": Condition(gettext_lazy("it is written what it is about"), _summary_written),
    "plan_approved": Condition(gettext_lazy("it stands in an approved yearly plan"), _plan_approved),
    "parties_named": Condition(gettext_lazy("at least two parties are named"), _parties_named),
    "study_done": Condition(gettext_lazy("a study with visit and finding is handed in"), _study_done),
    "study_checked": Condition(gettext_lazy("the study is checked by a second person"), _study_checked),
    "seats_filled": Condition(gettext_lazy("every class of seats is filled"), _seats_filled),
    "chair_neutral": Condition(gettext_lazy("the chair is neutral and has declared interests"), _chair_neutral),
    "notice_given": Condition(gettext_lazy("notice is given in time"), _notice_given),
    "papers_sent": Condition(gettext_lazy("the papers are sent in time"), _papers_sent),
    "sitting_held": Condition(gettext_lazy("the sitting was held"), _sitting_held),
    "quorum_met": Condition(gettext_lazy("the quorum was met"), _quorum_met),
    "minutes_issued": Condition(gettext_lazy("the minutes are issued"), _minutes_issued),
    "agreement_recorded": Condition(gettext_lazy("the agreement is recorded"), _agreement_recorded),
    "consents_given": Condition(gettext_lazy("every party has consented"), _consents_given),
    "duties_complete": Condition(gettext_lazy("every duty has bearer, date, proof and supervisor"), _duties_complete),
    "handed_over": Condition(gettext_lazy("the agreement is handed over"), _handed_over),
    "proofs_checked": Condition(gettext_lazy("every proof is checked"), _proofs_checked),
    "verdict_asked": Condition(gettext_lazy("those who raised it are asked to judge"), _verdict_asked),
    "fed_back": Condition(gettext_lazy("they have judged, or their time is over"), _fed_back),
    "all_settled": Condition(gettext_lazy("every commitment is settled"), _all_settled),
}

__all__ = ["CONDITIONS", "GATE", "Condition", "gate_missing", "label_of", "missing"]
