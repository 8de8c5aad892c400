"""Pickers store what is ticked and nothing else, and the page after the act names it.

The picker fields of the product are read from its source, so that a new one is tried here too: a family, people,
members and bodies of a deed (also when it is corrected), families and members of an activity, the author and the
co-signers of a proposal.
"""

import ast
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django import forms
from django.urls import reverse
from django.utils import timezone

import yishi.web
from tests.assistance.helping import Helping
from tests.cast import sign_in
from tests.every_form import fields_of
from tests.kept import kept
from yishi.assistance.deeds.models import Activity, Deed, VolunteerTeam
from yishi.assistance.deeds.services.activities import activity_open
from yishi.assistance.deeds.services.volunteers import volunteer_team_form
from yishi.database.reach import everything
from yishi.organisations.models import Body
from yishi.proposals.models import Proposal
from yishi.web.kit.fields.body_field import BodyField
from yishi.web.kit.fields.picker import PickerField
from yishi.web.kit.fields.place_field import PlaceField

pytestmark = pytest.mark.django_db


@dataclass
class Thing:
    name: str
    pk: UUID = field(default_factory=uuid4)

    def __str__(self):
        return self.name


THREE = [Thing("普甲"), Thing("普甲贵"), Thing("普甲福")]


@kept
def helping(cast):
    with everything():
        return Helping(cast)


@kept
def fair(cast, helping):
    with everything():
        opened = activity_open(
            actor=cast.viewer("clerk"),
            title="义诊",
            place=cast.places["牟尼村"],
            on=timezone.localdate() - timedelta(days=1),
            organiser=cast.bodies["office"],
        )
        return Activity.objects.get(pk=opened.result["activity"])


@kept
def team(cast, helping):
    with everything():
        formed = volunteer_team_form(
            actor=cast.viewer("clerk"),
            organiser=cast.bodies["office"],
            kind="medical",
            name="医疗队",
            place=cast.places["牟定县"],
            valid_from=timezone.localdate(),
        )
        return VolunteerTeam.objects.get(pk=formed.result["team"])


def in_source() -> set[tuple[str, str]]:
    """(class, field) of every picker that the pages make."""
    made = set()
    for path in Path(yishi.web.__file__).parent.rglob("*.py"):
        for form in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(form, ast.ClassDef):
                continue
            for node in ast.walk(form):
                is_made = isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
                if is_made and getattr(node.value.func, "id", "") == "PickerField":
                    target = node.targets[0]
                    name = target.id if isinstance(target, ast.Name) else target.slice.value
                    made.add((form.name, name))
    return made


def shown(client, cast, helping, fair, team):
    """Every picker of the forms as their pages show them: (class that makes it, name) → the field."""
    pages = [
        *(
            ("clerk", reverse("deed_new_item", args=[helping.items[code].pk]))
            for code in ("channel", "job", "training")
        ),
        ("clerk", reverse("activity_add", args=[fair.pk])),
        ("clerk", reverse("volunteers_add", args=[team.pk])),
        ("member", reverse("proposal_new")),
        ("clerk", reverse("proposal_new")),
    ]
    fields = {}
    for who, address in pages:
        sign_in(client, cast, who)
        form = client.get(address).context["form"]
        for name, each in form.fields.items():
            if isinstance(each, PickerField):
                makers = [made for made in in_source() if made[1] == name]
                classes = [parent.__name__ for parent in type(form).__mro__]
                fields |= {maker: each for maker in makers if maker[0] in classes}
    return fields


@pytest.mark.long
def test_records_1_every_picker_stores_what_is_ticked(client, cast, helping, fair, team):
    fields = shown(client, cast, helping, fair, team)
    assert set(fields) == in_source() and len(fields) == 9
    for key, picker in fields.items():
        picker.find = lambda text: [thing for thing in THREE if text in thing.name]
        picker.by_ids = lambda ids: [thing for thing in THREE if thing.pk in set(ids)]
        ticked = [str(THREE[0].pk)]
        assert picker.clean({"text": "普甲", "ids": ticked}) == [THREE[0]], key  # three fit, one is ticked
        assert picker.clean({"text": "普甲贵", "ids": ticked}) == [THREE[0]], key  # another one fits alone
        assert picker.clean({"text": "没有的人", "ids": ticked}) == [THREE[0]], key
        assert picker.clean({"text": "普甲贵", "ids": []}) == [THREE[1]], key  # nothing ticked, one fits
        for text in ("普甲", "没有的人"):  # nothing ticked, several or nobody
            with pytest.raises(forms.ValidationError):
                picker.clean({"text": text, "ids": []})


def filled(client, address, **more):
    values = {each.html_name: each.value() for each in client.get(address).context["form"]}
    place = values.pop("place", None)
    kept = {name: value for name, value in values.items() if value not in (None, [])}
    where = {"place": place.full_name, "place_id": str(place.pk)} if place is not None else {}
    return {**kept, **where, **more}


def test_records_1_a_deed_names_whom_it_reached_and_who_did_it(client, cast, helping):
    sign_in(client, cast, "clerk")
    address = reverse("deed_new_item", args=[helping.items["channel"].pk])
    first, second = helping.households[:2]
    village = cast.places["牟尼村"]
    where = {"place": village.full_name, "place_id": str(village.pk)}
    body, other = cast.bodies["department"], cast.bodies["company"]
    sent = filled(client, address, households=[str(first.pk)], households_q="户主1", bodies=[str(body.pk)], **where)
    sent["bodies_q"] = other.name
    page = client.post(address, sent, follow=True).content.decode()
    with everything():
        deed = Deed.within.get()
        assert [reached.household for reached in deed.beneficiaries.all()] == [first]
        assert {party.body for party in deed.parties.all()} == {cast.bodies["office"], body}
    assert first.head.name in page and second.head.name not in page
    assert body.name in page and other.name not in page


def test_records_1_an_activity_names_whom_it_reached_and_who_took_part(client, cast, helping, fair):
    sign_in(client, cast, "clerk")
    address = reverse("activity_add", args=[fair.pk])
    first, second = helping.households[:2]
    sent = filled(client, address, households=[str(first.pk)], households_q="户主1", how="each")
    sent |= {f"item_{helping.items['channel'].pk}": "1", "members_q": "委员甲"}
    page = client.post(address, sent, follow=True).content.decode()
    assert "惠及：" in page and first.head.name in page and second.head.name not in page
    assert "参与：委员甲" in page


def test_records_1_a_proposal_names_its_author_and_who_is_asked_to_sign(client, cast):
    sign_in(client, cast, "clerk")
    member, neighbour = cast.people["member"], cast.people["neighbour"]
    sent = {"title": "开一条公交线", "text": "村里的老人看病要走两个小时，请开一条公交线。", "kind": "opinion"}
    sent |= {"theme": "roads", "place": "牟尼村", "then": "draft", "desk": str(cast.bodies["office"].pk)}
    sent |= {"author": [str(member.pk)], "author_q": "委员乙"}
    page = client.post(reverse("proposal_new"), sent, follow=True)
    with everything():
        proposal = Proposal.objects.get()
        assert proposal.author == member and not proposal.signers.exists()
    assert member.name in page.content.decode() and neighbour.name not in page.content.decode()


CALLED = "牟定县示例局"


@pytest.fixture
def called_alike(cast):
    """Two bodies of one name, in two places, and a third of another."""
    first, second = cast.places["牟尼村"], cast.places["邻近村"]
    alike = [Body.objects.create(kind="department", name=CALLED, place=place) for place in (first, second)]
    return [*alike, Body.objects.create(kind="department", name="牟定县另一局", place=first)]


@pytest.mark.parametrize("name", sorted(name for name, _field in fields_of(BodyField)))
def test_records_1_a_body_that_was_ticked_for_another_name_is_not_stored(cast, called_alike, name):
    field = deepcopy(dict(fields_of(BodyField))[name])
    first, second, other = called_alike
    field.limit(None)
    with everything():
        with pytest.raises(forms.ValidationError):  # two fit, none is ticked
            field.clean({"text": CALLED, "id": ""})
        assert [body.pk for body in field.widget.candidates] == [first.pk, second.pk]
        assert field.clean({"text": CALLED, "id": str(second.pk)}) == second
        assert field.clean({"text": "示例局", "id": str(second.pk)}) == second
        assert field.clean({"text": other.name, "id": str(second.pk)}) == other  # the tick is left over
        with pytest.raises(forms.ValidationError):
            field.clean({"text": "没有这个局", "id": str(second.pk)})


@pytest.mark.parametrize("name", sorted(name for name, _field in fields_of(PlaceField)))
def test_records_1_a_place_that_was_ticked_for_another_name_is_not_stored(cast, name):
    field = deepcopy(dict(fields_of(PlaceField))[name])
    field.within, field.levels = None, ()
    village, other = cast.places["牟尼村"], cast.places["邻近村"]
    with everything():
        assert field.clean({"text": village.full_name, "id": str(village.pk)}) == village
        assert field.clean({"text": other.full_name, "id": str(village.pk)}) == other
        with pytest.raises(forms.ValidationError):
            field.clean({"text": "没有这个村", "id": str(village.pk)})
