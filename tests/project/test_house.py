"""Tests that the house stands as its one table says: imports, core, third parties, docstrings."""

import ast
import subprocess
import sys
from collections import defaultdict

import pytest

from tests import house

MODULES = [pytest.param(path, id=house.module_name(path)) for path in house.sources()]
CORE = [param for param in MODULES if house.is_core(param.id)]

#: What reaches out of the program: a file, the clock, the environment, the network, a process, chance.
OUTSIDE = {"os", "pathlib", "io", "shutil", "tempfile", "glob", "time", "random", "secrets", "subprocess"}
OUTSIDE |= {"socket", "ssl", "http", "asyncio", "threading", "logging", "sys", "locale", "platform", "getpass"}
OUTSIDE |= {"httpx", "click", "tenacity", "dotenv"}

#: GitHub's answers, the config and the snapshot come from outside, and each is checked where it comes in.
MOST_IMPORTERS = {"pydantic": 3}


def imports_of(path):
    """Every import of a file, inside functions too: the dotted name, and the line."""
    for node in house.nodes(path):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            for alias in node.names:
                inner = house.ROOT.parent / node.module.replace(".", "/") / alias.name
                is_module = inner.is_dir() or inner.with_suffix(".py").is_file()
                yield f"{node.module}.{alias.name}" if is_module else node.module, node.lineno


def test_every_module_has_its_row():
    """A new package, or a new module beside the packages, is put into the table before anything else is said of it."""
    rooms = {house.room_of(param.id) for param in MODULES}

    assert rooms == {*house.GROUND, *house.PACKAGES}


def test_the_rules_are_kept():
    """Imports follow the table and lead round to nothing, one word is one thing, what is public is documented.

    Functions: median at most 8 lines, nine of ten at most 20, none over 40; no class over 20 methods. Few modules stand
    beside the packages, so that a reader finds the rooms.
    """
    assert house.faults() == []


#: Files of a house in which every rule is broken, and the faults that are told.
BROKEN = {
    "page/model.py": '"""Doc."""\nfrom roadmap_sync.plan import plan\nclass Page: pass\n',
    "plan/plan.py": '"""Doc."""\nfrom roadmap_sync.page.model import Page as Other\nclass Page:\n    """Doc."""\n',
    "plan/long.py": '"""Doc."""\ndef _long():\n' + "    pass\n" * 40,
    "plan/large.py": '"""Doc."""\nclass _Large:\n' + "".join(f"    def _{n}(self): pass\n" for n in range(21)),
    "plan/bare.py": "",
} | {f"beside{n}.py": '"""Doc."""\n' for n in range(9)}
TOLD = """\
page.model:2: may not import plan.plan
page.model: imports lead back to it
plan.plan: imports lead back to it
Page: defined in page.model, plan.plan
plan.bare: has no docstring
page.model.Page: has no docstring
plan.long._long: a function of 41 lines
plan.large._Large: a class of 21 methods
over 8 modules beside the packages"""


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """Make that house, and let `tests.house` look at it."""
    for name, text in BROKEN.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(house, "ROOT", tmp_path)
    house.functions.cache_clear(), house.classes.cache_clear()
    yield tmp_path
    house.functions.cache_clear(), house.classes.cache_clear()


def test_each_broken_rule_is_told(broken):
    """What stands against a rule is a line that says where and what."""
    assert house.faults() == TOLD.splitlines()


@pytest.mark.parametrize("line", ["import roadmap_sync.rules", "from . import rules", "from .rules import Rules"])
def test_an_import_that_would_go_unseen(broken, line):
    """Our own modules are imported in one way, which the table's check sees."""
    (broken / "plan/odd.py").write_text(f'"""Doc."""\n{line}\n', encoding="utf-8")

    with pytest.raises(ValueError, match=r"odd\.py:2: an import of ours is written"):
        house.faults()


@pytest.mark.parametrize(
    ("room", "imported", "is_allowed"),
    [
        pytest.param("plan", "page", True, id="named"),
        pytest.param("page", "plan", False, id="backwards"),
        pytest.param("page", "board", False, id="aside"),
        pytest.param("report", "page", True, id="through another"),
        pytest.param("page", "rules", True, id="ground"),
        pytest.param("errors", "references", False, id="errors import nothing"),
        pytest.param("references", "errors", True, id="ground in its order"),
        pytest.param("rules", "page", False, id="ground imports no package"),
        pytest.param("commands", "report", True, id="commands see all"),
    ],
)
def test_the_table_tells_what_is_allowed(room, imported, is_allowed):
    """The rule itself: what the table allows and what it does not."""
    assert (imported in house.allowed(room)) is is_allowed


@pytest.mark.parametrize("path", CORE)
def test_the_core_reaches_nothing_outside(path):
    """Values in, values out: no file, clock, environment, network or process, not even `open`."""
    imported = {name.partition(".")[0] for name, _ in imports_of(path)}
    calls = [node.func for node in house.nodes(path) if isinstance(node, ast.Call)]
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


@pytest.mark.parametrize("path", MODULES)
def test_every_module_says_what_it_owns(path):
    """A module docstring begins with a sentence."""
    assert (ast.get_docstring(house.parsed(path)) or "").partition("\n")[0].endswith((".", ":", ";", ","))


@pytest.mark.parametrize("path", MODULES)
def test_names_say_something(path):
    """No module is a drawer for odds and ends."""
    drawers = {"utils", "util", "helpers", "helper", "common", "base", "manager", "handler", "misc"}

    assert drawers & set(house.module_name(path).split(".")) == set()


def test_heavy_packages_wait_until_a_command_needs_them():
    """Neither `--version` nor `--help` pays for what GitHub, pages and snapshots need."""
    heavy = ("httpx", "gql", "graphql", "pydantic", "markdown_it", "tenacity", "rapidfuzz")
    code = f"import sys, roadmap_sync.cli; print([name for name in {heavy} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_a_plan_does_not_wait_for_what_only_additions_need():
    """The comparison of words is imported where an area lacks something, not on the way of every run."""
    code = "import sys, roadmap_sync.plan.plan, roadmap_sync.commands.desk; print('rapidfuzz' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
