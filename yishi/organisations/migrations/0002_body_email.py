from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='body',
            name='email',
            field=models.EmailField(blank=True, max_length=254, verbose_name='mail'),
        ),
    ]
