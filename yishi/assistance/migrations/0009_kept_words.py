from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistance", "0008_standings_of_before")]

    operations = [
        migrations.AddField(
            model_name="pairing", name="end_reason", field=models.CharField(blank=True, max_length=500)
        ),
        migrations.AddField(
            model_name="measure", name="earlier_results", field=models.JSONField(blank=True, default=list)
        ),
    ]
