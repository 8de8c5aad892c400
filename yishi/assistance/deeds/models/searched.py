"""What a deed's words are found by: single letters and pairs of them. Chinese knows no blanks between words."""

from django.db import models

from .deeds import Deed


class DeedWords(models.Model):
    """The words of one deed, cut for the text index. A deed without words has none.

    The index over `grams` is made by hand in the first migration. Rows are written
    and deleted, never changed. A later migration that alters this table must make the triggers anew.
    """

    id = models.BigAutoField(primary_key=True)  # FTS5 knows rows by number
    deed = models.OneToOneField(Deed, models.CASCADE, related_name="+")
    grams = models.TextField()  # with blanks between them

    def __str__(self) -> str:
        return str(self.deed_id)
