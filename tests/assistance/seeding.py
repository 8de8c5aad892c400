"""A program of its own: a register with a thousand identity numbers, made and read the ways people do.

`python -m tests.assistance.seeding EXPORTS` in an environment with YISHI_DATA_DIR and TMPDIR; what it prints and logs
goes where its caller sends it. `test_numbers_in_clear.py` runs it and looks for the numbers in all that it left behind.
"""

import os
import sys
from datetime import date
from pathlib import Path
from unittest import mock

AREA = "532323"
MANY, BY_ONE, BY_PAGE = 900, 60, 40  # numbers by each way
PER_HOUSEHOLD = 4


def numbers() -> list[str]:
    """The same thousand valid numbers in every process; nobody's."""
    from yishi.kit.identity import check_character

    found = []
    for place in range(MANY + BY_ONE + BY_PAGE):
        born = date(1950 + place % 60, 1 + place % 12, 1 + place % 28)
        first = f"{AREA}{born:%Y%m%d}{2 * (place % 499) + 1:03d}"
        found.append(first + check_character(first))
    return found


def main(exports: Path) -> None:
    import django
    from django.conf import settings

    django.setup()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the cast's; a matter of seconds
    from django.apps import apps
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment
    from django.urls import reverse

    from tests.cast import make_cast, sign_in
    from yishi.assistance.register.models import ChangeRequest, Household, HouseholdMember
    from yishi.assistance.register.services.bulk import NewHousehold, households_register_many
    from yishi.assistance.register.services.register import household_register
    from yishi.assistance.register.services.requests import change_ask, change_refuse
    from yishi.database.reach import everything
    from yishi.kit.ids import uuid7

    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}  # the tables as they are today
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("createcachetable", verbosity=0)
    setup_test_environment()
    all_numbers = numbers()
    cast = make_cast()
    village, clerk = cast.places["牟尼村"], cast.viewer("clerk")
    person = lambda place: {"name": f"某{place}", "identity": all_numbers[place], "sex": "male"}  # noqa: E731

    with everything():
        households_register_many(
            actor=clerk,
            place=village,
            source="seeding",
            rows=(
                NewHousehold(
                    place=village,
                    number=f"B{start}",
                    head=person(start),
                    members=[person(one) for one in range(start + 1, min(start + PER_HOUSEHOLD, MANY))],
                    bank_account=f"62{all_numbers[start][:-1]}",
                )
                for start in range(0, MANY, PER_HOUSEHOLD)
            ),
        )
        for place in range(MANY, MANY + BY_ONE - 10):
            household_register(actor=clerk, place=village, head=person(place))
        home = Household.objects.first()
        for place in range(MANY + BY_ONE - 10, MANY + BY_ONE):  # some wait, some are refused
            asked = {"member": person(place), "reason": "birth"}
            receipt = change_ask(actor=cast.viewer("village_head"), kind="join", asked=asked, household=home)
            if place % 2:
                change = ChangeRequest.objects.get(pk=receipt.result["request"])
                change_refuse(actor=clerk, change=change, answer="请补证明")

    client = Client(raise_request_exception=False)
    sign_in(client, cast, "clerk")

    def send(at: str, *args: object, **given: str) -> int:
        return client.post(reverse(at, args=args), {"act_id": str(uuid7()), **given}).status_code

    assert home is not None
    for place in range(MANY + BY_ONE, MANY + BY_ONE + BY_PAGE):
        number = all_numbers[place]
        given = {"place": "牟尼村", "place_id": str(village.pk), "head_name": f"某{place}", "head_identity": number}
        if place % 4 == 0:
            assert send("household_new", **given) == 302
        elif place % 4 == 1:  # refused: the number fits, something else does not
            assert send("household_new", **given, head_phone="not a phone") == 422
        elif place % 4 == 2:  # something breaks while the number is in memory
            with mock.patch(
                "yishi.assistance.register.services.residents.Resident.save", side_effect=RuntimeError("broken")
            ):
                assert send("household_new", **given) == 500
        else:
            assert send("member_join", home.pk, why="birth", name=f"某{place}", identity=number) == 302
        send("household_find", q=number)
        send("household_find", q=number[:-1])
        client.get(reverse("households"), {"q": number[:10]})
    with everything():
        member = HouseholdMember.objects.filter(household=home).first()
    assert member is not None
    assert send("identity_open", member.pk, why="paper") == 200
    assert client.get(reverse("household", args=[home.pk])).status_code == 200
    client.get("/desk/households/nothing/")
    for export in ("xlsx", "members"):
        response = client.get(reverse("households"), {"export": export, "state": "all"})
        assert response.status_code == 200
        (exports / f"{export}.xlsx").write_bytes(response.content)
    print("seeded", Household.within.count(), "households")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yishi.config.settings")
    main(Path(sys.argv[1]))
