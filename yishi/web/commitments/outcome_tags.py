"""What came of a file, on its page: `{% load outcomes %}{% outcomes "matter" matter %}`."""

from collections.abc import Iterable
from typing import Any

from django import template

from yishi.commitments.cases import Case
from yishi.commitments.models import Outcome
from yishi.commitments.reads import outcomes_of
from yishi.organisations.rights import may

from .outcome_words import change_text, outcome_text

register = template.Library()

register.filter("outcome_text", outcome_text)
register.filter("outcome_change", change_text)


@register.inclusion_tag("commitments/outcomes_of.html", takes_context=True)
def outcomes(
    context: template.Context, kind: str, file: Any, stated: Iterable[Outcome] | None = None
) -> dict[str, Any]:
    """The outcomes of a file that was reached: what belongs to it may be read; who works on it may add to them."""
    return {
        "kind": kind,
        "file": file,
        "stated": outcomes_of(kind, file.pk).select_related("stated_for") if stated is None else stated,
        "may_state": may("outcome.state", context["viewer"], Case(kind, file)) is not None,
    }
