"""Words with letters beyond Extension G were indexed without these: they are indexed anew."""

import re

from django.db import migrations

from yishi.kit.text import grams

AT_ONCE = 2_000
NEWER = re.compile("[\U0002ebf0-\U0002ee5d\U00031350-\U0003347f]")  # Extensions I, H and J


def words_indexed_again(apps, schema_editor):
    Deed, DeedWords = (apps.get_model("assistance", name) for name in ("Deed", "DeedWords"))
    alias = schema_editor.connection.alias
    deeds = Deed._base_manager.using(alias).exclude(words="").order_by("pk")
    texts = deeds.values_list("pk", "words").iterator(chunk_size=AT_ONCE)
    rare = {key: words for key, words in texts if NEWER.search(words)}
    index = DeedWords._base_manager.using(alias)
    index.filter(deed_id__in=rare).delete()
    index.bulk_create([DeedWords(deed_id=key, grams=" ".join(sorted(grams(words)))) for key, words in rare.items()])


class Migration(migrations.Migration):

    dependencies = [
        ("assistance", "0004_delivered"),
    ]

    operations = [
        migrations.RunPython(words_indexed_again, migrations.RunPython.noop, elidable=False),
    ]
