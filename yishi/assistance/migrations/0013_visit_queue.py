from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("assistance", "0012_second_answers")]

    operations = [
        migrations.AddIndex(model_name="visit", index=models.Index(fields=["state", "on"], name="visit_queue")),
    ]
