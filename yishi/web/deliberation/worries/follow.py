"""The villager's second door: with the query code, see what became of what was raised."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.course_shown import course_shown
from yishi.deliberation.models import Seat, Worry
from yishi.deliberation.services.screening import WHY, worry_reopen
from yishi.deliberation.services.worries import phone_change
from yishi.kit.errors import Refusal
from yishi.kit.records import certain
from yishi.notices.models import Notice
from yishi.organisations.grants import Viewer
from yishi.organisations.query_codes import Kind
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import DOOR, one_act
from yishi.web.kit.page import page
from yishi.web.kit.query_code import CodeForm, enter_code
from yishi.web.kit.request import Request

from .worry_story import worry_events

NOTICES = 20


@page("public", face="public")
def follow(request: Request) -> HttpResponse:
    """Type the code; with a code in the session, what its holder raised, or the seat that it opens."""
    if request.viewer.query_code is None:
        form = CodeForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and enter_code(request, form, Kind.OWN, Kind.SEAT):
            return redirect("follow")
        status = 422 if request.method == "POST" else 200
        return render(request, "kit/code.html", {"form": form, "tab": "follow"}, status=status)
    if not request.viewer.is_themselves:
        return render(request, "deliberation/worries/my_seats.html", {"seats": own_seats(request.viewer)})
    worries = list(
        Worry.objects.filter(raiser=request.viewer.person)
        .select_related("place", "desk", "convener", "matter__process", "matter__release", "merged_into")
        .order_by("-raised_at")
    )
    notices = Notice.objects.filter(person=request.viewer.person).order_by("-created_at")[:NOTICES]
    return render(
        request,
        "deliberation/worries/mine.html",
        {
            "worries": worries,
            "has_seat": bool(own_seats(request.viewer)),
            "notices": notices,
            "tab": "follow",
            "phone": certain(request.viewer.person).phone,
        },
    )


def own_seats(viewer: Viewer) -> list[Seat]:
    """The seats of the code's holder, the newest first; by the code of a seat that one, and there they read on."""
    seats = Seat.objects.filter(person=viewer.person, ended_on__isnull=True).exclude(state=Seat.State.DECLINED)
    if not viewer.is_themselves:
        seats = seats.filter(matter=certain(viewer.query_code).matter_id)
    return list(seats.select_related("matter").order_by("-started_on", "pk"))


def load_own(request: Request, pk: UUID) -> Worry:
    worries = Worry.objects.select_related("place", "desk", "convener", "matter__release", "merged_into__matter")
    return worries.get(pk=pk, raiser=request.viewer.person)


@page(
    "worry.follow",
    load=load_own,
    methods=("GET",),
    face="public",
    unaudited="of whoever raised it; the worry's own page says more",
)
def follow_one(request: Request, worry: Worry) -> HttpResponse:
    """One worry's file, for who raised it."""
    may_reopen = worry.state in (Worry.State.ANSWERED, Worry.State.DECLINED)
    may_reopen = may_reopen and not worry.steps.filter(kind="reopened").exists()
    context = {
        "worry": worry,
        "events": worry_events(worry, to_raiser=True),
        "may_reopen": may_reopen,
        "tab": "follow",
        **course_shown(worry.matter or (worry.merged_into.matter if worry.merged_into else None)),
    }
    return render(request, "deliberation/worries/mine_one.html", context)


class ReasonForm(ActForm):
    reason = WordsField(WHY, gettext_lazy("What is still wrong?"), rows=4)


@page("worry.reopen", load=load_own, face="public")
def follow_reopen(request: Request, worry: Worry) -> HttpResponse:
    """Not content with the answer: ask again, once."""
    return one_act(
        request,
        ReasonForm(request.POST or None),
        worry_reopen,
        given={"worry": worry},
        heading=_("Not content with the answer"),
        lead=worry.number,
        back=reverse("follow_one", args=[worry.pk]),
        done=_("It goes back to the convener, who answers within five working days."),
        submit=_("Ask again"),
        layout=DOOR,
        tab="follow",
    )


class PhoneForm(ActForm):
    phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        help_text=gettext_lazy("Empty: we keep no number and send no messages."),
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )

    def attempt(self, request: Request, service: Any, **arguments: Any) -> Any:
        try:
            return service(actor=request.viewer, act_id=self.cleaned_data.get("act_id"), **arguments)
        except Refusal as refusal:
            self.add_error("phone", str(refusal.message))
            return None


@page("worry.own", face="public")
def follow_phone(request: Request) -> HttpResponse:
    """Leave, change or remove the phone number."""
    return one_act(
        request,
        PhoneForm(request.POST or None, initial={"phone": certain(request.viewer.person).phone}),
        phone_change,
        heading=_("Your phone number"),
        back=reverse("follow"),
        done=_("Your phone number is kept as you wrote it."),
        submit=_("Save"),
        layout=DOOR,
        tab="follow",
    )


@page("public", methods=("POST",), face="public")
def forget(request: Request) -> HttpResponse:
    """Leave: this phone forgets the code. `next` is a page of the door to go on to."""
    request.session.flush()
    messages.success(request, _("This phone has forgotten your code."))
    goes_on = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(goes_on, allowed_hosts=None):
        return redirect(goes_on)
    return redirect("home")


urlpatterns = [
    path("follow/", follow, name="follow"),
    path("follow/phone/", follow_phone, name="follow_phone"),
    path("follow/forget/", forget, name="forget"),
    path("follow/<uuid:pk>/", follow_one, name="follow_one"),
    path("follow/<uuid:pk>/again/", follow_reopen, name="follow_reopen"),
]
