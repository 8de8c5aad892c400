import django.db.models.deletion
import yishi.kit.ids
from django.db import migrations, models

from yishi.database.first_tables import FirstTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('assistance', '0001_initial'),
        ('organisations', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        FirstTables([
            migrations.CreateModel(
                name='FigureState',
                fields=[
                    ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                    ('generation', models.UUIDField(default=yishi.kit.ids.uuid7)),
                    ('sequence', models.BigIntegerField(default=0)),
                    ('key', models.IntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='FigureKey',
                fields=[
                    ('id', models.AutoField(primary_key=True, serialize=False)),
                    ('kind', models.CharField(max_length=10)),
                    ('ref', models.CharField(max_length=40)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('kind', 'ref'), name='figure_key_once')],
                },
            ),
            migrations.CreateModel(
                name='FigureRow',
                fields=[
                    ('sequence', models.BigAutoField(primary_key=True, serialize=False)),
                    ('entry_id', models.UUIDField()),
                    ('series', models.SmallIntegerField(default=0)),
                    ('deeds', models.SmallIntegerField()),
                    ('amount', models.BigIntegerField()),
                    ('unnamed', models.BigIntegerField()),
                    ('day', models.IntegerField()),
                    ('received', models.BigIntegerField()),
                    ('item', models.IntegerField()),
                    ('place', models.IntegerField()),
                    ('touches', models.BinaryField()),
                    ('parties', models.BinaryField()),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('entry_id', 'series'), name='figure_row_once')],
                },
            ),
            migrations.CreateModel(
                name='AnswerSheet',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('title', models.CharField(max_length=96)),
                    ('text', models.TextField()),
                    ('starts_on', models.DateField()),
                    ('ends_on', models.DateField()),
                    ('number', models.CharField(blank=True, max_length=32)),
                    ('values', models.JSONField(default=dict)),
                    ('sealed_hash', models.CharField(blank=True, max_length=64)),
                    ('issued_at', models.DateTimeField(null=True)),
                    ('changed_at', models.DateTimeField()),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.body')),
                    ('campaign', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assistance.campaign')),
                    ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.place')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('number',), name='answer_number_once')],
                },
            ),
            migrations.CreateModel(
                name='IssuedReport',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('number', models.CharField(max_length=32, unique=True)),
                    ('title', models.CharField(max_length=96)),
                    ('starts_on', models.DateField()),
                    ('ends_on', models.DateField()),
                    ('indicators', models.JSONField(default=list)),
                    ('values', models.JSONField(default=dict)),
                    ('adjustments', models.JSONField(default=list)),
                    ('sealed_hash', models.CharField(blank=True, max_length=64)),
                    ('issued_at', models.DateTimeField()),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.body')),
                    ('campaign', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assistance.campaign')),
                    ('issued_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.place')),
                    ('previous', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reporting.issuedreport')),
                ],
                options={
                    'indexes': [models.Index(fields=['place', '-issued_at'], name='report_place')],
                },
            ),
        ]),
    ]
