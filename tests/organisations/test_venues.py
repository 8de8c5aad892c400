"""Venues belong to one body or several; a reissued code leaves the old one dead."""

import pytest

from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.organisations.models import Venue, VenueCode
from yishi.organisations.services.venues import (
    venue_by_code,
    venue_change,
    venue_close,
    venue_code_reissue,
    venue_open,
)


def opened(cast, who="administrator", **given):
    values = {
        "kind": "courtyard",
        "name": "院坝一",
        "place": cast.places["牟尼村"],
        "convener": cast.bodies["council"],
        "shares": [cast.bodies["special"], cast.bodies["village"]],
        **given,
    }
    receipt = venue_open(actor=cast.viewer(who), **values)
    return Venue.objects.get(pk=receipt.result["venue"])


def test_it_works(cast):
    venue = opened(cast)
    assert venue.owners.get(role="convenes").body == cast.bodies["council"]
    assert venue.owners.filter(role="shares").count() == 2
    code = VenueCode.objects.get(venue=venue)
    assert len(code.token) == 12
    assert venue_by_code(code.token) == (venue, True)
    assert venue_by_code(code.token.lower()) == (venue, True)
    assert venue_by_code("NOSUCHCODE") is None


def test_the_convening_desk_opens_its_own(cast):
    assert opened(cast, who="convener").name == "院坝一"
    for who in ("handler", "outsider", "member", "village_head"):
        with pytest.raises(NotAllowed):
            opened(cast, who=who, name="院坝二")


def test_one_venue_of_a_name_stands_at_a_place(cast):
    opened(cast)
    with pytest.raises(Refusal) as refused:
        opened(cast)
    assert refused.value.code == "venue.taken"
    with pytest.raises(Refusal) as refused:
        opened(cast, name="别处", place=cast.places["外县村"])
    assert refused.value.code == "venue.place"


def test_a_reissued_code_leaves_the_old_one_dead(cast):
    old = cast.venue_code.token
    venue_code_reissue(actor=cast.viewer("convener"), venue=cast.venue)
    new = VenueCode.objects.get(venue=cast.venue, revoked_at=None).token
    assert new != old
    assert venue_by_code(old) == (cast.venue, False)
    assert venue_by_code(new) == (cast.venue, True)


def test_a_closed_venue_answers_no_code(cast):
    venue_close(actor=cast.viewer("administrator"), venue=cast.venue)
    assert venue_by_code(cast.venue_code.token).is_live is False
    with pytest.raises(WrongStage):
        venue_code_reissue(actor=cast.viewer("administrator"), venue=cast.venue)


def test_the_runners_of_a_venue_change(cast):
    venue_change(
        actor=cast.viewer("administrator"), venue=cast.venue, name="新议事室", address="村委会二楼",
        convener=cast.bodies["village"], shares=[cast.bodies["council"]],
    )  # fmt: skip
    assert cast.venue.owners.get(role="convenes").body == cast.bodies["village"]
    with pytest.raises(NotAllowed):
        venue_change(actor=cast.viewer("convener"), venue=cast.venue, name="旧议事室")


def test_outsiders_reissue_nothing(cast):
    for who in ("outsider", "handler", "member"):
        with pytest.raises(NotAllowed):
            venue_code_reissue(actor=cast.viewer(who), venue=cast.venue)
