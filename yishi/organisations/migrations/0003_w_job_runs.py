"""When each job of the platform last ran."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_body_email")]

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("name", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("ended_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
