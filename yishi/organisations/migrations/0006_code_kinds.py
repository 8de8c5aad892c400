from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisations", "0005_set_papers")]

    operations = [
        migrations.AddField(
            model_name="querycode",
            name="kind",
            field=models.CharField(
                choices=[("own", "one's own"), ("seat", "a seat")], default="own", max_length=8
            ),
        ),
        migrations.AddField(model_name="querycode", name="matter_id", field=models.UUIDField(null=True)),
    ]
