"""A pair of deeds that may be one says where the earlier one was done: an index then tells which wait at a desk, and of a
deed whether it waits, without looking through the whole queue."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def copy(apps, schema_editor):
    deeds = apps.get_model("assistance", "Deed")._base_manager.filter(pk=OuterRef("earlier"))
    pairs = apps.get_model("assistance", "PossibleDuplicate")._base_manager
    pairs.update(place=Subquery(deeds.values("place")[:1]))


def place(**kwargs):
    protect = django.db.models.deletion.PROTECT
    return models.ForeignKey(on_delete=protect, related_name="+", to="organisations.place", db_index=False, **kwargs)


def deed():
    cascade = django.db.models.deletion.CASCADE
    return models.ForeignKey(on_delete=cascade, related_name="+", to="assistance.deed", db_index=False)


class Migration(migrations.Migration):
    dependencies = [
        ("assistance", "0029_parties_place"),
        ("organisations", "0008_poor_lists"),
        ("people", "0002_t_names"),
    ]

    operations = [
        migrations.AddField("possibleduplicate", "place", place(null=True)),
        migrations.RunPython(copy, migrations.RunPython.noop),
        migrations.AlterField("possibleduplicate", "place", place()),
        migrations.AlterField("possibleduplicate", "earlier", deed()),
        migrations.AlterField("possibleduplicate", "later", deed()),
        migrations.AddIndex("possibleduplicate", models.Index(fields=["verdict", "place"], name="duplicate_of_place")),
        migrations.AddIndex(
            "possibleduplicate", models.Index(fields=["earlier", "verdict"], name="duplicate_of_earlier")
        ),
        migrations.AddIndex("possibleduplicate", models.Index(fields=["later", "verdict"], name="duplicate_of_later")),
    ]
