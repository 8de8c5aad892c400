"""A cadre without any desk arrives at the families they look after, and nowhere else."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.cast import PASSWORD_HASH
from yishi.assistance.pairing.models import StationedTeam
from yishi.assistance.pairing.services.teams import team_join, team_open
from yishi.database.reach import everything
from yishi.people.models import Account, Person

pytestmark = pytest.mark.django_db


def test_a_stationed_cadre_arrives_at_their_families(client, cast):
    today = timezone.localdate()
    with everything():
        Helping(cast)
        clerk, village = cast.viewer("clerk"), cast.places["牟尼村"]
        receipt = team_open(actor=clerk, place=village, name="工作队", valid_from=today)
        team = StationedTeam.within.get(pk=receipt.result["team"])
        receipt = team_join(actor=clerk, team=team, role="first_secretary", valid_from=today, name="驻村甲")
        person = Person.within.get(pk=receipt.result["person"])
        account = Account.objects.create(username="secretary", person=person, password=PASSWORD_HASH)
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("desk"), follow=True)
    assert page.status_code == 200
    assert page.redirect_chain == [(reverse("families"), 302)]
    assert client.get(reverse("worries")).status_code == 403


def test_a_villager_with_an_account_alone_does_not(client, cast):
    account = Account.objects.create(username="nobody", person=cast.people["villager"], password=PASSWORD_HASH)
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse("desk")).status_code == 403
