"""Codes that were made for a seat open that seat, and no longer what their holder raised."""

from django.db import migrations

from yishi.organisations.query_codes import code_for_act, digest


def tell_apart(apps, schema_editor):
    named = ("journal", "Receipt"), ("deliberation", "Seat"), ("organisations", "QueryCode")
    alias = schema_editor.connection.alias
    receipts, seats, codes = (apps.get_model(*name)._base_manager.using(alias) for name in named)
    for pk, result in receipts.filter(code="deliberation.seat.code").values_list("pk", "result"):
        matter = seats.filter(pk=result.get("seat")).values_list("matter_id", flat=True).first()
        if matter is not None:
            codes.filter(digest=digest(code_for_act(pk))).update(kind="seat", matter_id=matter)


class Migration(migrations.Migration):
    dependencies = [
        ("deliberation", "0007_masks"),
        ("journal", "0001_initial"),
        ("organisations", "0006_code_kinds"),
    ]

    operations = [migrations.RunPython(tell_apart, migrations.RunPython.noop)]
