import django.db.models.deletion
import yishi.kit.ids
from django.db import migrations, models

from yishi.database.first_tables import FirstTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        FirstTables([
            migrations.CreateModel(
                name='Block',
                fields=[
                    ('number', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                    ('previous_hash', models.CharField(blank=True, max_length=64)),
                    ('hash', models.CharField(max_length=64)),
                    ('entry_count', models.PositiveIntegerField()),
                    ('sealed_at', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='Entry',
                fields=[
                    ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                    ('ordinal', models.PositiveSmallIntegerField()),
                    ('code', models.CharField(max_length=64)),
                    ('version', models.PositiveSmallIntegerField(default=1)),
                    ('subject_kind', models.CharField(max_length=32)),
                    ('subject_id', models.UUIDField()),
                    ('actor_id', models.UUIDField(null=True)),
                    ('on_behalf_of_id', models.UUIDField(null=True)),
                    ('right_kind', models.CharField(blank=True, max_length=16)),
                    ('right_id', models.UUIDField(null=True)),
                    ('body_id', models.UUIDField(null=True)),
                    ('place_id', models.UUIDField(null=True)),
                    ('at', models.DateTimeField()),
                    ('received_at', models.DateTimeField()),
                    ('body_hash', models.CharField(max_length=64)),
                    ('caused_by_id', models.UUIDField(null=True)),
                    ('reverses_id', models.UUIDField(null=True)),
                    ('dims', models.JSONField(default=dict)),
                    ('quantities', models.JSONField(default=dict)),
                    ('touches', models.JSONField(default=list)),
                    ('data', models.JSONField(default=dict)),
                ],
            ),
            migrations.CreateModel(
                name='Receipt',
                fields=[
                    ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                    ('number', models.CharField(max_length=16, unique=True)),
                    ('code', models.CharField(max_length=64)),
                    ('body_hash', models.CharField(max_length=64)),
                    ('received_at', models.DateTimeField()),
                    ('result', models.JSONField(default=dict)),
                    ('entry_count', models.PositiveSmallIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='Unfolded',
                fields=[
                    ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='journal.entry')),
                ],
            ),
            migrations.AddField(
                model_name='entry',
                name='receipt',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='journal.receipt'),
            ),
            migrations.CreateModel(
                name='Seal',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('position', models.PositiveIntegerField()),
                    ('entry_id', models.UUIDField(unique=True)),
                    ('entry_hash', models.CharField(max_length=64)),
                    ('block', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seals', to='journal.block')),
                ],
            ),
            migrations.AddIndex(
                model_name='entry',
                index=models.Index(fields=['subject_kind', 'subject_id', 'at'], name='entry_of_subject'),
            ),
            migrations.AddIndex(
                model_name='entry',
                index=models.Index(fields=['code', 'received_at'], name='entry_of_code'),
            ),
            migrations.AddIndex(
                model_name='entry',
                index=models.Index(fields=['received_at'], name='entry_received'),
            ),
            migrations.AddConstraint(
                model_name='entry',
                constraint=models.UniqueConstraint(fields=('receipt', 'ordinal'), name='entry_once_per_effect'),
            ),
            migrations.AddConstraint(
                model_name='entry',
                constraint=models.UniqueConstraint(fields=('reverses_id',), name='entry_reversed_once'),
            ),
            migrations.AddConstraint(
                model_name='seal',
                constraint=models.UniqueConstraint(fields=('block', 'position'), name='seal_once_per_position'),
            ),
        ]),
    ]
