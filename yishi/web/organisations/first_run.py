"""Starting for real: the first page, the checklist, the workbook, the settings, switching the demo off."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth import login, logout
from django.core.cache import cache
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.records import certain
from yishi.organisations.first_code import first_code_fits, first_code_forget
from yishi.organisations.fresh_start import demo_set_aside, places_provide
from yishi.organisations.grants import ADMINISTERING
from yishi.organisations.heartbeat import pulse
from yishi.organisations.models import (
    Body,
    BodyKind,
    Installation,
    Member,
    PlaceLevel,
    Post,
    Venue,
)
from yishi.organisations.services.installation import (
    installation,
    installation_change,
    installation_start,
    may_begin,
    may_start,
    overdue_switch,
    small_office_switch,
    three_posts_switch,
)
from yishi.people.models import Account, Invitation
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import CENTRED, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .invitations import BACKEND, NewAccountForm

CODE_OK = "first_code"  # in the session of whoever typed the console's code
TRIES = 20
TRIES_SECONDS = 900


class FirstCodeForm(ActForm):
    code = forms.CharField(
        label=gettext_lazy("one-time code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """The right code always opens (nobody guesses its 50 bits); wrong ones are counted, so that guessing shows."""
        code: str = self.cleaned_data["code"]
        if first_code_fits(code):
            return code
        tries: int = certain(cache.get_or_set("first-code-tries", 0, TRIES_SECONDS))
        if tries >= TRIES:
            raise forms.ValidationError(_("Too many wrong codes. Wait a quarter of an hour, then try again."))
        cache.set("first-code-tries", tries + 1, TRIES_SECONDS)
        raise forms.ValidationError(_("This is not the code. Read it again from the server's console."))


class StartForm(NewAccountForm):
    place = PlaceField(
        label=gettext_lazy("my place"),
        levels=(PlaceLevel.PROVINCE, PlaceLevel.PREFECTURE, PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP),
        help_text=gettext_lazy(
            "The county, prefecture or province that works with this system. Name, initials or code."
        ),
    )
    body_name = forms.CharField(
        label=gettext_lazy("my office"),
        max_length=96,
        help_text=gettext_lazy("The body that runs this system, for example 政协牟定县委员会办公室."),
    )
    site_name = forms.CharField(
        label=gettext_lazy("name of the site"),
        max_length=64,
        help_text=gettext_lazy("Stands on every page, for example 牟定县协商议事平台."),
    )
    name = forms.CharField(label=gettext_lazy("administrator's name"), max_length=64)
    phone = forms.CharField(label=gettext_lazy("administrator's mobile phone"), max_length=32, required=False)
    field_order = ["place", "body_name", "site_name", "name", "phone", "username", "password", "again"]


@page("public", face="inner")
def first(request: Request) -> HttpResponse:
    """The first-run page; there is none once somebody has begun."""
    if not may_begin():
        raise Http404
    if not request.session.get(CODE_OK):
        return _ask_code(request)
    if not may_start():
        return _end_demo(request)
    places_provide()
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fields = {name: value for name, value in form.cleaned_data.items() if name != "again"}
        try:
            receipt = installation_start(body_kind=BodyKind.OFFICE, **fields)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        else:
            first_code_forget()
            del request.session[CODE_OK]
            request.session.set_expiry(None)
            login(request, Account.objects.get(pk=receipt.result["account"]), backend=BACKEND)
            messages.success(request, _("The first administrator is ready. Go through this list once."))
            return HttpResponseRedirect(reverse("start"))
    return render(request, "organisations/first.html", {"form": form}, status=422 if form.errors else 200)


def _ask_code(request: Request) -> HttpResponse:
    form = FirstCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.session.cycle_key()
        request.session[CODE_OK] = True
        request.session.set_expiry(3600)
        return HttpResponseRedirect(reverse("first"))
    return render(request, "organisations/first_code.html", {"form": form}, status=422 if form.errors else 200)


def _end_demo(request: Request) -> HttpResponse:
    form = ActForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        logout(request)
        where = demo_set_aside()
        request.session.flush()
        request.session[CODE_OK] = True
        request.session.set_expiry(3600)
        messages.success(request, _("The demo was set aside: %(where)s") % {"where": where})
        return HttpResponseRedirect(reverse("first"))
    return render(request, "organisations/end_demo.html", {"form": form})


@page("installation.manage", methods=("GET",), unaudited="the first steps of an installation")
def start(request: Request) -> HttpResponse:
    """The checklist after the first run: what is done, what comes next."""
    stored_installation = installation()
    assert stored_installation is not None  # the right needs it
    working = Post.objects.filter(valid_to__isnull=True).exclude(role__in=ADMINISTERING).count()
    bodies, members, venues = Body.objects.count(), Member.objects.count(), Venue.objects.count()
    accounts, invitations = Account.objects.count(), Invitation.objects.count()
    steps = [
        (
            _("Bring bodies, people, members and council members"),
            _("One workbook for all; errors are named by sheet and row, nothing is half imported."),
            reverse("import_new") + "?kind=organisation",
            bodies > 1 and working > 0,
            _("%(bodies)s bodies, %(posts)s posts, %(members)s members")
            % {"bodies": bodies, "posts": working, "members": members},
        ),
        (
            _("Open the first venue"),
            _("A room, a courtyard, a studio: with its QR code to hang up."),
            reverse("venues") if venues else reverse("venue_new"),
            venues > 0,
            _("%(count)s venues") % {"count": venues},
        ),
        (
            _("Print the invitations"),
            _("One sheet per person; each makes their own account with it."),
            reverse("invitations"),
            accounts > 1 or invitations > 0,
            _("%(accounts)s accounts, %(invitations)s invitations")
            % {"accounts": accounts, "invitations": invitations},
        ),
        (
            _("Fill in what the law asks of a site"),
            _("Phone, filing numbers, name of the site; the small office switch."),
            reverse("settings"),
            bool(stored_installation.contact_phone),
            stored_installation.contact_phone,
        ),
    ]
    names = ("title", "text", "url", "done", "state")
    listed = [dict(zip(names, step, strict=True)) for step in steps]
    upcoming = next((step for step in listed if not step["done"]), None)
    context = {"steps": listed, "upcoming": upcoming, "stored_installation": stored_installation}
    return render(request, "organisations/start.html", context)


@page("administration.see", methods=("GET",), unaudited="of the two administrators; what they do stands in the journal")
def administration(request: Request) -> HttpResponse:
    """What an administrator keeps, on one page."""
    context = {"stored_installation": installation(), "pulse": pulse()}
    return render(request, "organisations/administration.html", context)


class SettingsForm(ActForm):
    site_name = forms.CharField(label=gettext_lazy("name of the site"), max_length=64)
    contact_phone = forms.CharField(
        label=gettext_lazy("phone for citizens"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("Printed at the foot of every page and on the posters."),
    )
    filing_number = forms.CharField(label=gettext_lazy("ICP filing number"), max_length=64, required=False)
    police_number = forms.CharField(label=gettext_lazy("police filing number"), max_length=64, required=False)


@page("installation.manage")
def site_settings(request: Request) -> HttpResponse:
    stored_installation = installation()
    names = ("site_name", "contact_phone", "filing_number", "police_number")
    return one_act(
        request,
        SettingsForm(
            request.POST or None,
            initial={name: getattr(stored_installation, name) for name in names},
            edits=stored_installation,
        ),
        installation_change,
        heading=_("Settings of this installation"),
        back=reverse("start"),
        done=_("The settings are stored."),
        submit=_("Save"),
        template="organisations/settings.html",
        stored_installation=stored_installation,
    )


def switch(
    request: Request, service: Callable[..., Receipt], is_on: bool, *, headings: tuple[str, str], lead: str, back: str
) -> HttpResponse:
    """The page of one switch of the installation. `headings`: to switch it on, to switch it off."""
    return one_act(
        request,
        ActForm(request.POST or None),
        service,
        heading=headings[is_on],
        lead=lead,
        back=reverse(back),
        done=_("The switch is set."),
        submit=_("Switch off") if is_on else _("Switch on"),
        given={"on": not is_on},
        layout=CENTRED,
    )


@page("installation.separate")
def three_posts(request: Request) -> HttpResponse:
    return switch(
        request,
        three_posts_switch,
        Installation.objects.get(pk=1).three_posts,
        headings=(_("Keep the three posts apart"), _("Let the three posts be held together")),
        lead=_(
            "System administrator, security administrator and auditor are then three people, and none of them holds a "
            "post that works on files. Appoint all three first; end what one person holds besides."
        ),
        back="administration",
    )


@page("installation.separate")
def small_office(request: Request) -> HttpResponse:
    return switch(
        request,
        small_office_switch,
        Installation.objects.get(pk=1).small_office,
        headings=(_("Switch “small office” on"), _("Switch “small office” off")),
        lead=_(
            "In a small office one person may hold posts that are otherwise kept apart: administer and decide, "
            "supervise and owe, ask at a gate and answer there. Every page that lists such posts says so."
        ),
        back="administration",
    )


@page("installation.overdue")
def public_overdue(request: Request) -> HttpResponse:
    return switch(
        request,
        overdue_switch,
        Installation.objects.get(pk=1).public_overdue,
        headings=(_("Publish what is overdue"), _("Stop publishing what is overdue")),
        lead=_("Only the party committee of this place sets this switch. It is off until it is switched on here."),
        back="desk",
    )


urlpatterns = [
    path("first/", first, name="first"),
    path("desk/administration/", administration, name="administration"),
    path("desk/start/", start, name="start"),
    path("desk/settings/", site_settings, name="settings"),
    path("desk/settings/small-office/", small_office, name="small_office"),
    path("desk/settings/three-posts/", three_posts, name="three_posts"),
    path("desk/settings/overdue/", public_overdue, name="public_overdue"),
]
