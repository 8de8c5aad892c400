"""What the acts of monitoring are called, and what its files are."""

from django.utils.translation import gettext_lazy as _

from yishi.assistance.watch.models import SelfReport, Watch, WatchSignal
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "assistance.self_report.by_code": _("Reported by the family, with its code"),
    "assistance.self_report.file": _("Reported from a poster"),
    "assistance.self_report.match": _("Found whose report it is"),
    "assistance.self_report.reopen": _("Report looked at again"),
    "assistance.self_report.set_aside": _("Report not taken up"),
    "assistance.signal.judge": _("Signal judged"),
    "assistance.signal.raise": _("A family's trouble told"),
    "assistance.signal.reopen": _("Verdict on a signal taken back"),
    "assistance.signal.take_back": _("What was told of a family taken back"),
    "assistance.watch.check": _("Checked by the township"),
    "assistance.watch.clear": _("Risk cleared"),
    "assistance.watch.post": _("Reviewed and posted in the village"),
    "assistance.watch.recognise": _("Recognised by the county"),
    "assistance.watch.refuse": _("Not recognised"),
    "assistance.watch.resume": _("Monitored again"),
    "assistance.watch.return": _("Fell back into poverty"),
    "assistance.watch.step_back": _("Step of monitoring taken back"),
    "assistance.watch.verify": _("Verified at home"),
}
KINDS: dict[str, Kind] = {
    "self_report": Kind(_("Family's own report"), "self_report_file", SelfReport.objects.all, ("number",)),
    "watch": Kind(_("Monitored family"), "watch", Watch.objects.all, ("number",)),
    "watch_signal": Kind(_("Signal about a family"), "watch_signal", WatchSignal.objects.all, ("number",)),
}
