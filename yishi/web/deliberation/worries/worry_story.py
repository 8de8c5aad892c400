"""A worry's story as a timeline: for its author, and for the desks."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Matter, Worry, WorryStep
from yishi.web.kit.across import events_across
from yishi.web.kit.timeline import Event
from yishi.web.kit.titles import act_title

K = WorryStep.Kind
ACTS = {  # kind of a step → the act that took it
    K.FILED: "deliberation.worry.file",
    K.TAKEN_UP: "deliberation.worry.take_up",
    K.ANSWERED: "deliberation.worry.answer",
    K.MERGED: "deliberation.worry.merge",
    K.REFERRED: "deliberation.worry.refer",
    K.DECLINED: "deliberation.worry.decline",
    K.REOPENED: "deliberation.worry.reopen",
    K.SETTLED: "deliberation.worry.settle",
    K.CORRECTED: "deliberation.worry.correct",
    K.SEPARATED: "deliberation.worry.separate",
    K.TAKEN_BACK: "deliberation.worry.take_back",
    K.CODE: "deliberation.worry.reissue_code",
    K.SUPERVISED: "crossings.worry.supervise",
    K.SIGNALLED: "crossings.worry.signal",
    K.HELPED: "crossings.worry.help",
}
SAYS: dict[str, Any] = {  # steps that follow from what a worry became
    K.FOUND: gettext_lazy("It was looked into: nothing that needs help by the register was found"),
    K.RETURNED: gettext_lazy("It came back to the desk that received it"),
    K.RESUMED: gettext_lazy("It is under way again"),
}


def worry_events(worry: Worry, *, to_raiser: bool = False) -> list[Event]:
    """What happened to it, where it is, what comes next and by when. A merged one shows the other's story after."""
    events = [_event(step) for step in worry.steps.select_related("body", "to_body", "by").order_by("at", "pk")]
    main = worry.merged_into
    if main is not None:
        later = (
            main.steps.select_related("body", "to_body", "by").exclude(kind__in=(K.FILED, K.CODE)).order_by("at", "pk")
        )
        events += [_event(step, of_another=to_raiser) for step in later]
        worry = main
    if worry.state in Worry.OWED:
        desk = worry.desk.name
        events.append(Event(_("Answer owed by %(desk)s") % {"desk": desk}, kind="now", due=worry.answer_due_on))
    elif worry.matter is not None:
        events.append(_matter_event(worry.matter, to_raiser))
    events += events_across("worry", worry, to_raiser=to_raiser)
    return events


def _event(step: WorryStep, *, of_another: bool = False) -> Event:
    """`of_another` keeps what another raiser wrote from who joined them; answers are for both."""
    if step.kind == K.PASSED:
        title = _("Passed to %(desk)s") % {"desk": step.to_body.name if step.to_body else ""}
    elif step.authority:
        title = _("Referred to %(authority)s, as the law provides") % {"authority": step.authority}
    elif step.kind in SAYS:
        title = str(SAYS[step.kind])
    else:
        title = act_title(ACTS[K(step.kind)])
    return Event(
        title,
        when=step.at,
        who=step.body.name if step.body else "",
        text="" if of_another and step.kind == K.REOPENED else step.reason,
    )


def _matter_event(matter: Matter, to_raiser: bool) -> Event:
    title = _("Matter: %(title)s") % {"title": matter.title}
    if matter.state == Matter.State.OPEN:
        return Event(title, kind="now", text=matter.get_stage_display(), due=matter.step_due_on)
    return Event(title, when=matter.closed_on, text=matter.get_state_display())
