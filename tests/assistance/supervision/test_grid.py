"""A whole village from the paper list: what is typed, how much that is; nothing that the register knows is asked."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.supervised import Supervised, poor_family, supervised
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.register.models import Household
from yishi.assistance.supervision.matrix import matrix_of
from yishi.assistance.supervision.models import Finding, RoundVisit
from yishi.commitments.models import Commitment
from yishi.database.reach import everything
from yishi.web.assistance.supervision.village_papers import village_paper

pytestmark = pytest.mark.django_db
PAIRS = 2  # keys for a Chinese character: two letters and its choice, less what the input method foresees
KEYS_A_MINUTE = 100  # somebody who types with two fingers


@kept
def under_way(cast):
    with everything():
        return supervised(cast)


@kept
def forty(cast):
    """Forty poor households; a third has a dangerous house, a fifth no safe water: the register knows it."""
    with everything():
        village = cast.places["牟尼村"]
        for number in range(401, 441):
            changes = {"house_grade": "D"} if number % 3 == 0 else {}
            poor_family(village, number, **changes, **({"water_is_safe": False} if number % 5 == 0 else {}))
        return Supervised(cast).line().open(items=["schooling", "medical", "housing", "water", "work", "measures"])


def address(under_way, name="round_grid"):
    return reverse(name, args=[under_way.round.pk, under_way.village.pk])


def offered(client, url):
    """What the page offers to type into: name → value."""
    form = client.get(url).context["form"]
    return form, {
        bound.html_name: bound.value() if not hasattr(bound.value(), "pk") else bound.value().pk
        for bound in form if bound.value() is not None
    }  # fmt: skip


def names_in(rows):
    """The names of the inputs that the rows of the grid draw."""
    drawn = [str(one) for row in rows for one in (*row["cells"], row["words"]) if one]
    return re.findall(r'\bname="([^"]+)"', "".join(drawn))


def test_it_works(cast, client, under_way):
    sign_in(client, cast, "clerk")
    roof, tap, sound = under_way.homes
    _form, said = offered(client, address(under_way))
    said |= {f"housing_{roof.pk}": "1", f"water_{tap.pk}": "４", f"schooling_{sound.pk}": "2"}
    answer = client.post(address(under_way), said)
    assert answer.status_code == 422  # the register knows the house and the tap, and nothing of a school
    assert "请写明看到的情况" in answer.content.decode()
    answer = client.post(address(under_way), {**said, f"words_{sound.pk}": "老二辍学在家"})
    assert answer.status_code == 302
    with everything():
        found = {finding.household_id: finding for finding in Finding.within.select_related("commitment__bearer")}
        assert RoundVisit.objects.get().households == 3
    assert [found[home.pk].lane for home in (roof, tap, sound)] == ["spot", "province", "county"]
    assert "登记册" in found[roof.pk].words and found[sound.pk].words == "老二辍学在家"
    assert found[roof.pk].commitment.bearer == cast.bodies["township"]
    assert found[tap.pk].commitment.bearer == cast.bodies["government"]
    assert found[tap.pk].coordinator == cast.bodies["province_office"]
    assert found[tap.pk].commitment.due_on == timezone.localdate() + timedelta(days=90)
    page = client.get(address(under_way)).content.decode()
    assert f"housing_{roof.pk}" not in page and f"housing_{sound.pk}" in page  # what is open takes no digit
    assert "老二辍学在家" in page  # the next visit starts from what is open


def test_a_wrong_key_and_a_lane_without_a_bearer_are_said_at_their_place(cast, client, under_way):
    sign_in(client, cast, "clerk")
    roof = under_way.homes[0]
    form, said = offered(client, address(under_way))
    answer = client.post(address(under_way), {**said, f"housing_{roof.pk}": "9"})
    assert answer.status_code == 422 and "1 到 4" in answer.content.decode()
    answer = client.post(address(under_way), {**said, f"housing_{roof.pk}": "3", "coordinator_prefecture": ""})
    assert answer.status_code == 422
    with everything():
        assert not Finding.within.exists() and not RoundVisit.objects.exists()
    assert client.post(address(under_way), {**said, "coordinator_prefecture": ""}).status_code == 302  # lane not used


def test_forty_households_are_entered_within_a_quarter_of_an_hour(cast, client, forty):
    """Counted: cells, and keys with every tabulator; sixty findings, of which the register knows a third."""
    sign_in(client, cast, "clerk")
    url = address(forty)
    form, said = offered(client, url)
    cells = [name for name in names_in(form.rows) if name.split("_")[0] in forty.round.items]
    assert len(cells) == 40 * 6
    with everything():
        homes = list(Household.within.filter(place=forty.village).order_by("number"))
        known = [
            f"{cell.item.code}_{line.household.pk}"
            for line in matrix_of(forty.round, homes, timezone.localdate())
            for cell in line.cells if cell.is_gap
        ]  # fmt: skip
    unknown = [name for name in cells if name not in known][: 60 - len(known)]
    words = {f"words_{name.split('_')[1]}": "现场查看与登记不符" for name in unknown}
    typed = {**dict.fromkeys([*known, *unknown], "2"), **words}
    keys = len(cells) + 40  # a tabulator after each cell and each line of words
    keys += len(known) + len(unknown) + sum(len(text) * PAIRS for text in words.values())
    assert len(known) >= 20 and len(words) <= 40
    assert keys / KEYS_A_MINUTE <= 15, keys
    assert client.post(url, {**said, **typed}).status_code == 302
    with everything():
        assert Finding.within.count() == 60 == Commitment.within.filter(origin_kind="finding").count()
        assert not [found for found in Finding.within.all() if not found.words]


def test_an_empty_cell_is_drawn_as_one_into_which_somebody_typed(cast, client, under_way):
    """Cells become fields of the form where something was typed alone: the page shows no difference but the value."""
    sign_in(client, cast, "clerk")
    form, said = offered(client, address(under_way))
    empty = {str(one) for row in form.rows for one in (*row["cells"], row["words"])}
    names = names_in(form.rows)
    assert names and not set(names) & set(form.fields)
    answer = client.post(address(under_way), {**said, **dict.fromkeys(names, "x")})
    typed = answer.context["form"]
    assert answer.status_code == 422 and set(names) <= set(typed.fields) and typed.errors.keys() <= set(names)
    del typed._errors  # a mark of what is wrong with it is another difference
    typed._errors = {}
    drawn = {str(one).replace(' value="x"', "") for row in typed.rows for one in (*row["cells"], row["words"])}
    assert drawn == empty


def test_the_paper_has_the_rows_of_the_grid_in_its_order(cast, client, under_way):
    sign_in(client, cast, "clerk")
    answer = client.get(address(under_way, "village_sheet"))
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    form = client.get(address(under_way)).context["form"]
    with everything():
        under_way.visit(under_way.gap())
        lines = matrix_of(under_way.round, under_way.homes, timezone.localdate())
        paper = village_paper(under_way.round, under_way.village, lines, 0)
    table, still = (block for block in paper.blocks if block.kind == "table")
    assert [row[1] for row in table.rows] == [row["household"].head.name for row in form.rows]
    assert [heading for heading, _share in table.columns[3:6]] == ["义务教育", "住房安全", "饮水安全"]
    assert [row[3:6] for row in table.rows] == [["", "已列", ""], ["", "", "△"], ["", "", ""]]
    assert "房屋墙体开裂" in still.rows[0][2]
    text = str(paper.data())
    assert "139" not in text and "5399" not in text  # no phone, no identity number


def test_whoever_is_not_of_the_round_types_nothing(cast, client, under_way):
    for who in ("outsider", "handler", "neighbour", "auditor"):
        sign_in(client, cast, who)
        assert client.get(address(under_way)).status_code == 404
