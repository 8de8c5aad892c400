"""Two at once: the same number is never given twice, the same body is registered once, the tree stays a tree."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from tests.cast import make_cast
from yishi.database.reach import everything
from yishi.kit.errors import Refusal
from yishi.organisations.grants import system
from yishi.organisations.models import Body, Place, Post, VenueCode
from yishi.organisations.numbers import next_number
from yishi.organisations.services.bodies import body_register, post_give
from yishi.organisations.services.people import invitation_accept, invitation_issue
from yishi.organisations.services.places import hamlet_add
from yishi.organisations.services.venues import venue_code_reissue
from yishi.people.models import Account, Person

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(times, do):
    """Run `do(n)` in as many threads, each with a connection of its own; refusals are answers too."""

    def run(n):
        try:
            with everything():
                return do(n)
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, range(times)))


def test_two_hundred_numbers_are_two_hundred():
    def number(_n):
        with transaction.atomic():
            return next_number("worry/532323/2026")

    assert sorted(at_once(200, number)) == list(range(1, 201))
    assert connection.vendor


def test_a_body_a_post_and_an_account_are_made_once():
    cast = make_cast()
    county = cast.places["牟定县"]
    answers = at_once(8, lambda n: body_register(actor=system(), kind="department", name="同名局", place=county).code)
    assert answers.count("body.taken") == 7 and Body.objects.filter(name="同名局").count() == 1
    given = {"actor": system(), "person": cast.people["villager"], "body": cast.bodies["water"], "role": "staff"}
    answers = at_once(8, lambda n: post_give(**given).code)
    assert answers.count("post.held") == 7 and Post.objects.filter(person=cast.people["villager"]).count() == 1
    with everything():
        code = invitation_issue(actor=system(), person=Person.objects.get(name="村民甲")).invitation_code
    answers = at_once(
        8, lambda n: invitation_accept(token=code, username=f"villager{n}", password="一句够长的口令 2026").code
    )
    assert (
        answers.count("invitation.used") == 7 and Account.objects.filter(username__startswith="villager").count() == 1
    )


def test_hamlets_added_at_once_get_places_of_their_own():
    cast = make_cast()
    at_once(8, lambda n: hamlet_add(actor=system(), village=cast.places["牟尼村"], name=f"小组{n}").code)
    hamlets = Place.objects.filter(level="hamlet")
    village = Place.objects.get(pk=cast.places["牟尼村"].pk)
    assert hamlets.count() == len({one.lo for one in hamlets}) == len({one.code for one in hamlets}) == 8
    assert all(village.lo < one.lo <= village.hi for one in hamlets)


def test_a_venue_has_one_live_code_whoever_reissues():
    cast = make_cast()
    at_once(8, lambda n: venue_code_reissue(actor=system(), venue=cast.venue).code)
    assert VenueCode.objects.filter(venue=cast.venue, revoked_at=None).count() == 1
    assert VenueCode.objects.filter(venue=cast.venue).count() == 9
