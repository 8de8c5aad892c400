"""Behind proxies the client's own address counts, and nobody can type another."""

import pytest
from django.test import RequestFactory

from yishi.config.proxies import ClientAddressMiddleware


def address(forwarded: str) -> str:
    seen = []
    middleware = ClientAddressMiddleware(lambda request: seen.append(request.META) or None)
    middleware(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded))
    assert "HTTP_X_FORWARDED_FOR" not in seen[0]
    return seen[0]["REMOTE_ADDR"]


def test_it_works(settings):
    settings.TRUSTED_PROXIES = 1
    assert address("203.0.113.7") == "203.0.113.7"


@pytest.mark.parametrize(("trusted", "expected"), [(0, "10.0.0.1"), (1, "203.0.113.7"), (2, "198.51.100.2")])
def test_what_the_client_typed_is_not_believed(settings, trusted, expected):
    settings.TRUSTED_PROXIES = trusted
    assert address("192.0.2.99, 198.51.100.2, 203.0.113.7") == expected


def test_a_proxy_that_adds_nothing_leaves_its_own_address(settings):
    settings.TRUSTED_PROXIES = 2
    assert address("203.0.113.7") == "10.0.0.1"
