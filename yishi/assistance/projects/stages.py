"""The stages of a project as a table, and the one function that walks it."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from yishi.kit.errors import WrongStage

from .models import Project, ProjectStep

S = Project.Stage

TABLE: dict[str, dict[str, str]] = {
    S.PLANNED: {"plan": S.PLANNED, "approve": S.APPROVED, "drop": S.DROPPED},
    S.APPROVED: {
        "plan": S.APPROVED,
        "allot": S.APPROVED,
        "sign": S.APPROVED,
        "pay": S.APPROVED,
        "start": S.BUILDING,
        "promise": S.APPROVED,
        "drop": S.DROPPED,
    },
    S.BUILDING: {
        "plan": S.BUILDING,
        "allot": S.BUILDING,
        "sign": S.BUILDING,
        "pay": S.BUILDING,
        "report": S.BUILDING,
        "promise": S.BUILDING,
        "finish": S.FINISHED,
    },
    S.FINISHED: {
        "plan_money": S.FINISHED,
        "allot": S.FINISHED,
        "sign": S.FINISHED,
        "pay": S.FINISHED,
        "report": S.FINISHED,
        "promise": S.FINISHED,
        "pass": S.ACCEPTED,
        "fail": S.BUILDING,
    },
    S.ACCEPTED: {"plan_money": S.ACCEPTED, "allot": S.ACCEPTED, "pay": S.ACCEPTED, "promise": S.ACCEPTED},
    S.DROPPED: {},
}
for _stage in (S.PLANNED, S.APPROVED, S.BUILDING):
    TABLE[_stage]["plan_money"] = _stage
for _stage in (S.APPROVED, S.BUILDING, S.FINISHED, S.ACCEPTED):
    TABLE[_stage]["decide_money"] = TABLE[_stage]["decide_works"] = _stage

SAYS = {
    S.PLANNED: _("It is planned; it has to be approved first."),
    S.APPROVED: _("It is approved; the works have not begun."),
    S.BUILDING: _("It is under construction."),
    S.FINISHED: _("It is finished and waits for acceptance."),
    S.ACCEPTED: _("It is accepted."),
    S.DROPPED: _("It was given up."),
}


BACK = "back"  # the verb of a line that takes the step before it back
STEPPED = {  # verb of a step from stage to stage → the right by which it is taken, and taken back
    "approve": "project.approve",
    "start": "project.build",
    "finish": "project.build",
    "pass": "project.accept",
    "fail": "project.accept",
    "drop": "project.plan",
}


def standing_among(steps: Iterable[ProjectStep]) -> list[ProjectStep]:
    """Of a project's steps those from stage to stage that were not taken back, in the order of recording."""
    standing: list[ProjectStep] = []
    for taken in sorted(steps, key=lambda step: (step.at, step.pk)):
        if taken.verb == BACK:
            standing.pop()
        elif taken.verb in STEPPED:
            standing.append(taken)
    return standing


def may_step(project: Project, verb: str) -> bool:
    """Is `verb` possible in the stage of `project`?"""
    return verb in TABLE[project.stage]


def step(project: Project, verb: str) -> str:
    """The stage after `verb`, or `WrongStage` with a sentence about where the project stands."""
    following = TABLE[project.stage].get(verb)
    if following is None:
        raise WrongStage(
            f"project.{verb}.stage",
            _("This is not possible now. %(stage)s Reload the page to see the next step.")
            % {"stage": SAYS[S(project.stage)]},
            details={"stage": project.stage},
        )
    return following
