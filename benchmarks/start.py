"""Measures how soon the program answers: `roadmap-sync --version` against a Python that only imports click."""

import sys
from pathlib import Path

from benchmarks.commands import SCRIPTS, best
from benchmarks.table import Goal, print_goals, print_table

MOST = 1.3
RUNS = 25


def run() -> bool:
    """Measure; print the best times, their ratio and the goal."""
    commands = {
        "ours": [str(SCRIPTS / "roadmap-sync"), "--version"],
        "click": [sys.executable, "-c", "import click"],
        "python": [sys.executable, "-c", "pass"],
    }
    times = best(commands, Path.cwd(), RUNS)
    ratio = times["ours"] / times["click"]
    rows = [
        ["roadmap-sync --version", f"{times['ours'] * 1000:.0f}", f"{ratio:.2f}"],
        ["python -c 'import click'", f"{times['click'] * 1000:.0f}", "1.00"],
        ["python -c pass", f"{times['python'] * 1000:.0f}", f"{times['python'] / times['click']:.2f}"],
    ]
    print_table([f"best of {RUNS}", "CPU milliseconds", "ratio"], rows)
    return print_goals([Goal("start", ratio, MOST, f"{ratio:.2f} times click's import (goal: at most {MOST})")])
