"""Gates, sittings, agreements and consultations say themselves which desk convenes their matter: by it a desk finds
its own among those of a province. A matter never changes its convener."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

COPIED = ("agreement", "consultation", "gaterequest", "sitting")


def copy(apps, schema_editor):
    Matter = apps.get_model("deliberation", "Matter")
    theirs = Matter._base_manager.filter(pk=OuterRef("matter")).values("convener")[:1]
    for name in COPIED:
        apps.get_model("deliberation", name)._base_manager.update(convener=Subquery(theirs))


def key(**kwargs):
    return models.ForeignKey(
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="organisations.body",
        **kwargs,
    )


def index(model, name, *fields):
    return migrations.AddIndex(model_name=model, index=models.Index(fields=list(fields), name=name))


class Migration(migrations.Migration):

    dependencies = [
        ("deliberation", "0012_entered_by_mistake"),
        ("organisations", "0006_code_kinds"),
    ]

    operations = [
        *(migrations.AddField(model_name=name, name="convener", field=key(null=True)) for name in COPIED),
        migrations.RunPython(copy, migrations.RunPython.noop),
        *(migrations.AlterField(model_name=name, name="convener", field=key()) for name in COPIED),
        index("agreement", "agreement_of_convener", "convener", "state", "recorded_on"),
        index("consultation", "consultation_of_convener", "convener", "stage", "closes_at"),
        index("gaterequest", "gate_of_convener", "convener", "answer", "due_on", "id"),
        index("sitting", "sitting_of_convener", "convener", "state", "starts_at"),
        index("study", "study_to_check", "checked_on", "handed_in_on"),
    ]
