"""What values of a workbook mean at one desk, said once for all rows and remembered for the next workbook: a county
writes “县外省内务工” where the list says “省内县外”."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.imports.models import Import, ImportPiece, ImportWord
from yishi.assistance.imports.workbooks.household_columns import OTHERS_APART
from yishi.assistance.imports.workbooks.kinds import kind_of
from yishi.assistance.imports.workbooks.rows import StagedRow
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.identity import masked_in
from yishi.kit.ids import child_id
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .pieces import Stage, pieces, results_in, rows_in

OF_A_LIST = frozenset({"no_label", "no_item", "body_kind", "post_role", "sector"})  # codes of faults
LONGEST = 64
MOST = 60  # values that are asked about at once
PIECES_READ = 200
SHOWN = 10  # values that the note names
_APART = re.compile(f"[{re.escape(OTHERS_APART)}\n]")


class Word(NamedTuple):
    """A value of a column, and what it is taken for; "" for what stands there."""

    column: str
    said: str
    meant: str


class Asked(NamedTuple):
    """A value that somebody may explain: how often it stood in the way, what it may mean, what it means so far."""

    column: str
    heading: str
    said: str
    rows: int
    choices: Sequence[str]
    meant: str


class Meanings:
    """Reads rows of a workbook with the words of its desk."""

    def __init__(self, workbook: Import):
        words = ImportWord.objects.filter(body=workbook.body_id, kind=workbook.kind)
        self.words = {(word.column, word.said): word.meant for word in words}
        self._columns = {column for column, _said in self.words}

    def read(self, row: StagedRow) -> StagedRow:
        """The row as the desk means it."""
        changed = {
            column: meant
            for column in self._columns & row.values.keys()
            if (meant := self.meant(column, row.values[column])) != row.values[column]
        }
        return row._replace(values={**row.values, **changed}) if changed else row

    def meant(self, column: str, text: str) -> str:
        """What a cell means: as a whole, or each of several values in it."""
        if (column, text) in self.words:
            return self.words[column, text]
        parts = [part.strip() for part in _APART.split(text)]
        if any((column, part) in self.words for part in parts):
            return "、".join(self.words.get((column, part), part) for part in parts if part)
        return text


def words_asked(workbook: Import) -> list[Asked]:
    """The values that are in no list, the most frequent first; then those that the desk has explained before."""
    kind = kind_of(workbook.kind)
    lists, headings = kind.meanings(workbook), workbook.options.get("headings", {})
    keys = {heading: key for key, heading in headings.items()}
    unknown: Counter[tuple[str, str]] = Counter()
    bad = ImportPiece.objects.filter(of=workbook, stage=Stage.UNITS, bad__gt=0).order_by("ordinal")
    for piece in bad[:PIECES_READ]:
        for fault in (fault for result in results_in(piece) for fault in result.faults):
            said = str(fault.params.get("said") or fault.params.get("text", ""))[:LONGEST]
            if fault.code in OF_A_LIST and keys.get(fault.heading) in lists and said and masked_in(said) == said:
                unknown[keys[fault.heading], said] += 1
    known = Meanings(workbook).words
    asked = [
        Asked(key, headings.get(key, key), said, count, lists[key], known.get((key, said), ""))
        for (key, said), count in unknown.most_common(MOST)
    ]
    return asked + [
        Asked(key, headings[key], said, 0, lists[key], meant)
        for (key, said), meant in sorted(known.items())
        if (key, said) not in unknown and key in lists and key in headings
    ]


def import_explain(*, actor: Viewer, sent: Import, words: Sequence[Word], act_id: UUID | None = None) -> Receipt:
    """Say what values mean, for this workbook and the next ones of its desk and kind; the workbook is checked anew.
    Result: import."""
    by = permit(kind_of(sent.kind).right, actor, sent)
    body = {"import": sent.pk, "words": sorted(map(list, words))}
    with act("assistance.import.explain", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        workbook = Import.within.select_for_update(of=("self",)).select_related("place", "body").get(pk=sent.pk)
        if workbook.state not in (Import.State.READY, Import.State.FAULTY):
            raise WrongStage(
                "import.state", _("This workbook is “%(state)s”.") % {"state": workbook.get_state_display()}
            )
        lists, known = kind_of(workbook.kind).meanings(workbook), Meanings(workbook).words
        new = [word for word in words if known.get((word.column, word.said), "") != word.meant]
        if not new:
            raise Refusal("import.words", _("Choose what at least one value means."))
        for number, word in enumerate(new, start=1):
            if word.meant and word.meant not in lists.get(word.column, ()):
                raise Refusal("import.word", _("Please choose one of the values that are offered."))
            of = {"body": workbook.body, "kind": workbook.kind, "column": word.column, "said": word.said}
            ImportWord.objects.filter(**of).delete()
            if word.meant:
                chosen = {"meant": word.meant, "chosen_by": actor.person, "chosen_at": this.now}
                ImportWord.objects.create(id=child_id(this.id, number), **of, **chosen)
        workbook.pieces.filter(stage=Stage.UNITS).delete()
        workbook.state = Import.State.CHECKING
        workbook.done = workbook.new = workbook.changed = workbook.same = workbook.bad = 0
        workbook.save(update_fields=["state", "done", "new", "changed", "same", "bad"])
        this.entry(subject=("import", workbook.pk), place=workbook.place_id, data={"words": len(new)})
        this.result(**{"import": workbook.pk})
    return this.receipt


def explained(workbook: Import) -> list[list[Any]]:
    """The note on values that were taken for others; empty where none were."""
    meanings, read = Meanings(workbook), Counter[tuple[str, str]]()
    for piece in pieces(workbook, Stage.ROWS) if meanings.words else ():
        for row in rows_in(piece):
            meant = meanings.read(row).values
            read.update((text, meant[key]) for key, text in row.values.items() if meant[key] != text)
    if not read:
        return []
    said = [f"{masked_in(text)}→{meant}（{count}）" for (text, meant), count in read.most_common(SHOWN)]
    return [["explained", {"count": sum(read.values()), "words": "、".join(said) + "…" * (len(read) > SHOWN)}]]
