"""The stages of a monitored family as a table, and the one function that walks it."""

from django.utils.translation import gettext_lazy as _

from yishi.kit.errors import WrongStage

from .models import Watch

S = Watch.Stage

TABLE: dict[str, dict[str, str]] = {
    S.OPENED: {"verify": S.VERIFIED, "refuse": S.REFUSED},
    S.VERIFIED: {"post": S.POSTED, "refuse": S.REFUSED},
    S.POSTED: {"check": S.CHECKED, "refuse": S.REFUSED},
    S.CHECKED: {"recognise": S.WATCHED, "refuse": S.REFUSED},
    S.WATCHED: {"clear": S.CLEARED, "return": S.RETURNED},
    S.CLEARED: {"resume": S.WATCHED, "return": S.RETURNED},
    S.RETURNED: {},
    S.REFUSED: {},
}
SAYS = {
    S.OPENED: _("It waits for the visit at home."),
    S.VERIFIED: _("It waits for the villagers' review."),
    S.POSTED: _("It is posted in the village and waits for the township."),
    S.CHECKED: _("It waits for the county's recognition."),
    S.WATCHED: _("The family is monitored."),
    S.CLEARED: _("Its risk is cleared."),
    S.RETURNED: _("The family fell back into poverty; the register has it so."),
    S.REFUSED: _("It was not recognised."),
}


def may_step(watch: Watch, verb: str) -> bool:
    """Is `verb` possible in the stage of `watch`?"""
    return verb in TABLE[watch.stage]


def step(watch: Watch, verb: str) -> str:
    """The stage after `verb`, or `WrongStage` with a sentence about where it stands."""
    following = TABLE[watch.stage].get(verb)
    if following is None:
        raise WrongStage(
            f"watch.{verb}.stage",
            _("This cannot be done now. %(stage)s Reload the page to see the next step.")
            % {"stage": SAYS[S(watch.stage)]},
            details={"stage": watch.stage},
        )
    return following
