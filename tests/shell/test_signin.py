"""Signing in: by invitation, throttled by the pair of account and address, never for longer than a day at the desk."""

import re
import time
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.urls import reverse

from tests.cast import PASSWORD, sign_in
from yishi.kit.ids import uuid7
from yishi.notices.models import Notice
from yishi.organisations.models import Installation
from yishi.web.kit import sessions

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def send(client, username: str, password: str, address: str = "203.0.113.7"):
    return client.post(LOGIN, {"login": username, "password": password}, REMOTE_ADDR=address)


@pytest.fixture
def clerk(cast):
    account = cast.account("clerk")
    account.set_password(PASSWORD)
    account.save()
    return account


def test_it_works(client, clerk):
    response = send(client, clerk.username, PASSWORD)
    assert response.status_code == 302 and response.url == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_a_wrong_password_says_what_to_do_and_keeps_the_name(client, clerk):
    response = send(client, clerk.username, "wrong password")
    text = response.content.decode()
    assert "error-summary" in text and clerk.username in text
    assert "wrong password" not in text


def test_an_unknown_name_gets_the_same_answer_as_a_wrong_password(client, clerk):
    known = send(client, clerk.username, "wrong password").context["form"].non_field_errors()
    unknown = send(client, "nobody-at-all", "wrong password").context["form"].non_field_errors()
    assert known == unknown and len(known) == 1


def test_five_wrong_passwords_lock_this_account_from_this_address_only(client, clerk):
    for _ in range(4):
        assert send(client, clerk.username, "wrong password").status_code == 200
    locked = send(client, clerk.username, "wrong password")
    assert locked.status_code == 429 and "15分钟" in locked.content.decode()
    assert send(client, clerk.username, PASSWORD).status_code == 429, "the right password does not open it either"
    assert send(client, clerk.username, PASSWORD, address="203.0.113.8").status_code == 302, "elsewhere one signs in"


def test_a_village_behind_one_address_is_not_locked_by_one_account(client, cast, clerk):
    other = cast.account("handler")
    other.set_password(PASSWORD)
    other.save()
    for _ in range(6):
        send(client, clerk.username, "wrong password")
    assert send(client, other.username, PASSWORD).status_code == 302


def test_the_lock_ends_by_itself(client, clerk, settings):
    for _ in range(5):
        send(client, clerk.username, "wrong password")
    assert send(client, clerk.username, PASSWORD).status_code == 429
    settings.AXES_COOLOFF_TIME = 0  # the quarter of an hour is over
    assert send(client, clerk.username, PASSWORD).status_code == 302


def test_the_session_gets_a_new_key_at_sign_in(client, clerk):
    client.get(LOGIN)
    session = client.session
    session["something"] = 1
    session.save()
    before = session.session_key
    client.cookies["yishi-session"] = before
    send(client, clerk.username, PASSWORD)
    assert client.session.session_key not in (None, before)


BEGIN = time.time()


def at(monkeypatch, seconds: int) -> None:
    """The clock of the sessions stands so many seconds after the beginning."""
    monkeypatch.setattr(sessions, "time", SimpleNamespace(time=lambda: BEGIN + seconds))


def test_half_an_hour_without_an_act_signs_out_and_says_so(client, cast, monkeypatch):
    at(monkeypatch, 0)
    sign_in(client, cast, "clerk").get("/desk/")
    at(monkeypatch, 29 * 60)
    assert client.get("/desk/").status_code == 200
    at(monkeypatch, 58 * 60)
    assert client.get("/desk/").status_code == 200, "each act starts the half hour anew"
    at(monkeypatch, 58 * 60 + 1801)
    page = client.get("/desk/", follow=True)
    assert page.redirect_chain[-1][0].startswith(LOGIN)
    assert "已自动退出" in page.content.decode()


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(client, cast, monkeypatch):
    at(monkeypatch, 0)
    sign_in(client, cast, "clerk").get("/desk/")
    for minute in range(5, 30, 5):
        at(monkeypatch, minute * 60)
        assert client.get("/desk/", headers={"X-Poll": "1"}).status_code == 200
    at(monkeypatch, 1801)
    assert client.get("/desk/").status_code == 302


@pytest.mark.long
def test_twelve_hours_are_the_longest(client, cast, monkeypatch):
    at(monkeypatch, 0)
    sign_in(client, cast, "clerk").get("/desk/")
    for quarter in range(1, 48):
        at(monkeypatch, quarter * 900)
        assert client.get("/desk/").status_code == 200
    at(monkeypatch, 48 * 900)
    assert client.get("/desk/").status_code == 302


def test_a_villager_with_a_code_is_not_signed_out(client, cast, monkeypatch):
    client.get("/follow/")
    at(monkeypatch, 3 * 3600)
    assert client.get("/follow/").status_code == 200


def test_signing_out_ends_the_session(client, cast):
    sign_in(client, cast, "clerk").get("/desk/")
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/desk/").status_code == 302


def test_after_signing_in_one_stands_where_one_wanted_to_be(client, clerk):
    response = client.get("/desk/worries/")
    assert response.url == "/accounts/login/?next=/desk/worries/"
    response = client.post(response.url, {"login": clerk.username, "password": PASSWORD, "next": "/desk/worries/"})
    assert response.url == "/desk/worries/"


def test_nobody_is_led_to_another_site(client, clerk):
    response = client.post(LOGIN, {"login": clerk.username, "password": PASSWORD, "next": "https://evil.example/"})
    assert response.url == "/desk/"


def test_nobody_makes_an_account_without_an_invitation(client, cast):
    assert "邀请" in client.get("/accounts/signup/").content.decode()
    client.post("/accounts/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD})
    assert not type(cast.account("clerk")).objects.filter(username="x").exists()


def test_the_password_is_changed_on_ones_own_page(client, clerk, cast):
    sign_in(client, cast, "clerk")
    page = client.get("/accounts/password/change/")
    assert "修改密码" in page.content.decode()
    new = "three unrelated words"
    response = client.post(page.request["PATH_INFO"], {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert response.url == "/accounts/2fa/"
    assert client.get("/desk/").status_code == 200, "who changed it stays signed in"
    clerk.refresh_from_db()
    assert clerk.check_password(new)


def test_an_account_without_a_password_is_led_to_its_own_page(client, cast):
    account = cast.account("clerk")
    account.set_unusable_password()
    account.save()
    assert sign_in(client, cast, "clerk").get("/accounts/password/change/").url == "/accounts/2fa/"


@pytest.mark.parametrize(
    "name",
    ["mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "account_change_password"],
)
def test_a_stranger_is_asked_to_sign_in_before_any_page_of_an_account(client, cast, name):
    response = client.get(reverse(name))
    assert response.status_code == 302 and "/accounts/login/" in response.url


def test_the_door_alone_has_no_sign_in(client, cast, settings):
    settings.FACES = frozenset({"public"})
    assert client.get(LOGIN).status_code == 404
    assert client.get("/accounts/2fa/").status_code == 404
    assert LOGIN not in client.get("/").content.decode()


def digits(secret: str) -> str:
    now = int(time.time()) // totp.app_settings.TOTP_PERIOD
    return totp.format_hotp_value(totp.hotp_value(secret, now))


class TestSecondLock:
    """Codes from an app, and the spare codes for the day when the phone is lost."""

    @pytest.fixture
    def secret(self, client, cast):
        sign_in(client, cast, "clerk")
        asked = client.get("/accounts/2fa/totp/activate/")
        assert "reauthenticate" in asked.url, "who changes the locks says again who they are"
        client.post(asked.url, {"password": PASSWORD, "next": "/accounts/2fa/totp/activate/"})
        page = client.get("/accounts/2fa/totp/activate/")
        secret = page.context["form"].secret
        assert secret in page.content.decode()
        response = client.post("/accounts/2fa/totp/activate/", {"code": digits(secret)})
        assert response.status_code == 302
        cache.clear()  # the same digits are not taken twice within their half minute
        return secret

    def test_it_works(self, client, clerk, secret):
        client.post("/accounts/logout/")
        response = send(client, clerk.username, PASSWORD)
        assert response.url == "/accounts/2fa/authenticate/"
        assert client.get("/desk/").status_code == 302, "the password alone opens nothing"
        assert "第二道验证" in client.get(response.url).content.decode()
        assert client.post(response.url, {"code": "000000"}).status_code == 200
        assert client.get("/desk/").status_code == 302
        assert client.post(response.url, {"code": digits(secret)}).url == "/desk/"
        assert client.get("/desk/").status_code == 200

    def test_the_sixth_wrong_code_is_refused_even_if_it_is_right(self, client, clerk, secret):
        client.post("/accounts/logout/")
        address = send(client, clerk.username, PASSWORD).url
        for _ in range(5):
            assert client.post(address, {"code": "000000"}).status_code == 200
        refused = client.post(address, {"code": digits(secret)}, REMOTE_ADDR="203.0.113.8")
        assert refused.status_code == 200 and "失败次数太多" in refused.content.decode()
        send(client, clerk.username, PASSWORD)  # the password again gives no new tries
        assert client.post(address, {"code": digits(secret)}).status_code == 200
        assert client.get("/desk/").status_code == 302
        cache.clear()  # five minutes are over
        send(client, clerk.username, PASSWORD)
        assert client.post(address, {"code": digits(secret)}).url == "/desk/"

    def test_a_spare_code_signs_in_once(self, client, clerk, secret):
        client.post("/accounts/2fa/recovery-codes/generate/")
        page = client.get("/accounts/2fa/recovery-codes/")
        code = page.context["unused_codes"][0]
        assert code in page.content.decode()
        for expected in (302, 200):
            client.post("/accounts/logout/")
            send(client, clerk.username, PASSWORD)
            assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == expected

    def test_an_administrator_removes_it_for_who_lost_everything(self, client, cast, clerk, secret):
        address = reverse("account_unlock", args=[cast.people["clerk"].pk])
        assert client.get(address).status_code == 404, "not by a colleague without the right"
        sign_in(client, cast, "administrator")
        page = client.get(reverse("person_admin", args=[cast.people["clerk"].pk])).content.decode()
        assert address in page
        assert client.post(address, {"act_id": uuid7()}).status_code == 302
        assert client.post(address, {"act_id": uuid7()}).status_code == 422, "nothing is left to remove"
        assert Notice.objects.filter(person=cast.people["clerk"], code="account.unlocked").count() == 1
        client.post("/accounts/logout/")
        assert send(client, clerk.username, PASSWORD).url == "/desk/"

    def test_every_page_of_the_account_is_in_chinese(self, client, secret):
        for address in (
            "/accounts/2fa/",
            "/accounts/2fa/totp/deactivate/",
            "/accounts/2fa/recovery-codes/generate/",
            "/accounts/2fa/webauthn/",
            "/accounts/2fa/webauthn/add/",
            "/accounts/password/change/",
            "/accounts/reauthenticate/",
            "/accounts/2fa/reauthenticate/",
        ):
            page = client.get(address)
            assert page.status_code == 200, address
            main = re.search(r"<main.*</main>", page.content.decode(), re.S)[0]
            text = re.sub(r"<script.*?</script>|<[^>]+>", " ", main, flags=re.S)
            assert re.search(r"[a-z]{3,} [a-z]{2,}", text) is None, f"{address}: {text}"


class TestDemo:
    """Entering with one click: while the demo is on, and as its own people only."""

    @pytest.fixture(autouse=True)
    def demo(self, cast):
        Installation.objects.filter(pk=1).update(is_demo=True)
        account = cast.account("clerk")
        account.is_demo = True
        account.save()

    def test_it_works(self, client, cast):
        username = cast.account("clerk").username
        assert f'value="{username}"' in client.get("/demo/").content.decode()
        response = client.post("/demo/", {"as": username})
        assert response.url == "/desk/"
        assert not response.cookies["yishi-session"]["max-age"], "it ends with the browser, as after the sign-in page"
        assert client.get("/desk/").status_code == 200

    def test_nobody_enters_as_somebody_real(self, client, cast):
        assert client.post("/demo/", {"as": cast.account("handler").username}).status_code == 404
        assert client.get("/desk/").status_code == 302

    def test_looking_at_the_page_signs_nobody_in(self, client, cast):
        client.get("/demo/", {"as": cast.account("clerk").username})
        assert client.get("/desk/").status_code == 302

    def test_there_is_no_such_page_without_the_demo(self, client, cast):
        Installation.objects.filter(pk=1).update(is_demo=False)
        assert client.get("/demo/").status_code == 404
        assert client.post("/demo/", {"as": cast.account("clerk").username}).status_code == 404
        assert "/demo/" not in client.get("/").content.decode()
