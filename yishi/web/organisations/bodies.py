"""Bodies with their people and venues: what an administrator keeps."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Q
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.organisations.models import Body, BodyKind, Place, Post, PostRole, Term, valid_on
from yishi.organisations.rights import may
from yishi.organisations.rules import administered_bodies, seen_bodies
from yishi.organisations.services.appointments import person_appoint
from yishi.organisations.services.bodies import body_change, body_close, body_register, post_end
from yishi.organisations.services.installation import clashing_posts
from yishi.organisations.services.members import term_to_take_back
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.one_act import CENTRED, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .people import after_appointing


def load_body(request: Request, pk: UUID) -> Body:
    return Body.objects.select_related("place", "parent").get(pk=pk)


def load_post(request: Request, pk: UUID) -> Post:
    return Post.objects.select_related("body__place", "person").get(pk=pk)


BODIES = DeclaredList(
    "bodies",
    gettext_lazy("bodies"),
    [
        Column(gettext_lazy("name of the body"), "name", link="body"),
        Column(gettext_lazy("kind"), "get_kind_display"),
        Column(gettext_lazy("place"), "place.full_name"),
        Column(gettext_lazy("short name"), "short_name", page=False),
        Column(gettext_lazy("stands below"), "parent.name", page=False),
        Column(gettext_lazy("phone"), "phone", page=False),
        Column(gettext_lazy("posts held"), "held", cell="posts_held"),
    ],
)


@page("organisation.see", methods=("GET",))
def bodies(request: Request) -> HttpResponse:
    """The bodies of my area, by kind, place and name."""
    today = timezone.localdate()
    held = Count("posts", filter=Q(posts__valid_to__isnull=True), distinct=True)
    bodies = seen_bodies(request.viewer).select_related("place", "parent").annotate(held=held)
    kind, typed, closed = request.GET.get("kind", ""), request.GET.get("q", "").strip(), request.GET.get("closed")
    if kind in BodyKind.values:
        bodies = bodies.filter(kind=kind)
    if typed:
        bodies = bodies.filter(Q(name__finds=typed) | Q(place__full_name__finds=typed))
    bodies = bodies.exclude(valid_on(today)) if closed else bodies.filter(valid_on(today))
    bodies = bodies.order_by("place__lo", "kind", "name")
    return BODIES.respond(
        request, "organisations/bodies.html", bodies, kinds=BodyKind.choices, kind=kind, typed=typed, closed=closed
    )


BODY_POSTS = DeclaredList(
    "body_posts",
    gettext_lazy("Who sits at this desk"),
    [
        Column(gettext_lazy("person's name"), "person", cell="person"),
        Column(gettext_lazy("role"), "get_role_display"),
        Column(gettext_lazy("office held"), "title"),
        Column(gettext_lazy("from"), "valid_from"),
        Column(gettext_lazy("End the post"), cell="end", is_silent=True),
    ],
)


@page("organisation.see", load=load_body, methods=("GET",))
def body(request: Request, body: Body) -> HttpResponse:
    posts = body.posts.select_related("person__account").order_by("valid_to", "role", "pk")
    apart = {post.pk for pair in clashing_posts() for post in pair}
    terms = list(body.terms.order_by("-number"))
    manages = bool(terms) and may("member.manage", request.viewer, body)
    context: dict[str, Any] = {
        "body": body,
        "posts": [post for post in posts if post.valid_to is None],
        "ended": [post for post in posts if post.valid_to is not None],
        "apart": apart,
        "venues": body.venues_owned.filter(venue__valid_to__isnull=True).select_related("venue__place"),
        "children": body.children.filter(valid_to__isnull=True).order_by("name"),
        "terms": terms,
        "term_back": next((term for term in terms[:1] if manages and term_to_take_back(term)), None),
        "terms_taken_back": Term.every.filter(body=body, taken_back_at__isnull=False).order_by("-taken_back_at"),
    }
    return file_response(request, "organisations/body.html", context, {BODY_POSTS: context["posts"]})


class BodyForm(ActForm):
    name = forms.CharField(label=gettext_lazy("full name"), max_length=96)
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=BodyKind.choices)
    place = PlaceField()
    short_name = forms.CharField(label=gettext_lazy("short name"), max_length=32, required=False)
    parent = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("stands below"), required=False)
    phone = forms.CharField(label=gettext_lazy("phone"), max_length=32, required=False)
    email = forms.CharField(
        label=gettext_lazy("mail"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("What is due at its desk goes there on every working day; empty: nothing is sent."),
        widget=forms.EmailInput(),
    )
    may_be_public = forms.BooleanField(
        label=gettext_lazy("its name may stand in public files"),
        required=False,
        help_text=gettext_lazy("Companies, cooperatives and owners' committees: only if they agree."),
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["parent"].queryset = (
            administered_bodies(request.viewer).filter(valid_on(today)).order_by("place__lo", "name")
        )
        spans = request.viewer.reach.registers
        self.fields["place"].limit(Place.objects.filter(lo=spans[0][0]).first() if spans else None)


@page("organisation.manage")
def body_new(request: Request) -> HttpResponse:
    form = BodyForm(request.POST or None, request=request, initial={"may_be_public": True})
    return one_act(
        request,
        form,
        body_register,
        heading=_("Register a body"),
        back=reverse("bodies"),
        done=_("The body is registered. Now appoint people to it."),
        submit=_("Register"),
        next_url=lambda receipt: reverse("body", kwargs={"pk": receipt.result["body"]}),
        layout=CENTRED,
    )


@page("organisation.manage", load=load_body)
def body_edit(request: Request, body: Body) -> HttpResponse:
    initial = {
        name: getattr(body, name)
        for name in ("name", "kind", "short_name", "parent", "phone", "email", "may_be_public")
    }
    form = BodyForm(request.POST or None, request=request, initial=initial, edits=body)
    del form.fields["place"]
    form.fields["parent"].queryset = form.fields["parent"].queryset.exclude(pk=body.pk)
    return one_act(
        request,
        form,
        body_change,
        heading=_("Change %(body)s") % {"body": body.name},
        back=reverse("body", kwargs={"pk": body.pk}),
        done=_("The change is stored."),
        submit=_("Save"),
        given={"body": body},
        layout=CENTRED,
    )


class UntilForm(ActForm):
    until = day_field(gettext_lazy("last day"), required=False, help_text=gettext_lazy("Empty: it ended yesterday."))


@page("organisation.manage", load=load_body)
def body_end(request: Request, body: Body) -> HttpResponse:
    return one_act(
        request,
        UntilForm(request.POST or None),
        body_close,
        heading=_("Close %(body)s") % {"body": body.name},
        lead=_("Its posts end. Its files and what it promised stay in its name, and are not lost."),
        back=reverse("body", kwargs={"pk": body.pk}),
        done=_("The body is closed."),
        submit=_("Close the body"),
        given={"body": body},
        layout=CENTRED,
    )


class AppointForm(ActForm):
    name = forms.CharField(label=gettext_lazy("person's name"), max_length=64)
    phone = forms.CharField(
        label=gettext_lazy("mobile phone"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("Somebody of this name and number who is registered already is recognised by it."),
    )
    role = forms.ChoiceField(label=gettext_lazy("role at the desk"), choices=PostRole.choices)
    title = forms.CharField(label=gettext_lazy("office held"), max_length=64, required=False)
    since = day_field(gettext_lazy("from"), required=False, help_text=gettext_lazy("Empty: from today."))


@page("post.manage", load=load_body)
def appoint(request: Request, body: Body) -> HttpResponse:
    return one_act(
        request,
        AppointForm(request.POST or None, initial={"role": PostRole.CLERK}),
        person_appoint,
        heading=_("Appoint somebody at %(body)s") % {"body": body.name},
        back=reverse("body", kwargs={"pk": body.pk}),
        done=_("The post is given. If the person has no account yet, print an invitation."),
        submit=_("Appoint"),
        given={"body": body},
        next_url=lambda receipt: after_appointing(request, receipt, reverse("body", kwargs={"pk": body.pk})),
        layout=CENTRED,
    )


@page("post.manage", load=load_post)
def post_close(request: Request, post: Post) -> HttpResponse:
    return one_act(
        request,
        UntilForm(request.POST or None),
        post_end,
        heading=_("%(person)s leaves %(body)s") % {"person": post.person, "body": post.body},
        lead=_("What is open stays on the desk of the body and waits for whoever sits there."),
        back=reverse("body", kwargs={"pk": post.body_id}),
        done=_("The post has ended; what was open stays on the desk."),
        submit=_("End the post"),
        given={"post": post},
        layout=CENTRED,
    )


urlpatterns = [
    path("desk/bodies/", bodies, name="bodies"),
    path("desk/bodies/new/", body_new, name="body_new"),
    path("desk/bodies/<uuid:pk>/", body, name="body"),
    path("desk/bodies/<uuid:pk>/change/", body_edit, name="body_change"),
    path("desk/bodies/<uuid:pk>/close/", body_end, name="body_close"),
    path("desk/bodies/<uuid:pk>/appoint/", appoint, name="body_appoint"),
    path("desk/posts/<uuid:pk>/end/", post_close, name="post_end"),
]
