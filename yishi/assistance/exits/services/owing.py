"""What was upheld is owed: a ruling makes a promise at whoever mends it, and takes it along when it is taken back."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yishi.assistance.exits.models import ExitSuspicion
from yishi.assistance.exits.settings import rules_of
from yishi.assistance.pairing.services.measures import supervisor_for
from yishi.commitments.models import Commitment
from yishi.commitments.services import promise_make, promise_set_aside
from yishi.journal.act import Act
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.around import bodies_around, mender
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place

ORIGIN = Commitment.Origin.EXIT_SUSPICION
MEND = timedelta(days=30)  # where no other day is said


def mends(place: Place) -> Body | None:
    """Who mends it where nobody else is named: the township's government or the village."""
    return mender(list(bodies_around(place)))


def mend_by(today: date) -> date:
    """By when, where no other day is said."""
    return today + MEND


def ruling_owes(
    this: Act, actor: Viewer, suspicion: ExitSuspicion, bearer: Body | None, due_on: date | None
) -> Commitment:
    """Within the ruling that upholds it: the promise, in force at once, supervised by the desk that runs the
    assessment, else by the nearest that does not owe it. It names nobody of the household."""
    place, assessment = suspicion.sample.place, suspicion.sample.assessment
    owes = bearer or mends(place)
    if owes is None:
        raise Refusal("suspicion.bearer", _("Please say which body mends it."), field="bearer")
    runs = assessment.opened_for
    supervisor = runs if runs is not None and runs.pk != owes.pk else supervisor_for(place, owes)
    if supervisor is None:
        raise Refusal("suspicion.supervisor", _("No body is registered that could supervise this."), field="bearer")
    known = rules_of(assessment).conditions
    what = "、".join(known[code].title for code in suspicion.conditions if code in known) or suspicion.basis[:200]
    return promise_make(
        this,
        actor,
        origin=(ORIGIN, suspicion.pk),
        place=place,
        bearer=owes,
        act_text=_now("Mend what %(number)s found (%(kind)s): %(what)s")
        % {"number": suspicion.number, "kind": suspicion.get_kind_display(), "what": what},
        due_on=due_on or mend_by(timezone.localdate(this.now)),
        proof_expected=_now("photos or scans that show it"),
        supervisor=supervisor,
    )


def owed_of(suspicion: ExitSuspicion) -> list[Commitment]:
    """The promises of its rulings, the last one first."""
    promises = Commitment.within.filter(origin_kind=ORIGIN, origin_id=suspicion.pk)
    return list(promises.select_related("bearer", "place", "supervisor").order_by("-ordinal"))


def owed_no_longer(this: Act, suspicion: ExitSuspicion, reason: str) -> None:
    """Within an act that says so: what is still owed of its ruling is set aside; what was mended stays."""
    for promise in owed_of(suspicion):
        if promise.state in Commitment.OPEN:
            promise_set_aside(this, promise, reason)


def ruling_unowed(this: Act, suspicion: ExitSuspicion, reason: str) -> None:
    """Within the act that takes a ruling back: nothing is owed of it any longer; refused once it was mended."""
    if any(promise.state == Commitment.State.STRUCK_OFF for promise in owed_of(suspicion)):
        raise WrongStage("suspicion.mended", _("What was upheld has been mended and struck off: its ruling stands."))
    owed_no_longer(this, suspicion, reason)


def promise_again(commitment: Commitment, this: Act) -> None:
    """A promise of a ruling is opened again: refused where the suspicion is not upheld any longer."""
    if commitment.origin_kind != ORIGIN:
        return
    suspicion = ExitSuspicion.every.filter(pk=commitment.origin_id).first()
    if suspicion is None or suspicion.state != ExitSuspicion.State.UPHELD:
        raise WrongStage("suspicion.not_upheld", _("The suspicion is not upheld: nothing is owed of it."))
