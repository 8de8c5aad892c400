"""Findings of the logic checks as rows: in their list, and as a section of a household's file."""

from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.assistance.checks.logic.pack import Pack, read_pack
from yishi.assistance.checks.models import CheckFinding, CheckWaiver, Severity
from yishi.assistance.register.models import Household
from yishi.kit.records import lend
from yishi.organisations.rights import may
from yishi.web.kit.one_act import link
from yishi.web.kit.request import Request
from yishi.web.kit.sections import Asking

from .check_words import BADGES, rule_title

SHOWN = 20
ORDER = {Severity.ERROR: 0, Severity.DOUBT: 1, Severity.HINT: 2}
YEARLY = frozenset({"income", "living"})  # groups of rules about what the form of a household's year asks
WORKING_YEAR = frozenset({"work"})  # and the form of a member's year
NEWEST_WAIVERS = Prefetch("waivers", CheckWaiver.objects.order_by("-given_at"))


def household_checks(request: Request, household: Household) -> Asking:
    """The findings of this household: first those that wait, then those that are let stand."""
    pack = read_pack()
    findings = (yield _standing_rows)["findings"]
    if not findings:
        return None
    for finding in findings:
        dress(request, finding, pack)
    findings.sort(key=lambda finding: (finding.waived, ORDER[finding.severity], finding.rule, finding.pk))
    return {
        "template": "assistance/checks/section_household.html",
        "heading": _("Logic checks"),
        "findings": findings[:SHOWN],
        "more": max(0, len(findings) - SHOWN),
    }


def _standing_rows(household: Any) -> dict[str, Any]:
    standing = CheckFinding.objects.filter(household=household.pk, cleared_at=None)
    standing = standing.select_related("household__place", "member__person")
    return {"findings": standing.prefetch_related(NEWEST_WAIVERS)}


def dress(request: Request, finding: CheckFinding, pack: Pack) -> None:
    """Lend a finding what its row shows: the words of its rule, its waiver, what the viewer may do."""
    today = timezone.localdate()
    rule = pack.rules.get(finding.rule)
    lend(
        finding,
        title=rule_title(pack, finding.rule),
        badge=BADGES[finding.severity],
        says=rule.says if rule else "",
        todo=rule.todo if rule else "",
        waived=finding.is_waived_on(today),
        reason=reason_of(finding, today),
        may_waive=finding.cleared_at is None and may("check.waive", request.viewer, finding),
        rule_url=link("check_rule", finding.rule) if may("check.see", request.viewer) else "",
        mend_url=mend_url(request, finding) if finding.cleared_at is None else "",
    )


def mend_url(request: Request, finding: CheckFinding) -> str:
    """The page on which what the rule asks for is written down, or asked for; empty for who may do neither."""
    viewer, household, member = request.viewer, finding.household, finding.member
    if finding.group == "helpers":
        return link("family", household.pk) if may("family.see", viewer, household) else ""
    year = finding.year or timezone.localdate().year
    if finding.group in YEARLY and may("household.fill", viewer, household):
        return link("household_year", pk=household.pk, year=year)
    if member is not None:
        member.household = household  # at hand already
        if finding.group in WORKING_YEAR and may("member.fill", viewer, member):
            return link("household_member_year", pk=member.pk, year=year)
        return link("household_member_change", member.pk) if may("household.correct", viewer, member) else ""
    return link("household_change", household.pk) if may("household.edit", viewer, household) else ""


def reason_of(finding: CheckFinding, today: date) -> str:
    """Why the finding is let stand today; empty where it is not."""
    waivers = list(finding.waivers.all())
    return waivers[0].reason if waivers and finding.is_waived_on(today) else ""
