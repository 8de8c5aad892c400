import django.db.models.deletion
from django.db import migrations, models

import yishi.kit.ids


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0018_carried")]

    operations = [
        migrations.AddField("presence", "by_self", models.BooleanField(default=False)),
        migrations.AddField("presence", "left_why", models.CharField(blank=True, max_length=300)),
        migrations.AddField("sitting", "resumes_at", models.DateTimeField(null=True)),
        migrations.AddField("sitting", "roll_version", models.PositiveIntegerField(default=0)),
        migrations.AlterField(
            "sitting",
            "state",
            models.CharField(
                choices=[
                    ("planned", "planned"),
                    ("noticed", "notice given"),
                    ("open", "open"),
                    ("recess", "in recess"),
                    ("closed", "closed"),
                    ("cancelled", "cancelled"),
                ],
                default="planned",
                max_length=10,
            ),
        ),
        migrations.AddField("stance", "changes", models.PositiveIntegerField(default=1)),
        migrations.AddField("statement", "present", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("statement", "quorum", models.PositiveSmallIntegerField(null=True)),
        migrations.CreateModel(
            name="Recess",
            fields=[
                (
                    "id",
                    models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("began_at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("resumes_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("present", models.PositiveSmallIntegerField(null=True)),
                (
                    "sitting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recesses",
                        to="deliberation.sitting",
                    ),
                ),
            ],
            options={
                "ordering": ["began_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)), fields=("sitting",), name="recess_once"
                    )
                ],
            },
        ),
    ]
