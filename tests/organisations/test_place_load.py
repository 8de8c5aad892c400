"""A province's places load from one file: in seconds, once, or not at all."""

import gzip
import lzma

import pytest

from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import named_id
from yishi.organisations.grants import system
from yishi.organisations.models import Place, PlaceVersion
from yishi.organisations.place_file import SHIPPED
from yishi.organisations.reads import places_find
from yishi.organisations.services.places import place_load, place_rename

pytestmark = pytest.mark.django_db

HEAD = "code,name,level,parent_code\n"
GOOD = HEAD + "54,西藏自治区,province,\n5401,拉萨市,prefecture,54\n540102,城关区,county,5401\n"


def written(tmp_path, text, name="places.csv", encoding="utf-8"):
    path = tmp_path / name
    data = text.encode(encoding)
    opener = {"gz": gzip.compress, "xz": lzma.compress}.get(name.rsplit(".", 1)[-1], bytes)
    path.write_bytes(opener(data))
    return path


def test_it_works():
    receipt = place_load(SHIPPED, actor=system())
    assert receipt.result == {"added": 16495, "known": 0}
    village = Place.objects.get(code="532323101218")
    assert village.pk == named_id("place", "532323101218")
    assert village.full_name == "楚雄彝族自治州牟定县共和镇牟尼村民委员会"
    assert village.pinyin.startswith("mnc")
    county = Place.objects.get(code="532323")
    assert county.lo < village.lo <= village.hi <= county.hi
    assert Place.objects.get(code="53").hi == 16495
    assert Entry.objects.get().quantities == {"places": 16495}
    assert PlaceVersion.objects.count() == 16495
    again = place_load(SHIPPED, actor=system())
    assert again.result == {"added": 0, "known": 16495}
    assert Entry.objects.count() == 1
    for typed in ("牟尼", "532323101218", "牟定 牟尼", "牟定牟尼", "mdx mnc", "５３２３２３１０１２１８"):
        assert village in places_find(typed, limit=3), typed
    assert places_find("mnc", within=county)[0] == village
    assert places_find("牟定")[0] == county
    assert places_find("mdx")[0] == county
    assert all(county.lo <= one.lo <= county.hi for one in places_find("新村", within=county))


@pytest.mark.parametrize("name", ["places.csv", "places.csv.gz", "places.csv.xz"])
def test_plain_and_packed_files_load(tmp_path, name):
    assert place_load(written(tmp_path, GOOD, name), actor=system()).result["added"] == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "gbk"])
def test_encodings_of_chinese_offices_load(tmp_path, encoding):
    place_load(written(tmp_path, GOOD, encoding=encoding), actor=system())
    assert Place.objects.get(code="5401").name == "拉萨市"


def test_another_province_is_numbered_beside_the_first(tmp_path):
    place_load(written(tmp_path, GOOD), actor=system())
    place_load(
        written(tmp_path, HEAD + "11,北京市,province,\n1101,市辖区,prefecture,11\n110101,东城区,county,1101\n"),
        actor=system(),
    )
    beijing, tibet = Place.objects.get(code="11"), Place.objects.get(code="54")
    assert (beijing.lo, beijing.hi, tibet.lo, tibet.hi) == (1, 3, 4, 6)
    assert Place.objects.get(code="110101").full_name == "北京市东城区"


@pytest.mark.parametrize(
    ("rows", "row", "reason"),
    [
        ("5401,拉萨市,prefectures,54\n", 3, "prefectures"),
        ("54011,拉萨市,prefecture,54\n", 3, "4"),
        ("5401,,prefecture,54\n", 3, ""),
        ("5401,拉萨市,prefecture,54\n5401,日喀则市,prefecture,54\n", 4, "3"),
        ("5401,拉萨市,prefecture,55\n", 3, "55"),
        ("5401,拉萨市,prefecture,\n", 3, ""),
        ("5501,拉萨市,prefecture,54\n", 3, "5501"),
        ("540102,城关区,county,54010\n", 3, "54010"),
        ("5401,拉萨市,prefecture\n", 3, "3"),
        ("5401,\"拉萨市,prefecture,54\n", 3, ""),
        (f"5401,{'长' * 65},prefecture,54\n", 3, "64"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_and_nothing_is_loaded(tmp_path, rows, row, reason):
    path = written(tmp_path, HEAD + "54,西藏自治区,province,\n" + rows)
    with pytest.raises(Refusal) as refused:
        place_load(path, actor=system())
    assert refused.value.code == "places.malformed"
    assert row in [problem.row for problem in refused.value.details["rows"]]
    assert reason in str(refused.value)
    assert not Place.objects.exists() and not Entry.objects.exists()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04\0\0", b"name,level\n", b"\xff\xfe\x81"])
def test_what_is_no_list_of_places_is_refused(tmp_path, data):
    path = tmp_path / "places.csv"
    path.write_bytes(data)
    with pytest.raises(Refusal):
        place_load(path, actor=system())
    assert not Place.objects.exists()


def test_a_missing_or_broken_archive_is_refused(tmp_path):
    (tmp_path / "places.csv.xz").write_bytes(b"not packed")
    for name, code in (("places.csv.xz", "places.broken"), ("none.csv", "places.no_file")):
        with pytest.raises(Refusal) as refused:
            place_load(tmp_path / name, actor=system())
        assert refused.value.code == code


def test_a_later_load_leaves_local_changes_alone(tmp_path):
    path = written(tmp_path, GOOD)
    place_load(path, actor=system())
    place_rename(actor=system(), place=Place.objects.get(code="540102"), name="老城区")
    place_load(path, actor=system())
    assert Place.objects.get(code="540102").name == "老城区"


def test_only_the_administrator_of_the_installation_loads(cast, tmp_path):
    path = written(tmp_path, GOOD)
    for who in ("clerk", "outsider", "member"):
        with pytest.raises(NotAllowed):
            place_load(path, actor=cast.viewer(who))
    place_load(path, actor=cast.viewer("administrator"))
    assert Place.objects.filter(code="5401").exists()
