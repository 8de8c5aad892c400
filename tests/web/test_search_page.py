"""One search over deeds, households and projects finds Chinese in the middle of words, and only what one may see."""

import pytest

from tests.assistance.helping import Helping
from tests.cast import sign_in
from yishi.people.scopes import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def helping(cast):
    with everything():
        yield Helping(cast)


def titles(client, **asked) -> dict[str, list[str]]:
    found = client.get("/desk/search/", asked).context["found"]
    return {part["code"]: [row["title"] for row in part["rows"]] for part in found}


def test_it_works(client, helping):
    helping.record(words="把梯田红米卖到了昆明的超市")
    sign_in(client, helping.cast, "clerk")
    assert titles(client, q="红米 超市")["deeds"] == ["为农户找一条销路 · 1 条"]
    assert titles(client, q="销路")["deeds"] == ["为农户找一条销路 · 1 条"]
    assert titles(client, q="紫米")["deeds"] == []
    assert titles(client, q="牟尼村户主1")["households"] == ["牟尼村户主1"]
    assert len(titles(client, q="邻近村", kind="households")["households"]) == 4
    assert titles(client)["deeds"] == []


def test_a_stranger_finds_nothing_of_it(client, helping):
    helping.record(words="把梯田红米卖到了昆明的超市")
    for who in ("outsider", "outside_handler"):
        sign_in(client, helping.cast, who)
        found = titles(client, q="红米")
        assert not any(found.values()), who
        assert not titles(client, q="牟尼村户主")["households"], who
