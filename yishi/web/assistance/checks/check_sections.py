"""Findings of the logic checks as rows: in their list, and as a section of a household's file."""

from datetime import date

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.assistance.checks.logic.pack import Pack, read_pack
from yishi.assistance.checks.models import CheckFinding, CheckWaiver, Severity
from yishi.assistance.register.models import Household
from yishi.kit.records import lend
from yishi.organisations.rights import may
from yishi.web.kit.request import Request
from yishi.web.kit.sections import Asking

from .check_words import BADGES, rule_title

SHOWN = 20
ORDER = {Severity.ERROR: 0, Severity.DOUBT: 1, Severity.HINT: 2}
NEWEST = Prefetch("waivers", CheckWaiver.objects.order_by("-given_at"))


def household_checks(request: Request, household: Household) -> Asking:
    """What waits in this household, then what is let stand."""
    pack = read_pack()
    rows = CheckFinding.objects.filter(household=household, cleared_at=None)
    found = (yield {"rows": rows.select_related("household__place", "member__person").prefetch_related(NEWEST)})["rows"]
    if not found:
        return None
    for one in found:
        dress(request, one, pack)
    found.sort(key=lambda one: (one.waived, ORDER[one.severity], one.rule, one.pk))
    return {
        "template": "assistance/checks/section_household.html",
        "heading": _("Logic checks"),
        "rows": found[:SHOWN],
        "more": max(0, len(found) - SHOWN),
    }


def dress(request: Request, one: CheckFinding, pack: Pack) -> None:
    """Give a finding what its row shows: words of its rule, its waiver, what the viewer may do."""
    today = timezone.localdate()
    rule = pack.rules.get(one.rule)
    lend(
        one,
        title=rule_title(pack, one.rule),
        badge=BADGES[one.severity],
        says=rule.says if rule else "",
        todo=rule.todo if rule else "",
        waived=one.is_waived_on(today),
        reason=reason_of(one, today),
        may_waive=one.cleared_at is None and may("check.waive", request.viewer, one),
    )


def reason_of(one: CheckFinding, today: date) -> str:
    """Why it is let stand today."""
    waivers = list(one.waivers.all())
    return waivers[0].reason if waivers and one.is_waived_on(today) else ""
