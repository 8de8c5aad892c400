"""The forms of a monitored family's steps, one page for each act."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.watch.models import Watch
from yishi.assistance.watch.reads import Condition, clearing_conditions
from yishi.assistance.watch.services._common import SAID, SEEN, WHY
from yishi.assistance.watch.services.ending import watch_clear, watch_resume, watch_return, watch_step_back
from yishi.assistance.watch.services.recognising import (
    MOST_PRESENT,
    watch_check,
    watch_post,
    watch_recognise,
    watch_refuse,
    watch_verify,
)
from yishi.assistance.watch.triggers import read_pack
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.proof_files import ProofFiles, one_proved_act
from yishi.web.kit.request import Request

from .loads import load_watch
from .watch_words import choices_of, household_word, kind_word, risk_words


def _given(watch: Watch) -> dict[str, Any]:
    return {"given": {"watch": watch}, "back": reverse("watch", args=[watch.pk])}


def _step(request: Request, watch: Watch, form: ActForm, service: Any, **said: Any) -> HttpResponse:
    """The page of one step: whom it concerns, the form, back to the family's file. `said` are its words, and `facts`
    where it shows others."""
    return one_act(request, form, service, **{"facts": _facts(watch), **_given(watch), **said})


class VerifyForm(ProofFiles):
    on = day_field(gettext_lazy("day of the visit at home"))
    kind = forms.ChoiceField(label=gettext_lazy("kind"), widget=forms.RadioSelect)
    risks = forms.MultipleChoiceField(label=gettext_lazy("risks"), widget=forms.CheckboxSelectMultiple)
    words = WordsField(SEEN, gettext_lazy("what was found at home"), rows=4)
    consent = forms.ChoiceField(
        label=gettext_lazy("the family's consent"),
        choices=Watch.Consent.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Read the consent to the family. Without it nothing of theirs is looked up."),
    )
    query_code = forms.CharField(
        label=gettext_lazy("the family's query code"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("Typed by the family itself, where it consents by its code; it is not kept."),
    )
    field_order = ["on", "kind", "risks", "words", "consent", "query_code", "scan"]

    def __init__(self, *args: Any, watch: Watch, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = choices_of("watch_kind")
        self.fields["risks"].choices = choices_of("poverty_cause", "2021")
        self.fields["risks"].initial = watch.risks
        self.fields["scan"].label = _("Scan of the signed consent")


@page("watch.verify", load=load_watch)
def verify(request: Request, watch: Watch) -> HttpResponse:
    return one_proved_act(
        request,
        VerifyForm(request.POST or None, request.FILES or None, watch=watch),
        watch_verify,
        heading=_("Verify at home: %(who)s") % {"who": watch.household.head.name},
        facts=_facts(watch),
        done=_("The visit is kept; the village reviews it next."),
        submit=_("Keep the visit"),
        **_given(watch),
    )


class PostForm(ActForm):
    on = day_field(gettext_lazy("day of the review"))
    present = forms.IntegerField(label=gettext_lazy("how many were present"), min_value=1, max_value=MOST_PRESENT)
    agreed = forms.IntegerField(label=gettext_lazy("how many agreed"), min_value=0, max_value=MOST_PRESENT)
    posted_on = day_field(gettext_lazy("posted on"))
    words = WordsField(SAID, gettext_lazy("what was said"), rows=3)


@page("watch.post", load=load_watch)
def post(request: Request, watch: Watch) -> HttpResponse:
    days = read_pack(watch.pack).notice_days
    return _step(
        request,
        watch,
        PostForm(request.POST or None),
        watch_post,
        heading=_("Villagers' review and notice"),
        lead=_("The notice hangs for at least %(days)d days and names nobody; the file has it to print.")
        % {"days": days},
        done=_("It is posted; the township checks it after the notice."),
        submit=_("Keep the review"),
    )


class CheckForm(ActForm):
    on = day_field(gettext_lazy("day"))
    words = WordsField(SAID, gettext_lazy("remark"), rows=3)


@page("watch.check", load=load_watch)
def check(request: Request, watch: Watch) -> HttpResponse:
    return _step(
        request,
        watch,
        CheckForm(request.POST or None),
        watch_check,
        heading=_("Township's first check"),
        lead=_("By somebody else than who verified the family at home."),
        done=_("It is checked; the county recognises it next."),
        submit=_("It holds"),
    )


@page("watch.recognise", load=load_watch)
def recognise(request: Request, watch: Watch) -> HttpResponse:
    return _step(
        request,
        watch,
        CheckForm(request.POST or None),
        watch_recognise,
        heading=_("Recognise %(number)s") % {"number": watch.number},
        lead=_("From that day on the register has the family as monitored; its first measure is due within a month."),
        done=_("The family is monitored; the village and its helper agree the measures."),
        submit=_("Recognise"),
    )


class EndForm(ActForm):
    on = day_field(gettext_lazy("day"))
    reason = WordsField(WHY, gettext_lazy("why"), rows=3)


@page("watch.refuse", load=load_watch)
def refuse(request: Request, watch: Watch) -> HttpResponse:
    return _step(
        request,
        watch,
        EndForm(request.POST or None),
        watch_refuse,
        heading=_("Do not recognise %(number)s") % {"number": watch.number},
        lead=_("The file is closed with the reason; a later signal opens another."),
        done=_("The file is closed."),
        submit=_("Do not recognise"),
    )


class ClearForm(EndForm):
    clearing = forms.ChoiceField(label=gettext_lazy("how"), choices=Watch.Clearing.choices, widget=forms.RadioSelect)
    seen_at_home = forms.BooleanField(
        label=gettext_lazy("what the register does not say was seen at home and holds"), required=False
    )
    field_order = ["on", "clearing", "seen_at_home", "reason"]


@page("watch.clear", load=load_watch)
def clear(request: Request, watch: Watch) -> HttpResponse:
    conditions = clearing_conditions(watch, timezone.localdate())
    return _step(
        request,
        watch,
        ClearForm(request.POST or None),
        watch_clear,
        heading=_("Clear the risk of %(number)s") % {"number": watch.number},
        lead=_("Stably only where every condition below holds; a family in which nobody can work is observed."),
        facts=[(each.words, holds_word(each)) for each in conditions],
        done=_("The risk is cleared; the register says so from that day on."),
        submit=_("Clear the risk"),
    )


def holds_word(condition: Condition) -> str:
    """Whether a condition holds, with the numbers behind it."""
    words = {True: _("yes"), False: _("no"), None: _("the register does not say")}[condition.holds]
    return f"{words}（{condition.said}）" if condition.said else words


@page("watch.resume", load=load_watch)
def resume(request: Request, watch: Watch) -> HttpResponse:
    return _step(
        request,
        watch,
        EndForm(request.POST or None),
        watch_resume,
        heading=_("Monitor %(number)s again") % {"number": watch.number},
        lead=_("For a risk that came back; a measure is due within a month anew."),
        done=_("The family is monitored again."),
        submit=_("Monitor again"),
    )


@page("watch.return", load=load_watch)
def fall_back(request: Request, watch: Watch) -> HttpResponse:
    return _step(
        request,
        watch,
        EndForm(request.POST or None),
        watch_return,
        heading=_("Fell back into poverty: %(who)s") % {"who": watch.household.head.name},
        lead=_(
            "The register has the family as fallen back from that day on, and every figure with it; it is helped on."
        ),
        done=_("The register has it so; agree measures with the family."),
        submit=_("The family fell back"),
    )


class BackForm(ActForm):
    reason = WordsField(WHY, gettext_lazy("why"), rows=2)


@page("watch.step_back", load=load_watch)
def step_back(request: Request, watch: Watch) -> HttpResponse:
    return _step(
        request,
        watch,
        BackForm(request.POST or None),
        watch_step_back,
        heading=_("Take the last step back"),
        lead=_("The file, and the register, stand as before it; the step stays in the story with your reason."),
        facts=[(_("stage"), watch.get_stage_display()), *_facts(watch)],
        done=_("The last step is taken back."),
        submit=_("Take it back"),
    )


def _facts(watch: Watch) -> list[tuple[Any, Any]]:
    facts = [
        (_("household"), household_word(watch)),
        (_("kind"), kind_word(watch)),
        (_("risks"), risk_words(watch)),
    ]
    return [(label, said) for label, said in facts if said]


urlpatterns = [
    path("desk/watch/families/<uuid:pk>/verify/", verify, name="watch_verify"),
    path("desk/watch/families/<uuid:pk>/post/", post, name="watch_post"),
    path("desk/watch/families/<uuid:pk>/check/", check, name="watch_check"),
    path("desk/watch/families/<uuid:pk>/recognise/", recognise, name="watch_recognise"),
    path("desk/watch/families/<uuid:pk>/refuse/", refuse, name="watch_refuse"),
    path("desk/watch/families/<uuid:pk>/clear/", clear, name="watch_clear"),
    path("desk/watch/families/<uuid:pk>/resume/", resume, name="watch_resume"),
    path("desk/watch/families/<uuid:pk>/return/", fall_back, name="watch_return"),
    path("desk/watch/families/<uuid:pk>/back/", step_back, name="watch_step_back"),
]
