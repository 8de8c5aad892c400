"""What an exit assessment upheld becomes a finding of a supervision: the village mends it, and the file says how far.

The ruling stands while something is owed of it; taken back before, it takes its link along.
"""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.exits.models import ExitSuspicion
from yishi.assistance.supervision.models import Finding
from yishi.commitments.models import Commitment
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .into_supervision import Listed, bring
from .links import Kind, link_end, standing


def suspicion_supervise(
    *, actor: Viewer, suspicion: ExitSuspicion, listed: Listed, act_id: UUID | None = None
) -> Receipt:
    """What was upheld of a household becomes a finding of a round: of that household, or of its village where no
    register knows it. Result: finding."""
    by = permit("suspicion.supervise", actor, suspicion)
    sent = {"suspicion": suspicion.pk, **listed.sent()}
    with act("crossings.suspicion.supervise", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = ExitSuspicion.within.select_for_update(of=("self",)).get(pk=suspicion.pk)
        if row.state != ExitSuspicion.State.UPHELD:
            raise WrongStage("crossing.not_upheld", _("Only what was upheld goes on a list."))
        bring(this, actor, (Kind.SUSPICION, suspicion.pk), suspicion, listed, suspicion.sample.household)
    return this.receipt


def ruling_held(suspicion: ExitSuspicion, this: Act) -> None:
    """A ruling is taken back: refused while a finding of it is owed, or was struck off; else the link ends."""
    for crossing in standing(from_kind=Kind.SUSPICION, from_id=suspicion.pk, to_kind=Kind.FINDING):
        finding = Finding.within.select_related("commitment").get(pk=crossing.to_id)
        if finding.is_open or finding.commitment.state == Commitment.State.STRUCK_OFF:
            raise WrongStage(
                "crossing.owed",
                _("It stands on a list of supervision (%(number)s). Let it be ruled there to be no gap first.")
                % {"number": finding.commitment.number},
            )
        link_end(this, crossing)
