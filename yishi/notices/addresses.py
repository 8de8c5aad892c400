"""Absolute addresses, for whatever is printed or sent: one function, by the face on which their reader stands.

A process serves the public door (群众), the inner desks, the members' face, or several of them, and each face may have
an address of its own. Nothing else in the product puts an address together (tests/config/test_faces.py).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import resolve, reverse
from django.utils.http import urlencode

PUBLIC, MEMBER, INNER, BOTH = "public", "member", "inner", "both"


def address_of(
    name: str,
    *,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    query: Mapping[str, str] | None = None,
    reader: str = PUBLIC,
) -> str:
    """The absolute address of the view `name` for somebody who stands at the face `reader`.

    A view that is not served there has the address of the face to which it belongs.
    """
    path = reverse(name, args=tuple(args) or None, kwargs=dict(kwargs) if kwargs else None)
    view = resolve(path).func
    view_face = getattr(view, "face", BOTH)
    if view_face == PUBLIC:
        face = PUBLIC
    elif view_face == BOTH:
        face = reader
    elif view_face == INNER and not _is_guarded(view):
        face = INNER
    else:  # the desks, sign-in, invitations: nobody opens them at the public door
        face = MEMBER if reader == MEMBER else INNER
    return base_of(face) + path + (f"?{urlencode(query)}" if query else "")


def base_of(face: str) -> str:
    """The address of a face, without a slash at the end; "" where this process was not told."""
    bases: dict[str, str] = {PUBLIC: settings.PUBLIC_URL, MEMBER: settings.MEMBER_URL, INNER: settings.INNER_URL}
    return bases[face]


def public_host() -> str:
    """What every address of the public door begins with, as people read it: "yishi.example.gov.cn"."""
    return str(settings.PUBLIC_URL).split("://", 1)[-1]


def has_sign_in() -> bool:
    """Does this process serve a face at which people sign in?"""
    return bool({INNER, MEMBER} & settings.FACES)


def posts_count_here() -> bool:
    """Are posts at desks in force at this process? At the members' face nobody has any."""
    return INNER in settings.FACES


def other_face(view: Callable[..., Any]) -> str | None:
    """The face to which somebody must go for `view`; None where this process serves it.

    At the members' face every desk's page is there, because rights decide who opens it and no post gives one there;
    what anybody may open without a right (the first run) is not.
    """
    face = getattr(view, "face", BOTH)
    if face == BOTH or face in settings.FACES:
        return None
    if face == PUBLIC:
        return PUBLIC
    if face == MEMBER:
        return None if has_sign_in() else MEMBER
    return None if MEMBER in settings.FACES and _is_guarded(view) else INNER


def _is_guarded(view: Callable[..., Any]) -> bool:
    return bool(getattr(view, "right", PUBLIC) != PUBLIC)
