"""What the acts of an import are called, and what its file is."""

from django.utils.translation import gettext_lazy as _

from yishi.assistance.imports.models import Import
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "assistance.import.explain": _("Values of a workbook explained"),
    "assistance.import.give_up": _("Import given up"),
    "assistance.import.publish": _("Workbook imported"),
    "assistance.import.send": _("Workbook sent"),
    "assistance.import.start": _("Import started"),
    "assistance.import.undo": _("Import undone"),
}
KINDS: dict[str, Kind] = {
    "import": Kind(_("Import"), "import", Import.objects.all, ("filename",)),
}
