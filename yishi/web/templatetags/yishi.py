"""Template tags of the house."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yishi.kit.ids import uuid7
from yishi.organisations.rights import may

register = template.Library()


@register.simple_tag
def act_id(value: Any = None) -> SafeString:
    """A hidden field with the id of the act that this form sends: sent twice, it counts once."""
    return format_html('<input type="hidden" name="act_id" value="{}">', value or uuid7())


@register.simple_tag(takes_context=True)
def can(context: template.Context, right: str, thing: Any = None) -> bool:
    """May the viewer do `right` to `thing`? `{% can "worry.screen" worry as may_screen %}`"""
    return may(right, context["viewer"], thing)
