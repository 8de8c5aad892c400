"""Where people arrive after signing in."""

import pytest
from django.urls import reverse

from tests.cast import sign_in

pytestmark = pytest.mark.django_db


def test_an_administrator_arrives_at_the_administration(client, cast):
    sign_in(client, cast, "administrator")
    response = client.get(reverse("desk"))
    assert response.status_code == 302 and response.url == reverse("administration")
    assert client.get(response.url).status_code == 200


def test_who_has_a_desk_arrives_there(client, cast):
    sign_in(client, cast, "clerk")
    assert client.get(reverse("desk")).status_code == 200


def test_who_has_neither_is_told_so(client, cast):
    sign_in(client, cast, "former_member")
    assert client.get(reverse("desk")).status_code == 403
