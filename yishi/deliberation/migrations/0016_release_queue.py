from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("deliberation", "0015_code_given")]

    operations = [
        migrations.AddIndex(model_name="release", index=models.Index(fields=["state", "prepared_at"], name="release_queue")),
    ]
