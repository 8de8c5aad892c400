"""forms 9: what an act needs to be written is declared once, and the form that asks for it marks and counts it so."""

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest
from django import forms
from django.utils import translation

import yishi
from tests.every_form import fields_of, form_classes
from yishi.database.words import Words
from yishi.kit.errors import Refusal
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm

PACKAGE = Path(yishi.__file__).parent


def declared() -> dict[str, Words]:
    """ "module.NAME" → the words that it declares, of every module of the product."""
    found: dict[int, str] = {}
    for module in pkgutil.walk_packages(yishi.__path__, "yishi."):
        if ".web." in module.name or "migrations" in module.name or "__main__" in module.name:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Words):
                found[id(value)] = min(found.get(id(value), "~"), f"{module.name.removeprefix('yishi.')}.{name}")
                kept[id(value)] = value
    return {name: kept[key] for key, name in found.items()}


kept: dict[int, Words] = {}
DECLARED = declared()
FIELDS = dict(fields_of(WordsField))
NEEDED = {name for name, words in DECLARED.items() if words.missing is not None}
# Words that are needed, with no form that asks for them by this declaration: why.
NOT_ASKED = {
    "assistance.projects.services.funds.GIVER": "asked for by a field that finds bodies and members too",
    "commitments.services.making.REASON": "a promise is dropped by the act that takes its agreement back",
}
# A field of needed words that may be left empty: when the service takes it so.
MAY_BE_EMPTY = {
    "assistance.projects.project_plan.ReplanForm.reason": "until the plan is approved; marked from then on",
    "assistance.projects.project_plan.QuantitiesForm.reason": "until the plan is approved; marked from then on",
    "assistance.projects.project_plan.MoneyForm.reason": "until the plan is approved; marked from then on",
    "proposals.proposals.WithdrawForm.reason": "of a draft; marked once it is submitted",
}
# Text areas without a limit: a list, of which each line has a limit of its own.
LISTS = {
    "assistance.exits.assessments.OpenForm.rosters",
    "assistance.projects.project_plan.HouseholdsForm.households",
    "assistance.projects.project_plan.NewForm.quantities",
    "assistance.projects.project_plan.QuantitiesForm.quantities",
    "deliberation.process.process_editor.HeadForm.checklist",
    "deliberation.process.process_editor.HeadForm.topics",
    "deliberation.sittings.draws.PublishForm.names",
    "organisations.place_sets.PlacesForm.places",
    "organisations.places.DivideForm.parts",
}


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_limits_and_forms_9_words_take_their_limit_and_no_letter_more(name):
    words = DECLARED[name]
    exact = "字\r\n" * ((words.longest - 1) // 2) + "𠮷" * (words.longest - 2 * ((words.longest - 1) // 2))
    assert words.kept(exact) == exact.replace("\r\n", "\n")
    for wrong in [exact + "字", *(["\u200b"] if words.missing is not None else [])]:
        with pytest.raises(Refusal) as refused:
            words.kept(wrong)
        assert refused.value.field == words.field
    assert words.kept(" ", needed=False) == ""


def test_forms_9_needed_words_are_asked_for_by_a_form_that_marks_them():
    asked = {id(field.words) for field in FIELDS.values()}
    assert {name for name in NEEDED if id(DECLARED[name]) not in asked} == set(NOT_ASKED)
    unmarked = {
        name
        for name, field in FIELDS.items()
        if field.words.missing is not None and not field.required and field.when is None
    }
    assert unmarked == set(MAY_BE_EMPTY)


def test_forms_9_a_case_in_which_words_are_needed_is_one_of_its_form():
    for form in form_classes():
        for name, field in form.base_fields.items():
            if isinstance(field, WordsField) and field.when is not None:
                other, *values = field.when
                assert other in form.base_fields and values, (form, name)


def test_forms_9_a_form_asks_for_the_words_of_a_no_together_with_what_else_is_missing():
    class Answer(ActForm):
        accepted = forms.TypedChoiceField(choices=[("1", "yes"), ("0", "no")], coerce=lambda value: value == "1")
        reason = WordsField(Words("reason", 5, "say why"), "why", when=("accepted", False))
        on = forms.DateField()

    for sent, wrong in (
        ({"accepted": "0"}, {"reason", "on"}),
        ({"accepted": "1"}, {"on"}),
        ({"accepted": "0", "reason": "因为"}, {"on"}),
        ({"accepted": "0", "reason": "\u200b", "on": "2026-11-24"}, {"reason"}),
        ({"reason": ""}, {"accepted", "on"}),
    ):
        form = Answer(sent)
        assert not form.is_valid()
        assert set(form.errors) == wrong, sent
    with translation.override("zh-hans"):
        assert Answer({"accepted": "0"}).errors["reason"] == ["say why"]


def test_forms_9_every_text_area_shows_how_much_it_takes():
    without = set()
    for form in form_classes():
        if not issubclass(form, ActForm):
            continue
        for name, field in form.base_fields.items():
            if isinstance(field.widget, forms.Textarea) and not field.max_length:
                without.add(f"{form.__module__.removeprefix('yishi.web.')}.{form.__qualname__}.{name}")
    assert without == LISTS


def test_limits_no_service_has_a_bare_number_of_letters():
    """A limit that is no declaration is tried by nobody: see `Words`."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "within":
                found += [f"{path.relative_to(PACKAGE)}:{node.lineno}" for arg in node.args if _is_number(arg)]
    assert found == []


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def test_the_least_number_of_letters_is_said_before_it_is_asked_for():
    """A proposal of nine letters was refused, and nothing on the form had said that it takes ten."""
    least = [words for words in declared().values() if words.shortest]
    assert least
    for words in least:
        with translation.override("zh-hans"):
            assert f"至少{words.shortest}个字" in str(WordsField(words, "说明").help_text)
        with pytest.raises(Refusal):
            words.kept("字" * (words.shortest - 1))
        assert words.kept("字" * words.shortest)
