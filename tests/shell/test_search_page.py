"""One search over deeds, households and projects finds Chinese in the middle of words, and only what one may see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.cast import sign_in
from tests.kept import kept_over_all_files
from yishi.assistance.deeds import reads as deed_reads
from yishi.assistance.deeds.services.deeds import deed_correct
from yishi.assistance.register import reads as register_reads
from yishi.database.reach import everything
from yishi.organisations.grants import system

pytestmark = pytest.mark.django_db


@kept_over_all_files
def helping(cast):
    return Helping(cast)


def titles(client, **asked) -> dict[str, list[str]]:
    results = client.get("/desk/search/", asked).context["results"]
    return {result["code"]: [line["title"] for line in result["lines"]] for result in results}


def test_it_works(client, helping):
    helping.record(words="把梯田红米卖到了昆明的超市")
    sign_in(client, helping.cast, "clerk")
    assert titles(client, q="红米 超市")["deeds"] == ["为农户找一条销路 · 1 条"]
    assert titles(client, q="销路")["deeds"] == ["为农户找一条销路 · 1 条"]
    assert titles(client, q="紫米")["deeds"] == []
    assert titles(client, q="牟尼村户主1")["households"] == ["牟尼村户主1"]
    assert len(titles(client, q="邻近村", kind="households")["households"]) == 4
    assert titles(client)["deeds"] == []


def test_where_the_places_of_a_word_lie_is_looked_up_once_for_all_kinds(client, helping):
    sign_in(client, helping.cast, "clerk")
    with CaptureQueriesContext(connection) as asked:
        assert len(titles(client, q="牟尼")) == 3
    assert sum("organisations_placeversion" in query["sql"] for query in asked) == 1


def test_what_was_corrected_is_found_by_its_new_words_alone(client, helping):
    with everything():
        deed = helping.record(words="把梯田红米卖到了昆明的超市")
        deed_correct(actor=system(), deed=deed, reason="写错了", words="把梯田紫米卖到了昆明的超市")
    sign_in(client, helping.cast, "clerk")
    assert titles(client, q="红米")["deeds"] == []
    for typed in ("紫米", "紫", "昆明的超市", f"紫米 {deed.number}", "梯田 牟尼"):
        assert len(titles(client, q=typed)["deeds"]) == 1, typed


def test_where_every_word_fits_many_the_same_is_found(client, helping, monkeypatch):
    """Rows are then looked through; in a narrow reach those of its places and of its desk."""
    with everything():
        deed = helping.record(words="把梯田红米卖到了昆明的超市")
    for few, many, wide in ((0, 0, 400), (0, 0, 0), (2_000, 20_000, 0)):
        for reads in (deed_reads, register_reads):
            monkeypatch.setattr(reads, "FEW", few)
            monkeypatch.setattr(reads, "MANY", many)
            monkeypatch.setattr(reads, "WIDE", wide)
        for who, count in (("clerk", 1), ("outsider", 0), ("outside_handler", 0)):
            sign_in(client, helping.cast, who)
            for typed in ("红米", "红 超市", "红米 牟尼", deed.number[:6]):
                assert len(titles(client, q=typed)["deeds"]) == count, (who, typed, few)
            assert len(titles(client, q="紫米")["deeds"]) == 0
        sign_in(client, helping.cast, "clerk")
        assert titles(client, q="牟尼村户主1")["households"] == ["牟尼村户主1"]


def test_no_page_of_a_search_counts_what_follows(client, helping):
    with everything():
        for number in range(7):
            helping.record(words=f"卖红米{number}斤", on=timezone.localdate() - timedelta(days=number))
    sign_in(client, helping.cast, "clerk")
    page = client.get("/desk/search/", {"q": "红米"})
    assert [len(result["lines"]) for result in page.context["results"]] == [5, 0, 0]
    assert "5 以上" in page.content.decode()
    one_kind = client.get("/desk/search/", {"q": "红米", "kind": "deeds", "page": "9"}).context["results"][0]
    assert len(one_kind["lines"]) == 7 and not one_kind["page_obj"].has_next()


def test_a_stranger_finds_nothing_of_it(client, helping):
    helping.record(words="把梯田红米卖到了昆明的超市")
    for who in ("outsider", "outside_handler"):
        sign_in(client, helping.cast, who)
        found = titles(client, q="红米")
        assert not any(found.values()), who
        assert not titles(client, q="牟尼村户主")["households"], who


@pytest.mark.parametrize("page", ["²", "9" * 25, "1" * 5000, "-1", "0", "x"])
def test_an_impossible_page_is_the_first(client, helping, page):
    helping.record(words="把梯田红米卖到了昆明的超市")
    sign_in(client, helping.cast, "clerk")
    assert titles(client, q="红米", kind="deeds", page=page)["deeds"] == ["为农户找一条销路 · 1 条"]


@pytest.mark.parametrize("typed", ["%00", "%%0000", "%%%000000"])
def test_no_zero_byte_of_an_address_comes_through(client, helping, typed):
    sign_in(client, helping.cast, "clerk")
    assert client.get(f"/desk/search/?q={typed}").context["typed"] == ""
