"""What was done by mistake is taken back: the page that asks why and says what then holds, and its lines in a story."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.journal.models import Moved, Receipt
from yishi.journal.moved import WHY_BACK

from .fields.words_field import WordsField
from .forms import ActForm
from .one_act import one_act
from .request import Request
from .timeline import Event
from .titles import act_title


class BackForm(ActForm):
    reason = WordsField(WHY_BACK, gettext_lazy("Why? It stays on the record."), rows=3)


def taking_back(
    request: Request,
    service: Callable[..., Receipt],
    *,
    what: Any,
    heading: Any,
    lead: Any,
    back: str,
    given: dict[str, Any],
    form: ActForm | None = None,
    **options: Any,
) -> HttpResponse:
    """Ask for the reason (by `form`, where more is asked) and call `service` with what is `given`.

    `what` names the thing as its own page does: who came by a wrong line of a list must see it here. `lead` says what
    holds then.
    """
    options.setdefault("submit", _("Take back"))
    options.setdefault("done", _("It is taken back; the reason stays on the record."))
    return one_act(
        request,
        BackForm(request.POST or None) if form is None else form,
        service,
        heading=heading,
        lead=lead,
        back=back,
        given=given,
        facts=[(_("What is taken back"), what)],
        **options,
    )


def taken_back_events(kept: Iterable[Moved], *codes: str) -> list[Event]:
    """What of a file was taken back (of the acts `codes` alone, if any are named): what had been done, and why not."""
    events = []
    for moved in kept:
        if moved.taken_back_at is None or (codes and moved.code not in codes):
            continue
        what = act_title(moved.code)
        events.append(Event(what, moved.at, flag=_("was taken back")))
        title = _("Taken back: %(what)s") % {"what": what}
        events.append(Event(title, moved.taken_back_at, text=moved.taken_back_reason))
    return events
