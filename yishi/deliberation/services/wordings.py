"""The wording of a statement in the room: worded otherwise, in editions that are kept, and merged into another one."""

from difflib import SequenceMatcher
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.common_ground.floor import folded_spelling
from yishi.deliberation.models import Sitting, Statement, StatementEdition
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.journal.moved import Watch, last_moved, put_back
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .room import locked_sitting, next_state, touch
from .stances import TEXT

MERGED = "deliberation.statement.merge"
MOST_LETTERS = 4  # letters that a correction of spelling touches at most
# Letters that change what is said: negations, may and must, numbers.
WEIGHTY = frozenset("不没无未非勿莫否免除可应须必得零〇一二三四五六七八九十百千万亿半两0123456789%.")


def is_spelling(before: str, after: str) -> bool:
    """May the change be one of spelling alone? A few letters, and none that turns the sense: no “not”, no number, no
    may or must. Whether it is one, whoever rewords it says; width, case, spaces and marks at the end never matter."""
    old, new = folded_spelling(before), folded_spelling(after)
    changed, letters = 0, ""
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            changed += max(b - a, d - c)
            letters += old[a:b] + new[c:d]
    return changed <= MOST_LETTERS and not WEIGHTY & set(letters)


def statement_reword(
    *, actor: Viewer, statement: Statement, text: str, spelling: bool = False, act_id: UUID | None = None
) -> Receipt:
    """Word an open statement otherwise. What was said on the wording before stays with it, and everybody says anew
    where they stand; where only its spelling changed (`spelling`), the stances stay. Result: statement, edition."""
    by = permit("sitting.run", actor, statement.sitting.matter)
    body = {"statement": statement.pk, "text": text, "spelling": spelling}
    with act("deliberation.statement.reword", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        sitting, row = _open_statement(statement)
        kept = TEXT.kept(text)
        if kept == row.text:
            raise Refusal("statement.same", _("This is the wording that stands. What is to be changed?"), field="text")
        same = folded_spelling(kept) == folded_spelling(row.text)
        if spelling and not is_spelling(row.text, kept):
            raise Refusal(
                "statement.not_spelling",
                _(
                    "That is more than spelling: several words, a number, a “not” or a “must” changed. Take the tick "
                    "out; everybody then says anew where they stand."
                ),
                field="spelling",
            )
        StatementEdition.objects.create(
            statement=row,
            ordinal=row.replaced.count() + 1,
            edition=row.edition,
            text=row.text,
            is_spelling=spelling or same,
            replaced_at=this.now,
            replaced_by=actor.person,
        )
        row.text = kept
        row.edition += 0 if spelling or same else 1
        row.save(update_fields=["text", "edition"])
        _enter(this, sitting, row, edition=row.edition)
        this.result(edition=row.edition)
    return this.receipt


def statement_merge(*, actor: Viewer, statement: Statement, into: Statement, act_id: UUID | None = None) -> Receipt:
    """Merge a statement into another one that says the same: it points there and takes no more stances. Both keep what
    was said on them; who spoke on the one alone says on the other where they stand. Result: statement."""
    by = permit("sitting.run", actor, statement.sitting.matter)
    body = {"statement": statement.pk, "into": into.pk}
    with act(MERGED, actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        sitting = locked_sitting(statement.sitting)
        next_state(sitting, "state")
        row = Statement.objects.select_for_update().get(pk=statement.pk)
        target = Statement.objects.filter(sitting=sitting, withdrawn_at__isnull=True, merged_into__isnull=True)
        if row.withdrawn_at is not None or row.merged_into_id is not None:
            raise WrongStage("statement.merged", _("This statement is withdrawn or merged already. Reload the page."))
        if into.pk == row.pk or not target.filter(pk=into.pk).exists():
            raise Refusal(
                "statement.into", _("Choose another statement of this sitting that still stands."), field="into"
            )
        watch = Watch()
        watch.row(row, "is_open", "merged_into_id", "merged_at")
        row.is_open, row.merged_into_id, row.merged_at = False, into.pk, this.now
        row.save(update_fields=["is_open", "merged_into", "merged_at"])
        watch.keep(this, ("statement", row.pk))
        _enter(this, sitting, row, into=into.pk)
    return this.receipt


def statement_unmerge(*, actor: Viewer, statement: Statement, reason: str, act_id: UUID | None = None) -> Receipt:
    """Merged by mistake: it stands by itself again, as it stood. While the sitting is open. Result: statement."""
    by = permit("sitting.run", actor, statement.sitting.matter)
    body = {"statement": statement.pk, "reason": reason}
    with act("deliberation.statement.unmerge", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        sitting = locked_sitting(statement.sitting)
        next_state(sitting, "state")
        put_back(this, last_moved(("statement", statement.pk), MERGED), reason)
        _enter(this, sitting, statement)
    return this.receipt


def _open_statement(statement: Statement) -> tuple[Sitting, Statement]:
    sitting = locked_sitting(statement.sitting)
    next_state(sitting, "state")
    row = Statement.objects.select_for_update().get(pk=statement.pk)
    if not row.is_open:
        raise WrongStage("statement.closed", _("This statement is closed; its wording stands. Open it again first."))
    return sitting, row


def _enter(this: Act, sitting: Sitting, statement: Statement, **data: object) -> None:
    touch(sitting.pk)
    this.entry(
        subject=("matter", sitting.matter_id),
        place=sitting.matter.place_id,
        data={"statement": statement.pk, **data},
    )
    this.result(statement=statement.pk)
