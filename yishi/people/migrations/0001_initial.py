import django.db.models.deletion
import django.db.models.manager
import yishi.kit.ids
import yishi.people.letters
from django.db import migrations, models

from yishi.database.first_tables import FirstTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        FirstTables([
            migrations.CreateModel(
                name='Person',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('name', models.CharField(blank=True, max_length=64, verbose_name='name')),
                    ('phone', models.CharField(blank=True, max_length=32, verbose_name='phone')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='mail')),
                    ('language', models.CharField(default='zh-hans', max_length=12)),
                    ('is_demo', models.BooleanField(default=False)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'abstract': False,
                    'default_manager_name': 'within',
                    'indexes': [models.Index(fields=['phone'], name='person_by_phone'), models.Index(fields=['name'], name='person_by_name', opclasses=['varchar_pattern_ops']), models.Index(yishi.people.letters.FromLetter('name', 2), name='person_by_name_2'), models.Index(yishi.people.letters.FromLetter('name', 3), name='person_by_name_3'), models.Index(yishi.people.letters.FromLetter('name', 4), name='person_by_name_4')],
                },
                managers=[
                    ('within', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Invitation',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('created_at', models.DateTimeField()),
                    ('expires_at', models.DateTimeField()),
                    ('used_at', models.DateTimeField(null=True)),
                    ('revoked_at', models.DateTimeField(null=True)),
                    ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='people.person')),
                ],
            ),
            migrations.CreateModel(
                name='Account',
                fields=[
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('username', models.CharField(max_length=64, unique=True, verbose_name='sign-in name')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='mail')),
                    ('is_active', models.BooleanField(default=True)),
                    ('is_demo', models.BooleanField(default=False)),
                    ('elder_mode', models.BooleanField(default=False)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='account', to='people.person')),
                ],
                options={
                    'abstract': False,
                },
            ),
        ]),
    ]
