"""A party of a deed says where it was done, as convener keys do (deliberation 0013): an index then tells which deeds of a
desk lie elsewhere than its place."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def copy(apps, schema_editor):
    deeds = apps.get_model("assistance", "Deed")._base_manager.filter(pk=OuterRef("deed"))
    parties = apps.get_model("assistance", "DeedParty")._base_manager
    parties.update(place=Subquery(deeds.values("place")[:1]))


def key(to, **kwargs):
    protect = django.db.models.deletion.PROTECT
    return models.ForeignKey(on_delete=protect, related_name="+", to=to, db_index=False, **kwargs)


class Migration(migrations.Migration):
    dependencies = [("assistance", "0028_supervision_at_size"), ("organisations", "0007_entered_by_mistake"), ("people", "0002_t_names")]

    operations = [
        migrations.AddField("deedparty", "place", key("organisations.place", null=True)),
        migrations.RunPython(copy, migrations.RunPython.noop),
        migrations.AlterField("deedparty", "place", key("organisations.place")),
        migrations.AlterField("deedparty", "body", key("organisations.body", null=True, blank=True)),
        migrations.AlterField("deedparty", "person", key("people.person", null=True, blank=True)),
        migrations.AddIndex("deedparty", models.Index(fields=["body", "place", "deed"], name="party_of_body")),
        migrations.AddIndex("deedparty", models.Index(fields=["person", "place", "deed"], name="party_of_person")),
        migrations.AlterField("deed", "recorded_by", key("people.person", null=True)),
        migrations.AlterField("deed", "recorded_for", key("organisations.body", null=True)),
        migrations.AddIndex(
            "deed", models.Index(fields=["recorded_by", "place", "id", "arriving"], name="deed_of_person")
        ),
        migrations.AddIndex(
            "deed", models.Index(fields=["recorded_for", "place", "id", "arriving"], name="deed_of_desk")
        ),
    ]
