"""Pages of places, bodies, people, members and venues: what an administrator does, and what others cannot."""

import json

import pytest
from django.urls import reverse

from tests.cast import sign_in
from yishi.database.reach import everything
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Installation, Member, Place, Post, Term, Venue, VenueCode
from yishi.organisations.reads import places_find
from yishi.organisations.services.people import invitation_issue
from yishi.organisations.services.venues import venue_code_reissue
from yishi.people.models import Account, Invitation, Person

pytestmark = pytest.mark.django_db


def url(name, thing=None, **kwargs):
    return reverse(name, kwargs={"pk": thing.pk, **kwargs} if thing is not None else kwargs or None)


@pytest.fixture
def admin(client, cast):
    return sign_in(client, cast, "administrator")


def pages_of(cast):
    """Every inner page of this slice, each with an object of the cast's county."""
    village, office, venue = cast.places["牟尼村"], cast.bodies["office"], cast.venue
    member, person = Member.objects.get(person=cast.people["member"]), cast.people["handler"]
    post = Post.objects.get(person=cast.people["handler"])
    objects = {
        "place": village, "place_rename": village, "place_recode": village, "place_move": village,
        "place_merge": village, "place_divide": village, "place_hamlet": village,
        "body": office, "body_change": office, "body_close": office, "body_appoint": office,
        "term_open": cast.bodies["committee"], "post_end": post, "person_admin": person, "person_change": person,
        "account_switch": person, "person_invite": person, "member_admit": member.term, "member_leave": member,
        "venue": venue, "venue_change": venue, "venue_code": venue, "venue_close": venue,
    }  # fmt: skip
    lists = [
        "places", "bodies", "body_new", "people", "invitations", "members", "venues", "venue_new", "start",
        "settings", "small_office", "administration",
    ]  # fmt: skip
    return [url(name) for name in lists] + [url(name, thing) for name, thing in objects.items()]


def test_it_works(admin, cast):
    for address in pages_of(cast):
        response = admin.get(address)
        assert response.status_code == 200, address
        assert "<h1>" in response.content.decode(), address


def test_lists_stay_within_fifteen_queries(admin, cast, settings, django_assert_max_num_queries):
    settings.INSTALLATION_SECONDS = 5  # as in service
    for name in ("places", "bodies", "people", "members", "venues", "invitations", "start"):
        with django_assert_max_num_queries(15):
            admin.get(url(name))


def test_who_administers_one_body_reads_no_phones_of_all_that_another_post_oversees(client, cast):
    """The list asked whether somebody administers anything, and then showed all that any of their posts reaches."""
    with everything():
        Post.objects.create(person=cast.people["clerk"], body=cast.bodies["company"], role="administrator")
        handler = cast.people["handler"]
        handler.phone = "13900007777"
        handler.save()
    sign_in(client, cast, "clerk")
    page = client.get(reverse("people")).content.decode()
    assert "13900007777" not in page and handler.name not in page
    assert cast.people["clerk"].name in page


@pytest.mark.parametrize("name", ["places", "bodies", "people", "members", "venues"])
def test_every_list_exports_a_workbook(admin, name):
    response = admin.get(url(name) + "?export=xlsx")
    assert response["Content-Type"].endswith("spreadsheetml.sheet") and response.content[:2] == b"PK"


@pytest.mark.parametrize("who", ["outsider", "member", "handler", "water_clerk"])
def test_others_open_none_of_it(client, cast, who):
    sign_in(client, cast, who)
    for address in pages_of(cast):
        response = client.get(address)
        if response.status_code == 200:  # a list: the outsider sees that of the own county
            assert who == "outsider" and "牟" not in response.content.decode(), address
        else:
            assert response.status_code in (403, 404), address
            assert client.post(address, {"act_id": uuid7()}).status_code in (403, 404, 405), address


def test_nobody_is_sent_to_sign_in(client, cast):
    for address in pages_of(cast):
        assert client.get(address).status_code == 302, address


def test_a_clerk_reads_the_register_and_changes_nothing(client, cast):
    sign_in(client, cast, "clerk")
    for name in ("bodies", "members", "places"):
        assert client.get(url(name)).status_code == 200
    body = client.get(url("body", cast.bodies["department"])).content.decode()
    assert "农业局甲" in body and url("post_end", Post.objects.get(person=cast.people["handler"])) not in body
    assert client.get(url("person_admin", cast.people["handler"])).status_code == 404
    assert client.get(url("body", cast.bodies["outside_office"])).status_code == 404


def test_a_place_is_found_as_one_types(client, cast):
    response = client.get(url("places_find"), {"q": "mnc"})
    answer = json.loads(response.content)["places"]
    assert answer[0]["name"] == "牟尼村" and answer[0]["id"] == str(cast.places["牟尼村"].pk)
    within = client.get(url("places_find"), {"q": "牟尼", "within": str(cast.places["宜良县"].pk)})
    assert json.loads(within.content)["places"] == []
    for nasty in ("%", "'", "\x00", "(" * 64, "[", "牟" * 500, "*定"):
        assert client.get(url("places_find"), {"q": nasty, "within": nasty}).status_code == 200


def test_places_are_browsed_without_scripts(client, cast):
    page = client.get(url("places_browse"), {"within": cast.places["共和镇"].pk}).content.decode()
    assert "牟尼村" in page and "外县村" not in page
    assert "牟尼村" in client.get(url("places_browse"), {"q": "牟尼"}).content.decode()


def test_a_village_is_renamed_on_its_page(admin, cast):
    village = cast.places["牟尼村"]
    response = admin.post(url("place_rename", village), {"name": "牟尼社区", "act_id": uuid7()}, follow=True)
    assert "牟尼社区" in response.content.decode()
    again = admin.post(url("place_rename", village), {"name": "牟尼社区", "act_id": uuid7()})
    assert again.status_code == 422


def test_a_place_is_typed_where_no_script_helps(admin, cast):
    """Several places fit: the page offers them; the chosen one is taken."""
    sent = {"name": "新机构", "kind": "village", "place": "村", "act_id": uuid7()}
    response = admin.post(url("body_new"), sent)
    page = response.content.decode()
    assert response.status_code == 422 and 'name="place_pick"' in page and "外县村" not in page
    sent["place_pick"] = str(cast.places["邻近村"].pk)
    assert admin.post(url("body_new"), sent).status_code == 302
    assert Body.objects.get(name="新机构").place == cast.places["邻近村"]
    sent = {"name": "另一机构", "kind": "village", "place": "532323100201", "act_id": uuid7()}
    assert admin.post(url("body_new"), sent).status_code == 302
    sent = {"name": "外机构", "kind": "village", "place": "外县村", "act_id": uuid7()}
    assert admin.post(url("body_new"), sent).status_code == 422


def test_a_towns_division_is_typed_line_by_line(admin, cast):
    town, first, second = cast.places["共和镇"], cast.places["牟尼村"], cast.places["邻近村"]
    sent = {"parts": "532323111 东镇\n532323112 西镇", f"goes_{first.pk.hex}": 1, "act_id": uuid7()}
    assert admin.post(url("place_divide", town), sent).status_code == 422
    sent[f"goes_{second.pk.hex}"] = 2
    assert admin.post(url("place_divide", town), sent).status_code == 302
    assert Place.objects.get(pk=second.pk).parent.name == "西镇"


def test_somebody_is_appointed_and_leaves(admin, cast):
    body = cast.bodies["water"]
    sent = {"name": "新人甲", "phone": "139 1234 5678", "role": "clerk", "title": "科员", "act_id": uuid7()}
    response = admin.post(url("body_appoint", body), sent, follow=True)
    assert "新人甲" in response.content.decode()
    post = Post.objects.get(person__name="新人甲")
    admin.post(url("body_appoint", cast.bodies["village"]), {**sent, "act_id": uuid7()})
    assert Person.within.filter(name="新人甲").count() == 1  # the phone says that it is the same person
    response = admin.post(url("post_end", post), {"act_id": uuid7()}, follow=True)
    assert response.status_code == 200
    post.refresh_from_db()
    assert post.valid_to


def test_who_appoints_somebody_from_elsewhere_comes_back_to_the_body(client, cast):
    body, known = cast.bodies["department"], cast.people["water_clerk"]
    person = Person.within.create(name="局管理员")
    Account.objects.create(person=person, username="bureau")
    for role in ("administrator", "security"):
        Post.objects.create(person=person, body=body, role=role)
    Person.within.filter(pk=known.pk).update(phone="13912345678")
    client.force_login(person.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    sent = {"name": known.name, "phone": "13912345678", "role": "staff", "act_id": uuid7()}
    response = client.post(url("body_appoint", body), sent, follow=True)
    assert response.redirect_chain[-1][0] == url("body", body) and response.status_code == 200
    assert client.get(url("person_invite", known)).status_code == 404


def test_what_was_typed_is_kept_when_a_post_is_refused(admin, cast):
    sent = {"name": "新人乙", "phone": "不是电话", "role": "clerk", "title": "很长的职务", "act_id": uuid7()}
    response = admin.post(url("body_appoint", cast.bodies["water"]), sent)
    page = response.content.decode()
    assert response.status_code == 422 and "新人乙" in page and "很长的职务" in page


def test_a_member_is_admitted_and_leaves(admin, cast):
    term = Term.objects.get()
    sent = {"name": "新委员", "sector": "health", "act_id": uuid7()}
    admin.post(url("member_admit", term), sent)
    member = Member.objects.get(person__name="新委员")
    assert "新委员" in admin.get(url("members") + "?sector=health").content.decode()
    admin.post(url("member_leave", member), {"reason": "调离", "act_id": uuid7()})
    assert "新委员" not in admin.get(url("members")).content.decode()
    assert "新委员" in admin.get(url("members") + "?former=1").content.decode()


def test_invitations_are_printed_one_page_each_and_accepted(admin, cast, client):
    villager = cast.people["villager"]
    Post.objects.create(person=villager, body=cast.bodies["water"], role="staff")
    assert "村民甲" in admin.get(url("invitations")).content.decode()
    response = admin.post(url("invitations"), {"person": [villager.pk], "act_id": uuid7()})
    page = response.content.decode()
    assert page.count("invitation-sheet") == 1 and "no-store" in response["Cache-Control"]
    code = page.split('class="invitation-code">')[1].split("<")[0]
    client.logout()
    assert client.get(url("join")).status_code == 200
    assert "村民甲" in client.get(url("join"), {"code": code}).content.decode()
    sent = {"code": code, "username": "newone", "password": "一句够长的口令 2026", "again": "不一样", "act_id": uuid7()}
    response = client.post(url("join"), sent)
    assert response.status_code == 422 and "newone" in response.content.decode()
    sent["again"] = sent["password"]
    assert client.post(url("join"), sent).status_code == 302
    assert client.session["_auth_user_id"] == str(Account.objects.get(person=villager).pk)
    client.logout()
    assert client.post(url("join"), {**sent, "act_id": uuid7()}).status_code == 422


def test_who_had_an_account_signs_in_with_the_new_password(client, cast):
    receipt = invitation_issue(actor=cast.viewer("administrator"), person=cast.people["handler"])
    new = "一句够长的口令 2026"
    sent = {"code": receipt.invitation_code, "password": new, "again": new, "act_id": uuid7()}
    sign_in(client, cast, "clerk")
    response = client.post(url("join"), sent, follow=True)
    assert response.redirect_chain[-1][0] == url("account_login")
    assert "密码已经修改" in response.content.decode() and "_auth_user_id" not in client.session
    assert client.post(url("account_login"), {"login": "handler", "password": new}).url == url("desk")


def test_a_wrong_code_is_told_in_words(client, cast):
    response = client.post(url("join"), {"code": "AAAAA-BBBBB"})
    assert response.status_code == 422 and 'role="alert"' in response.content.decode()


def test_nothing_is_invited_without_a_tick(admin, cast):
    assert admin.post(url("invitations"), {"act_id": uuid7()}).status_code == 422
    foreign = cast.people["outsider"]
    admin.post(url("invitations"), {"person": [foreign.pk, "x"], "act_id": uuid7()})
    assert not Invitation.objects.exists()


def test_an_account_is_disabled_on_its_page_and_signed_out(admin, cast, django_user_model):
    person = cast.people["handler"]
    admin.post(url("account_switch", person), {"act_id": uuid7()})
    assert not Account.objects.get(person=person).is_active


def test_a_venue_is_opened_with_its_code(admin, cast):
    sent = {
        "name": "院坝一", "kind": "courtyard", "place": "牟尼村", "convener": cast.bodies["council"].pk,
        "shares": [cast.bodies["special"].pk], "act_id": uuid7(),
    }  # fmt: skip
    response = admin.post(url("venue_new"), sent, follow=True)
    page = response.content.decode()
    token = VenueCode.objects.get(venue__name="院坝一").token
    assert f"/v/{token}" in page and "data:image/svg+xml" in page
    assert "院坝一" in admin.get(url("venues")).content.decode()


def test_the_convener_keeps_the_own_venue_only(client, cast):
    sign_in(client, cast, "convener")
    other = Venue.objects.create(kind="room", name="外县议事室", place=cast.places["外县村"])
    assert client.get(url("venue", cast.venue)).status_code == 200
    assert client.get(url("venue", other)).status_code == 404
    page = client.get(url("venues")).content.decode()
    assert cast.venue.name in page and "外县议事室" not in page
    client.post(url("venue_code", cast.venue), {"act_id": uuid7()})
    assert VenueCode.objects.filter(venue=cast.venue).count() == 2


def test_a_live_code_leads_to_the_rooms_doors(client, cast):
    page = client.get(url("venue_door", token=cast.venue_code.token)).content.decode()
    assert cast.venue.name in page and "共和镇协商议事会议" in page


def test_a_dead_code_says_so_and_leads_on(client, cast):
    venue_code_reissue(actor=cast.viewer("convener"), venue=cast.venue)
    response = client.get(url("venue_door", token=cast.venue_code.token))
    page = response.content.decode()
    assert response.status_code == 410
    assert cast.venue.name in page and str(cast.places["牟尼村"].pk) in page
    assert client.get(url("venue_door", token="NOSUCHCODE")).status_code == 404


def test_the_settings_are_the_home_administrators(admin, cast, client):
    sent = {"site_name": "牟定县协商平台", "contact_phone": "0878-1", "act_id": uuid7()}
    assert admin.post(url("settings"), sent).status_code == 302
    assert Installation.objects.get().site_name == "牟定县协商平台"
    for switch in ("small_office", "three_posts"):
        shown = admin.get(url("administration")).content.decode()
        assert url(switch) in shown and admin.get(url(switch)).status_code == 200
    admin.post(url("small_office"), {"act_id": uuid7()})
    assert Installation.objects.get().small_office
    sign_in(client, cast, "security")
    client.post(url("small_office"), {"act_id": uuid7()})
    assert not Installation.objects.get().small_office
    assert client.get(url("settings")).status_code == 403
    sign_in(client, cast, "administrator")
    assert admin.get(url("public_overdue")).status_code == 403
    sign_in(client, cast, "party_second")
    client.post(url("public_overdue"), {"act_id": uuid7()})
    assert Installation.objects.get().public_overdue
    sign_in(client, cast, "outsider")
    assert client.post(url("public_overdue"), {"act_id": uuid7()}).status_code == 403


@pytest.mark.parametrize("typed", ["1组", "１组", "牟尼1组", "新村(东)", "新村 （东）", "a区", "Ａ区"])
def test_text_3_a_place_is_found_whatever_the_width_of_its_letters(cast, typed):
    Place.objects.filter(pk=cast.places["牟尼村"].pk).update(
        name="牟尼１组新村（东）Ａ区", full_name="牟定县牟尼１组新村（东）Ａ区"
    )
    assert [place.pk for place in places_find(typed)][:1] == [cast.places["牟尼村"].pk]
