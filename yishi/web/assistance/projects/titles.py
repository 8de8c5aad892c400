"""What the acts of funds and projects are called, and what their files are."""

from django.utils.translation import gettext_lazy as _

from yishi.assistance.projects.models import Allotment, Contract, Fund, FundMovement, Project
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "assistance.contract.cancel": _("Contract cancelled"),
    "assistance.contract.sign": _("Contract signed"),
    "assistance.deed.link_money": _("Tied to a payment"),
    "assistance.donation.record": _("Donation received"),
    "assistance.fund.allot": _("Money held ready for a project"),
    "assistance.fund.move": _("Money moved"),
    "assistance.fund.open": _("Fund opened"),
    "assistance.fund.reverse": _("Movement reversed"),
    "assistance.fund.take_back": _("Money no longer held ready"),
    "assistance.payment.confirm": _("Arrival confirmed"),
    "assistance.payment.record": _("Payment recorded"),
    "assistance.payment.return": _("Payment came back"),
    "assistance.project.accept": _("Accepted or sent back"),
    "assistance.project.approve": _("Approved"),
    "assistance.project.change": _("The plan was changed"),
    "assistance.project.decide_money": _("Decided about more money"),
    "assistance.project.decide_works": _("Decided about more works"),
    "assistance.project.drop": _("Given up"),
    "assistance.project.finish": _("The works were done"),
    "assistance.project.money": _("Planned money set"),
    "assistance.project.open": _("Written down as planned"),
    "assistance.project.photo": _("Photo added"),
    "assistance.project.promise": _("A promise of the project was made"),
    "assistance.project.quantities": _("Quantities set"),
    "assistance.project.reach": _("Families reached set down"),
    "assistance.project.report": _("Progress reported"),
    "assistance.project.step_back": _("A step was taken back"),
    "assistance.project.start": _("The works began"),
    "assistance.fund.open_take_back": _("Fund taken back: opened by mistake"),
}
KINDS: dict[str, Kind] = {
    "allotment": Kind(
        _("Allotment"),
        "project",
        lambda: Allotment.objects.filter(project__in=Project.objects.all()),
        ("project__name",),
        key="project_id",
    ),
    "contract": Kind(
        _("Contract"),
        "project",
        lambda: Contract.objects.filter(project__in=Project.objects.all()),
        ("number", "project__name"),
        key="project_id",
    ),
    "fund": Kind(_("Fund"), "fund", Fund.every.all, ("name",)),
    "fund_movement": Kind(_("Movement of money"), "movement", FundMovement.objects.all, ("number",)),
    "project": Kind(_("Project"), "project", Project.objects.all, ("number", "name")),
}
