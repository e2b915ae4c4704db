"""Measures a page of 10,000 task items: locate, plan, splice and prove, as a whole process with Python's start.

Against `mdformat --check` on the same file in the same run: it parses the page with the same parser, renders it and
compares, twice. On one long list its time grows with the square, so it is stopped once it has had more than ten
times ours.
"""

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.commands import SCRIPTS, best, seconds
from benchmarks.table import Goal, print_goals, print_table

ITEMS = 10_000
#: Goals of the issue: at most mdformat's time in sections, a tenth of it in one list; 2.2 times ours for twice as much.
IN_SECTIONS, IN_ONE_LIST, FOR_TWICE = 1.0, 0.1, 2.2
RUNS = 3


def _text(items: int, sections: int) -> str:
    """Return a page of so many items, each with a reference of its own, as mdformat would leave it."""
    lines = ["# Roadmap", ""]
    for number in range(1, items + 1):
        if (number - 1) % (items // sections) == 0:
            lines += ["", f"## Area {number}", ""] if number > 1 else [f"## Area {number}", ""]
        lines.append(f"- [ ] [Item number {number}](https://github.com/acme/rocket/issues/{number}) and a few words")
    return "\n".join(lines) + "\n"


def _snapshot(items: int) -> str:
    entries = [
        {
            "reference": f"acme/rocket#{n}",
            "state": "OPEN" if n % 10 else "CLOSED",
            "status": "Backlog" if n % 10 else "Shipped",
        }
        for n in range(1, items + 1)
    ]
    board = {"url": "https://github.com/orgs/acme/projects/3", "options": ["Backlog", "Shipped"]}
    return json.dumps({"version": 1, "board": board, "items": entries})


def run() -> bool:
    """Measure; print times, ratios and goals."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for size in (ITEMS, 2 * ITEMS):
            (directory / f"sections-{size}.md").write_text(_text(size, size // 20), encoding="utf-8")
            (directory / f"list-{size}.md").write_text(_text(size, 1), encoding="utf-8")
        (directory / "board.json").write_text(_snapshot(ITEMS), encoding="utf-8")
        return _measured(directory)


def _ours(path: str) -> list[str]:
    return [sys.executable, "-P", str(Path(__file__).with_name("plan_page.py")), path]


def _mdformat(path: str) -> list[str]:
    return [str(SCRIPTS / "mdformat"), "--check", path]


def _measured(directory: Path) -> bool:
    names = [f"{shape}-{size}.md" for size in (ITEMS, 2 * ITEMS) for shape in ("sections", "list")]
    sections, one_list, more_sections, longer_list = names
    command = [str(SCRIPTS / "roadmap-sync"), "diff", "--board", "board.json", "--allow", f"tick={ITEMS}", sections]
    times = best(
        {**{name: _ours(name) for name in names}, "mdformat": _mdformat(sections), "command": command}, directory, RUNS
    )
    most = 1.05 * times[one_list] / IN_ONE_LIST
    other = seconds(_mdformat(one_list), directory, most=most)
    if other is None:
        print(f"mdformat on one list was stopped: it had more than {most:.0f} seconds of CPU")
    against = {sections: times["mdformat"], one_list: other or most}
    rows = [
        _row(f"{ITEMS:,} items in {ITEMS // 20} sections", times[sections], against[sections]),
        _row(f"{ITEMS:,} items in one list", times[one_list], against[one_list], is_stopped=other is None),
        _row(f"{2 * ITEMS:,} items in {ITEMS // 10} sections", times[more_sections]),
        _row(f"{2 * ITEMS:,} items in one list", times[longer_list]),
        _row(f"roadmap-sync diff, {ITEMS:,} in sections", times["command"], times["mdformat"]),
    ]
    print_table([f"best of {RUNS}, whole processes", "CPU seconds", "mdformat", "ratio"], rows)
    return print_goals(
        [
            _goal("in sections, against mdformat", times[sections] / against[sections], IN_SECTIONS),
            _goal("in one list, against mdformat", times[one_list] / against[one_list], IN_ONE_LIST),
            _goal("twice as many in sections", times[more_sections] / times[sections], FOR_TWICE),
            _goal("twice as many in one list", times[longer_list] / times[one_list], FOR_TWICE),
        ]
    )


def _row(what: str, ours: float, other: float | None = None, *, is_stopped: bool = False) -> list[str]:
    if other is None:
        return [what, f"{ours:.2f}", "", ""]
    mark, least = ("> ", "< ") if is_stopped else ("", "")
    return [what, f"{ours:.2f}", f"{mark}{other:.2f}", f"{least}{ours / other:.2f}"]


def _goal(what: str, ratio: float, bound: float) -> Goal:
    return Goal(what, ratio, bound, f"{ratio:.2f} times (goal: at most {bound})")
