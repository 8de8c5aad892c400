"""Checks at start: a view that declares no right does not start."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.urls import URLPattern, URLResolver, get_resolver

from yishi.formats.letters import missing
from yishi.organisations.rights import PUBLIC, is_declared
from yishi.web.kit.public_views import LIBRARY_VIEWS, PUBLIC_VIEWS


def all_views(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, str, Any]]:
    """(address, name, view) of every URL of the site."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from all_views(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield address, pattern.name or "", pattern.callback


def right_of(name: str, view: Any) -> str | None:
    """The right that a view declares (a library's view: that we declare for it), or None."""
    return getattr(view, "right", None) or LIBRARY_VIEWS.get(name)


@register()
def every_view_declares_a_right(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Stop the start where a view declares no right or an unknown one, or is public without standing in
    PUBLIC_VIEWS."""
    errors: list[CheckMessage] = []
    public = set()
    for address, name, view in all_views():
        right = right_of(name, view)
        if right is None:
            errors.append(Error(f"/{address} ({name}) declares no right", id="yishi.E001"))
        elif not is_declared(right):
            errors.append(Error(f"/{address} ({name}) declares the unknown right {right!r}", id="yishi.E002"))
        elif right == PUBLIC:
            public.add(name)
    for name in sorted(public - PUBLIC_VIEWS - LIBRARY_VIEWS.keys()):
        errors.append(Error(f"{name} is public but not in web/kit/public_views.py", id="yishi.E003"))
    for name in sorted(PUBLIC_VIEWS - public):
        errors.append(Error(f"{name} in web/kit/public_views.py is no public view", id="yishi.E004"))
    return errors


RARE = "\U00020000\U0002a700\U0002b740\U0002b820\U0002ceb0\U00030000\U00031350"  # the first of Extensions B to H


@register(deploy=True)
def papers_print_rare_letters(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Names are written with letters that only fonts of Debian carry (docs/decisions/0053)."""
    boxes = missing(RARE, settings.FONTS_DIR)
    if not boxes:
        return []
    said = f"生僻字 {' '.join(boxes)} 一类在纸上是方框 · papers have boxes for letters such as these"
    hint = "apt install fonts-hanazono fonts-babelstone-han; ./run setup"
    return [Warning(said, hint=hint, id="yishi.W001")]
