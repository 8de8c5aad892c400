"""Bodies are registered, changed and closed; people get posts in them. Duties stay with the body's desk."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.kit.names import plain_name
from yishi.notices.days import day_said
from yishi.people.models import Person
from yishi.people.services import person_email

from ..grants import ADMINISTERING, Viewer
from ..models import Body, BodyKind, Installation, Place, Post, PostRole, current
from ..rights import permit
from ..separation import clash

TITLE = Words("title", 64)
SHORT_NAME = Words("short_name", 32)
PHONE = Words("phone", 32)

START = date(1949, 10, 1)
NOT_NAMED_IN_PUBLIC = frozenset({BodyKind.COMPANY, BodyKind.COOPERATIVE, BodyKind.OWNERS})


def body_register(
    *,
    actor: Viewer,
    kind: str,
    name: str,
    place: Place,
    short_name: str = "",
    parent: Body | None = None,
    phone: str = "",
    email: str = "",
    may_be_public: bool | None = None,
    since: date | None = None,
    is_demo: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Register a body. Raises `Refusal` "body.taken" where an open body of this name stands at the place."""
    by = permit("organisation.manage", actor, place)
    name, short_name = named(name, 96), SHORT_NAME.kept(short_name)
    if kind not in BodyKind.values:
        raise Refusal("body.kind", _("Choose the kind of body from the list."), field="kind")
    public = kind not in NOT_NAMED_IN_PUBLIC if may_be_public is None else may_be_public
    body = {"kind": kind, "name": name, "place": place.pk, "parent": parent and parent.pk, "since": since}
    with act("organisations.body.register", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        place = Place.objects.select_for_update().get(pk=place.pk)  # two of one name: the second waits and is told
        if place.closed_on:
            raise WrongStage("place.closed", _("This place was merged or divided. Choose the place that followed it."))
        taken = Refusal("body.taken", _("A body of this name is registered at this place already."), field="name")
        if Body.objects.filter(place=place, name=name, valid_to__isnull=True).exists():
            raise taken
        if since is None:  # a body of this name that was closed does not come back by itself
            since = timezone.localdate() if Body.objects.filter(place=place, name=name).exists() else START
        try:
            with transaction.atomic():
                new = Body.objects.create(
                    id=child_id(this.id, 1), kind=kind, name=name, short_name=short_name, place=place, parent=parent,
                    phone=PHONE.kept(phone), email=person_email(email), may_be_public=public, valid_from=since,
                    is_demo=is_demo,
                )  # fmt: skip
        except IntegrityError as error:  # somebody was quicker
            raise taken from error
        this.entry(subject=("body", new.pk), place=place.pk, dims={"kind": kind}, quantities={"bodies": 1})
        this.result(body=new.pk)
    return this.receipt


def body_change(*, actor: Viewer, body: Body, act_id: UUID | None = None, **changes: Any) -> Receipt:
    """Change name, short_name, kind, parent, phone, email or may_be_public of a body. Its file and its duties stay.

    Another kind gives its posts other rights: it asks for the right over the place, as at its registration, and where
    somebody holds a post, for the right over the posts too. It is refused ("post.separation") where it brings posts
    together that are kept apart.
    """
    unknown = changes.keys() - {"name", "short_name", "kind", "parent", "phone", "email", "may_be_public"}
    if unknown:
        raise TypeError(f"body_change: {sorted(unknown)}")
    by = permit("organisation.manage", actor, body.place if _is_other_kind(body, changes) else body)
    if "name" in changes:
        changes["name"] = named(changes["name"], 96)
    if changes.get("kind", body.kind) not in BodyKind.values:
        raise Refusal("body.kind", _("Choose the kind of body from the list."), field="kind")
    for words in (SHORT_NAME, PHONE):
        if words.field in changes:
            changes[words.field] = words.kept(changes[words.field])
    if "email" in changes:
        changes["email"] = person_email(changes["email"])
    sent = {key: getattr(value, "pk", value) for key, value in changes.items()}
    with act("organisations.body.change", actor=by, act_id=act_id, body={"body": body.pk, **sent}) as this:
        if this.replayed:
            return this.receipt
        body = Body.objects.select_for_update(of=("self",)).select_related("place").get(pk=body.pk)
        is_other_kind = _is_other_kind(body, changes)
        if is_other_kind:  # of what it is now: somebody may have been quicker
            _permit_other_kind(actor, body)
        _check_parent(body, changes.get("parent"))
        same_name = Q(place=body.place_id, name=changes.get("name", body.name), valid_to__isnull=True)
        if Body.objects.filter(same_name).exclude(pk=body.pk).exists():
            raise Refusal("body.taken", _("A body of this name is registered at this place already."), field="name")
        for field, value in changes.items():
            setattr(body, field, value)
        body.save(update_fields=list(changes))
        if is_other_kind:
            _check_separation(body)
        this.entry(subject=("body", body.pk), place=body.place_id, data={"fields": sorted(changes)})
        this.result(body=body.pk)
    return this.receipt


def _check_parent(body: Body, parent: Body | None) -> None:
    above = parent.pk if parent else None
    while above is not None:
        if above == body.pk:
            raise Refusal("body.itself", _("A body cannot stand below itself. Choose another one."), field="parent")
        above = Body.objects.values_list("parent", flat=True).get(pk=above)


def _is_other_kind(body: Body, changes: dict[str, Any]) -> bool:
    return bool(changes.get("kind", body.kind) != body.kind)


def _permit_other_kind(actor: Viewer, body: Body) -> None:
    """Another kind is a new body in its place, and for whoever holds a post there another post."""
    permit("organisation.manage", actor, body.place)
    if Post.objects.filter(current(timezone.localdate()), body=body).exists():
        permit("post.manage", actor, body)


def _check_separation(body: Body) -> None:
    """Refuse the body's new kind where somebody of it holds a post elsewhere that a rule now keeps apart."""
    if Installation.objects.filter(pk=1, small_office=True).exists():
        return
    today = timezone.localdate()
    posts = list(Post.objects.filter(current(today), body=body).select_related("person").order_by("person_id", "pk"))
    people = {post.person_id for post in posts}
    list(Person.within.select_for_update().filter(pk__in=people).order_by("pk"))  # see `post_give`
    for post in posts:
        why = clash(post.person, body, post.role)
        if why is not None:
            raise Refusal("post.separation", f"{post.person}: {why}", field="kind")


def body_close(*, actor: Viewer, body: Body, until: date | None = None, act_id: UUID | None = None) -> Receipt:
    """Close a body: it exists until a day (yesterday). Its posts end; its file and its duties stay in its name."""
    by = permit("organisation.manage", actor, body)
    today = timezone.localdate()
    until = until or today - timedelta(days=1)
    with act("organisations.body.close", actor=by, act_id=act_id, body={"body": body.pk, "until": until}) as this:
        if this.replayed:
            return this.receipt
        body = Body.objects.select_for_update().get(pk=body.pk)
        if body.valid_to is not None:
            raise WrongStage("body.closed", _("This body was closed on %(day)s.") % {"day": day_said(body.valid_to)})
        if until < body.valid_from:
            raise Refusal("body.order", _("The end lies before the beginning. Check the day."), field="until")
        if Installation.objects.filter(home_body=body).exists():
            raise Refusal("body.home", _("This body runs the installation. Let another body run it first."))
        owned = body.venues_owned.filter(role="convenes", venue__valid_to__isnull=True)
        if owned.exists():
            raise Refusal("body.venues", _("This body convenes in a venue. Give the venue to another body first."))
        body.valid_to = until
        body.save(update_fields=["valid_to"])
        ended = Post.objects.filter(body=body, valid_to__isnull=True).update(valid_to=until)
        this.entry(subject=("body", body.pk), place=body.place_id, quantities={"bodies": -1, "posts": -ended})
        this.result(body=body.pk, posts=ended)
    return this.receipt


def post_give(
    *,
    actor: Viewer,
    person: Person,
    body: Body,
    role: str,
    title: str = "",
    since: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Give a person a post at the body's desk, from a day on (today).

    Raises `Refusal` "post.held" (they have it), "post.separation" (a rule keeps the two posts apart and the small
    office switch is off).
    """
    by = permit("post.manage", actor, body)
    since = since or timezone.localdate()
    title = TITLE.kept(title)
    if role not in PostRole.values:
        raise Refusal("post.role", _("Choose the role from the list."), field="role")
    sent = {"person": person.pk, "body": body.pk, "role": role, "title": title, "since": since}
    with act("organisations.post.give", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        # Its kind stays what it is meanwhile; who refers to it need not wait.
        bodies = Body.objects.select_for_update(of=("self",), no_key=True).select_related("place")
        body = bodies.get(pk=body.pk)
        if body.valid_to is not None:
            raise WrongStage("body.closed", _("This body was closed on %(day)s.") % {"day": day_said(body.valid_to)})
        Person.within.select_for_update().get(pk=person.pk)  # one post of a person at a time: see `clash`
        why = clash(person, body, role, since)
        small = Installation.objects.filter(pk=1, small_office=True).exists()
        if why is not None and not small:
            raise Refusal("post.separation", why, field="role")
        held = Refusal("post.held", _("This person holds this post already."), field="role")
        try:
            with transaction.atomic():
                post = Post.objects.create(
                    id=child_id(this.id, 1), person=person, body=body, role=role, title=title, valid_from=since
                )
        except IntegrityError as error:
            raise held from error
        this.entry(
            subject=("post", post.pk), place=body.place_id, dims={"body": body.pk, "role": role},
            quantities={"posts": 1}, data={"person": person.pk, "small_office": why is not None},
        )  # fmt: skip
        this.result(post=post.pk)
    return this.receipt


def post_end(*, actor: Viewer, post: Post, until: date | None = None, act_id: UUID | None = None) -> Receipt:
    """End a post with a day (yesterday: at once). What was open at the desk stays at the desk."""
    by = permit("post.manage", actor, post)
    until = until or timezone.localdate() - timedelta(days=1)
    with act("organisations.post.end", actor=by, act_id=act_id, body={"post": post.pk, "until": until}) as this:
        if this.replayed:
            return this.receipt
        post = Post.objects.select_for_update().select_related("body").get(pk=post.pk)
        if post.valid_to is not None:
            raise WrongStage("post.ended", _("This post ended on %(day)s.") % {"day": day_said(post.valid_to)})
        if post.role in ADMINISTERING and Installation.objects.filter(home_body=post.body_id).exists():
            others = Post.objects.filter(body=post.body_id, role=post.role, valid_to__isnull=True).exclude(pk=post.pk)
            if not others.exists():
                raise Refusal("post.last", _("This is the last administrator. Appoint another one first."))
        post.valid_to = max(until, post.valid_from - timedelta(days=1))
        post.save(update_fields=["valid_to"])
        this.entry(
            subject=("post", post.pk), place=post.body.place_id, dims={"body": post.body_id, "role": post.role},
            quantities={"posts": -1}, data={"person": post.person_id, "until": post.valid_to},
        )  # fmt: skip
        this.result(post=post.pk)
    return this.receipt


def named(name: str, limit: int) -> str:
    """A name as it is stored, or a refusal that says what to mend."""
    name = plain_name(name)
    if not name:
        raise Refusal("name.missing", _("Enter the name."), field="name")
    if len(name) > limit:
        raise Refusal("name.long", _("The name may have %(count)s characters.") % {"count": limit}, field="name")
    return name
