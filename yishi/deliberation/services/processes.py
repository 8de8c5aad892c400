"""Process models: shipped ones are loaded, a county copies or builds its own, edits a draft, publishes, retires."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.kept import kept_question
from yishi.database.words import Words
from yishi.deliberation.models import ProcessModel, ProcessVersion
from yishi.deliberation.process.problems import shape_problems, validate_model
from yishi.deliberation.process.schema import (
    Model,
    empty_document,
    fingerprint,
    from_toml,
    read_document,
    to_toml,
    write_document,
)
from yishi.journal.act import SYSTEM, Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import new_code
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import permit

NAME = Words("name", 64, _("Write the name by which people know the model."), "process.no_name")

MODELS_DIR = Path(__file__).resolve().parents[1] / "process" / "models"
SHIPPED = ("five_links", "four_two_n", "one_seven_n", "one_two_three_four", "qr", "courtyard", "enterprise")
_models: dict[UUID, tuple[datetime, Model]] = {}  # by version: as it was edited last, for the pages of this process


def model_of(version: ProcessVersion) -> Model:
    """What a version says, read once for each of its edits: long lists ask for the same few again and again."""
    kept = _models.get(version.pk)
    if kept is None or kept[0] != version.edited_at:
        kept = _models[version.pk] = (version.edited_at, read_document(version.document))
    return kept[1]


@cache
def _shipped_document(code: str) -> dict[str, Any]:
    return write_document(read_document(from_toml((MODELS_DIR / f"{code}.toml").read_bytes())))


def process_shipped(code: str) -> ProcessVersion:
    """The newest version of the shipped model `code`, loaded if it is not there yet.

    Loading again changes nothing; a file that came changed with a new release becomes a further version, so that
    matters under way keep theirs. KeyError for a code that is not shipped.
    """
    if code not in SHIPPED:
        raise KeyError(code)
    document = _shipped_document(code)
    newest = _newest(code)
    if newest is not None and newest.document == document:
        return newest
    with act("deliberation.process.load", actor=SYSTEM, body={"code": code}) as this:
        model, _new = ProcessModel.objects.get_or_create(code=code)
        model = ProcessModel.objects.select_for_update().get(pk=model.pk)
        newest = _newest(code)  # another process may have been quicker
        if newest is not None and newest.document == document:
            return newest
        version = ProcessVersion.objects.create(
            model=model,
            number=newest.number + 1 if newest else 1,
            name=document["name"],
            document=document,
            published_at=this.now,
            edited_at=this.now,
        )
        this.entry(subject=("process", model.pk), data={"number": version.number})
    return version


def processes_load() -> list[ProcessVersion]:
    """All shipped models, loaded."""
    return [process_shipped(code) for code in SHIPPED]


def _newest(code: str) -> ProcessVersion | None:
    versions = ProcessVersion.objects.filter(model__code=code, published_at__isnull=False)
    return versions.select_related("model").order_by("-number").first()


def processes_published() -> list[ProcessVersion]:
    """The newest published version of every model in use, shipped ones first; what each says comes when it is read."""
    versions = ProcessVersion.objects.filter(published_at__isnull=False, model__is_retired=False).defer("document")
    asked = kept_question(
        "published", None, lambda: {"versions": versions.select_related("model__owner")}, is_reached=False
    )
    found = sorted(asked.answer()["versions"], key=lambda version: version.number)
    newest: dict[UUID, ProcessVersion] = {version.model_id: version for version in found}
    return sorted(newest.values(), key=lambda version: (version.model.owner_id is not None, version.name))


def process_new(*, actor: Viewer, owner: Body, name: str, act_id: UUID | None = None) -> Receipt:
    """An empty draft that belongs to `owner`. Result: model, version. Refuses an empty name."""
    by = permit("process.new", actor, owner)
    with act("deliberation.process.new", actor=by, act_id=act_id, body={"owner": owner.pk, "name": name}) as this:
        if this.replayed:
            return this.receipt
        code = _free_code("own")
        _write_draft(this, owner=owner, document=empty_document(code, NAME.kept(name)), by=actor)
    return this.receipt


def process_copy(
    *, actor: Viewer, source: ProcessVersion, owner: Body, name: str = "", act_id: UUID | None = None
) -> Receipt:
    """A draft for `owner` with all that `source` says: a county copies another's model in one act."""
    by = permit("process.new", actor, owner)
    body = {"source": source.pk, "owner": owner.pk, "name": name}
    with act("deliberation.process.copy", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if source.published_at is None:
            raise WrongStage("process.is_draft", _("This version is a draft. Copy a published version."))
        code = _free_code(source.model.code)
        document = {**source.document, "code": code, "name": NAME.kept(name or source.name)}
        _write_draft(this, owner=owner, document=document, by=actor, copied_from=source.model)
    return this.receipt


def process_upload(*, actor: Viewer, owner: Body, file: bytes, act_id: UUID | None = None) -> Receipt:
    """A draft from a TOML file. With any problem (an unknown role…) it is refused; nothing is kept."""
    by = permit("process.new", actor, owner)
    with act(
        "deliberation.process.upload",
        actor=by,
        act_id=act_id,
        body={"owner": owner.pk, "file": hashlib.sha256(file).hexdigest()},
    ) as this:
        if this.replayed:
            return this.receipt
        loaded = from_toml(file)
        problems = validate_model(loaded)
        if problems:
            raise Refusal(
                "process.has_problems",
                _("The file cannot be used: %(problems)s") % {"problems": " ".join(problems)},
                field="file",
                details={"problems": problems},
            )
        document = write_document(read_document(loaded))
        document["code"] = _free_code(document["code"])
        _write_draft(this, owner=owner, document=document, by=actor)
    return this.receipt


def process_draft(*, actor: Viewer, model: ProcessModel, act_id: UUID | None = None) -> Receipt:
    """The draft of the next version, with what the newest version says; the one that exists if there is one."""
    by = permit("process.edit", actor, model)
    with act("deliberation.process.draft", actor=by, act_id=act_id, body={"model": model.pk}) as this:
        if this.replayed:
            return this.receipt
        model = ProcessModel.objects.select_for_update().get(pk=model.pk)
        newest = certain(model.versions.order_by("-number").first())  # a model begins with its first
        if newest.published_at is not None:
            newest = ProcessVersion.objects.create(
                model=model,
                number=newest.number + 1,
                name=newest.name,
                document=newest.document,
                edited_by=actor.person,
                edited_at=this.now,
            )
            this.entry(subject=("process", model.pk), data={"number": newest.number})
        this.result(model=model.pk, version=newest.pk)
    return this.receipt


def process_save(
    *, actor: Viewer, version: ProcessVersion, document: Mapping[str, Any], seen: str = "", act_id: UUID | None = None
) -> Receipt:
    """Keep a draft's document, problems or not; what is unreadable is refused.

    `seen` is the fingerprint of the document from which the editor began: if somebody else saved in between, nothing is
    overwritten. Result: version, problems (their number).
    """
    by = permit("process.edit", actor, version.model)
    body = {"version": version.pk, "document": document, "seen": seen}
    with act("deliberation.process.save", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        version = ProcessVersion.objects.select_for_update().select_related("model").get(pk=version.pk)
        if version.published_at is not None:
            raise WrongStage("process.published", _("A published version stays as it is. Begin the next version."))
        if seen and seen != fingerprint(version.document):
            raise WrongStage(
                "process.changed_meanwhile", _("Somebody else saved this draft in between. Reload it and do it again.")
            )
        shape = shape_problems(document)
        if shape:
            raise Refusal("process.unreadable", " ".join(shape), details={"problems": shape})
        kept = {**write_document(read_document(document)), "code": version.model.code}
        version.document = kept
        version.name = kept["name"][:64] or version.name
        version.edited_by, version.edited_at = actor.person, this.now
        version.save(update_fields=["document", "name", "edited_by", "edited_at"])
        this.entry(subject=("process", version.model_id), data={"number": version.number})
        this.result(version=version.pk, problems=len(validate_model(kept)))
    return this.receipt


def process_publish(*, actor: Viewer, version: ProcessVersion, act_id: UUID | None = None) -> Receipt:
    """A draft becomes the version under which new matters begin; matters under way keep theirs."""
    by = permit("process.edit", actor, version.model)
    with act("deliberation.process.publish", actor=by, act_id=act_id, body={"version": version.pk}) as this:
        if this.replayed:
            return this.receipt
        version = ProcessVersion.objects.select_for_update().get(pk=version.pk)
        if version.published_at is not None:
            raise WrongStage("process.published", _("This version is published already."))
        problems = validate_model(version.document)
        if problems:
            raise Refusal(
                "process.has_problems",
                _("The model cannot be published yet: %(problems)s") % {"problems": " ".join(problems)},
                details={"problems": problems},
            )
        version.published_at = this.now
        version.save(update_fields=["published_at"])
        this.entry(subject=("process", version.model_id), data={"number": version.number})
        this.result(model=version.model_id, version=version.pk)
    return this.receipt


def process_retire(
    *, actor: Viewer, model: ProcessModel, is_retired: bool = True, act_id: UUID | None = None
) -> Receipt:
    """No new matter begins under `model` (or again, with is_retired=False); matters under way go on."""
    by = permit("process.edit", actor, model)
    body = {"model": model.pk, "is_retired": is_retired}
    with act("deliberation.process.retire", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        ProcessModel.objects.filter(pk=model.pk).update(is_retired=is_retired)
        this.entry(subject=("process", model.pk), data={"is_retired": is_retired})
    return this.receipt


def process_file(version: ProcessVersion) -> str:
    """The version as a TOML file."""
    return to_toml(version.document)


def _write_draft(
    this: Act, *, owner: Body, document: dict[str, Any], by: Viewer, copied_from: ProcessModel | None = None
) -> None:
    model = ProcessModel.objects.create(code=document["code"], owner=owner, copied_from=copied_from)
    version = ProcessVersion.objects.create(
        model=model,
        number=1,
        name=document["name"],
        document=document,
        edited_by=by.person,
        edited_at=timezone.now(),
    )
    this.entry(subject=("process", model.pk), place=owner.place_id, data={"number": 1})
    this.result(model=model.pk, version=version.pk)


def _free_code(base: str) -> str:
    """A code that no model has yet: a person never types it."""
    return f"{base.split('-')[0][:28]}-{new_code(8).lower()}"
