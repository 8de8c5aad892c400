"""What every step of a family's file shares: the lock, what stood before, the step, the register that follows."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.register.models import Household, HouseholdCause
from yishi.assistance.register.services.register import household_change
from yishi.assistance.watch.models import Watch, WatchStep
from yishi.assistance.watch.rules import has_other_hands, took_a_step
from yishi.assistance.watch.stages import step
from yishi.attachments.models import Attachment
from yishi.database.words import Words
from yishi.journal.act import Act
from yishi.kit.errors import NotAllowed
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer

SEEN = Words("words", 500, _("Please write what was found at home."), code="watch.words")
SAID = Words("words", 500)
WHY = Words("reason", 300, _("Please write why this step is taken."), code="watch.reason")
BEFORE = {"verify": _("The first signal came on %(day)s."), "": _("The step before it was on %(day)s.")}
REGISTER = ("state", "returned", "watch_kind", "watch_from", "watch_cleared_on")


def locked(watch: Watch) -> Watch:
    """The file as it stands, locked for this act."""
    rows = Watch.within.select_for_update(of=("self",)).select_related("household__place", "household__head", "place")
    return rows.get(pk=watch.pk)


def after_the_last(watch: Watch, on: date) -> date:
    """`on`, which is not to come, nor before the step that it follows."""
    last = watch.steps.filter(taken_back_at=None).order_by("-on", "-at").values_list("on", flat=True).first()
    words = BEFORE["" if last is not None else "verify"]
    return happened(on, "on", not_before=(last or watch.found_on, words))


def take(
    this: Act,
    watch: Watch,
    verb: str,
    on: date,
    *,
    words: str = "",
    files: Sequence[Attachment] = (),
    data: dict[str, Any] | None = None,
    register: dict[str, Any] | None = None,
    **columns: Any,
) -> WatchStep:
    """Let a locked file take one step: its stage and `columns` change, what they were is kept with the step."""
    columns["stage"] = step(watch, verb)
    before = {name: _plain(getattr(watch, name)) for name in columns}
    for name, value in columns.items():
        setattr(watch, name, value)
    watch.save(update_fields=[Watch._meta.get_field(name.removesuffix("_id")).name for name in columns])
    taken = WatchStep.objects.create(
        watch=watch,
        verb=verb,
        on=on,
        words=words,
        data=data or {},
        before=before,
        register=register or {},
        by_id=this.actor.person_id,
        body_id=this.actor.body_id,
        at=this.now,
    )
    taken.files.set(files)
    this.entry(
        subject=("watch", watch.pk),
        place=watch.place_id,
        at=this.on_day(on),
        quantities={verb: 1},
        touches=[("household", watch.household_id, 1)],
        data={"words": words, **(data or {})},
    )
    this.result(watch=watch.pk, step=taken.pk)
    return taken


def _plain(value: Any) -> Any:
    """A column's value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value


def restored(name: str, value: Any) -> Any:
    """The value of a column that `take` kept."""
    column: Any = Watch._meta.get_field(name.removesuffix("_id"))
    return (column.target_field if column.is_relation else column).to_python(value)


def other_hands(actor: Viewer, watch: Watch) -> bool:
    """Did the actor take an earlier step too, which the file shows then? The right is asked once more, of the file as
    it is locked: somebody may have verified it since the page was opened."""
    if not has_other_hands.test(actor, watch):
        raise NotAllowed("watch.hands", _("Somebody else than who took the step before looks at it now."))
    return took_a_step(actor, watch) or watch.same_hands


def register_now(household: Household) -> dict[str, Any]:
    """What the register says of the family's standing and monitoring, as a step keeps it."""
    risks = household.causes.filter(kind=HouseholdCause.Kind.RISK)
    return {
        "values": {name: _plain(getattr(household, name)) for name in REGISTER},
        "risks": [[each.code, _plain(each.cleared_on)] for each in risks],
    }


def register_follow(
    this: Act,
    actor: Viewer,
    watch: Watch,
    values: dict[str, Any],
    risks: Sequence[tuple[str, date | None]] | None,
    on: date,
    *,
    takes_back: bool = False,
) -> None:
    """Let the register say so too, by its own service; nothing where it says so already."""
    home = Household.within.get(pk=watch.household_id)
    now = register_now(home)
    differs = {name: value for name, value in values.items() if now["values"][name] != _plain(value)}
    same_risks = risks is None or [[code, _plain(day)] for code, day in risks] == now["risks"]
    if not differs and same_risks:
        return
    household_change(
        actor=actor,
        household=home,
        values=differs,
        risks=None if same_risks else risks,
        on=max(on, home.registered_on),
        takes_back=takes_back,
        act_id=this.child(),
    )
