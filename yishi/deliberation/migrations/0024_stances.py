import django.db.models.deletion
from django.db import migrations, models

import yishi.kit.ids


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0023_briefs")]

    operations = [
        migrations.AddField(
            "stance",
            "way",
            models.CharField(
                blank=True,
                choices=[
                    ("phone", "own phone"),
                    ("code", "seat code"),
                    ("desk", "recorded at the desk"),
                    ("sheet", "paper sheet"),
                ],
                default="",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.AddField("statement", "edition", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField(
            "statement",
            "merged_into",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="deliberation.statement",
            ),
        ),
        migrations.AddField("statement", "merged_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="StatementEdition",
            fields=[
                (
                    "id",
                    models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("ordinal", models.PositiveSmallIntegerField()),
                ("edition", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=300)),
                ("is_spelling", models.BooleanField(default=False)),
                ("replaced_at", models.DateTimeField()),
                (
                    "replaced_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replaced",
                        to="deliberation.statement",
                    ),
                ),
            ],
            options={"ordering": ["ordinal"]},
        ),
        migrations.AddConstraint(
            "statementedition",
            models.UniqueConstraint(fields=("statement", "ordinal"), name="statement_edition_once"),
        ),
        migrations.AddField("stance", "edition", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("handcount", "edition", models.PositiveSmallIntegerField(default=1)),
        migrations.RemoveConstraint("stance", "stance_once_per_seat"),
        migrations.AddConstraint(
            "stance",
            models.UniqueConstraint(fields=("statement", "seat", "edition"), name="stance_once_per_seat"),
        ),
        migrations.RemoveConstraint("handcount", "hand_count_once"),
        migrations.RemoveConstraint("handcount", "hand_count_room_once"),
        migrations.AddConstraint(
            "handcount",
            models.UniqueConstraint(fields=("statement", "party", "edition"), name="hand_count_once"),
        ),
        migrations.AddConstraint(
            "handcount",
            models.UniqueConstraint(
                condition=models.Q(("party__isnull", True)),
                fields=("statement", "edition"),
                name="hand_count_room_once",
            ),
        ),
        migrations.AddField("statement", "closed_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "handcount",
            "condition",
            models.CharField(blank=True, default="", max_length=300),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="ConditionAcceptance",
            fields=[
                (
                    "id",
                    models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("edition", models.PositiveSmallIntegerField()),
                ("condition", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deliberation.party"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acceptances",
                        to="deliberation.statement",
                    ),
                ),
            ],
            options={"ordering": ["at"]},
        ),
        migrations.AddConstraint(
            "conditionacceptance",
            models.UniqueConstraint(fields=("statement", "edition", "party", "condition"), name="acceptance_once"),
        ),
        migrations.CreateModel(
            name="Intervention",
            fields=[
                ("taken_back_at", models.DateTimeField(null=True)),
                ("taken_back_reason", models.CharField(blank=True, max_length=300)),
                (
                    "id",
                    models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("time", "reminded of the time"),
                            ("topic", "led back to the topic"),
                            ("order", "called to order"),
                            ("stop", "ended a speech"),
                            ("invite", "asked somebody to speak"),
                            ("ruling", "ruled on the procedure"),
                        ],
                        max_length=8,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="deliberation.agendaitem",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="deliberation.seat",
                    ),
                ),
                (
                    "sitting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interventions",
                        to="deliberation.sitting",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={"ordering": ["at"]},
        ),
    ]
