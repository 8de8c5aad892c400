"""The installation: started with its first administrator, its settings, the switches."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words, within
from yishi.journal.act import SYSTEM, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.kit.text import clean
from yishi.people.models import Account, Person
from yishi.people.services import account_write, person_write, plain_username

from ..grants import ADMINISTERING, Viewer, system
from ..models import Body, Installation, Place, Post, current
from ..rights import permit
from ..separation import clashes, three_posts
from .bodies import body_register, post_give

SITE_NAME = Words("site_name", 64)

FIELDS = {"site_name": 64, "contact_phone": 32, "filing_number": 64, "police_number": 64}


def installation() -> Installation | None:
    """The installation with its home place and body; None before the first start is finished."""
    return Installation.objects.filter(pk=1).select_related("home_place", "home_body").first()


def may_start() -> bool:
    """Nothing has begun: no demo, no first administrator."""
    kept = installation()
    return (kept is None or (not kept.is_demo and kept.started_at is None)) and not Account.objects.exists()


def may_begin() -> bool:
    """May somebody with the console's code begin: nothing has begun, or only a demo runs?"""
    kept = installation()
    return may_start() or (kept is not None and kept.is_demo)


def installation_start(
    *,
    place: Place,
    body_kind: str,
    body_name: str,
    site_name: str,
    name: str,
    username: str,
    password: str,
    phone: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """The first run: my place, the body that runs the installation, its first administrator. Works once.

    Raises `WrongStage` "installation.started" afterwards. Result: account, body, person.
    """
    site_name = SITE_NAME.kept(site_name)
    sent = {"place": place.pk, "kind": body_kind, "body": clean(body_name), "name": clean(name), "site": site_name}
    body = {**sent, "username": plain_username(username)}
    with act("organisations.installation.start", actor=SYSTEM, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        Installation.objects.get_or_create(pk=1)
        kept = Installation.objects.select_for_update().get(pk=1)
        if kept.is_demo or kept.started_at or Account.objects.exists():
            raise WrongStage("installation.started", _("This installation was started already. Sign in."))
        # Nobody has a right yet: this act makes the first ones, once.
        made = body_register(actor=system(), kind=body_kind, name=body_name, place=place, act_id=this.child())
        home = Body.objects.get(pk=made.result["body"])
        known = person_write(by=SYSTEM, name=name, phone=phone, act_id=this.child())
        person = Person.within.get(pk=known.result["person"])
        for role in ADMINISTERING:  # both, until somebody else takes one over
            post_give(actor=system(), person=person, body=home, role=role, act_id=this.child())
        account = account_write(by=SYSTEM, person=person, username=username, password=password, act_id=this.child())
        kept.home_place, kept.home_body, kept.site_name, kept.started_at = place, home, site_name, this.now
        kept.save()
        this.entry(subject=("installation", child_id(this.id, 1)), place=place.pk, data={"body": home.pk})
        this.result(account=account.result["account"], body=home.pk, person=person.pk)
    return this.receipt


def demo_begin(*, place: Place, body: Body, site_name: str, act_id: UUID | None = None) -> Receipt:
    """An empty installation becomes the demo's. Refuses one on which somebody has begun in earnest."""
    sent = {"place": place.pk, "body": body.pk, "site": site_name}
    with act("organisations.installation.demo", actor=SYSTEM, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        Installation.objects.get_or_create(pk=1)
        kept = Installation.objects.select_for_update().get(pk=1)
        if kept.started_at or kept.is_demo:
            raise WrongStage("installation.started", _("This installation was started already. Sign in."))
        kept.home_place, kept.home_body, kept.site_name, kept.is_demo = place, body, site_name, True
        kept.save()
        this.entry(subject=("installation", child_id(this.id, 1)), place=place.pk, data={"body": body.pk})
        this.result(body=body.pk)
    return this.receipt


def installation_change(*, actor: Viewer, act_id: UUID | None = None, **changes: str) -> Receipt:
    """Change the site's name, phone, filing numbers (ICP, police)."""
    by = permit("installation.manage", actor)
    values = {field: within(value, FIELDS[field], field) for field, value in changes.items()}
    return _set(by, "change", values, act_id)


def small_office_switch(*, actor: Viewer, on: bool, act_id: UUID | None = None) -> Receipt:
    """Let one person hold posts that a rule would keep apart; what is held so is always shown.

    Switching it off is refused while somebody holds such posts: `Refusal` "installation.small_office".
    """
    by = permit("installation.separate", actor)
    if on and three_posts():
        text = _("The three posts are kept apart here. Switch that off first.")
        raise Refusal("installation.three_posts", text)
    if not on and any(True for _pair in clashing_posts()):
        text = _("Somebody still holds posts that are kept apart. End one of the two posts first (see People).")
        raise Refusal("installation.small_office", text)
    return _set(by, "small_office", {"small_office": on}, act_id)


def three_posts_switch(*, actor: Viewer, on: bool, act_id: UUID | None = None) -> Receipt:
    """Keep system administrator, security administrator and auditor apart from each other and from all working posts.

    Switching it on is refused in a small office, and while somebody holds such posts: `Refusal`
    "installation.three_posts".
    """
    by = permit("installation.separate", actor)
    if on and Installation.objects.filter(pk=1, small_office=True).exists():
        text = _("A small office has one person hold several posts. Switch “small office” off first.")
        raise Refusal("installation.three_posts", text)
    if on and any(True for _pair in clashing_posts(apart=True)):
        text = _("Somebody still holds posts that are kept apart. End one of the two posts first (see People).")
        raise Refusal("installation.three_posts", text)
    return _set(by, "three_posts", {"three_posts": on}, act_id)


def overdue_switch(*, actor: Viewer, on: bool, act_id: UUID | None = None) -> Receipt:
    """Publish what is overdue, or not: the party committee's switch."""
    by = permit("installation.overdue", actor)
    return _set(by, "public_overdue", {"public_overdue": on}, act_id)


def clashing_posts(apart: bool = False) -> list[tuple[Post, Post]]:
    """The pairs of posts that one person holds by the small office switch; `apart`, against the three posts' rule."""
    by_person: dict[UUID, list[Post]] = {}
    open_posts = Post.objects.filter(current(timezone.localdate()))
    for post in open_posts.select_related("body", "person").order_by("pk"):
        by_person.setdefault(post.person_id, []).append(post)
    return [pair for posts in by_person.values() if len(posts) > 1 for pair in clashes(posts, apart)]


def _set(by: Any, verb: str, values: dict[str, Any], act_id: UUID | None) -> Receipt:
    with act(f"organisations.installation.{verb}", actor=by, act_id=act_id, body=values) as this:
        if this.replayed:
            return this.receipt
        Installation.objects.filter(pk=1).update(**values)
        switches = {field: value for field, value in values.items() if isinstance(value, bool)}
        this.entry(subject=("installation", child_id(this.id, 1)), data={"fields": sorted(values), **switches})
        this.result(at=timezone.now())
    return this.receipt
