import datetime
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
                name='Numbering',
                fields=[
                    ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                    ('last', models.PositiveIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='WrongCode',
                fields=[
                    ('address', models.CharField(max_length=64, primary_key=True, serialize=False)),
                    ('count', models.PositiveIntegerField(default=0)),
                    ('last_at', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='Body',
                fields=[
                    ('valid_from', models.DateField(default=datetime.date(1949, 10, 1), verbose_name='from')),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('kind', models.CharField(choices=[('committee', 'consultative committee'), ('chairs', "chairpersons' meeting"), ('special', 'special committee'), ('office', 'office of the consultative committee'), ('group', "members' group"), ('council', 'deliberation council'), ('leading', 'leading group'), ('party', 'party committee'), ('government', 'government'), ('department', 'department'), ('village', "village or residents' committee"), ('institution', 'public institution'), ('company', 'company'), ('cooperative', 'cooperative'), ('owners', "owners' committee")], max_length=12)),
                    ('name', models.CharField(max_length=96, verbose_name='name')),
                    ('short_name', models.CharField(blank=True, max_length=32)),
                    ('phone', models.CharField(blank=True, max_length=32)),
                    ('may_be_public', models.BooleanField(default=True)),
                    ('is_demo', models.BooleanField(default=False)),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='organisations.body')),
                ],
            ),
            migrations.CreateModel(
                name='Place',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('level', models.CharField(choices=[('province', 'province'), ('prefecture', 'prefecture'), ('county', 'county'), ('township', 'township'), ('village', 'village or community'), ('hamlet', "hamlet or villagers' group")], max_length=12)),
                    ('code', models.CharField(db_index=True, max_length=20)),
                    ('name', models.CharField(max_length=64)),
                    ('full_name', models.CharField(max_length=160)),
                    ('pinyin', models.CharField(blank=True, db_index=True, max_length=64)),
                    ('lo', models.PositiveIntegerField(db_index=True, default=0)),
                    ('hi', models.PositiveIntegerField(default=0)),
                    ('closed_on', models.DateField(null=True)),
                    ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='organisations.place')),
                ],
            ),
            migrations.CreateModel(
                name='Installation',
                fields=[
                    ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                    ('site_name', models.CharField(blank=True, max_length=64)),
                    ('is_demo', models.BooleanField(default=False)),
                    ('demo_ended_at', models.DateTimeField(null=True)),
                    ('started_at', models.DateTimeField(null=True)),
                    ('small_office', models.BooleanField(default=False)),
                    ('three_posts', models.BooleanField(default=False)),
                    ('public_overdue', models.BooleanField(default=False)),
                    ('contact_phone', models.CharField(blank=True, max_length=32)),
                    ('filing_number', models.CharField(blank=True, max_length=64)),
                    ('police_number', models.CharField(blank=True, max_length=64)),
                    ('home_body', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='organisations.body')),
                    ('home_place', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='organisations.place')),
                ],
            ),
            migrations.AddField(
                model_name='body',
                name='place',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bodies', to='organisations.place'),
            ),
            migrations.CreateModel(
                name='PlaceSet',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('code', models.SlugField(max_length=64, unique=True)),
                    ('name', models.CharField(max_length=64)),
                    ('note', models.CharField(blank=True, max_length=300)),
                    ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.body')),
                ],
            ),
            migrations.CreateModel(
                name='PlaceSetItem',
                fields=[
                    ('valid_from', models.DateField(default=datetime.date(1949, 10, 1), verbose_name='from')),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.place')),
                    ('place_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='organisations.placeset')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='PlaceSuccession',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('date', models.DateField()),
                    ('kind', models.CharField(choices=[('merger', 'merged into'), ('division', 'divided into'), ('replacement', 'replaced by')], max_length=12)),
                    ('new', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='organisations.place')),
                    ('old', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='organisations.place')),
                ],
            ),
            migrations.CreateModel(
                name='PlaceVersion',
                fields=[
                    ('valid_from', models.DateField(default=datetime.date(1949, 10, 1), verbose_name='from')),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('code', models.CharField(max_length=20)),
                    ('name', models.CharField(max_length=64)),
                    ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.place')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='organisations.place')),
                ],
            ),
            migrations.CreateModel(
                name='Post',
                fields=[
                    ('valid_from', models.DateField(default=datetime.date(1949, 10, 1), verbose_name='from')),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('role', models.CharField(choices=[('head', 'head'), ('clerk', 'clerk'), ('convener', 'convener'), ('staff', 'staff'), ('councillor', 'council member'), ('administrator', 'system administrator'), ('security', 'security administrator'), ('auditor', 'auditor')], max_length=16)),
                    ('title', models.CharField(blank=True, max_length=64)),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='organisations.body')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='people.person')),
                ],
            ),
            migrations.CreateModel(
                name='QueryCode',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('issued_at', models.DateTimeField()),
                    ('revoked_at', models.DateTimeField(null=True)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='query_codes', to='people.person')),
                ],
            ),
            migrations.CreateModel(
                name='Term',
                fields=[
                    ('valid_from', models.DateField(default=datetime.date(1949, 10, 1), verbose_name='from')),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('number', models.PositiveSmallIntegerField()),
                    ('name', models.CharField(blank=True, max_length=64)),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='organisations.body')),
                ],
            ),
            migrations.CreateModel(
                name='Member',
                fields=[
                    ('valid_from', models.DateField(default=datetime.date(1949, 10, 1), verbose_name='from')),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('sector', models.CharField(max_length=32)),
                    ('title', models.CharField(blank=True, max_length=64)),
                    ('end_reason', models.CharField(blank=True, max_length=120)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='people.person')),
                    ('term', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='organisations.term')),
                ],
            ),
            migrations.CreateModel(
                name='Venue',
                fields=[
                    ('valid_from', models.DateField(default=datetime.date(1949, 10, 1), verbose_name='from')),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('kind', models.CharField(choices=[('room', 'deliberation room'), ('members_home', "members' home"), ('liaison', "members' liaison point"), ('activity_group', "members' activity group"), ('studio', "member's studio"), ('courtyard', 'courtyard'), ('enterprise', 'enterprise or park'), ('institution', 'school, hospital or institution')], max_length=16)),
                    ('name', models.CharField(max_length=64)),
                    ('address', models.CharField(blank=True, max_length=120)),
                    ('phone', models.CharField(blank=True, max_length=32)),
                    ('is_demo', models.BooleanField(default=False)),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='venues', to='organisations.place')),
                ],
            ),
            migrations.CreateModel(
                name='VenueCode',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('token', models.CharField(max_length=16, unique=True)),
                    ('issued_at', models.DateTimeField()),
                    ('revoked_at', models.DateTimeField(null=True)),
                    ('venue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='organisations.venue')),
                ],
            ),
            migrations.CreateModel(
                name='VenueOwner',
                fields=[
                    ('id', models.UUIDField(default=yishi.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('role', models.CharField(choices=[('convenes', 'convenes'), ('shares', 'shares')], default='convenes', max_length=10)),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='venues_owned', to='organisations.body')),
                    ('venue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='owners', to='organisations.venue')),
                ],
            ),
            migrations.AddIndex(
                model_name='place',
                index=models.Index(fields=['level', 'lo'], name='place_level_lo'),
            ),
            migrations.AddConstraint(
                model_name='installation',
                constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='one_installation'),
            ),
            migrations.AddIndex(
                model_name='body',
                index=models.Index(fields=['kind', 'place'], name='body_kind_place'),
            ),
            migrations.AddConstraint(
                model_name='body',
                constraint=models.UniqueConstraint(fields=('place', 'name', 'valid_from'), name='body_once_per_place'),
            ),
            migrations.AddIndex(
                model_name='placeversion',
                index=models.Index(fields=['code', 'valid_from'], name='place_version_code'),
            ),
            migrations.AddConstraint(
                model_name='post',
                constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('person', 'body', 'role'), name='post_held_once'),
            ),
            migrations.AddConstraint(
                model_name='term',
                constraint=models.UniqueConstraint(fields=('body', 'number'), name='term_once_per_body'),
            ),
            migrations.AddConstraint(
                model_name='member',
                constraint=models.UniqueConstraint(fields=('person', 'term'), name='member_once_per_term'),
            ),
            migrations.AddConstraint(
                model_name='venue',
                constraint=models.UniqueConstraint(fields=('place', 'name', 'valid_from'), name='venue_once_per_place'),
            ),
            migrations.AddConstraint(
                model_name='venuecode',
                constraint=models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('venue',), name='venue_one_live_code'),
            ),
            migrations.AddConstraint(
                model_name='venueowner',
                constraint=models.UniqueConstraint(fields=('venue', 'body'), name='venue_owner_once'),
            ),
            migrations.AddConstraint(
                model_name='venueowner',
                constraint=models.UniqueConstraint(condition=models.Q(('role', 'convenes')), fields=('venue',), name='venue_one_convener'),
            ),
        ]),
    ]
