"""The field for words that an act takes: its limit and its need are those of the act's own declaration."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words


class WordsField(forms.CharField):
    """Asks for `words`: marked where they must be written, counted up to their limit, refused in their own sentence.

    `rows` makes it a box of so many lines. `when`, another field of the form and its values, says in which cases
    alone they must be written: such as the reason of a no. The form asks for them then, with all else that it lacks.
    """

    def __init__(self, words: Words, label: Any, *, rows: int = 0, when: tuple[Any, ...] | None = None, **options: Any):
        options.setdefault("required", words.missing is not None and when is None)
        if rows:
            options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        if words.shortest:
            least = format_lazy(_("At least {least} characters."), least=words.shortest)
            options["help_text"] = format_lazy("{said} {least}", said=options.get("help_text", ""), least=least)
        super().__init__(label=label, max_length=words.longest, **options)
        self.words, self.when = words, when
        if words.missing is not None:
            self.error_messages["required"] = words.missing

    def is_missing(self, name: str, cleaned: dict[str, Any]) -> bool:
        """Were they left out, as the field `name` of a form, in a case in which they must be written?"""
        if self.when is None or cleaned.get(name, True):
            return False
        other, *values = self.when
        return other in cleaned and cleaned[other] in values
