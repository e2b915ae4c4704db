"""Owns what proves a splice: that every line outside the edits is the same, and that the page reads as planned.

Must not know boards, verdicts or files.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from roadmap_sync.errors import RefusedError
from roadmap_sync.page.model import END, LINE, Edit, Effect, OutlineEntry, Page


def prove_lines(page: Page, edits: Sequence[Edit], data: bytes) -> None:
    """Prove (a): the lines that no edit touches are the same lines, in the same order, byte for byte.

    Raises RefusedError with the line where they are not.
    """
    # Both lists end with an empty line that no edit can touch, so that a line too many at the end is found as well.
    old, new = LINE.findall(page.data), LINE.findall(data)
    touched: set[int] = set()
    shifts = dict.fromkeys(range(len(old)), 0)
    for edit in _merged(edits):
        first = bisect_right(page.starts, edit.start) - 1
        lost = page.data[edit.start : edit.end]
        shifts[first] += _growth(page, edit, first)
        # An edit that only inserts whole lines before a line leaves that line itself.
        is_between = edit.start == edit.end == page.starts[first] and edit.new.endswith((b"\n", b"\r"))
        if not is_between:
            touched.update(range(first, first + 1 + _count(lost)))
    at = 0
    for number, line in enumerate(old):
        is_moved = number not in touched
        at += shifts[number] if is_moved else 0
        if is_moved and new[at : at + 1] != [line]:
            raise _unproved(page, number + 1, "a line outside the plan would change")
        at += 1 + (0 if is_moved else shifts[number])


def prove_outline(page: Page, after: Page, effects: Sequence[Effect]) -> None:
    """Prove (b): the new page's outline is the old one with the plan's effects, and its links go where they went.

    Raises RefusedError with the first item or block that differs.
    """
    if page.definitions != after.definitions:
        raise _unproved(page, 1, "a link would go elsewhere")
    expected = _expected_outline(page, effects)
    if expected != after.outline:
        pairs = zip(expected, after.outline, strict=False)
        place = next((i for i, (old, new) in enumerate(pairs) if old != new), len(after.outline))
        line = next((item.line for item in page.items if item.outline_index >= place), len(page.lines))
        raise _unproved(page, line, "another block of the page would change its meaning")


def _expected_outline(page: Page, effects: Sequence[Effect]) -> tuple[OutlineEntry, ...]:
    """Return the page's outline with the effects applied; those at one place in their order."""
    entries: list[OutlineEntry] = []
    at = 0
    for effect in sorted(effects, key=lambda e: e.at):
        entries += (*page.outline[at : effect.at], *effect.entries)
        at = effect.at + effect.count
    return (*entries, *page.outline[at:])


def _unproved(page: Page, line: int, what: str) -> RefusedError:
    return RefusedError(
        f"not written: {what}",
        where=f"{page.path}:{line}",
        hint="This is a bug of roadmap-sync, caught before it did harm. Please report the page.",
    )


def _merged(edits: Sequence[Edit]) -> list[Edit]:
    """Merge edits at the same offset into one, in order, so that line counts add up."""
    merged: dict[tuple[int, int], Edit] = {}
    for edit in edits:
        place = (edit.start, edit.end)
        merged[place] = replace(edit, new=merged[place].new + edit.new) if place in merged else edit
    return list(merged.values())


def _count(data: bytes) -> int:
    return len(END.findall(data))


def _growth(page: Page, edit: Edit, first: int) -> int:
    """Return how many lines an edit adds (below zero: removes); the page's last line may lack its line end."""
    lost = page.data[edit.start : edit.end]
    if edit.end < len(page.data):
        return _count(edit.new) - _count(lost)
    kept = page.data[page.starts[first] : edit.start]
    return len(list(filter(None, LINE.findall(kept + edit.new)))) - len(list(filter(None, LINE.findall(kept + lost))))
