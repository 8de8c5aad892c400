"""Every form class of the product, found in its modules: a new one is tried by itself."""

import importlib
import pkgutil
from collections.abc import Iterator

import yishi.web
from yishi.web.kit.forms import Form


def form_classes() -> list[type[Form]]:
    for module in pkgutil.walk_packages(yishi.web.__path__, "yishi.web."):
        importlib.import_module(module.name)
    return sorted(set(_below(Form)), key=lambda one: (one.__module__, one.__qualname__))


def _below(kind: type[Form]) -> Iterator[type[Form]]:
    for one in kind.__subclasses__():
        if one.__module__.startswith("yishi."):
            yield one
            yield from _below(one)


def fields_of(kind: type) -> Iterator[tuple[str, object]]:
    """("module.Form.field", field) of every field of `kind` that every form class declares."""
    for form in form_classes():
        for name, field in form.base_fields.items():
            if isinstance(field, kind):
                yield f"{form.__module__.removeprefix('yishi.web.')}.{form.__qualname__}.{name}", field
