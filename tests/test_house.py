"""The house is as it is drawn: rooms, sizes, locks, documents."""

import importlib.metadata
import json
import re
import subprocess
import tomllib
from collections import defaultdict
from pathlib import Path

import grimp
import pytest
from django.utils.module_loading import import_string

import yishi
from tests.test_docstrings import public_functions
from tools import covered, rooms_picture
from yishi.cli.verbs import VERBS, WITHOUT_DJANGO
from yishi.cli.work import JOBS

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "yishi"
MOST_LINES = 450
TEMPLATE_COLUMNS = 160
# A mark that ends or divides belongs to the word before it, also behind the tags of a condition.
STRAY_MARK = re.compile(r"^\s+(\{% (if|elif|else|for|empty|with)\b[^%]*%\})*[：，。；、）”？！]|[（“：，；、]$")
NOT_ROOMS = {"locale", "__pycache__"}


def rooms() -> set[str]:
    return {path.name for path in PACKAGE.iterdir() if path.is_dir()} - NOT_ROOMS


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists()]


def contracts() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]


def test_every_room_has_its_layer():
    layers = contracts()["contracts"][0]["layers"]
    assert {room for layer in layers for room in re.split(r"\s*\|\s*", layer)} == rooms()


def test_every_room_is_on_the_page_where_things_live():
    text = (ROOT / "docs" / "where-things-live.md").read_text("utf-8")
    assert {room for room in rooms() if f"`yishi/{room}/`" not in text} == set()
    named = set(re.findall(r"`yishi/([a-z_]+)/`", text))
    assert {room for room in named if not (PACKAGE / room).is_dir()} == set()


CONTAINERS = {"deliberation", "assistance"}  # rooms of several parts
OF_LIBRARIES = {"account", "allauth", "mfa"}  # templates that stand in for a library's


def parts_below(folder: Path, *, sign: str = "*") -> set[str]:
    """The parts that have a folder below `folder` with a file like `sign`: "commitments", "assistance/deeds"."""
    places = [*folder.iterdir(), *(place for name in CONTAINERS for place in (folder / name).iterdir())]
    found = {str(place.relative_to(folder)) for place in places if place.is_dir() and any(place.glob(sign))}
    return found - CONTAINERS - OF_LIBRARIES - {"__pycache__", "static"}


def test_a_part_has_one_name_everywhere():
    """Pages, templates, Chinese, tests and the page where things live: one list of parts."""
    parts = parts_below(PACKAGE / "web", sign="*.py")
    assert parts_below(PACKAGE / "web" / "templates", sign="*.html") == parts
    locale = {name.removesuffix("/zh_Hans") for name in parts_below(PACKAGE / "locale", sign="zh_Hans")}
    assert {name for name in locale if not name.endswith("zh_Hans")} == parts
    assert parts - parts_below(ROOT / "tests", sign="test_*.py") == set()
    text = (ROOT / "docs" / "where-things-live.md").read_text("utf-8")
    assert set(re.findall(r"(?m)^\| `([a-z/]+[a-z])` \|", text)) == parts


def test_each_part_of_the_web_has_its_addresses():
    parts = parts_below(PACKAGE / "web", sign="*.py") - {"kit"}
    assert {part for part in parts if not (PACKAGE / "web" / part / "urls.py").exists()} == set()


def page_modules() -> dict[str, Path]:
    """dotted name: file, of the modules that hold pages."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for path in (PACKAGE / "web").rglob("*.py")
        if path.name != "urls.py" and re.search(r"(?m)^urlpatterns\b", path.read_text("utf-8"))
    }


def test_no_page_asks_another_parts_page():
    """What two parts share stands in the kit or in a part's `loads.py`; the shell alone sees every page."""
    pages, graph = page_modules(), grimp.build_graph("yishi", cache_dir=None)
    crossing = [
        f"{user} → {page}"
        for page in pages
        for user in graph.find_modules_that_directly_import(page)
        if user.rpartition(".")[0] != page.rpartition(".")[0]
        and not user.startswith(("yishi.web.shell.", "yishi.web.urls"))
    ]
    assert len(pages) > 80
    assert sorted(crossing) == []


# Who asks for many lists by one query. The mechanism is frozen: a new page asks for less instead, or keeps its question
# (decision 0032).
GATHERING = {
    "yishi/assistance/projects/services/balances.py",
    "yishi/assistance/projects/services/progress.py",
    "yishi/reporting/book.py",
    "yishi/web/assistance/campaign/campaigns.py",
    "yishi/web/assistance/deeds/deed_sections.py",
    "yishi/web/assistance/deeds/deed_story.py",
    "yishi/web/assistance/deeds/deed_words.py",
    "yishi/web/assistance/deeds/deeds.py",
    "yishi/web/assistance/deeds/given.py",
    "yishi/web/assistance/deeds/helping.py",
    "yishi/web/assistance/pairing/family_plan.py",
    "yishi/web/assistance/pairing/pairing_sections.py",
    "yishi/web/assistance/projects/project_sections.py",
    "yishi/web/assistance/projects/projects.py",
    "yishi/web/assistance/register/household_story.py",
    "yishi/web/kit/lists.py",
    "yishi/web/kit/sections.py",
    "yishi/web/shell/context.py",
}


def test_nobody_new_gathers():
    asking = {
        str(path.relative_to(ROOT))
        for path in PACKAGE.rglob("*.py")
        if re.search(
            r"(?m)^from yishi\.database\.gather import .*\b(gather|Gathered|HowMany)\b", path.read_text("utf-8")
        )
    }
    assert asking - GATHERING == set()


def test_a_module_is_read_in_one_sitting():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix in {".py", ".js", ".html"} or path.name == "run"
        if "migrations" not in path.parts and (lines := len(path.read_text("utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def template_lines() -> list[tuple[str, str]]:
    """(where, line) of every line of every template."""
    return [
        (f"{path.relative_to(ROOT)}:{number}", line)
        for path in sorted(PACKAGE.rglob("templates/**/*.html"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
    ]


def test_a_template_line_is_at_most_160_characters():
    """The formatter breaks what it may; a tag of Django stands on one line, so a long one is written otherwise."""
    lines = template_lines()
    assert lines
    assert [where for where, line in lines if len(line) > TEMPLATE_COLUMNS] == []


def test_no_line_of_a_template_puts_a_blank_beside_a_chinese_mark():
    """A line break is a blank to the reader, and the formatter may break between two tags."""
    lines = template_lines()
    assert lines
    assert [where for where, line in lines if STRAY_MARK.search(line)] == []


def test_nothing_of_others_is_tracked():
    names = [str(path.relative_to(ROOT)) for path in tracked()]
    foreign = re.compile(r"(^|/)(node_modules|vendor|built|fonts-built)/|\.min\.\w+$|\.(ttf|otf|woff2?|mo)$")
    assert [name for name in names if foreign.search(name)] == []


def test_scripts_and_styles_are_written_by_hand():
    minified = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix in {".js", ".css"} and max(map(len, path.read_text("utf-8").splitlines()), default=0) > 600
    ]
    assert minified == []


@pytest.mark.parametrize("name", ["base", "dev", "node", "cluster"])
def test_locks_have_hashes_and_no_addresses(name):
    text = (ROOT / "requirements" / f"{name}.lock").read_text("utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    packages = re.split(r"(?m)^(?=[a-z0-9])", text)[1:]
    assert packages
    assert [package.splitlines()[0] for package in packages if "--hash=sha256:" not in package] == []


def test_the_page_lock_has_hashes_and_no_addresses():
    text = (ROOT / "frontend" / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in text
    assert "://" not in re.sub(r'"(url|funding)":\s*"[^"]*"', "", text)
    assert text.count('"integrity"') >= text.count('"node_modules/') - text.count('"inBundle"')


def test_each_verb_has_a_module_with_a_line_of_help_and_is_documented():
    guide = (ROOT / "docs" / "commands.md").read_text("utf-8")
    for verb, module in VERBS.items():
        assert (ROOT / (module.replace(".", "/") + ".py")).exists(), verb
        assert f"`yishi {verb}" in guide, f"docs/commands.md does not name yishi {verb}"
    assert set(VERBS) >= WITHOUT_DJANGO


def test_each_job_is_there():
    """The jobs name services of other rooms: each name leads to a function."""
    names = re.findall(r'import_string\("([^"]+)"\)', (PACKAGE / "cli" / "work.py").read_text("utf-8"))
    assert names
    assert all(callable(import_string(name)) for name in names)
    assert len({job.name for job in JOBS}) == len(JOBS)


def test_pages_never_save_a_model():
    """One write path per act: pages call services."""
    writes = re.compile(r"\.(save|delete|bulk_create|bulk_update|update_or_create|get_or_create)\(|\.objects\.create\(")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (PACKAGE / "web").rglob("*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if writes.search(line) and not re.search(r"(document|workbook|image|doc|book|buffer|session)\.save\(", line)
    ]
    assert found == []


def test_decisions_are_numbered_without_a_gap():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


# Packages that no import names: who uses them.
USED_BY_NAME = {
    "argon2-cffi": "Django's password hasher",
    "granian": "tools/serve.py",
    "psycopg": "Django's PostgreSQL backend",
    "pillow-heif": "registers itself with Pillow",
}


def test_every_package_of_the_lock_is_used():
    """What is installed on a county's server is what runs there."""
    text = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    modules = defaultdict(set)
    for module, names in importlib.metadata.packages_distributions().items():
        for name in names:
            modules[re.sub(r"[-_.]+", "-", name).lower()].add(module)
    lines = (ROOT / "requirements" / "base.in").read_text("utf-8").splitlines()
    wanted = [re.match(r"[a-zA-Z0-9-]+", line)[0].lower() for line in lines if line and not line.startswith("#")]
    unused = [
        name
        for name in wanted
        if name not in USED_BY_NAME
        and not any(re.search(rf"(?m)^\s*(from|import) {m}\b|\"{m}[\".]", text) for m in modules[name])
    ]
    assert unused == []


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == yishi.__version__
    assert f"\n## {yishi.__version__} · " in (ROOT / "CHANGELOG.md").read_text("utf-8")


# Tools that no import names: the words in tools/, tests/ or pyproject.toml that use them.
TOOLS_BY_NAME = {
    "django-stubs": "mypy_django_plugin",
    "import-linter": "lint-imports",
    "pytest-cov": "--cov",
    "pytest-django": "DJANGO_SETTINGS_MODULE",
    "pytest-xdist": "--dist",
    "pyyaml": "import yaml",
}


def test_every_tool_of_the_house_is_used_by_a_step_or_a_test():
    files = [*(ROOT / "tools").glob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "pyproject.toml"]
    text = "\n".join(path.read_text("utf-8") for path in files if path != Path(__file__))
    lines = (ROOT / "requirements" / "dev.in").read_text("utf-8").splitlines()
    tools = {re.match(r"[a-zA-Z0-9-]+", line)[0] for line in lines if re.match("[a-zA-Z]", line)}
    assert tools > {"pytest", *TOOLS_BY_NAME}
    assert {name for name in tools if TOOLS_BY_NAME.get(name, name) not in text} == set()


def test_the_picture_of_the_rooms_is_what_the_contracts_give():
    assert rooms_picture.PICTURE.read_text("utf-8") == rooms_picture.picture(), "python -m tools.rooms_picture"


def test_the_picture_opens_the_rooms_that_have_layers_of_their_own(tmp_path):
    project = tmp_path / "pyproject.toml"
    project.write_text(
        "[[tool.importlinter.contracts]]\ntype = 'layers'\ncontainers = ['yishi']\nlayers = ['web', 'people | kit']\n"
        "[[tool.importlinter.contracts]]\ntype = 'layers'\ncontainers = ['yishi.web']\nlayers = ['(shell)', 'deeds']\n"
    )
    drawn = rooms_picture.picture(project)
    assert "inside yishi.web" in drawn
    places = [drawn.index(f">{name}</tspan>") for name in ("web", "people", "kit", "shell", "deeds")]
    assert places == sorted(places)


def test_the_coverage_of_every_pure_room_is_held(tmp_path, capsys):
    rooms = covered.pure_rooms()
    assert set(covered.project()["yishi"]["coverage"]) == set(rooms)
    for ran, code in ((200, 0), (0, 1)):
        summary = {"covered_lines": ran // 2, "covered_branches": ran // 2, "num_statements": 100, "num_branches": 100}
        files = {f"{room.replace('.', '/')}/part.py": {"summary": summary} for room in rooms}
        (tmp_path / "coverage.json").write_text(json.dumps({"files": files}))
        assert covered.main([str(tmp_path / "coverage.json")]) == code
    assert "too little" in capsys.readouterr().out


def test_every_public_function_of_the_domain_has_a_docstring():
    functions = public_functions()
    assert len(functions) > 1_000
    assert [where for where, docstring in functions.items() if not docstring] == []


def test_what_waits_for_somebody_stands_in_the_waiting_module_of_its_part():
    made = re.compile(r"\b(?:Source|Course)\(")
    pages = [path for path in (PACKAGE / "web").rglob("*.py") if made.search(path.read_text("utf-8"))]
    own = {PACKAGE / "web" / "kit" / "next_acts.py"}
    assert {str(path.relative_to(ROOT)) for path in pages if path.name != "waiting.py" and path not in own} == set()
    assert len(pages) > 12


def test_a_module_of_reads_writes_nothing():
    writes = re.compile(
        r"\.(?:save|bulk_create|bulk_update|delete|create)\(|executemany|\b(?:INSERT|UPDATE|DELETE|ALTER)\b"
    )
    found = {path: writes.findall(path.read_text("utf-8")) for path in PACKAGE.rglob("reads.py")}
    assert len(found) > 8
    assert {str(path.relative_to(ROOT)): words for path, words in found.items() if words} == {}


def test_no_file_looks_beside_the_repository():
    beside = re.compile(r"\.\./shared|/shared/data|\"shared\" / ")
    texts = {path: path.read_bytes().decode("utf-8", "ignore") for path in tracked() if path != Path(__file__)}
    assert [str(path.relative_to(ROOT)) for path, text in texts.items() if beside.search(text)] == []
