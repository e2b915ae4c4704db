"""Owns the one table of the house (design §7): which module stands on which step, and which are the core.

Run as `python -m tests.house core` it names the core's files for the coverage gate of the Makefile.
"""

import sys
from pathlib import Path

#: From the ground up. A module imports only from lower steps. What stands in one group is one part of the design
#: cut into several files: there a later one may import an earlier one. A name with a star is a package's modules.
STEPS = (
    (("errors",), ("references",), ("board",), ("inert",)),
    (("filters",), ("dialects",), ("directives",)),
    (("rules",), ("page",), ("verdict",)),
    (("changes", "changes.*"),),
    (
        ("plan", "records", "proposals"),
        ("documents", "answers", "details", "lookups", "scan", "areas", "reading"),
        ("wording", "linking", "proposing"),
        ("pinning",),
    ),
    (
        ("toml_lines", "settings", "config"),
        ("access",),
        ("github",),
        ("recordings", "snapshots"),
        ("worktree",),
        ("events",),
        ("diagnosis",),
        ("report", "report.summary", "report.diff", "report.markdown", "report.*"),
    ),
    (("sources",), ("publishers", "publishers.repository", "publishers.pull_request", "publishers.*")),
    (("commands", "commands.progress", "commands.load", "commands.against", "commands.show", "commands.*"),),
    (("actions", "cli", "__main__"),),
)

#: Importable from their own step as well, in this order, each importing none after it.
EVERYWHERE = ("errors", "references", "rules")

#: The highest step that is core as a whole; of those above, `report` is as well.
CORE_STEP = 4

_PLACES = {
    name: (step, number, place)
    for step, groups in enumerate(STEPS)
    for number, group in enumerate(groups)
    for place, name in enumerate(group)
}

ROOT = Path(__file__).parent.parent / "src" / "roadmap_sync"


def module_name(path: Path) -> str:
    """Return a source file's module within the package: `changes.ticks`, `report`; empty for the package itself."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def place_of(module: str) -> tuple[int, int, int]:
    """Return a module's step, its group there and its place in the group. Raises KeyError where it has none."""
    package = f"{module.rpartition('.')[0]}.*"
    return _PLACES[module] if module in _PLACES else _PLACES[package]


def is_placed(module: str) -> bool:
    """Whether the table has a step for a module."""
    return not {module, f"{module.rpartition('.')[0]}.*"}.isdisjoint(_PLACES)


def is_core(module: str) -> bool:
    """Whether a module takes values and gives values: no file, clock, environment or network."""
    return place_of(module)[0] <= CORE_STEP or module.partition(".")[0] == "report"


def is_allowed(module: str, imported: str) -> bool:
    """Whether one module may import another."""
    here, there = place_of(module), place_of(imported)
    if here[0] != there[0]:
        return here[0] > there[0]
    if imported in EVERYWHERE:
        return module not in EVERYWHERE or EVERYWHERE.index(imported) < EVERYWHERE.index(module)
    return here[1] == there[1] and here[2] > there[2]


def sources() -> list[Path]:
    """Return the package's source files."""
    return sorted(ROOT.rglob("*.py"))


if __name__ == "__main__" and sys.argv[1:] == ["core"]:
    modules = {path: module_name(path) for path in sources()}
    core = (path for path, name in modules.items() if name and (not is_placed(name) or is_core(name)))
    print(",".join(str(path.relative_to(ROOT.parent.parent)) for path in core))
