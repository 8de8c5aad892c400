"""The first migration of an app: all its tables at once."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

FIRST = (CreateModel, AddField, AddIndex, AddConstraint)


class FirstTables(Operation):
    """What `makemigrations` wrote for an app without tables, done as one operation.

    Django builds all related models anew after each operation, which for 150 tables takes fifty times as long as
    making the tables. Here the state is brought to its end first, and each table is made once, as it then is: with
    its late fields, indexes and constraints. The wrapped operations are only those that such a migration consists of.
    """

    def __init__(self, operations: Sequence[Operation]):
        self.operations = operations
        self.names = [operation.name for operation in operations if isinstance(operation, CreateModel)]
        strange = [type(operation).__name__ for operation in operations if not isinstance(operation, FIRST)]
        if strange:
            raise TypeError(f"FirstTables only makes tables, not: {', '.join(strange)}")

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # rendered models; they are rendered again when they are asked for
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in self._models(app_label, schema_editor, to_state):
            schema_editor.create_model(model)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in reversed(self._models(app_label, schema_editor, from_state)):
            schema_editor.delete_model(model)

    def describe(self) -> str:
        return f"Make {len(self.names)} tables"

    def _models(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, state: ProjectState) -> list[Any]:
        models = [state.apps.get_model(app_label, name) for name in self.names]
        return [model for model in models if self.allow_migrate_model(schema_editor.connection.alias, model)]
