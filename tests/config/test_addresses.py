"""Two faces, two addresses: whatever is printed or sent opens for its reader, or says where to go."""

import re
from pathlib import Path

import pytest
from django.test import override_settings
from django.urls import resolve, reverse

from tests import samples as sample
from tests.cast import sign_in
from yishi.config.environment import BadSetting, read
from yishi.kit.ids import uuid7
from yishi.notices.addresses import INNER, MEMBER, PUBLIC, address_of

pytestmark = pytest.mark.django_db

DOOR, DESKS = "https://door.example.gov.cn", "https://desks.example.gov.cn"
# How an installation is divided over processes: name of the process, its faces, where members sign in.
DIVIDED = {
    "door": ({PUBLIC}, DESKS),
    "desks": ({INNER}, DESKS),
    "door with members": ({PUBLIC, MEMBER}, DOOR),
    "desks beside members": ({INNER}, DOOR),
}
AWAY = "另一个网址"  # the heading of the page that leads to the other face
NOT_THERE = {"first", "consult_slip", "family_code"}  # the samples: somebody has begun, codes that nobody has
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def serve():
    """Serve one process of a divided installation, in the place of the one before."""
    served: list[override_settings] = []

    def choose(process: str) -> None:
        stop()
        faces, members = DIVIDED[process]
        addresses = {"PUBLIC_URL": DOOR, "INNER_URL": DESKS, "MEMBER_URL": members}
        served.append(override_settings(FACES=frozenset(faces), **addresses))
        served[-1].enable()

    def stop() -> None:
        while served:
            served.pop().disable()

    yield choose
    stop()


def calls() -> set[str]:
    """The views whose addresses the product prints or sends, wherever it does."""
    texts = [path.read_text("utf-8") for path in (ROOT / "yishi").rglob("*.py")]
    return {name for text in texts for name in re.findall(r"""\baddress_of\(\s*["'](\w+)["']""", text)}


def test_operating_2_every_printed_or_sent_address_opens_or_says_where_to_go(client, cast, serve, all_files):
    """Each as it is printed for each kind of reader, opened at each process of an installation in two."""
    paths = {name: address for name, address, _view, _loader in sample.addresses(sample.kwargs_by_loader(cast))}
    assert calls() - paths.keys() == set()
    for desks, door in (("desks", "door"), ("desks beside members", "door with members")):
        for name in sorted(calls()):
            for reader in (PUBLIC, MEMBER, INNER):
                serve(desks)
                match = resolve(paths[name])
                address = address_of(name, kwargs=match.kwargs, reader=reader)
                base, path = re.fullmatch(r"(https://[^/]+)(/.*)", address).groups()
                for where, process in ((DOOR, door), (DESKS, desks)):
                    serve(process)
                    answer = client.get(path)
                    leads_on = answer.status_code == 404 and AWAY in answer.content.decode()
                    assert not (leads_on and where == base), (name, reader, process)
                    assert not leads_on or base in answer.content.decode(), (name, reader, process)
                    assert leads_on or answer.status_code in (200, 302) or name in NOT_THERE, (name, reader, process)


@pytest.mark.parametrize(
    ("name", "reader", "base"),
    [
        ("desk", INNER, DESKS), ("desk", MEMBER, DOOR), ("desk", PUBLIC, DESKS), ("home", INNER, DESKS),
        ("home", PUBLIC, DOOR), ("follow", INNER, DOOR), ("account_login", PUBLIC, DESKS), ("join", MEMBER, DOOR),
    ],
)  # fmt: skip
def test_operating_2_one_function_knows_the_face_of_a_reader(serve, name, reader, base):
    serve("desks beside members")
    assert address_of(name, reader=reader) == base + reverse(name)


def test_operating_2_an_invitation_leads_a_member_to_the_members_face_and_a_clerk_to_the_desks(client, cast, serve):
    serve("desks beside members")
    sign_in(client, cast, "administrator")
    for person, base in (("member", DOOR), ("clerk", DESKS)):
        sheet = client.post(
            reverse("person_invite", args=[cast.people[person].pk]), {"act_id": uuid7()}
        ).content.decode()
        assert f"{base}/join/" in sheet


def test_operating_2_a_member_signs_in_on_the_internet_and_has_no_post_there(client, cast, serve):
    serve("door with members")
    for who, status in (("member", 200), ("clerk", 403)):
        sent = client.post("/accounts/login/", {"login": who, "password": "correct horse battery"})
        assert sent.status_code == 302, who
        answer = client.get("/desk/", follow=True)
        assert answer.status_code == status, who
        assert (DESKS in answer.content.decode()) is (who == "clerk")
        client.logout()
    refused = client.post("/accounts/login/", {"login": "administrator", "password": "correct horse battery"})
    assert refused.status_code == 403 and DESKS in refused.content.decode()
    assert client.get("/desk/").status_code == 302, "not signed in"
    assert client.get("/first/").status_code == 404


def test_operating_2_the_first_page_of_the_inner_face_is_the_desk(client, cast, serve):
    serve("desks")
    assert client.get("/").url == "/desk/"
    sign_in(client, cast, "clerk")
    assert client.get("/", follow=True).status_code == 200


def test_operating_2_a_page_of_the_other_face_says_where_it_is(client, cast, serve):
    serve("door")
    assert f"{DESKS}/accounts/login/?next=/desk/" in client.get("/accounts/login/?next=/desk/").content.decode()
    with override_settings(INNER_URL="", MEMBER_URL=""):  # not told: the inner network's address need not stand there
        said = client.get("/desk/").content.decode()
    assert "内部网络" in said and DESKS not in said
    serve("desks")
    assert f"{DOOR}/raise/" in client.get("/raise/").content.decode()


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"YISHI_FACES": "inner"}, "YISHI_INNER_URL"),
        ({"YISHI_FACES": "public,member"}, "YISHI_MEMBER_URL"),
    ],
)
def test_operating_2_faces_ask_for_the_addresses_that_they_print(given, missing):
    with pytest.raises(BadSetting, match=missing):
        read({"YISHI_ENV_FILE": "", **given})
    values = read({"YISHI_ENV_FILE": "", **given, missing: "https://a.example"})
    assert values[missing.removeprefix("YISHI_").lower()] == "https://a.example"
    alone = read({"YISHI_ENV_FILE": ""})
    assert alone["inner_url"] == alone["member_url"] == alone["public_url"]


def test_operating_2_nothing_else_puts_an_address_together():
    """A new poster, paper or message asks `address_of`."""
    allowed = {"yishi/notices/addresses.py", "yishi/config/settings.py", "yishi/config/environment.py"}
    allowed |= {"yishi/web/kit/page.py"}  # looks whether the page that sent a form is one of ours
    using = re.compile(r"\b(PUBLIC_URL|INNER_URL|MEMBER_URL|build_absolute_uri|get_host)\b")
    paths = [path for ending in ("py", "html", "txt") for path in (ROOT / "yishi").rglob(f"*.{ending}")]
    assert {str(path.relative_to(ROOT)) for path in paths if using.search(path.read_text("utf-8"))} - allowed == set()
