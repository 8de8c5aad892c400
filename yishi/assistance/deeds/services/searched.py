"""The text index of deeds' words: written with the deed, by those that write deeds."""

from collections.abc import Iterable

from yishi.assistance.deeds.models import Deed, DeedWords
from yishi.kit.text import grams


def words_index(deeds: Iterable[Deed]) -> None:
    """Index the words of new deeds, in one statement."""
    words_write(words_rows(deeds))


def words_rows(deeds: Iterable[Deed]) -> list[DeedWords]:
    """The rows of the index for new deeds, not written yet; none for a deed without words."""
    return [DeedWords(deed=deed, grams=cut) for deed in deeds if (cut := " ".join(sorted(grams(deed.words))))]


def words_write(texts: list[DeedWords]) -> None:
    """Write the searched texts of deeds that have none yet, a thousand at a time."""
    if texts:
        DeedWords.objects.bulk_create(texts, batch_size=1_000)


def words_index_again(deed: Deed) -> None:
    """Index a deed anew whose words changed."""
    DeedWords.objects.filter(deed=deed).delete()
    words_index([deed])
