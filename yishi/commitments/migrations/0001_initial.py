import django.db.models.deletion
import django.db.models.manager
import yishi.kit.ids
from django.db import migrations, models

from yishi.database.first_tables import FirstTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('attachments', '0001_initial'),
        ('organisations', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        FirstTables([
            migrations.CreateModel(
                name='Commitment',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('number', models.CharField(max_length=32, unique=True)),
                    ('origin_kind', models.CharField(max_length=16)),
                    ('origin_id', models.UUIDField(db_index=True)),
                    ('ordinal', models.PositiveSmallIntegerField(default=1)),
                    ('act', models.CharField(max_length=300, verbose_name='what is to be done')),
                    ('quantity', models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True, verbose_name='quantity')),
                    ('unit', models.CharField(blank=True, max_length=16, verbose_name='unit')),
                    ('conditions', models.CharField(blank=True, max_length=500, verbose_name='conditions')),
                    ('proof_expected', models.CharField(max_length=300, verbose_name='how it is proved')),
                    ('state', models.CharField(choices=[('proposed', 'proposed'), ('agreed', 'agreed'), ('in_force', 'in force'), ('proved', 'proof given'), ('checked', 'proof checked'), ('struck_off', 'struck off'), ('closed_undone', 'closed without being done'), ('dropped', 'dropped before it was in force')], max_length=16)),
                    ('agreed_on', models.DateField()),
                    ('first_due_on', models.DateField()),
                    ('due_on', models.DateField(verbose_name='due')),
                    ('in_force_on', models.DateField(null=True)),
                    ('answered_on', models.DateField(null=True)),
                    ('met_people_on', models.DateField(null=True)),
                    ('proved_on', models.DateField(null=True)),
                    ('checked_on', models.DateField(null=True)),
                    ('verdict_due_on', models.DateField(null=True)),
                    ('settled_on', models.DateField(null=True)),
                    ('as_agreed', models.BooleanField(null=True)),
                    ('closing_reason', models.CharField(blank=True, max_length=300)),
                    ('recheck_due_on', models.DateField(null=True)),
                    ('rechecked_on', models.DateField(null=True)),
                    ('round', models.PositiveSmallIntegerField(default=1)),
                    ('escalation', models.PositiveSmallIntegerField(default=0)),
                    ('backfilled', models.BooleanField(default=False)),
                    ('attributed_to_public', models.BooleanField(default=True)),
                    ('bearer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.body')),
                    ('bearer_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('escalated_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.body')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.place')),
                    ('supervisor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.body')),
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
                name='Judge',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('raised_it', models.BooleanField(default=True)),
                    ('has_reopened', models.BooleanField(default=False)),
                    ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='judges', to='commitments.commitment')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ],
            ),
            migrations.CreateModel(
                name='LedgerEvent',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('kind', models.CharField(choices=[('confirmed', 'confirmed by the bearer'), ('in_force', 'handed over'), ('answer', 'answered'), ('met', 'met the people'), ('reminder', 'reminder'), ('letter', 'supervision letter'), ('next_tier', 'passed to the next tier'), ('recheck', 're-check'), ('struck_off', 'struck off'), ('closed_undone', 'closed without being done'), ('reopened', 'reopened'), ('dropped', 'dropped')], max_length=16)),
                    ('round', models.PositiveSmallIntegerField()),
                    ('text', models.CharField(blank=True, max_length=1000)),
                    ('number', models.CharField(blank=True, max_length=32)),
                    ('on', models.DateField()),
                    ('at', models.DateTimeField()),
                    ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.body')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='commitments.commitment')),
                ],
            ),
            migrations.CreateModel(
                name='Proof',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('round', models.PositiveSmallIntegerField()),
                    ('text', models.TextField()),
                    ('quantity', models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                    ('done_on', models.DateField()),
                    ('given_at', models.DateTimeField()),
                    ('outcome', models.CharField(blank=True, choices=[('accepted', 'accepted'), ('returned', 'returned')], max_length=10)),
                    ('as_agreed', models.BooleanField(null=True)),
                    ('finding', models.CharField(blank=True, max_length=500)),
                    ('checked_at', models.DateTimeField(null=True)),
                    ('same_hands', models.BooleanField(default=False)),
                    ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proofs', to='commitments.commitment')),
                    ('files', models.ManyToManyField(blank=True, related_name='+', to='attachments.attachment')),
                    ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ],
            ),
            migrations.CreateModel(
                name='TimeRequest',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('due_on', models.DateField()),
                    ('reason', models.CharField(max_length=500)),
                    ('asked_at', models.DateTimeField()),
                    ('granted', models.BooleanField(null=True)),
                    ('answer', models.CharField(blank=True, max_length=500)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='time_requests', to='commitments.commitment')),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ],
            ),
            migrations.CreateModel(
                name='Verdict',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('round', models.PositiveSmallIntegerField()),
                    ('value', models.CharField(choices=[('satisfied', 'satisfied'), ('partly', 'partly'), ('not_satisfied', 'not satisfied')], max_length=16)),
                    ('text', models.CharField(blank=True, max_length=500)),
                    ('at', models.DateTimeField()),
                    ('reopened', models.BooleanField(default=False)),
                    ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verdicts', to='commitments.commitment')),
                    ('judge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verdicts', to='commitments.judge')),
                ],
            ),
            migrations.AddIndex(
                model_name='commitment',
                index=models.Index(fields=['bearer', 'state', 'due_on'], name='commitment_of_bearer'),
            ),
            migrations.AddIndex(
                model_name='commitment',
                index=models.Index(fields=['place', 'state', 'due_on'], name='commitment_of_place'),
            ),
            migrations.AddIndex(
                model_name='commitment',
                index=models.Index(fields=['supervisor', 'state', 'due_on'], name='commitment_of_supervisor'),
            ),
            migrations.AddConstraint(
                model_name='judge',
                constraint=models.UniqueConstraint(fields=('commitment', 'person'), name='judge_once'),
            ),
            migrations.AddConstraint(
                model_name='ledgerevent',
                constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['reminder', 'letter', 'next_tier'])), fields=('commitment', 'kind', 'round'), name='ledger_escalated_once_per_round'),
            ),
            migrations.AddConstraint(
                model_name='timerequest',
                constraint=models.UniqueConstraint(condition=models.Q(('granted__isnull', True)), fields=('commitment',), name='time_one_open_request'),
            ),
            migrations.AddConstraint(
                model_name='verdict',
                constraint=models.UniqueConstraint(fields=('judge', 'round'), name='verdict_once_per_round'),
            ),
        ]),
    ]
