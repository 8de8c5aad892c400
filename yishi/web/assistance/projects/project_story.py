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
from yishi.web.kit.numbers import thousandths
from yishi.web.kit.timeline import Event
from yishi.web.kit.titles import act_title

S = Project.Stage
ACTS = {  # verb of a step → the act that took it
    "plan": "assistance.project.open",
    "replan": "assistance.project.change",
    "rename": "assistance.project.change",
    "approve": "assistance.project.approve",
    "start": "assistance.project.start",
    "finish": "assistance.project.finish",
    "drop": "assistance.project.drop",
    "back": "assistance.project.step_back",
    "ask_money": "assistance.project.money",
    "ask_works": "assistance.project.quantities",
    "more_works": "assistance.project.decide_works",
    "no_works": "assistance.project.decide_works",
    "more_money": "assistance.project.decide_money",
    "no_money": "assistance.project.decide_money",
}
SAYS = {  # of a step whose act says not yet how it went
    "rename": gettext_lazy("Name corrected; it was called"),
    "ask_money": gettext_lazy("More money is asked for"),
    "ask_works": gettext_lazy("More works are asked for"),
    "more_works": gettext_lazy("More works are granted"),
    "no_works": gettext_lazy("More works are not granted"),
    "more_money": gettext_lazy("More money is granted"),
    "no_money": gettext_lazy("More money is not granted"),
}


def step_words(verb: str) -> str:
    """What a step from stage to stage is called."""
    return act_title(ACTS.get(verb, "assistance.project.accept"))


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
    progress_lines: list[ProgressLine],
    acceptance_lines: list[AcceptanceLine],
) -> list[Event]:
    """What happened, in order; then what is expected, by its planned day.

    The steps bring their bodies with them, the lines their reports or acceptances with parts and bodies.
    """
    dated: list[tuple[date, datetime, Event]] = []  # day, moment of recording, event
    for step in steps:
        if step.verb in ACTS:
            who = step.body.name if step.body else ""
            flag = _("one person for both desks (small office)") if step.same_hands else ""
            title = str(SAYS.get(step.verb, "")) or act_title(ACTS[step.verb])
            event = Event(title, when=step.on, who=who, text=step.words, flag=flag)
            dated.append((step.on, step.at, event))
    for contract in contracts:
        text = _("%(amount)s yuan with %(whom)s") % {"amount": yuan_text(contract.amount), "whom": contract.with_whom}
        flag = _("cancelled") if contract.ended_at else ""
        title = _("Contract %(number)s signed") % {"number": contract.number}
        event = Event(title, when=contract.signed_on, text=text, flag=flag)
        dated.append((contract.signed_on, contract.recorded_at, event))
    reports: dict[Any, list[ProgressLine]] = {}
    for line in progress_lines:
        reports.setdefault(line.report, []).append(line)
    for report, report_lines in reports.items():
        done = "；".join(
            f"{line.part.name} {thousandths(line.done)} {line.part.quantity.unit}" for line in report_lines
        )
        why = _("Reason: %(reason)s") % {"reason": report.reason} if report.reason else ""
        text = "\n".join(sentence for sentence in (done, report.words, why) if sentence)
        who = report.body.name if report.body else ""
        dated.append((report.on, report.at, Event(_("Progress, done in all"), when=report.on, who=who, text=text)))
    for acceptance in {line.acceptance_id: line.acceptance for line in acceptance_lines}.values():
        flag = _("one person for both desks (small office)") if acceptance.same_hands else ""
        title = _("Acceptance: %(result)s") % {"result": acceptance.get_result_display()}
        event = Event(title, when=acceptance.on, who=acceptance.body.name, text=acceptance.words, flag=flag)
        dated.append((acceptance.on, acceptance.at, event))
    events = [event for _on, _at, event in sorted(dated, key=lambda entry: entry[:2])]
    coming = NEXT.get(project.stage)
    if coming:
        day = getattr(project, coming[1]) if coming[1] else None
        who = project.acceptor.name if project.stage == S.FINISHED and project.acceptor else ""
        events.append(Event(coming[0], kind="next", due=day, who=who))
    return events
