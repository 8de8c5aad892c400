"""The rules of an exit: as they are shipped, and as offices changed them for their areas, once and with the paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.exits.models import ExitSetting
from yishi.assistance.exits.services.settings import SOURCE, conditions_known, exit_rule_set
from yishi.assistance.exits.settings import in_force, income_line
from yishi.assistance.exits.survey.area import CONDITION, NUMBERS, number_of
from yishi.assistance.exits.survey.pack import rules_read, rules_versions
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.one_act import PROSE, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .exit_words import in_words, number_words, rule_title


@dataclass(frozen=True, slots=True)
class ExitRule:
    """One line, clock or condition: `code` of survey/area."""

    code: str

    @property
    def is_condition(self) -> bool:
        return self.code.startswith(CONDITION)

    @property
    def title(self) -> str:
        return rule_title(self.code)


def codes() -> list[str]:
    return [*NUMBERS, *(f"{CONDITION}{code}" for code in conditions_known())]


def load_exit_rule(request: Request, code: str) -> ExitRule:
    if code not in codes():
        raise Http404
    return ExitRule(code)


def _shipped(rule: ExitRule) -> list[dict[str, Any]]:
    """What each shipped version says of it, the newest first."""
    rows = []
    for version in rules_versions():
        rules = rules_read(version)
        if rule.is_condition:
            text = _("is a condition") if rule.code.removeprefix(CONDITION) in rules.conditions else _("is none")
        else:
            text = number_words(rule.code, number_of(rules, rule.code))
        rows.append({"version": in_words(rules), "since": rules.since, "text": text, "source": rules.source})
    return rows


def _told(versions: Sequence[dict[str, Any]]) -> str:
    """What the shipped versions say: once where all say the same, else each by its name."""
    texts = {row["text"] for row in versions}
    if len(texts) == 1:
        return str(versions[0]["text"])
    return "；".join(f"{row['version']}：{row['text']}" for row in versions)


def _said(setting: ExitSetting) -> str:
    """What a change says: a number, that the condition is none there, or that the area above is followed."""
    if setting.value is not None:
        return number_words(setting.code, setting.value)
    return _("is none here") if setting.is_off else _("as the area above has it")


def _changes(request: Request, wanted: Sequence[str]) -> QuerySet[ExitSetting]:
    """The changes by areas to which the viewer belongs, or which they oversee."""
    mine = Q(pk__in=[])
    for post in request.viewer.posts:
        here = post.body.place
        mine |= Q(place__lo__lte=here.lo, place__hi__gte=here.lo) | Q(place__lo__range=(here.lo, here.hi))
    settings = ExitSetting.objects.filter(mine, code__in=wanted).select_related("place", "set_for", "set_by")
    return settings.order_by("-valid_from", "-set_at")


def _here(request: Request, changes: Sequence[ExitSetting]) -> str:
    """What holds today where the viewer's first post is, if an area changed it."""
    post = request.viewer.posts[0] if request.viewer.posts else None
    if post is None:
        return ""
    lo = post.body.place.lo
    around = [row for row in changes if row.place.lo <= lo <= row.place.hi]
    held = in_force(around, timezone.localdate())
    return _said(held) if held is not None else ""


RULES = DeclaredList(
    "exit_rules",
    gettext_lazy("rules of an exit"),
    [
        Column(gettext_lazy("rule"), "title", link=lambda row: reverse("exit_rules_one", args=[row["code"]])),
        Column(gettext_lazy("as shipped"), "shipped"),
        Column(gettext_lazy("today, where you work"), lambda row: row["here"] or _("as shipped")),
    ],
)


@page("exit.rules", methods=("GET",))
def exit_rules(request: Request) -> HttpResponse:
    changes = list(_changes(request, codes()))
    rows = []
    for code in codes():
        rule = ExitRule(code)
        here = _here(request, [change for change in changes if change.code == code])
        rows.append({"code": code, "title": rule.title, "shipped": _told(_shipped(rule)), "here": here})
    return RULES.respond(request, "assistance/exits/rules.html", rows, income=_income(request))


def _income(request: Request) -> str:
    """The income line of this year where the viewer works."""
    post = request.viewer.posts[0] if request.viewer.posts else None
    if post is None:
        return ""
    lines = income_line(post.body.place, timezone.localdate().year)
    return number_words(lines[0].code, lines[0].value) if lines and lines[0].value is not None else ""


SHIPPED = DeclaredList(
    "exit_rule_versions",
    gettext_lazy("As shipped"),
    [
        Column(gettext_lazy("version"), "version"),
        Column(gettext_lazy("from"), "since"),
        Column(gettext_lazy("value"), "text"),
        Column(gettext_lazy("source"), "source"),
    ],
)
CHANGES = DeclaredList(
    "exit_rule_changes",
    gettext_lazy("Changes by areas"),
    [
        Column(gettext_lazy("area"), "place.full_name"),
        Column(gettext_lazy("from"), "valid_from"),
        Column(gettext_lazy("what holds then"), _said),
        Column(gettext_lazy("document"), "source"),
        Column(gettext_lazy("set by"), "set_for.name"),
    ],
)


@page("exit.rules", load=load_exit_rule, methods=("GET",))
def exit_rule(request: Request, rule: ExitRule) -> HttpResponse:
    changes = list(_changes(request, [rule.code]))
    context: dict[str, Any] = {
        "rule": rule,
        "here": _here(request, changes),
        "versions": _shipped(rule),
        "changes": changes,
        "may_change": may("exit.rules_change", request.viewer),
    }
    return file_response(
        request, "assistance/exits/rule.html", context, {SHIPPED: context["versions"], CHANGES: changes}
    )


class SettingForm(ActForm):
    place = forms.ModelChoiceField(Place.objects.none(), label=gettext_lazy("for which area"))
    valid_from = day_field(gettext_lazy("for assessments opened from this day on"), initial=timezone.localdate)
    source = WordsField(SOURCE, gettext_lazy("document"), rows=2, help_text=gettext_lazy("Its name and number."))

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        places = {
            post.body.place for post in request.viewer.posts if may("exit.rules_set", request.viewer, post.body.place)
        }
        field = self.fields["place"]
        field.queryset = Place.objects.filter(pk__in=[place.pk for place in places]).order_by("lo")
        if len(places) == 1:
            field.initial, field.empty_label = next(iter(places)).pk, None


class NumberForm(SettingForm):
    value = forms.DecimalField(
        label=gettext_lazy("the number here"),
        help_text=gettext_lazy("Left empty: as the area above has it."),
        required=False,
        max_digits=5,
        decimal_places=2,
    )
    field_order = ["place", "value", "valid_from", "source"]


class ConditionForm(SettingForm):
    what = forms.ChoiceField(
        label=gettext_lazy("what holds then"),
        choices=[("off", gettext_lazy("is none here")), ("above", gettext_lazy("as the area above has it"))],
        widget=forms.RadioSelect,
    )
    field_order = ["place", "what", "valid_from", "source"]


@page("exit.rules_change", load=load_exit_rule)
def exit_rule_change(request: Request, rule: ExitRule) -> HttpResponse:
    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        what = cleaned.pop("what", "")
        return {**cleaned, **({"is_off": what == "off"} if what else {})}

    form_of = ConditionForm if rule.is_condition else NumberForm
    form = form_of(request.POST or None, request=request)
    if not rule.is_condition:
        form.fields["value"].label = _("%(title)s here") % {"title": rule.title}
    return one_act(
        request,
        form,
        exit_rule_set,
        heading=_("Change for my area: %(rule)s") % {"rule": rule.title},
        lead=_("Assessments that are open keep what held when they began; earlier changes stay readable."),
        facts=[(row["version"], row["text"]) for row in _shipped(rule)],
        back=reverse("exit_rules_one", args=[rule.code]),
        done=_("The change is stored. Assessments opened from that day on take it."),
        submit=_("Save"),
        given={"code": rule.code},
        fields=fields,
        layout=PROSE,
    )


urlpatterns = [
    path("desk/exits/rules/", exit_rules, name="exit_rules"),
    path("desk/exits/rules/<slug:code>/", exit_rule, name="exit_rules_one"),
    path("desk/exits/rules/<slug:code>/change/", exit_rule_change, name="exit_rules_change"),
]
