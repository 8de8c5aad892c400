"""The rules and thresholds of the logic checks, readable for everybody at a desk, changed by offices for their area."""

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.checks.logic.pack import Parameter, Rule, read_pack
from yishi.assistance.checks.models import CheckFinding, CheckSetting, Severity
from yishi.assistance.checks.services.check_acts import WHY, check_set
from yishi.assistance.checks.settings import Checkers
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.one_act import PROSE, one_act
from yishi.web.kit.page import page
from yishi.web.kit.page_tags import badge
from yishi.web.kit.request import Request

from .check_words import (
    BADGES,
    example_words,
    number_text,
    severity_word,
    title_of,
)


def load_rule(request: Request, code: str) -> Rule:
    rule = read_pack().rules.get(code)
    if rule is None:
        raise Http404
    return rule


def load_threshold(request: Request, code: str) -> Parameter:
    threshold = read_pack().parameters.get(code)
    if threshold is None:
        raise Http404
    return threshold


class RuleFilter(Form):
    q = forms.CharField(label=gettext_lazy("words of the rule"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("group of rules"), required=False)
    severity = forms.ChoiceField(label=gettext_lazy("how grave"), required=False)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.fields["group"].choices = [("", _("all"))] + [
            (group.code, title_of(group)) for group in read_pack().groups.values()
        ]
        self.fields["severity"].choices = [("", _("all")), *Severity.choices]

    def narrow(self, rules: list[Rule]) -> list[Rule]:
        filters = self.cleaned_data if self.is_valid() else {}
        typed = filters.get("q", "").strip().lower()
        return [
            rule
            for rule in rules
            if filters.get("group", "") in ("", rule.group)
            and filters.get("severity", "") in ("", rule.severity)
            and (not typed or typed in f"{rule.code} {rule.title} {rule.title_en} {rule.says} {rule.todo}".lower())
        ]


def _severity_badge(rule: Rule) -> Any:
    return badge(severity_word(rule.severity), BADGES[rule.severity])


RULES = DeclaredList(
    "rules",
    gettext_lazy("rules of the logic checks"),
    [
        Column(gettext_lazy("code"), "code", page=False),
        Column(gettext_lazy("rule"), title_of, link=lambda rule: reverse("check_rule", args=[rule.code])),
        Column(gettext_lazy("group of rules"), lambda rule: title_of(read_pack().groups[rule.group])),
        Column(gettext_lazy("how grave"), lambda rule: severity_word(rule.severity), shown=_severity_badge),
        Column(gettext_lazy("what it says"), "says"),
        Column(gettext_lazy("what to do"), "todo", page=False),
        Column(gettext_lazy("condition"), "when", page=False),
    ],
)


@page("check.see", methods=("GET",))
def rules(request: Request) -> HttpResponse:
    form, pack = RuleFilter(request), read_pack()
    listed = form.narrow(list(pack.rules.values()))
    return RULES.respond(
        request,
        "assistance/checks/rules.html",
        listed,
        form=form,
        pack=pack,
        count=len(pack.rules),
    )


def _held_then(change: CheckSetting) -> str:
    """What a change of a rule says: that it is off there, how grave it is there, or that the area above is followed."""
    if change.is_off:
        return _("switched off here")
    return str(change.get_severity_display()) if change.severity else _("as the area above has it")


RULE_CHANGES = DeclaredList(
    "rule_changes",
    gettext_lazy("Changes by areas"),
    [
        Column(gettext_lazy("area"), "place.name"),
        Column(gettext_lazy("from"), "valid_from"),
        Column(gettext_lazy("what holds then"), _held_then),
        Column(gettext_lazy("reason"), "reason"),
    ],
)


@page("check.see", load=load_rule, methods=("GET",))
def rule(request: Request, rule: Rule) -> HttpResponse:
    pack, today = read_pack(), timezone.localdate()
    waits, changes = CheckFinding.waits(today), list(_changes(request, rule.code))
    counts = CheckFinding.objects.filter(rule=rule.code, cleared_at=None).aggregate(
        waiting=Count("pk", filter=waits), all=Count("pk")
    )
    context = {
        "rule": rule,
        "title": title_of(rule),
        "group": title_of(pack.groups[rule.group]),
        "word": severity_word(rule.severity),
        "badge": BADGES[rule.severity],
        "waiting": counts["waiting"],
        "waived": counts["all"] - counts["waiting"],
        "positive": [example_words(example) for example in rule.positive],
        "negative": [example_words(example) for example in rule.negative],
        "thresholds": [_in_force(request, pack.parameters[code]) for code in rule.parameters],
        "changes": changes,
        "may_change": may("check.change", request.viewer),
        "pack": pack,
    }
    return file_response(request, "assistance/checks/rule.html", context, {RULE_CHANGES: changes})


def _in_force(request: Request, threshold: Parameter) -> dict[str, Any]:
    """A threshold (code, title, number as text) as it holds today at the place of the viewer's first post."""
    post = request.viewer.posts[0] if request.viewer.posts else None
    day = timezone.localdate()
    value = threshold.on(day)
    if post is not None:
        checker = Checkers(day).at(post.body.place.lo)
        settings = checker.settings.values.get(threshold.code, ())  # pairs of first day and value, in order
        value = next((changed for since, changed in reversed(settings) if since <= day), value)
    return {
        "code": threshold.code,
        "title": title_of(threshold),
        "text": number_text(value, threshold.unit) if value is not None else "",
    }


def _changes(request: Request, code: str) -> QuerySet[CheckSetting]:
    """The changes of a rule or threshold by areas to which the viewer belongs, or which they oversee."""
    mine = Q(pk__in=[])
    for post in request.viewer.posts:
        place = post.body.place
        mine |= Q(place__lo__lte=place.lo, place__hi__gte=place.lo) | Q(
            place__lo__gte=place.lo, place__lo__lte=place.hi
        )
    settings = CheckSetting.objects.filter(mine, code=code).select_related("place", "set_for")
    return settings.order_by("-valid_from", "-set_at")


THRESHOLDS = DeclaredList(
    "thresholds",
    gettext_lazy("thresholds of the logic checks"),
    [
        Column(gettext_lazy("threshold"), "title", link=lambda shown: reverse("check_threshold", args=[shown["code"]])),
        Column(gettext_lazy("today, where you work"), shown="text", css="number"),
        Column(gettext_lazy("today"), "text", page=False),
    ],
)


@page("check.see", methods=("GET",))
def thresholds(request: Request) -> HttpResponse:
    in_force = [_in_force(request, threshold) for threshold in read_pack().parameters.values()]
    return THRESHOLDS.respond(request, "assistance/checks/thresholds.html", in_force)


THRESHOLD_VALUES = DeclaredList(
    "threshold_values",
    gettext_lazy("As shipped"),
    [
        Column(gettext_lazy("from"), "since"),
        Column(gettext_lazy("value"), "text"),
        Column(gettext_lazy("source"), "source"),
    ],
)
THRESHOLD_CHANGES = DeclaredList(
    "threshold_changes",
    gettext_lazy("Changes by areas"),
    [
        Column(gettext_lazy("area"), "setting.place.name"),
        Column(gettext_lazy("from"), "setting.valid_from"),
        Column(gettext_lazy("value"), lambda change: change["text"] or _("as the area above has it")),
        Column(gettext_lazy("reason"), "setting.reason"),
    ],
)


@page("check.see", load=load_threshold, methods=("GET",))
def threshold(request: Request, threshold: Parameter) -> HttpResponse:
    pack = read_pack()
    context: dict[str, Any] = {
        "threshold": threshold,
        "title": title_of(threshold),
        "now": _in_force(request, threshold),
        "values": [
            {"since": value.since, "text": number_text(value.value, threshold.unit), "source": value.source}
            for value in reversed(threshold.values)
        ],
        "rules": [
            {"code": rule.code, "title": title_of(rule)}
            for rule in pack.rules.values()
            if threshold.code in rule.parameters
        ],
        "changes": [
            {
                "setting": setting,
                "text": number_text(setting.value, threshold.unit) if setting.value is not None else "",
            }
            for setting in _changes(request, threshold.code)
        ],
        "may_change": may("check.change", request.viewer),
    }
    return file_response(
        request,
        "assistance/checks/threshold.html",
        context,
        {THRESHOLD_VALUES: context["values"], THRESHOLD_CHANGES: context["changes"]},
    )


class SettingForm(ActForm):
    place = forms.ModelChoiceField(Place.objects.none(), label=gettext_lazy("for which area"))
    valid_from = day_field(gettext_lazy("from which day"), initial=timezone.localdate)
    reason = WordsField(
        WHY,
        gettext_lazy("On what does it rest?"),
        rows=2,
        help_text=gettext_lazy("The document and its number, or why this area differs."),
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        places = {post.body.place for post in request.viewer.posts if may("check.set", request.viewer, post.body.place)}
        field = self.fields["place"]
        field.queryset = Place.objects.filter(pk__in=[place.pk for place in places]).order_by("lo")
        if len(places) == 1:
            field.initial, field.empty_label = next(iter(places)).pk, None


class RuleForm(SettingForm):
    what = forms.ChoiceField(
        label=gettext_lazy("what holds then"),
        choices=[
            ("off", gettext_lazy("switched off here")),
            *((code, gettext_lazy("here it is: %(word)s")) for code in Severity.values),
            ("above", gettext_lazy("as the area above has it")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ["place", "what", "valid_from", "reason"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [
            ("off", _("switched off here")),
            *((code, _("here it is: %(word)s") % {"word": label}) for code, label in Severity.choices),
            ("above", _("as the area above has it")),
        ]


class ThresholdForm(SettingForm):
    value = forms.DecimalField(
        label=gettext_lazy("the number here"),
        help_text=gettext_lazy("Left empty: as the area above has it."),
        required=False,
        max_digits=11,
        decimal_places=2,
    )
    field_order = ["place", "value", "valid_from", "reason"]


@page("check.change", load=load_rule)
def rule_change(request: Request, rule: Rule) -> HttpResponse:
    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        what = cleaned.pop("what")
        return {**cleaned, "is_off": what == "off", "severity": what if what in Severity.values else ""}

    return one_act(
        request,
        RuleForm(request.POST or None, request=request),
        check_set,
        heading=_("Change for my area: %(rule)s") % {"rule": title_of(rule)},
        lead=_("It holds from that day for this area and all within it. Earlier changes stay readable."),
        back=reverse("check_rule", args=[rule.code]),
        done=_("The change is stored. Ask for a check to see what it does, or wait for the night."),
        submit=_("Save"),
        given={"code": rule.code},
        fields=fields,
        layout=PROSE,
    )


@page("check.change", load=load_threshold)
def threshold_change(request: Request, threshold: Parameter) -> HttpResponse:
    form = ThresholdForm(request.POST or None, request=request)
    form.fields["value"].label = _("the number here, in %(unit)s") % {"unit": threshold.unit}
    return one_act(
        request,
        form,
        check_set,
        heading=_("Change for my area: %(rule)s") % {"rule": title_of(threshold)},
        lead=_(
            "It holds from that day for this area and all within it; "
            "what lies before is measured by the number of its time."
        ),
        back=reverse("check_threshold", args=[threshold.code]),
        done=_("The change is stored. Ask for a check to see what it does, or wait for the night."),
        submit=_("Save"),
        given={"code": threshold.code},
        layout=PROSE,
    )  # fmt: skip


urlpatterns = [
    path("desk/checks/rules/", rules, name="check_rules"),
    path("desk/checks/rules/<slug:code>/", rule, name="check_rule"),
    path("desk/checks/rules/<slug:code>/change/", rule_change, name="check_rule_change"),
    path("desk/checks/thresholds/", thresholds, name="check_thresholds"),
    path("desk/checks/thresholds/<slug:code>/", threshold, name="check_threshold"),
    path("desk/checks/thresholds/<slug:code>/change/", threshold_change, name="check_threshold_change"),
]
