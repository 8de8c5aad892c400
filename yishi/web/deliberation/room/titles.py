"""What the acts of a room are called, and what its files are."""

from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import Sitting, Stance
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "deliberation.agenda.add": _("One more item on the agenda"),
    "deliberation.agenda.begin": _("Item taken up"),
    "deliberation.agenda.drop": _("Item taken off the agenda"),
    "deliberation.agenda.note": _("Notes under an item"),
    "deliberation.ballot.count": _("Secret ballot counted"),
    "deliberation.ballot.hand_out": _("Paper slips handed out"),
    "deliberation.ballot.open": _("Secret ballot opened"),
    "deliberation.ballot.slip_back": _("A paper slip came back unused"),
    "deliberation.ballot.void": _("Secret ballot void"),
    "deliberation.ballot.vote": _("Voted in secret"),
    "deliberation.chair.intervene": _("The chair intervened"),
    "deliberation.chair.intervention_back": _("Taken out of the log of interventions"),
    "deliberation.condition.answer": _("A condition answered by the parties"),
    "deliberation.hands.count": _("Show of hands counted"),
    "deliberation.hands.record": _("Hands of the parties counted"),
    "deliberation.presence.arrive": _("Arrived"),
    "deliberation.presence.leave": _("Left the room"),
    "deliberation.presence.stay": _("Had not left: still in the room"),
    "deliberation.presence.take_back": _("A tick was taken back: had not come"),
    "deliberation.presence.walk_in": _("Came without an invitation"),
    "deliberation.roll.call": _("Roll called"),
    "deliberation.stance.record": _("Stances of the room recorded"),
    "deliberation.sheet.print": _("Sheets for stances made"),
    "deliberation.sheet.settle": _("Sheet looked at a third time"),
    "deliberation.sheet.type": _("Sheet typed in"),
    "deliberation.stance.take": _("Stance taken"),
    "deliberation.statement.add": _("Statement added"),
    "deliberation.statement.close": _("Statement closed"),
    "deliberation.statement.merge": _("Statement merged into another one"),
    "deliberation.statement.open_again": _("Closing of the statement taken back"),
    "deliberation.statement.reword": _("Statement worded otherwise"),
    "deliberation.statement.unmerge": _("Merging of statements taken back"),
    "deliberation.statement.withdraw": _("Statement withdrawn"),
    "deliberation.turn.ask": _("Wants to speak"),
    "deliberation.turn.begin": _("Speaks"),
    "deliberation.turn.drop": _("Out of the queue"),
    "deliberation.turn.end": _("Has spoken"),
    "deliberation.turn.limit": _("Time for each turn set"),
}
KINDS: dict[str, Kind] = {
    "stance": Kind(
        _("Stance"),
        "sitting",
        lambda: Stance.objects.filter(statement__sitting__in=Sitting.objects.all()),
        ("statement__sitting__matter__number",),
        key="statement__sitting_id",
    ),
}
