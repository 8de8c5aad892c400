"""Starting for real: the first page, the checklist, the workbook, the settings, switching the demo off."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import login, logout
from django.core.cache import cache
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.formats.sheet_limits import MAX_BYTES
from yishi.kit.errors import Refusal
from yishi.kit.records import certain
from yishi.organisations.first_code import first_code_fits, first_code_forget
from yishi.organisations.fresh_start import demo_set_aside, places_provide
from yishi.organisations.models import (
    Body,
    BodyKind,
    Installation,
    Member,
    PlaceLevel,
    Post,
    PostRole,
    Venue,
    WorkbookDraft,
)
from yishi.organisations.services.imports import workbook_check, workbook_import
from yishi.organisations.services.installation import (
    installation,
    installation_change,
    installation_start,
    may_begin,
    may_start,
    overdue_switch,
    small_office_switch,
)
from yishi.organisations.workbook import BY_KEY, RowError, template, with_reasons
from yishi.people.models import Account, Invitation
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.place_field import PlaceField
from yishi.web.kit.request import Request

from .invitations import BACKEND, NewAccountForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
        given = {name: value for name, value in form.cleaned_data.items() if name != "again"}
        try:
            receipt = installation_start(body_kind=BodyKind.OFFICE, **given)
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


@page("installation.manage", methods=("GET",))
def start(request: Request) -> HttpResponse:
    """The checklist after the first run: what is done, what comes next."""
    one = installation()
    assert one is not None  # the right needs it
    working = Post.objects.filter(valid_to__isnull=True).exclude(role=PostRole.ADMINISTRATOR).count()
    bodies, members, venues = Body.objects.count(), Member.objects.count(), Venue.objects.count()
    accounts, invitations = Account.objects.count(), Invitation.objects.count()
    steps = [
        (
            _("Bring bodies, people, members and council members"),
            _("One workbook for all; errors are named by sheet and row, nothing is half imported."),
            reverse("register_import"),
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
            bool(one.contact_phone),
            one.contact_phone,
        ),
    ]
    names = ("title", "text", "url", "done", "state")
    listed = [dict(zip(names, step, strict=True)) for step in steps]
    upcoming = next((step for step in listed if not step["done"]), None)
    context = {"steps": listed, "upcoming": upcoming, "one": one}
    return render(request, "organisations/start.html", context)


@page("organisation.manage", methods=("GET",))
def administration(request: Request) -> HttpResponse:
    """What an administrator keeps, on one page."""
    return render(request, "organisations/administration.html")


class WorkbookForm(ActForm):
    file = forms.FileField(
        label=gettext_lazy("workbook (.xlsx)"),
        help_text=gettext_lazy(
            "The filled-in template, at most 5 MB. The same file may be sent again: nothing is doubled."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is bigger than 5 MB. Divide it into several files."))
        return file


@page("register.import")
def register_import(request: Request) -> HttpResponse:
    """Send the workbook; the next page shows what it would do."""
    return one_act(
        request,
        WorkbookForm(request.POST or None, request.FILES or None),
        workbook_check,
        heading=_("Bring the register from a workbook"),
        back=reverse("start"),
        done=_("The workbook was read; nothing is changed yet."),
        submit=_("Check the workbook"),
        fields=lambda cleaned: {"data": cleaned["file"].read(), "filename": cleaned["file"].name},
        next_url=lambda receipt: reverse("register_preview", kwargs={"pk": receipt.result["draft"]}),
        template="organisations/register_import.html",
        has_file=True,
    )


def load_draft(request: Request, pk: UUID) -> WorkbookDraft:
    return WorkbookDraft.objects.get(pk=pk, person=request.viewer.person)


@page("register.import", load=load_draft)
def register_preview(request: Request, draft: WorkbookDraft) -> HttpResponse:
    """What the workbook would do, or which rows are to be mended; then it is taken as a whole."""
    report = draft.report
    counts = [
        {"title": BY_KEY[key].title, **numbers} for key, numbers in report["counts"].items() if any(numbers.values())
    ]
    return one_act(
        request,
        ActForm(request.POST or None),
        workbook_import,
        heading=_("What the workbook would do"),
        back=reverse("register_import"),
        done=_("The register is imported. Now print the invitations."),
        submit=_("Import all of it"),
        given={"draft": draft},
        next_url=lambda receipt: reverse("start"),
        template="organisations/register_preview.html",
        draft=draft,
        errors=[RowError(*error) for error in report["errors"]],
        warnings=[RowError(*warning) for warning in report["warnings"]],
        counts=counts,
        is_new=any(one["new"] or one["changed"] for one in counts),
    )


@page("register.import", methods=("GET",))
def register_template(request: Request) -> HttpResponse:
    return _file(template(), "register-template.xlsx")


@page("register.import", load=load_draft, methods=("GET",))
def register_reasons(request: Request, draft: WorkbookDraft) -> HttpResponse:
    """The workbook back, with the reason beside each row that was not taken."""
    errors = [RowError(*error) for error in draft.report["errors"]]
    return _file(with_reasons(draft.sheets, errors), "register-to-mend.xlsx")


def _file(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


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
    one = installation()
    names = ("site_name", "contact_phone", "filing_number", "police_number")
    return one_act(
        request,
        SettingsForm(request.POST or None, initial={name: getattr(one, name) for name in names}),
        installation_change,
        heading=_("Settings of this installation"),
        back=reverse("start"),
        done=_("The settings are stored."),
        submit=_("Save"),
        template="organisations/settings.html",
        one=one,
    )


@page("installation.manage")
def small_office(request: Request) -> HttpResponse:
    one = Installation.objects.get(pk=1)
    return one_act(
        request,
        ActForm(request.POST or None),
        small_office_switch,
        heading=_("Switch “small office” off") if one.small_office else _("Switch “small office” on"),
        lead=_(
            "In a small office one person may hold posts that are otherwise kept apart: administer and decide, "
            "supervise and owe, ask at a gate and answer there. Every page that lists such posts says so."
        ),
        back=reverse("settings"),
        done=_("The switch is set."),
        submit=_("Switch off") if one.small_office else _("Switch on"),
        given={"on": not one.small_office},
        template="kit/register_act.html",
    )


@page("installation.overdue")
def public_overdue(request: Request) -> HttpResponse:
    one = Installation.objects.get(pk=1)
    return one_act(
        request,
        ActForm(request.POST or None),
        overdue_switch,
        heading=_("Stop publishing what is overdue") if one.public_overdue else _("Publish what is overdue"),
        lead=_("Only the party committee of this place sets this switch. It is off until it is switched on here."),
        back=reverse("desk"),
        done=_("The switch is set."),
        submit=_("Switch off") if one.public_overdue else _("Switch on"),
        given={"on": not one.public_overdue},
        template="kit/register_act.html",
    )


urlpatterns = [
    path("first/", first, name="first"),
    path("desk/administration/", administration, name="administration"),
    path("desk/start/", start, name="start"),
    path("desk/start/import/", register_import, name="register_import"),
    path("desk/start/import/template/", register_template, name="register_template"),
    path("desk/start/import/<uuid:pk>/", register_preview, name="register_preview"),
    path("desk/start/import/<uuid:pk>/reasons/", register_reasons, name="register_reasons"),
    path("desk/settings/", site_settings, name="settings"),
    path("desk/settings/small-office/", small_office, name="small_office"),
    path("desk/settings/overdue/", public_overdue, name="public_overdue"),
]
