"""Chinese is what users see first: every English string in code and templates has its Chinese."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.apps import apps
from django.db.models import Choices
from django.utils import translation
from django.utils.translation.template import templatize

from tools.catalogues import in_form
from yishi.cli.messages import catalogues, part_of

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "yishi"
# function: the positions of its msgids (context and numbers do not count)
FUNCTIONS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"], (0,)),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (0,)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], (1,)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], (1,)),
}
# What Django's template reader makes of tags: gettext(u'…'), pgettext('context', u'…') and their like.
STRING = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
PLAIN = re.compile(rf"(?<![a-z])(?:n?gettext|_)\({STRING}")
IN_CONTEXT = re.compile(rf"(?<![a-z])n?pgettext\({STRING},\s*{STRING}")
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{(\w*)\}")
HAN = re.compile(r"[\u3400-\u9fff]")


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def messages() -> list[tuple[str, str, str]]:
    """(catalogue, English, Chinese) of every message."""
    found = []
    for path in catalogues():
        for message in read(path):
            if message.id and not message.fuzzy:
                english = message.id if isinstance(message.id, str) else message.id[0]
                chinese = message.string if isinstance(message.string, str) else message.string[0]
                found.append((part_of(path), english, chinese))
    return found


@cache
def in_python(path: Path) -> list[str]:
    strings, tree = [], ast.parse(path.read_text("utf-8"))
    known = {**FUNCTIONS, **_renamed(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for position in known.get(name, ()):
                if position < len(node.args):
                    argument = node.args[position]
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        strings.append(argument.value)
    return strings


def _renamed(tree: ast.Module) -> dict[str, tuple[int, ...]]:
    """The functions of the translation under the names that a module gives them: `gettext as _now`."""
    return {
        alias.asname: FUNCTIONS[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.asname and alias.name in FUNCTIONS
    }


def in_template(path: Path) -> list[str]:
    text = templatize(path.read_text("utf-8"))
    found = [match[1] for match in PLAIN.finditer(text)] + [match[2] for match in IN_CONTEXT.finditer(text)]
    return [ast.literal_eval(string) for string in found]


def sources() -> dict[str, set[str]]:
    """English string → the files in which it stands."""
    found = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        if "migrations" not in path.parts:
            for string in in_python(path):
                found[string].add(str(path.relative_to(ROOT)))
    for path in [*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("templates/**/*.txt")]:
        for string in in_template(path):
            found[string].add(str(path.relative_to(ROOT)))
    found.pop("", None)
    return found


def test_every_string_has_its_chinese():
    chinese = {english for _, english, text in messages() if text}
    missing = sorted(f"{min(files)}: {string!r}" for string, files in sources().items() if string not in chinese)
    assert not missing, f"{len(missing)} strings have no Chinese:\n" + "\n".join(missing)


def test_forms_12_a_string_is_found_under_every_name_of_gettext(tmp_path):
    module = tmp_path / "module.py"
    names = "from django.utils.translation import gettext as _now, pgettext as _in"
    module.write_text(f'{names}\n_now("a b")\n_in("x", "c")\n')
    assert in_python(module) == ["a b", "c"]


PARTS = tuple(sorted(part_of(path) for path in catalogues()))
COMMON = "kit"


def part_of_source(name: str) -> str:
    """The part of the product to which a source file belongs; what belongs to none is the kit's.

    "yishi/web/assistance/deeds/deeds.py" and "yishi/assistance/deeds/services/deeds.py": "assistance/deeds".
    """
    room, *rest = name.removeprefix("yishi/").split("/")
    if room == "web":
        rest = rest[1:] if rest[0] == "templates" else rest
        if rest[0] in {"account", "allauth", "mfa"}:  # our pages of a library
            return "shell"
        room, *rest = rest
    narrow = "/".join([room, *rest[:1]])
    return narrow if narrow in PARTS else room if room in PARTS else COMMON


def catalogue_of(parts: set[str]) -> str:
    """The catalogue of a string that stands in these parts: the narrowest that holds them all."""
    if len(parts) == 1:
        return min(parts)
    rooms = {part.split("/")[0] for part in parts}
    return min(rooms) if len(rooms) == 1 and min(rooms) in PARTS else COMMON


def test_a_string_stands_in_the_catalogue_of_its_part():
    """Of one part: in its own; of several parts of one room: in the room's; of more: in the kit's."""
    right = {string: catalogue_of({part_of_source(file) for file in files}) for string, files in sources().items()}
    wrong = sorted(
        f"{english!r} stands in {part}, belongs to {right[english]}"
        for part, english, _ in messages()
        if english in right and right[english] != part
    )
    assert not wrong, f"{len(wrong)} strings:\n" + "\n".join(wrong)


def test_no_catalogue_keeps_what_nobody_says():
    """But the kit's, which also words what libraries say."""
    said = sources()
    assert [f"{part}: {english}" for part, english, _ in messages() if english not in said and part != COMMON] == []


def test_the_reader_of_templates_finds_every_kind_of_tag(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        """{% translate "One" %} {% translate 'Two "quoted"' as two %} {% trans "Three" context "door" %}
        {% blocktranslate with name=x.name %}Four {{ name }}{% endblocktranslate %}
        {% blocktranslate count n=rows|length %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
        {{ x|default:_("Six") }}""",
        "utf-8",
    )
    assert sorted(in_template(page)) == ["%(n)s row", "Four %(name)s", "One", "Six", "Three", 'Two "quoted"']


def test_a_translation_keeps_every_placeholder():
    wrong = [
        f"{name}: {english!r} → {chinese!r}"
        for name, english, chinese in messages()
        if chinese and set(PLACEHOLDER.findall(english)) != set(PLACEHOLDER.findall(chinese))
    ]
    assert wrong == []


def in_blocks(path: Path) -> set[str]:
    """The strings of the template's `blocktranslate`, as the catalogue has them."""
    blocks = re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", path.read_text("utf-8"), re.DOTALL)
    strings = {" ".join(part.split()) for block in blocks for part in block.split("{% plural %}")}
    return {re.sub(r"{{ *(\w+) *}}", r"%(\1)s", string) for string in strings}


def test_a_percent_sign_in_the_chinese_of_a_block_is_doubled():
    """`blocktranslate` fills its Chinese with `%`; where that fails, Django shows the English without a word."""
    blocks = set().union(*(in_blocks(path) for path in PACKAGE.rglob("templates/**/*.html")))
    assert blocks
    bare = re.compile(r"(?<!%)%(?![%(])")
    assert [chinese for _, english, chinese in messages() if english in blocks and bare.search(chinese)] == []


def test_one_english_string_has_one_chinese():
    """Catalogues are merged: two translations of one string would show whichever comes first."""
    texts = defaultdict(set)
    for _, english, chinese in messages():
        texts[english].add(chinese)
    assert {english: found for english, found in texts.items() if len(found) > 1} == {}


QUOTED = re.compile("“([^”]+)”")
NOT_OURS = {"text", "agreed"}  # a format of a spreadsheet; what somebody writes


def test_what_a_sentence_quotes_is_called_so_where_it_stands():
    """“Press ‘Replace’” helps nobody whose button says something else."""
    called = {english.casefold(): chinese for _, english, chinese in messages()}
    wrong = [
        f"{name}: “{quoted}” is “{called[quoted.casefold()]}”, not as in {chinese!r}"
        for name, english, chinese in messages()
        for quoted in QUOTED.findall(english)
        if quoted not in NOT_OURS
        and called.get(quoted.casefold(), "")
        and called[quoted.casefold()] not in QUOTED.findall(chinese)
    ]
    assert wrong == []


def choices() -> list[type[Choices]]:
    seen, todo = [], list(Choices.__subclasses__())
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        if kind.__module__.startswith("yishi.") and len(kind):
            seen.append(kind)
    return sorted(seen, key=lambda kind: kind.__qualname__)


def test_every_choice_has_a_chinese_label():
    assert apps.ready
    with translation.override("zh-hans"):
        plain = [
            f"{kind.__module__}.{kind.__qualname__}.{name}: {label}"
            for kind in choices()
            for name, label in zip(kind.names, map(str, kind.labels), strict=False)
            if label and not HAN.search(label) and not re.fullmatch(r"[\W\d]+|SMS|PDF|[A-Z]{2,4}", label)
        ]
    assert not plain, "\n".join(plain)


@pytest.mark.parametrize("path", catalogues(), ids=part_of)
def test_a_catalogue_says_its_charset_and_plural_form(path):
    catalogue = read(path)
    assert catalogue.charset.lower() == "utf-8"
    assert catalogue.num_plurals == 1


def test_english_needs_no_catalogue():
    with translation.override("en"):
        assert translation.gettext("Save") == "Save"


def test_a_catalogue_is_in_its_one_form():
    """Strings appended at the end meet in every merge; `python -m tools.catalogues` writes them in order."""
    texts = {part_of(path): path.read_text("utf-8") for path in catalogues()}
    assert texts
    assert [path for path, text in texts.items() if in_form(text) != text] == []
