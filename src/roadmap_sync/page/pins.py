"""Owns how a pin is written into a page: where it goes, and the proof that nothing else changes.

A pin is an invisible comment at the end of an item's first line, before trailing blanks. Must not know
which item a line is about, nor files.
"""

from collections.abc import Mapping

from roadmap_sync.errors import RefusedError
from roadmap_sync.page.directives import pin_comment
from roadmap_sync.page.model import Edit, Effect, Page, TaskItem
from roadmap_sync.page.parse import parse_again
from roadmap_sync.page.proof import prove_lines, prove_outline


def pinned(page: Page, names: Mapping[int, str]) -> bytes:
    """Return the page's bytes with pins: `names` are the items' (`owner/repo#N`, `PVTI_…`) by their lines (from 1).

    Raises RefusedError where a pin would not read as one, or would change anything else.
    """
    pins = [_pin(page, item, names[item.line]) for item in page.items if item.line in names]
    edits = [edit for edit, _ in pins]
    result = page.apply(edits)
    prove_lines(page, edits, result)
    after = parse_again(page, result)
    prove_outline(page, after, [effect for _, effect in pins])
    for item in after.items:
        if item.line in names and [one.name for one in item.references] != [names[item.line]]:
            raise RefusedError(
                "a comment at the end of this line would not be read as one",
                where=f"{page.path}:{item.line}",
                hint="It ends within code. Link the item in the line's own text.",
            )
    return result


def _at(item: TaskItem) -> int:
    """Return where in an item's text its pin goes: at the end of the first line, before a backslash that breaks it."""
    first, _, rest = item.content.partition("\n")
    bare = first.rstrip(" \t")
    is_break = bool(rest) and bare == first and (len(bare) - len(bare.rstrip("\\"))) % 2 == 1
    return len(bare) - is_break


def _pin(page: Page, item: TaskItem, name: str) -> tuple[Edit, Effect]:
    """Return the edit that pins an item, and what it makes of the outline."""
    at, pin = _at(item), f" {pin_comment(name, is_mdx=page.rules.is_mdx)}"
    offset = page.offset(item, at)
    kind, level, state, text = page.outline[item.outline_index]
    entry = (kind, level, state, f"{text[:at]}{pin}{text[at:]}")
    return Edit(offset, offset, pin.encode()), Effect(item.outline_index, 1, (entry,))
