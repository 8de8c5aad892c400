"""What an exit assessment upheld becomes a finding of a supervision: the village mends it, and the file says how far.

The ruling stands while something is owed of it; taken back before, it takes its link along.
"""

from uuid import UUID

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yishi.assistance.exits.models import ExitSuspicion
from yishi.assistance.exits.services.owing import owed_no_longer
from yishi.assistance.supervision.models import Finding
from yishi.commitments.models import Commitment
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .into_supervision import Listed, bring
from .links import Kind, link_end, standing
from .models import Crossing


def suspicion_supervise(
    *, actor: Viewer, suspicion: ExitSuspicion, listed: Listed, act_id: UUID | None = None
) -> Receipt:
    """What was upheld of a household becomes a finding of a round: of that household, or of its village where no
    register knows it; what its ruling made somebody owe is owed as that one. Result: finding."""
    by = permit("suspicion.supervise", actor, suspicion)
    sent = {"suspicion": suspicion.pk, **listed.sent()}
    with act("crossings.suspicion.supervise", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = ExitSuspicion.within.select_for_update(of=("self",)).get(pk=suspicion.pk)
        if row.state != ExitSuspicion.State.UPHELD:
            raise WrongStage("crossing.not_upheld", _("Only what was upheld goes on a list."))
        finding = bring(this, actor, (Kind.SUSPICION, suspicion.pk), suspicion, listed, suspicion.sample.household)
        said = _now("Owed as %(number)s of a supervision.") % {"number": finding.commitment.number}
        owed_no_longer(this, row, said)
    return this.receipt


def promise_held(commitment: Commitment, this: Act) -> None:
    """The promise of a ruling is opened again: refused while it is owed as a finding, or was mended as one."""
    if commitment.origin_kind != Commitment.Origin.EXIT_SUSPICION:
        return
    for crossing in standing(from_kind=Kind.SUSPICION, from_id=commitment.origin_id, to_kind=Kind.FINDING):
        _refuse_owed(crossing)


def ruling_held(suspicion: ExitSuspicion, this: Act) -> None:
    """A ruling is taken back: refused while a finding of it is owed, or was struck off; else the link ends."""
    for crossing in standing(from_kind=Kind.SUSPICION, from_id=suspicion.pk, to_kind=Kind.FINDING):
        _refuse_owed(crossing)
        link_end(this, crossing)


def _refuse_owed(crossing: Crossing) -> None:
    """What it is owed as: the finding, or the one into which that was merged."""
    finding = Finding.within.select_related("commitment").get(pk=crossing.to_id)
    while finding.merged_into_id is not None:
        finding = Finding.within.select_related("commitment").get(pk=finding.merged_into_id)
    if finding.is_open or finding.commitment.state == Commitment.State.STRUCK_OFF:
        raise WrongStage(
            "crossing.owed",
            _("It stands on a list of supervision (%(number)s). Let it be ruled there to be no gap first.")
            % {"number": finding.commitment.number},
        )
