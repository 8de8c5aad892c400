"""The tree in which addresses are looked up gives what the flat list gives."""

import pytest
from django.urls import URLResolver, path, resolve
from django.urls.resolvers import RegexPattern

from tests.samples import addresses, kwargs_by_loader
from yishi.config.urls import grouped
from yishi.web.urls import urlpatterns as pages


def test_it_holds_every_address_once():
    flat = sorted((address, view.__module__, view.__qualname__) for address, view in _views(pages))
    tree = sorted((address, view.__module__, view.__qualname__) for address, view in _views(grouped(pages)))
    assert tree == flat and len(flat) > 400


def _views(patterns):
    return [(address, pattern.callback) for address, pattern in _leaves(patterns)]


def _leaves(patterns, before=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _leaves(pattern.url_patterns, before + str(pattern.pattern))
        else:
            yield before + str(pattern.pattern), pattern


@pytest.mark.django_db
def test_each_address_finds_its_page(cast):
    """Generated: the samples' address of every page."""
    flat = URLResolver(RegexPattern(r"^/"), list(pages))
    tried = 0
    for name, address, *_rest in addresses(kwargs_by_loader(cast)):
        found, known = resolve(address), flat.resolve(address)
        assert (found.url_name, found.func, found.kwargs) == (known.url_name, known.func, known.kwargs), name
        tried += 1
    assert tried > 300


def test_a_page_is_found_by_few_comparisons():
    tree = grouped(pages)
    assert len(tree) < 60
    assert all(len(pattern.url_patterns) < 120 for pattern in tree if isinstance(pattern, URLResolver))


def test_the_first_that_fits_is_taken_and_what_captures_its_beginning_stays():
    def first(request): ...

    def second(request): ...

    tree = grouped(
        [path("a/x/", first), path("<slug:any>/x/", second), path("a/<slug:any>/", second), path("a/", second)]
    )
    resolver = URLResolver(RegexPattern(r"^/"), tree)
    assert [resolver.resolve(f"/{address}").func for address in ("a/x/", "b/x/", "a/y/", "a/")] == [first] + [
        second
    ] * 3
    assert resolver.resolve("/a/y/").route == "a/<slug:any>/"
