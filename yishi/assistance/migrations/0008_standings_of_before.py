from datetime import date, timedelta

from django.db import migrations
from django.utils import timezone

from yishi.kit.ids import uuid7

STATES = {"poor": "poor", "pending": "poor", "exited": "exited", "returned": "returned"}
KINDS = {"listed": "poor", "exited_with_policy": "exited", "exited_without_policy": "exited"}


def spans(home, today):
    """The standings that a record says: (state, first day, whether only its year is known); the last one is today's."""
    state = STATES.get(home.state) or ("exited" if home.exited_year else KINDS.get(home.kind))
    if state is None:
        if home.state != "cancelled" and not home.identified_year:
            return []
        state = "poor"

    def end(year):
        return (min(date(year, 12, 31), today), date(year, 12, 31) <= today) if year else None

    first = end(home.identified_year) or (home.registered_on, False)
    found = [("poor", *first)]
    if state == "exited" or (state == "returned" and home.exited_year):
        day = end(home.exited_year) or (today, False)
        found = [*(row for row in found if row[1] < day[0]), ("exited", *day)]
    if state == "returned":
        found.append(("returned", today, False))
    return found


def fill(apps, schema_editor):
    """Standings of the households that are there, as their records say."""
    Household, Standing = apps.get_model("assistance", "Household"), apps.get_model("assistance", "HouseholdStanding")
    today, rows = timezone.localdate(), []
    for home in Household._base_manager.using(schema_editor.connection.alias).iterator(chunk_size=2000):
        last = home.left_on - timedelta(days=1) if home.left_on else today if home.state == "cancelled" else None
        found = spans(home, today)
        ends = [*(row[1] - timedelta(days=1) for row in found[1:]), last]
        for (state, since, by_year), until in zip(found, ends, strict=True):
            if last is not None:
                until = min(until, last)
            if until is None or until >= since:
                rows.append(
                    Standing(
                        id=uuid7(), household_id=home.pk, state=state, valid_from=since, valid_to=until, by_year=by_year
                    )
                )
        if len(rows) > 2000:
            Standing.objects.bulk_create(rows)
            rows = []
    Standing.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [("assistance", "0007_standings")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
