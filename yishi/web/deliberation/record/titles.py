"""What the acts of the public record are called, and what its file is."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import Matter, Release
from yishi.journal.models import Entry
from yishi.web.kit.titles import Kind, Names, Title


def _check(entry: Entry | None, _names: Names) -> Any:
    if entry is None:
        return _("Public file checked")
    return _("Checked: public") if entry.data.get("approve") else _("Checked: to be mended")


TITLES: dict[str, Title] = {
    "deliberation.case.choose": _("Chosen as a good case"),
    "deliberation.case.withdraw": _("Taken out of the library"),
    "deliberation.photo.mask": _("Photo masked"),
    "deliberation.photo.unmask": _("Mask taken back"),
    "deliberation.release.check": _check,
    "deliberation.release.hide": _("Hidden"),
    "deliberation.release.prepare": _("Prepared"),
    "deliberation.release.restore": _("Shown again"),
}
KINDS: dict[str, Kind] = {
    "release": Kind(
        _("Public file"), "release", lambda: Release.objects.filter(matter__in=Matter.objects.all()), ("title",)
    ),
}
