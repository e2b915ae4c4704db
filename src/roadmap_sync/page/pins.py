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
    wanted = {item.line: item for item in page.items if item.line in names}
    edits = [_edit(page, item, names[line]) for line, item in wanted.items()]
    effects = [_effect(page, item, names[line]) for line, item in wanted.items()]
    result = page.apply(edits)
    prove_lines(page, edits, result)
    after = parse_again(page, result)
    prove_outline(page, after, effects)
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


def _pin(page: Page, name: str) -> str:
    return f" {pin_comment(name, is_mdx=page.rules.is_mdx)}"


def _edit(page: Page, item: TaskItem, name: str) -> Edit:
    offset = page.offset(item, _at(item))
    return Edit(offset, offset, _pin(page, name).encode())


def _effect(page: Page, item: TaskItem, name: str) -> Effect:
    kind, level, state, text = page.outline[item.outline_index]
    at = _at(item)
    return Effect(item.outline_index, 1, ((kind, level, state, f"{text[:at]}{_pin(page, name)}{text[at:]}"),))
