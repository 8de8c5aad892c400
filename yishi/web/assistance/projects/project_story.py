"""A project's story as a timeline: plan, approval, contracts, progress by hamlet, acceptance; then what comes next."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.projects.models import (
    AcceptanceLine,
    Contract,
    ProgressLine,
    Project,
    ProjectStep,
)
from yishi.kit.money import yuan_text
from yishi.web.kit.timeline import Event

S = Project.Stage
TITLES = {
    "plan": gettext_lazy("Written down as planned"),
    "replan": gettext_lazy("The plan was changed"),
    "approve": gettext_lazy("Approved"),
    "start": gettext_lazy("The works began"),
    "finish": gettext_lazy("The works were done"),
    "drop": gettext_lazy("Given up"),
}
NEXT: dict[str, tuple[Any, str]] = {  # stage → what comes next, and the field of its planned day
    S.PLANNED: (gettext_lazy("Approval by an office above"), "starts_on"),
    S.APPROVED: (gettext_lazy("The works begin"), "starts_on"),
    S.BUILDING: (gettext_lazy("The works are done"), "ends_on"),
    S.FINISHED: (gettext_lazy("Acceptance by another body"), ""),
}


def project_events(
    project: Project,
    steps: list[ProjectStep],
    contracts: list[Contract],
    lines: list[ProgressLine],
    found: list[AcceptanceLine],
) -> list[Event]:
    """What happened, in order; then what is expected, by its planned day.

    `steps` bring their bodies; `lines` and `found` bring their reports and acceptances, parts and bodies with them.
    """
    rows: list[tuple[date, datetime, Event]] = []
    for one in steps:
        if one.verb in TITLES:
            who = one.body.name if one.body else ""
            rows.append((one.on, one.at, Event(TITLES[one.verb], when=one.on, who=who, text=one.words)))
    for row in contracts:
        text = _("%(amount)s yuan with %(whom)s") % {"amount": yuan_text(row.amount), "whom": row.with_whom}
        flag = _("cancelled") if row.ended_at else ""
        title = _("Contract %(number)s signed") % {"number": row.number}
        rows.append((row.signed_on, row.recorded_at, Event(title, when=row.signed_on, text=text, flag=flag)))
    reports: dict[Any, list[ProgressLine]] = {}
    for line in lines:
        reports.setdefault(line.report, []).append(line)
    for report, parts in reports.items():
        done = "；".join(f"{one.part.name} {one.done / 1000:g} {one.part.quantity.unit}" for one in parts)
        why = _("Reason: %(reason)s") % {"reason": report.reason} if report.reason else ""
        text = "\n".join(word for word in (done, report.words, why) if word)
        who = report.body.name if report.body else ""
        rows.append((report.on, report.at, Event(_("Progress, done in all"), when=report.on, who=who, text=text)))
    for acceptance in {line.acceptance_id: line.acceptance for line in found}.values():
        flag = _("one person for both desks (small office)") if acceptance.same_hands else ""
        title = _("Acceptance: %(result)s") % {"result": acceptance.get_result_display()}
        event = Event(title, when=acceptance.on, who=acceptance.body.name, text=acceptance.words, flag=flag)
        rows.append((acceptance.on, acceptance.at, event))
    events = [event for _on, _at, event in sorted(rows, key=lambda row: row[:2])]
    coming = NEXT.get(project.stage)
    if coming:
        day = getattr(project, coming[1]) if coming[1] else None
        who = project.acceptor.name if project.stage == S.FINISHED and project.acceptor else ""
        events.append(Event(coming[0], kind="next", due=day, who=who))
    return events
