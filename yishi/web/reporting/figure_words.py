"""Figures as people read them: number, unit, what one of it is, and where it opens."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yishi.organisations.models import Place
from yishi.reporting.indicators import THOUSANDTHS, Indicator
from yishi.reporting.place_figures import DirectionLine, tell_heads
from yishi.reporting.question import Question
from yishi.reporting.small_numbers import Reader, Told
from yishi.web.kit.numbers import number_text, plain, quantity_words, thousandths

TEN_THOUSAND, HUNDRED_MILLION = 10_000, 100_000_000


@dataclass(frozen=True, slots=True)
class Card:
    """One figure on a page."""

    indicator: Indicator
    value: Told
    url: str

    @property
    def text(self) -> str:
        return amount_text(self.indicator, self.value)

    @property
    def unit(self) -> Any:
        return unit_of(self.indicator, self.value)


def words_of(indicator: Indicator, campaign: Any) -> str:
    """The indicator's name where a `campaign` stands in the heading: what is counted without one says so."""
    if campaign is None or indicator.series.of_campaigns or indicator.series.is_stock:
        return str(indicator.words)
    return _("%(figure)s (of no campaign)") % {"figure": indicator.words}


def amount_text(indicator: Indicator, value: int | Told) -> str:
    """ "1,234", "5,620" (of ten thousand yuan), "≈15".

    `value` is in the indicator's own smallest unit, `indicator.per` of which make one: fen, thousandths, or pieces.
    """
    if isinstance(value, Told):
        if not value.is_exact:
            return number_text(value)
        value = value.low
    if indicator.per == THOUSANDTHS:
        return thousandths(value)
    if not indicator.is_money:
        return f"{value:,}"
    scale = _scale(value)
    return plain(Decimal(value) / indicator.per / scale, 2)


def say_amounts(lines: Iterable[DirectionLine], question: Question, reader: Reader) -> None:
    """Give the items of `lines` the words of their amounts, as the reader is told them."""
    shown = list(lines)
    tell_heads(shown, question, reader)
    for item in (item for line in shown for item in line.items):
        item.said, item.apart = quantity_words(item.amount, item.version.unit, item.told)


def unit_of(indicator: Indicator, value: int | Told) -> Any:
    """The unit in which `amount_text` says the value: for money yuan, 万元 or 亿元, else that of the indicator."""
    if not indicator.is_money:
        return indicator.unit
    value = value.low if isinstance(value, Told) else value  # money is always told as it is
    return {1: _("yuan"), TEN_THOUSAND: _("ten thousand yuan"), HUNDRED_MILLION: _("hundred million yuan")}[
        _scale(value)
    ]


def _scale(fen: int) -> int:
    """The largest of yuan, 万元 and 亿元 in which at least one whole stands and nothing is cut off."""
    for scale in (HUNDRED_MILLION, TEN_THOUSAND):
        if abs(fen) >= scale * 100 and fen % scale == 0:  # two places behind the point say all of it
            return scale
    return 1


def behind_url(place: Place, query: str, indicator: Indicator | None = None) -> str:
    """The page of what is behind a figure."""
    if indicator is not None and indicator.opens:
        return f"{reverse(indicator.opens, args=[place.pk, indicator.code])}?{query}"
    return f"{reverse('figure_deeds', args=[place.pk])}?{query}"
