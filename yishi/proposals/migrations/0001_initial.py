import django.db.models.deletion
import django.db.models.manager
import yishi.kit.ids
from django.db import migrations, models

from yishi.database.first_tables import FirstTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('attachments', '0001_initial'),
        ('commitments', '0001_initial'),
        ('organisations', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        FirstTables([
            migrations.CreateModel(
                name='Proposal',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('number', models.CharField(max_length=32, null=True, unique=True)),
                    ('kind', models.CharField(choices=[('proposal', 'formal proposal'), ('opinion', 'conditions and opinions of the people'), ('online', 'online deliberation'), ('report', 'research report')], max_length=10)),
                    ('title', models.CharField(max_length=80)),
                    ('text', models.TextField()),
                    ('theme', models.CharField(max_length=24)),
                    ('state', models.CharField(choices=[('draft', 'draft'), ('submitted', 'submitted'), ('withdrawn', 'withdrawn')], default='draft', max_length=10)),
                    ('written_at', models.DateTimeField()),
                    ('submitted_at', models.DateTimeField(null=True)),
                    ('reason', models.CharField(blank=True, max_length=300)),
                    ('outcome', models.CharField(blank=True, choices=[('adopted', 'adopted'), ('partly', 'adopted in part'), ('not', 'not adopted')], max_length=10)),
                    ('decided_on', models.DateField(null=True)),
                    ('is_demo', models.BooleanField(default=False)),
                    ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('commitment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commitments.commitment')),
                    ('desk', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.body')),
                    ('office', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.body')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.place')),
                    ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ],
                options={
                    'abstract': False,
                    'default_manager_name': 'within',
                },
                managers=[
                    ('within', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Adoption',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('outcome', models.CharField(choices=[('adopted', 'adopted'), ('partly', 'adopted in part'), ('not', 'not adopted')], max_length=10)),
                    ('document', models.CharField(blank=True, max_length=160)),
                    ('clause', models.CharField(blank=True, max_length=160)),
                    ('budget_line', models.CharField(blank=True, max_length=160)),
                    ('reason', models.CharField(blank=True, max_length=500)),
                    ('decided_on', models.DateField()),
                    ('recorded_at', models.DateTimeField()),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.body')),
                    ('evidence', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attachments.attachment')),
                    ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='adoptions', to='proposals.proposal')),
                ],
                options={
                    'ordering': ['recorded_at', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Signer',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('asked_at', models.DateTimeField()),
                    ('agrees', models.BooleanField(null=True)),
                    ('answered_at', models.DateTimeField(null=True)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signers', to='proposals.proposal')),
                ],
                options={
                    'ordering': ['asked_at', 'pk'],
                },
            ),
            migrations.AddIndex(
                model_name='proposal',
                index=models.Index(fields=['place', '-submitted_at'], name='proposal_place'),
            ),
            migrations.AddIndex(
                model_name='proposal',
                index=models.Index(fields=['author', '-written_at'], name='proposal_author'),
            ),
            migrations.AddIndex(
                model_name='proposal',
                index=models.Index(fields=['office', 'state'], name='proposal_office'),
            ),
            migrations.AddConstraint(
                model_name='signer',
                constraint=models.UniqueConstraint(fields=('proposal', 'person'), name='signer_once'),
            ),
        ]),
    ]
