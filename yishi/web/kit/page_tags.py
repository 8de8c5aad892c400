"""Template tags of the house: forms, timelines, clocks, badges, days."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import forms, template
from django.core.paginator import Page
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yishi.assistance.register import codes
from yishi.kit.ids import uuid7
from yishi.kit.names import masked_name
from yishi.kit.text import masked_phone
from yishi.notices.days import doubt_of
from yishi.notices.texts import notice_text
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import PUBLIC, may
from yishi.organisations.themes import theme_word
from yishi.reporting.small_numbers import Told
from yishi.web.kit.across import doors, links_across
from yishi.web.kit.lists import LISTS, DeclaredList
from yishi.web.kit.numbers import left_until, number_text
from yishi.web.kit.numbers import thousandths as thousandths_text
from yishi.web.kit.standing import standing
from yishi.web.kit.uploads import LEFT_OUT, NAMED, kept_with

register = template.Library()

register.filter("masked_name", masked_name)
register.filter("masked_phone", masked_phone)
register.filter("theme_word", theme_word)
register.filter("notice_text", notice_text)

BADGES = {"neutral": "tag-neutral", "ok": "tag-ok", "warn": "tag-warn", "late": "tag-late", "info": "tag-info"}


@register.simple_tag
def act_id(value: Any = None) -> SafeString:
    """A hidden field with the id of the act that this form sends: sent twice, it counts once."""
    return format_html('<input type="hidden" name="act_id" value="{}">', value or uuid7())


@register.simple_tag(takes_context=True)
def can(context: template.Context, right: str, thing: Any = None) -> bool:
    """May the viewer do `right` to `thing`? `{% can "worry.screen" worry as may_screen %}`"""
    return may(right, context["viewer"], thing) is not None


@register.inclusion_tag("kit/across.html", takes_context=True)
def across(context: template.Context, kind: str, file: Any, with_doors: bool = True) -> dict[str, Any]:
    """Where a file came from, what it became, and the doors that lead on: `{% across "matter" matter %}`."""
    viewer = context["viewer"]
    return {
        "links": links_across(kind, viewer, file),
        "doors": doors(kind, viewer, file) if with_doors else [],
    }


@register.simple_tag
def code_label(name: str, code: str | None) -> str:
    """The label of a code of a list of the register: `{% code_label "relation" member.relation %}`."""
    return codes.label(name, code or "")


@register.inclusion_tag("kit/form.html", takes_context=True)
def render_form(
    context: template.Context,
    form: forms.BaseForm,
    submit: str = "",
    action: str = "",
    quiet: bool = False,
    draft: bool = True,
    tap: bool = False,
) -> dict[str, Any]:
    """A whole POST form: summary of errors, fields, one button. `quiet` makes the button secondary; by `tap` it is sent
    without leaving the page (frontend/src/room.js)."""
    return {
        "form": form,
        "submit": submit or _("Save"),
        "action": action,
        "quiet": quiet,
        "draft": draft,
        "tap": tap,
        "csrf_token": context.get("csrf_token"),
        "request": context.get("request"),
    }


@register.inclusion_tag("kit/fields.html")
def render_fields(form: forms.BaseForm) -> dict[str, Any]:
    """The errors and fields of a form whose <form> element the page writes itself."""
    return {"form": form}


@register.inclusion_tag("kit/field.html")
def render_field(field: forms.BoundField) -> dict[str, Any]:
    """One field with its label, hint and errors."""
    widget = field.field.widget
    described = []
    if field.help_text:
        described.append(f"{field.auto_id}-hint")
    if field.errors:
        described.append(f"{field.auto_id}-error")
    attrs: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if field.errors:
        attrs["aria-invalid"] = "true"
    if field.field.required:
        attrs["aria-required"] = "true"
    kind = "input"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        kind = "choices"
    elif isinstance(widget, forms.CheckboxInput):
        kind, attrs["class"] = "check", "form-check-input"
    elif isinstance(widget, forms.Select):
        attrs["class"] = "form-select"
    elif getattr(widget, "is_composite", False):
        kind = "composite"
    else:
        attrs["class"] = "form-control"
    if "class" in attrs and widget.attrs.get("class"):
        attrs["class"] += " " + widget.attrs["class"]
    if field.errors and "class" in attrs:
        attrs["class"] += " is-invalid"
    return {
        "field": field,
        "kind": kind,
        "widget": "" if kind == "choices" else field.as_widget(attrs=attrs),
        "described": " ".join(described),
        "upload": kept_with(field) if isinstance(widget, forms.FileInput) else None,
        "named": NAMED,
        "left_out": LEFT_OUT,
        "multiple": isinstance(widget, forms.CheckboxSelectMultiple),
    }


@register.simple_tag
def script_words() -> SafeString:
    """What the scripts of a page say (frontend/src/words.js), in its language."""
    sentences = {
        "restored": _("What you had begun to write is here again."),
        "clear": _("Clear it"),
        "emptied": _("Nothing was typed for 20 minutes: what stood here is cleared, so that nobody else reads it."),
        "left": _("{} more letters fit."),
        "over": _("{} letters too many: please shorten it."),
        "slow": _("The network is slow: still sending. You may press again; the same thing counts once."),
        "shrinking": _("Making the photo smaller…"),
        "chosen": _("Ready to send: {} MB"),
        "lost": _("No connection. What you see may be old; it is asked for again by itself."),
        "idle": _("Nothing was done for a long time: you are signed out in two minutes."),
        "stay": _("I am still here"),
    }
    return json_script(sentences, "words")


@register.inclusion_tag("kit/timeline.html")
def timeline(events: Any) -> dict[str, Any]:
    """The spine of a file: a list of `Event`."""
    return {"events": list(events)}


@register.inclusion_tag("kit/clock.html")
def clock(commitment: Any) -> dict[str, Any]:
    """How a promise stands: each of its clocks with its word and days, never colour alone."""
    return {"clocks": standing(commitment)}


@register.inclusion_tag("kit/clock.html")
def said_clocks(clocks: Any) -> dict[str, Any]:
    """The clocks that `standing` has said already: of an item on a desk."""
    return {"clocks": clocks}


@register.simple_tag
def due_clock(day: date | None) -> SafeString:
    """The same mark for any due date (an answer, a step, a gate): blue, yellow in the last three days, red after."""
    if day is None:
        return SafeString("")
    days = (day - timezone.localdate()).days
    shade = "red" if days < 0 else "yellow" if days <= 3 else "blue"
    left = left_until(day, days)
    return format_html('<span class="clock clock-{}"><span class="clock-dot"></span>{}</span>', shade, left)


@register.simple_tag
def badge(text: Any, kind: str = "neutral") -> SafeString:
    """A short word about a state."""
    return format_html('<span class="tag {}">{}</span>', BADGES.get(kind, BADGES["neutral"]), text)


@register.inclusion_tag("kit/empty.html", takes_context=True)
def empty(context: template.Context, title: Any, text: Any = "", url: str = "", label: Any = "") -> dict[str, Any]:
    """What an empty list says: what it is for, and what to do first where the viewer may do it."""
    return {"title": title, "text": text, "url": url if _may_open(context.get("viewer"), url) else "", "label": label}


def _may_open(viewer: Viewer | None, url: str) -> bool:
    """Does the viewer have the right of the page at `url`? One that is about a thing decides for itself."""
    try:
        view = resolve(urlsplit(url).path).func
    except Resolver404:
        return True
    right = getattr(view, "right", PUBLIC)
    has_thing = right == PUBLIC or getattr(view, "load", None) is not None
    return has_thing or (viewer is not None and may(right, viewer) is not None)


@register.inclusion_tag("kit/pager.html", takes_context=True)
def pager(context: template.Context, page: "Page[Any]") -> dict[str, Any]:
    """Earlier and later pages; the filters in the address stay."""
    return {"page": page, "query": _query(context, drop=("page", "export"))}


@register.inclusion_tag("kit/export_link.html", takes_context=True)
def export_link(context: template.Context, section: str | DeclaredList = "", name: str = "") -> dict[str, Any]:
    """The list as it is filtered now, as a workbook; of a file with several lists (`file_response`) the one named.

    A list whose columns are known only now comes itself, with the `name` by which its page answers.
    """
    declared = LISTS[section] if section and isinstance(section, str) else section
    name = name or (declared.name if isinstance(declared, DeclaredList) else "xlsx")
    title = declared.title if isinstance(declared, DeclaredList) else ""
    return {"query": _query(context, drop=("page", "export"), export=name), "title": title}


@register.filter
def day(value: date | datetime | None) -> str:
    """2026年11月23日, or 23 Nov 2026 in English; a day that may still move says so."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    if _english():
        return f"{value.day} {value:%b %Y}{doubt_of(value)}"
    return f"{value.year}年{value.month}月{value.day}日{doubt_of(value)}"


@register.filter
def moment(value: datetime | None) -> str:
    """A day with its time on the 24-hour clock."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return f"{day(local.date())} {local:%H:%M}"


@register.filter
def plain_number(value: Decimal | None) -> str:
    """1720 and 28.5 for 1720.000 and 28.500."""
    return "" if value is None else f"{value.normalize():f}"


@register.filter
def told(value: Told) -> str:
    """1,720, ≈15 or fewer than 10."""
    return number_text(value)


@register.filter
def thousandths(value: int | None) -> str:
    """1,720 and 28.5 for 1720000 and 28500 thousandths."""
    return "" if value is None else thousandths_text(value)


@register.filter
def share(value: float | None) -> str:
    """A rate as per cent, or a dash where there is nothing to divide by."""
    return "—" if value is None else f"{value * 100:.0f}%"


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _query(context: template.Context, drop: tuple[str, ...], **more: str) -> str:
    request = context.get("request")
    pairs = [(k, v) for k, vs in request.GET.lists() for v in vs if k not in drop] if request else []
    return urlencode([*pairs, *more.items()])
