"""A paper that stands for an act of somebody without a login: the desk that writes it down shows its scan."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.kit.errors import Refusal
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer

from .models import Attachment

SIGNED_BY = Words(
    "signed_by",
    64,
    _("Please write whose signature or seal is on the paper."),
    "paper.no_name",
    "paper.long_name",
)


@dataclass(frozen=True, slots=True)
class OnPaper:
    """The paper itself: its scan, who signed it and on which day."""

    scan: Attachment | None
    signed_by: str
    signed_on: date | None = None

    @property
    def sent(self) -> dict[str, Any]:
        """What of it was sent with an act."""
        scan = self.scan.sha256 if self.scan else None
        return {"scan": scan, "signed_by": self.signed_by, "signed_on": self.signed_on}

    def record(self, actor: Viewer, now: datetime, not_before: tuple[date, Any] | None = None) -> dict[str, Any]:
        """The columns of its `PaperRecord`; refuses a paper without scan or name, a day to come, and one before what
        the paper answers (see `happened`)."""
        today = timezone.localdate(now)
        if self.scan is None:
            raise Refusal("paper.no_scan", _("Please add a photo or scan of the signed paper."), field="scan")
        signed_by = SIGNED_BY.kept(self.signed_by)
        signed_on = happened(
            self.signed_on or today,
            "signed_on",
            code="paper",
            today=today,
            not_before=not_before,
            to_come=_("This day is still to come. Please give the day on the paper."),
        )
        return {
            "scan": self.scan,
            "signed_by": signed_by,
            "signed_on": signed_on,
            "recorded_by": actor.person,
            "recorded_at": now,
        }
