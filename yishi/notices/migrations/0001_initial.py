import django.db.models.deletion
import yishi.kit.ids
from django.db import migrations, models

from yishi.database.first_tables import FirstTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        FirstTables([
            migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('body_id', models.UUIDField(null=True)),
                    ('code', models.CharField(max_length=64)),
                    ('params', models.JSONField(default=dict)),
                    ('subject_kind', models.CharField(max_length=32)),
                    ('subject_id', models.UUIDField()),
                    ('once', models.CharField(max_length=160, unique=True)),
                    ('created_at', models.DateTimeField()),
                    ('read_at', models.DateTimeField(null=True)),
                    ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='people.person')),
                ],
            ),
            migrations.CreateModel(
                name='Delivery',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('channel', models.CharField(choices=[('sms', 'SMS'), ('mail', 'mail')], max_length=8)),
                    ('address', models.CharField(max_length=254)),
                    ('state', models.CharField(choices=[('waiting', 'waiting'), ('sending', 'being sent'), ('sent', 'sent'), ('doubtful', 'perhaps sent'), ('failed', 'failed')], default='waiting', max_length=10)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('next_try_at', models.DateTimeField()),
                    ('claimed_at', models.DateTimeField(null=True)),
                    ('sent_at', models.DateTimeField(null=True)),
                    ('last_error', models.CharField(blank=True, max_length=300)),
                    ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notices.notice')),
                ],
            ),
            migrations.AddIndex(
                model_name='notice',
                index=models.Index(fields=['person', 'read_at'], name='notice_of_person'),
            ),
            migrations.AddIndex(
                model_name='notice',
                index=models.Index(fields=['body_id', 'read_at'], name='notice_of_desk'),
            ),
            migrations.AddIndex(
                model_name='delivery',
                index=models.Index(fields=['state', 'next_try_at'], name='delivery_due'),
            ),
            migrations.AddConstraint(
                model_name='delivery',
                constraint=models.UniqueConstraint(fields=('notice', 'channel'), name='delivery_once_per_channel'),
            ),
        ]),
    ]
