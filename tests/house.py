"""Owns the one table of the house: which package may import which, and what is core.

`python -m tests.house` prints packages, what they may import, modules, lines and measures, and ends with 1 and a line
for each fault where a rule is broken.
`python -m tests.house core` names the core's files for the coverage gate of the Makefile.
"""

import ast
import re
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
    "__init__": ("reading", "config"),
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

#: Lines of functions: the median, nine of ten, and the longest; methods of a class; modules beside the packages.
MEDIAN, LONG, LONGEST, MOST_METHODS, MOST_BESIDE = 8, 20, 40, 20, 8

_TYPE_NAME = re.compile(r"[A-Z][a-z]\w*")

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


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return all that a file is made of, outer things first."""
    return tuple(ast.walk(parsed(path)))


def module_name(path: Path) -> str:
    """Return a source file's module within the package: `plan.ticks`, `plan`; `__init__` for the package itself."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


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
    """Yield a file's imports of our own modules, inside functions too; those for types alone do not count.

    Raises ValueError for one that is not written `from roadmap_sync.package.module import name`: it would go unseen.
    """
    types = {id(inner) for node in nodes(path) if _is_for_types(node) for inner in ast.walk(node)}
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and id(node) not in types:
            yield from _own(module_name(path), node)
        if (isinstance(node, ast.ImportFrom) and node.level) or (isinstance(node, ast.Import) and _names_us(node)):
            raise ValueError(
                f"{path}:{node.lineno}: an import of ours is written `from roadmap_sync.module import name`"
            )


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _names_us(node: ast.Import) -> bool:
    return any(alias.name.partition(".")[0] == "roadmap_sync" for alias in node.names)


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
    every = (one for path in sources() for one in imports_of(path))
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
        module = module_name(path)
        yield from ((module, node) for node in nodes(path))


def repeated_names() -> dict[str, list[str]]:
    """Return the public classes and type names that more than one module defines, with the modules: one word a thing."""
    found: dict[str, list[str]] = {}
    for path in sources():
        for node in parsed(path).body:
            for name in filter(_TYPE_NAME.fullmatch, _defined(node)):
                found.setdefault(name, []).append(module_name(path))
    return {name: modules for name, modules in found.items() if len(modules) > 1}


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def undocumented() -> list[str]:
    """Return the modules, and the public functions and classes, that do not say what they are."""
    bare = [module_name(path) for path in sources() if not ast.get_docstring(parsed(path))]
    return bare + [
        f"{module_name(path)}.{node.name}"
        for path in sources()
        for node in _public(parsed(path))
        if not ast.get_docstring(node)
    ]


def _public(node: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield the public functions and classes in a module or a public class; what stands in a function is its own."""
    for child in node.body:
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from _public(child)


def beside_packages() -> list[str]:
    """Return the modules that stand beside the packages; `__main__`, which only starts `cli`, does not count."""
    return [path.stem for path in sorted(ROOT.glob("*.py")) if not path.stem.startswith("__")]


def faults() -> list[str]:
    """Return what stands against the rules of the house, each as a line; empty where all of them are kept."""
    sizes = [length for length, _ in functions()]
    return [
        *(f"{one.module}:{one.line}: may not import {one.imported}" for one in wrong_imports()),
        *(f"{module}: imports lead back to it" for module in circles()),
        *(f"{name}: defined in {', '.join(modules)}" for name, modules in repeated_names().items()),
        *(f"{where}: has no docstring" for where in undocumented()),
        *(f"{where}: a function of {length} lines" for length, where in functions() if length > LONGEST),
        *(f"{where}: a class of {count} methods" for count, where in classes() if count > MOST_METHODS),
        *([f"median of functions over {MEDIAN} lines"] if statistics.median(sizes) > MEDIAN else []),
        *([f"more than a tenth of functions over {LONG} lines"] if _p90(sizes) > LONG else []),
        *([f"over {MOST_BESIDE} modules beside the packages"] if len(beside_packages()) > MOST_BESIDE else []),
    ]


def _p90(sizes: list[int]) -> int:
    return sizes[len(sizes) * 9 // 10]


def report() -> Iterator[str]:
    """Yield the packages with what they may import, their modules and lines, and what the measures say."""
    for room in (*GROUND, *PACKAGES):
        files = [path for path in sources() if room_of(module_name(path)) == room]
        lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)
        named = "nothing" if room in GROUND[:1] else ", ".join(PACKAGES.get(room, ("ground before it",))) or "ground"
        yield f"{room:13} {len(files):3} modules {lines:6} lines  may import {named}"
    sizes = [length for length, _ in functions()]
    (longest, where), (most, which) = functions()[-1], classes()[-1]
    yield (
        f"{len(sizes)} functions: median {statistics.median(sizes):.0f} lines (at most {MEDIAN}), p90 {_p90(sizes)} "
        f"(at most {LONG}), longest {longest} (at most {LONGEST}): {where}"
    )
    yield f"{len(classes())} classes: most methods {most} (at most {MOST_METHODS}): {which}"
    yield f"beside the packages: {', '.join(beside_packages())} (at most {MOST_BESIDE})"
    yield f"imports against the table: {len(wrong_imports())}; circles: {len(circles())}; all of them absolute"
    yield f"names for two things: {len(repeated_names())}; public names without a docstring: {len(undocumented())}"


if __name__ == "__main__":
    if sys.argv[1:] == ["core"]:
        print(",".join(str(path.relative_to(ROOT.parents[1])) for path in sources() if is_core(module_name(path))))
    else:
        print("\n".join(report()))
        if found := faults():
            sys.exit("\n".join(found))
