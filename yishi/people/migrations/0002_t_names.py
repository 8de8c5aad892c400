"""Names take the form in which they are stored from now on: one middle dot, no blanks between Chinese letters."""

from django.db import migrations

from yishi.kit.names import plain_name

AT_ONCE = 2_000


def names_in_one_form(apps, schema_editor):
    Person = apps.get_model("people", "Person")
    people = Person._base_manager.using(schema_editor.connection.alias)
    changed = []
    for person in people.exclude(name="").only("pk", "name").order_by("pk").iterator(chunk_size=AT_ONCE):
        name = plain_name(person.name)
        if name and name != person.name:
            person.name = name
            changed.append(person)
    people.bulk_update(changed, ["name"], batch_size=200)


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(names_in_one_form, migrations.RunPython.noop, elidable=False),
    ]
