"""Tests that the house stands as its one table says: steps, core, third parties, docstrings."""

import ast
import subprocess
import sys
from collections import defaultdict

import pytest

from tests import house

SOURCES = [pytest.param(path, id=house.module_name(path) or "roadmap_sync") for path in house.sources()]
MODULES = [pytest.param(path, id=house.module_name(path)) for path in house.sources() if house.module_name(path)]
PLACED = [param for param in MODULES if house.is_placed(param.id)]
CORE = [param for param in PLACED if house.is_core(param.id)]

#: What reaches out of the program: a file, the clock, the environment, the network, a process, chance.
OUTSIDE = {"os", "pathlib", "io", "shutil", "tempfile", "glob", "time", "random", "secrets", "subprocess"}
OUTSIDE |= {"socket", "ssl", "http", "asyncio", "threading", "logging", "sys", "locale", "platform", "getpass"}
OUTSIDE |= {"httpx", "click", "rich", "tenacity", "dotenv"}

#: GitHub's answers, the config and the snapshot come from outside, and each is checked where it comes in.
MOST_IMPORTERS = {"pydantic": 3}


def imports_of(path):
    """Every import of a file, inside functions too: the dotted name, and the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            for alias in node.names:
                inner = house.ROOT.parent / node.module.replace(".", "/") / alias.name
                is_module = inner.is_dir() or inner.with_suffix(".py").is_file()
                yield f"{node.module}.{alias.name}" if is_module else node.module, node.lineno


def own_imports(path):
    """The imports of the package's own modules, the package itself apart."""
    for name, line in imports_of(path):
        if name.startswith("roadmap_sync."):
            yield name.removeprefix("roadmap_sync."), line


def test_every_module_has_its_step():
    """A new file is put into the table before anything else is said about it."""
    assert [param.id for param in MODULES if not house.is_placed(param.id)] == []


@pytest.mark.parametrize("path", PLACED)
def test_imports_go_downward(path):
    """A module imports only from lower steps, also inside functions."""
    module = house.module_name(path)

    assert [f"{module}:{line}: {name}" for name, line in own_imports(path) if not house.is_allowed(module, name)] == []


@pytest.mark.parametrize(
    ("module", "imported", "is_allowed"),
    [
        pytest.param("plan", "page", True, id="down"),
        pytest.param("page", "plan", False, id="up"),
        pytest.param("config", "worktree", False, id="aside"),
        pytest.param("config", "settings", True, id="within a group"),
        pytest.param("settings", "config", False, id="backwards within a group"),
        pytest.param("changes.ticks", "changes", True, id="own package"),
        pytest.param("changes.ticks", "changes.additions", False, id="sibling"),
        pytest.param("page", "rules", True, id="rules from its own step"),
        pytest.param("errors", "references", False, id="errors import nothing"),
        pytest.param("references", "errors", True, id="references import errors"),
    ],
)
def test_the_table_tells_up_from_down(module, imported, is_allowed):
    """The rule itself: what the table allows and what it does not."""
    assert house.is_allowed(module, imported) is is_allowed


@pytest.mark.parametrize("path", CORE)
def test_the_core_reaches_nothing_outside(path):
    """Steps 0 to 4 and the reports: no file, clock, environment, network or process, not even `open`."""
    imported = {name.partition(".")[0] for name, _ in imports_of(path)}
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    called = {getattr(call, "id", getattr(call, "attr", "")) for call in calls}

    assert imported & OUTSIDE == set()
    assert {"open", "print", "input", "exec", "eval", "now", "utcnow", "today"} & called == set()


def test_a_third_party_is_imported_in_one_module():
    """One package, one module that knows it; pydantic in the three that check what comes from outside."""
    importers = defaultdict(set)
    for path in house.sources():
        for name, _ in imports_of(path):
            package = name.partition(".")[0]
            if package not in {"roadmap_sync", *sys.stdlib_module_names}:
                importers[package].add(house.module_name(path))

    assert "markdown_it" in importers
    assert {package: found for package, found in importers.items() if len(found) > MOST_IMPORTERS.get(package, 1)} == {}


@pytest.mark.parametrize("path", SOURCES)
def test_every_module_says_what_it_owns(path):
    """A module docstring in a sentence, and one on every public function and class."""
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert (ast.get_docstring(tree) or "").partition("\n")[0].endswith((".", ":", ";", ","))
    assert [node.name for node in _public(tree) if not ast.get_docstring(node)] == []


def _public(node):
    """The public functions and classes in a module or a public class; what stands in a function is its own affair."""
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for child in node.body:
        if isinstance(child, defined) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from _public(child)


@pytest.mark.parametrize("path", MODULES)
def test_names_say_something(path):
    """No module is a drawer for odds and ends."""
    drawers = {"utils", "util", "helpers", "helper", "common", "base", "manager", "handler", "misc"}

    assert drawers & set(house.module_name(path).split(".")) == set()


def test_heavy_packages_wait_until_a_command_needs_them():
    """Neither `--version` nor `--help` pays for what GitHub, pages and snapshots need."""
    heavy = ("httpx", "gql", "graphql", "pydantic", "rich", "markdown_it", "tenacity", "rapidfuzz")
    code = f"import sys, roadmap_sync.cli; print([name for name in {heavy} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
