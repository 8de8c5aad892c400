"""Money and quantities on pages: yuan, thousandths, bars whose numbers stand beside them."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yishi.kit.money import yuan_text
from yishi.web.kit import numbers

register = template.Library()

TEN_THOUSAND = 10_000 * 100  # fen
SHORT_PLACES = 2

register.filter("yuan", yuan_text)


@register.filter
def yuan_short(fen: int | None) -> str:
    """5,620 万元 for 56,200,000 yuan; amounts that would be rounded, or are small, stand in yuan to the fen."""
    fen = fen or 0
    many = Decimal(fen) / TEN_THOUSAND
    if abs(fen) >= TEN_THOUSAND and many == round(many, SHORT_PLACES):
        return _("%(amount)s ten thousand yuan") % {"amount": f"{many.normalize():,f}"}
    return _("%(amount)s yuan") % {"amount": yuan_text(fen).removesuffix(".00")}


@register.filter
def thousandths(amount: int | None) -> str:
    """28.5 for 28,500 thousandths; nothing is 0."""
    return numbers.thousandths(amount or 0)


@register.simple_tag
def layers(whole: int, outer: int, inner: int) -> SafeString:
    """A bar: the whole as its frame, `outer` light, `inner` dark. Its numbers stand beside it, never in it alone."""
    most = max(whole, outer, inner, 1)
    wide = [f"{min(100, max(0, value) * 100 / most):.2f}" for value in (whole, outer, inner)]
    return format_html(
        '<svg class="layers" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="layer-whole" width="{}" height="10"></rect>'
        '<rect class="layer-outer" width="{}" height="10"></rect>'
        '<rect class="layer-inner" width="{}" height="10"></rect></svg>',
        *wide,
    )
