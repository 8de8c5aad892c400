"""What browsers, search engines and finders of holes ask for; and no page offers a link that is refused."""

import re
from datetime import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from yishi.organisations.models import Installation

pytestmark = pytest.mark.django_db


def test_operating_9_a_browser_finds_the_sign_of_the_site(client):
    assert client.get("/favicon.ico").url.endswith(".svg")


def test_operating_9_search_engines_are_told_what_is_somebodys_own(client, settings):
    said = client.get("/robots.txt").content.decode()
    assert "Disallow: /desk/" in said and "Disallow: /follow/" in said and "Disallow: /\n" not in said
    settings.FACES = frozenset({"inner"})
    assert "Disallow: /\n" in client.get("/robots.txt").content.decode()


def test_operating_9_who_finds_a_hole_is_told_whom_to_tell(client, cast):
    Installation.objects.update(contact_phone="0878-1234567")
    said = dict(
        line.split(": ", 1) for line in reversed(client.get("/.well-known/security.txt").content.decode().splitlines())
    )
    assert said["Contact"] == "tel:08781234567"
    assert datetime.fromisoformat(said["Expires"].replace("Z", "+00:00")) > timezone.now()


@pytest.mark.long
@pytest.mark.parametrize("who", ["member", "clerk", "handler", "convener", "administrator", "security", "auditor"])
def test_operating_9_no_page_of_the_menu_offers_what_is_refused(client, cast, who):
    """Every link of the pages that the menu leads to."""
    sign_in(client, cast, who)
    menu = set(re.findall(r'href="(/desk/[^"#?]*)', client.get(reverse("desk"), follow=True).content.decode()))
    asked, refused = set(), []
    for page in sorted(menu):
        answer = client.get(page, follow=True)
        if answer.status_code == 403:
            refused.append(("the menu", page))
        for link in re.findall(r'href="(/(?:desk|accounts)/[^"#?]*)', answer.content.decode()):
            if link not in asked | menu:
                asked.add(link)
                if client.get(link).status_code == 403:
                    refused.append((page, link))
    assert not refused, "\n".join(f"{page} offers {link}" for page, link in refused)
