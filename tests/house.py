"""Owns the one table of the house: which package may import which, and what is core.

`python -m tests.house` prints packages, modules and lines, and whether every import follows the table.
`python -m tests.house core` names the core's files for the coverage gate of the Makefile.
"""

import ast
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: A module imports only from earlier ones of these, and every package may import all of them.
GROUND = ("errors", "references", "rules", "inert", "children", "worktree")

#: A package, and what it may import besides the ground: those named, and what they may import.
PACKAGES: dict[str, tuple[str, ...]] = {
    "page": (),
    "board": (),
    "suggest": ("page", "board"),
    "plan": ("page", "board", "suggest"),
    "reading": ("board",),
    "config": ("page", "board", "plan"),
    "pull_request": ("plan",),
    "report": ("plan", "suggest", "pull_request"),
    "github": ("reading", "pull_request", "config"),
    "runner": ("report",),
    "publishers": ("github", "report", "pull_request"),
    "commands": ("suggest", "config", "runner", "publishers"),
    "cli": ("commands",),
    "__main__": ("cli",),
}

#: Values in, values out: no file, clock, environment or network.
CORE = (
    "errors",
    "references",
    "rules",
    "inert",
    "page",
    "board",
    "plan",
    "reading",
    "suggest",
    "pull_request",
    "report",
)

ROOT = Path(__file__).parents[1] / "src" / "roadmap_sync"


@dataclass(frozen=True, slots=True)
class Import:
    """One import of a module of ours by another; `line` counts from 1."""

    module: str
    line: int
    imported: str


def sources() -> list[Path]:
    """Return the package's source files."""
    return sorted(ROOT.rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """Return what a file says, parsed once a process."""
    return ast.parse(path.read_text(encoding="utf-8"))


def module_name(path: Path) -> str:
    """Return a source file's module within the package: `plan.ticks`, `plan`; empty for the package itself."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    """Return the package that a module is in, or the module itself where it stands beside the packages."""
    return module.partition(".")[0]


def is_core(module: str) -> bool:
    """Whether a module takes values and gives values."""
    return room_of(module) in CORE


def allowed(room: str) -> frozenset[str]:
    """Return what a package, or a module beside the packages, may import. Raises KeyError where it has no row."""
    if room in GROUND:
        return frozenset(GROUND[: GROUND.index(room)])
    named = PACKAGES[room]
    return frozenset(GROUND).union(named, *(allowed(one) for one in named))


def imports_of(path: Path) -> Iterator[Import]:
    """Yield a file's imports of our own modules, inside functions too; those for types alone do not count."""
    tree = parsed(path)
    types = {id(inner) for node in ast.walk(tree) if _is_for_types(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and id(node) not in types:
            yield from _own(module_name(path), node)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _own(module: str, node: ast.ImportFrom) -> Iterator[Import]:
    base = f"{node.module}.".removeprefix("roadmap_sync.")
    if not f"{node.module}.".startswith("roadmap_sync."):
        return
    for alias in node.names:
        inner = ROOT / (base + alias.name).replace(".", "/")
        is_module = inner.is_dir() or inner.with_suffix(".py").is_file()
        if name := base + alias.name if is_module else base[:-1]:
            yield Import(module, node.lineno, name)


def wrong_imports() -> list[Import]:
    """Return the imports between packages that the table does not allow."""
    every = (one for path in sources() if module_name(path) for one in imports_of(path))
    return [
        one
        for one in every
        if room_of(one.imported) != room_of(one.module) and room_of(one.imported) not in allowed(room_of(one.module))
    ]


def circles() -> list[str]:
    """Return the modules from which imports lead back to themselves."""
    edges = {module_name(path): {one.imported for one in imports_of(path)} for path in sources()}
    return sorted(name for name in edges if name in _reached(name, edges))


def _reached(name: str, edges: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(edges[name])
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += edges.get(one, ())
    return seen


@cache
def functions() -> list[tuple[int, str]]:
    """Return the length in lines of every function, docstring counted, and where it is; the longest last."""
    return sorted(
        (int(node.end_lineno or 0) - node.lineno + 1, f"{module}.{node.name}")
        for module, node in _nodes()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


@cache
def classes() -> list[tuple[int, str]]:
    """Return how many methods every class has, and where it is; the largest last."""
    return sorted(
        (sum(isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) for one in node.body), f"{module}.{node.name}")
        for module, node in _nodes()
        if isinstance(node, ast.ClassDef)
    )


def _nodes() -> Iterator[tuple[str, ast.AST]]:
    for path in sources():
        yield from ((module_name(path), node) for node in ast.walk(parsed(path)))


def report() -> Iterator[str]:
    """Yield the packages with what they may import, their modules and lines, and what the measures say."""
    for room in (*GROUND, *PACKAGES):
        files = [path for path in sources() if room_of(module_name(path)) == room]
        lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)
        named = "nothing" if room in GROUND[:1] else ", ".join(PACKAGES.get(room, ("ground before it",))) or "ground"
        yield f"{room:13} {len(files):3} modules {lines:6} lines  may import {named}"
    lengths = [length for length, _ in functions()]
    p90 = statistics.quantiles(lengths, n=10)[-1]
    yield (
        f"{len(lengths)} functions: median {statistics.median(lengths):.0f} lines, "
        f"p90 {p90:.0f}, longest {functions()[-1]}; most methods {classes()[-1]}"
    )
    yield f"imports against the table: {[f'{one.module}:{one.line}: {one.imported}' for one in wrong_imports()]}"
    yield f"circles: {circles()}"


if __name__ == "__main__":
    if sys.argv[1:] == ["core"]:
        print(",".join(str(path.relative_to(ROOT.parents[1])) for path in sources() if is_core(module_name(path))))
    else:
        print("\n".join(report()))
