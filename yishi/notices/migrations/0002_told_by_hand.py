import django.db.models.deletion
from django.db import migrations, models


def say_what_was_written(apps, schema_editor):
    """Until now every SMS went into a file, and counted as sent."""
    sent = apps.get_model("notices", "Delivery").objects.using(schema_editor.connection.alias).filter(channel="sms", state="sent")
    sent.update(state="written", sent_at=None)


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0001_initial'),
        ('notices', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='told_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='state',
            field=models.CharField(choices=[('waiting', 'waiting'), ('sending', 'being sent'), ('sent', 'sent'), ('written', 'written, to be told by hand'), ('told', 'told by hand'), ('doubtful', 'perhaps sent'), ('failed', 'failed')], default='waiting', max_length=10),
        ),
        migrations.RunPython(say_what_was_written, migrations.RunPython.noop, elidable=True),
    ]
