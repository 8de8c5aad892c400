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
                name='Attachment',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('kind', models.CharField(choices=[('photo', 'photo'), ('scan', 'scan'), ('document', 'document')], max_length=10)),
                    ('name', models.CharField(max_length=120)),
                    ('media_type', models.CharField(max_length=64)),
                    ('size', models.PositiveIntegerField()),
                    ('sha256', models.CharField(max_length=64)),
                    ('key', models.CharField(max_length=200)),
                    ('width', models.PositiveIntegerField(null=True)),
                    ('height', models.PositiveIntegerField(null=True)),
                    ('may_be_public', models.BooleanField(default=False)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ],
            ),
        ]),
    ]
