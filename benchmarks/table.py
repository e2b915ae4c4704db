"""Prints figures as a table with its goals; must not know what is measured."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """A figure, what it must not exceed (or, with `is_least`, fall below), and how both are said."""

    what: str
    figure: float
    bound: float
    said: str
    is_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the figure is within its bound."""
        return self.figure >= self.bound if self.is_least else self.figure <= self.bound


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their heads, the first column to the left, all others to the right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, ["-" * width for width in widths], *rows]:
        cells = [cell.rjust(width) if column else cell.ljust(width) for column, (cell, width) in _numbered(row, widths)]
        print("  ".join(cells).rstrip())
    print()


def _numbered(row: Sequence[str], widths: Sequence[int]) -> list[tuple[int, tuple[str, int]]]:
    return list(enumerate(zip(row, widths, strict=True)))


def print_goals(goals: Sequence[Goal]) -> bool:
    """Print each goal with its figure; return whether all are met."""
    for goal in goals:
        print(f"{'met   ' if goal.is_met else 'MISSED'}  {goal.what}: {goal.said}")
    return all(goal.is_met for goal in goals)
