"""What the acts of a matter, its gates, plans and models are called, and what their files are."""

from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import GateRequest, Matter, ProcessModel, YearPlan
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "deliberation.due.recount": _("Due day counted again: the holidays of that year are announced"),
    "deliberation.gate.answer": _("Gate answered"),
    "deliberation.gate.ask": _("Gate asked"),
    "deliberation.gate.ask_again": _("Gate asked again"),
    "deliberation.gate.compare": _("Answer of a gate compared with its paper"),
    "deliberation.gate.record": _("Answer of a gate written down from paper"),
    "deliberation.matter.advance": _("Sent on to the next step"),
    "deliberation.matter.change": _("Details of the matter changed"),
    "deliberation.matter.close": _("Matter concluded"),
    "deliberation.matter.drop": _("Matter dropped"),
    "deliberation.matter.end": _("Solved by agreement before a sitting"),
    "deliberation.matter.enter": _("Step of the model entered"),
    "deliberation.matter.join_worry": _("Worry joined to the matter"),
    "deliberation.matter.move_on": _("Moved on by itself"),
    "deliberation.matter.open": _("Matter opened"),
    "deliberation.matter.open_again": _("Opened again"),
    "deliberation.matter.over": _("No longer under way"),
    "deliberation.matter.reopen": _("Matter opened again"),
    "deliberation.matter.step_back": _("Back to the step before"),
    "deliberation.matter.take_up": _("Became a matter"),
    "deliberation.note.add": _("Leader's note added"),
    "deliberation.note.take_back": _("A leader's note was taken back"),
    "deliberation.party.add": _("Party added"),
    "deliberation.party.remove": _("Party taken out"),
    "deliberation.plan.decide": _("Plan decided upon"),
    "deliberation.plan.open": _("Plan opened"),
    "deliberation.plan.submit": _("Plan submitted"),
    "deliberation.plan.supplement": _("Plan supplemented"),
    "deliberation.process.copy": _("Model copied"),
    "deliberation.process.draft": _("New draft of the model begun"),
    "deliberation.process.load": _("Model of the product loaded"),
    "deliberation.process.new": _("New model begun"),
    "deliberation.process.publish": _("Model published"),
    "deliberation.process.retire": _("Model retired"),
    "deliberation.process.save": _("Draft of the model saved"),
    "deliberation.process.upload": _("Model uploaded"),
    "deliberation.topic.draft": _("Topic taken into the draft"),
    "deliberation.topic.leave_out": _("Topic left out"),
    "deliberation.topic.open": _("Topic became a matter"),
    "deliberation.topic.propose": _("Topic proposed"),
    "deliberation.topic.undraft": _("Topic taken out of the draft"),
}
KINDS: dict[str, Kind] = {
    "gate": Kind(
        _("Gate"),
        "gate",
        lambda: GateRequest.objects.filter(matter__in=Matter.objects.all()),
        ("name", "matter__number"),
    ),
    "matter": Kind(_("Matter"), "matter", Matter.objects.all, ("number", "title")),
    "plan": Kind(_("Yearly plan"), "plan", YearPlan.objects.all, ("body__name", "year")),
    "process": Kind(_("Process model"), "processes", ProcessModel.objects.all, ("code",), key=""),
}
