"""The fields of forms without a template for each option: a list of a hundred options took a quarter of its page.

What is drawn here is, letter by letter, what Django's templates draw (tests/kit/test_widgets.py compares); all other
widgets go to their templates.
"""

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.template.base import render_value_in_context
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

SELECT = "django/forms/widgets/select.html"
OPTION = "django/forms/widgets/select_option.html"
# Of these templates all only include that of an <input>, and end with its line and one of their own.
INPUTS = {f"django/forms/widgets/{kind}.html" for kind in ("text", "number", "date", "hidden", "email", "password")}


class Renderer(DjangoTemplates):
    """Django's own, but for what stands many times on a page (settings: FORM_RENDERER)."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        widget = context.get("widget")
        if template_name in INPUTS:
            return _input(widget)
        if template_name == SELECT and _is_plain(widget):
            return _select(widget)
        return super().render(template_name, context, request)


def text_input(name: str, attributes: dict[str, Any]) -> SafeString:
    """An empty field for text without a field of the form behind it: a grid has hundreds, of which few are filled."""
    return _input({"type": "text", "name": name, "value": None, "attrs": attributes})


def _is_plain(widget: Any) -> bool:
    """Are all options drawn as Django draws them?"""
    return all(option["template_name"] == OPTION for _group, options, _n in widget["optgroups"] for option in options)


def _input(widget: Any) -> SafeString:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    start = f'<input type="{_shown(widget["type"])}" name="{_shown(widget["name"])}"'
    return mark_safe(f"{start}{value}{_attributes(widget['attrs'])}>")


def _select(widget: Any) -> SafeString:
    parts = [f'<select name="{_shown(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _number in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_shown(group)}">')
        for option in options:
            opening = f'\n  <option value="{_text(option["value"])}"{_attributes(option["attrs"])}>'
            parts.append(f"{opening}{_shown(option['label'])}</option>\n")
        if group:
            parts.append("\n  </optgroup>")
    return mark_safe("".join([*parts, "\n</select>"]))


def _attributes(attributes: dict[str, Any]) -> str:
    return "".join(
        f" {_shown(name)}" if value is True else f' {_shown(name)}="{_text(value)}"'
        for name, value in attributes.items()
        if value is not False
    )


def _text(value: Any) -> str:
    """As `|stringformat:"s"` gives it."""
    return conditional_escape(value if isinstance(value, SafeString) else str(value))


_CONTEXT = Context()


def _shown(value: Any) -> str:
    """As `{{ value }}` gives it: numbers in the reader's language."""
    return conditional_escape(value) if isinstance(value, str) else render_value_in_context(value, _CONTEXT)
