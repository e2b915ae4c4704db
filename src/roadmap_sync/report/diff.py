r"""Owns the plan as a unified diff that `git apply` takes; must not know how a page is read.

Bytes in, bytes out: lines are cut at `\n` and nowhere else, as git cuts them, so that a lone CR, a form feed or a
U+2028 stays inside its line. The edits say where the page changes, so nothing is searched: the work grows with
the page, not with its square.
Format: https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from roadmap_sync.page.model import Edit, Page, splice
from roadmap_sync.plan.plan import PagePlan, Plan

_CONTEXT = 3
_LINE = re.compile(rb"[^\n]*\n|[^\n]+\Z")
_NO_NEWLINE = b"\n\\ No newline at end of file\n"
#: git's own names for the bytes that it quotes in a path.
_NAMED = dict(zip(b'\a\b\t\n\v\f\r"\\', 'abtnvfr"\\', strict=True))


@dataclass(frozen=True, slots=True)
class _Replaced:
    """Old lines `start` to `end` (from 0, exclusive) become `new`."""

    start: int
    end: int
    new: tuple[bytes, ...]


def render(plan: Plan) -> bytes:
    """Return the whole plan as one patch, refused pages included, unproved ones left out; empty without changes."""
    return b"".join(_file(page.page, page) for page in plan.pages if page.page and not page.error)


def _file(page: Page, plan: PagePlan) -> bytes:
    lines = _LINE.findall(page.data)
    replaced = [one for one in _replaced(page.data, lines, plan.edits) if one.new or one.start < one.end]
    if not replaced:
        return b""
    head = b"--- " + _quoted(f"a/{page.path}") + b"\n+++ " + _quoted(f"b/{page.path}") + b"\n"
    return head + b"".join(_hunks(lines, replaced))


def _quoted(path: str) -> bytes:
    """Return a path as git writes it: in quotes with octal bytes where it must, else with a tab after blanks."""
    raw = path.encode("utf-8", "surrogateescape")
    if all(0x20 <= byte < 0x7F and byte not in b'"\\' for byte in raw):
        return raw + b"\t" if b" " in raw else raw
    return b'"' + b"".join(map(_quoted_byte, raw)) + b'"'


def _quoted_byte(byte: int) -> bytes:
    if byte in _NAMED:
        return f"\\{_NAMED[byte]}".encode()
    return bytes([byte]) if 0x20 <= byte < 0x7F else f"\\{byte:03o}".encode()


def _replaced(data: bytes, lines: Sequence[bytes], edits: Sequence[Edit]) -> Iterator[_Replaced]:
    """Yield what becomes of the lines that edits touch, in order, each stretch of lines once."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    open_end = bool(lines) and not lines[-1].endswith(b"\n")
    # An edit at the page's end belongs to the last line if that has no line end, else to a new line after it.
    places = starts[:-1] if open_end else starts
    ordered = sorted(edits, key=lambda e: (e.start, e.end))
    for first, last, group in _grouped(places, ordered):
        end = min(last + 1, len(lines))
        new = splice(data[starts[first] : starts[end]], group, starts[first])
        yield _trimmed(lines, first, end, _LINE.findall(new))


def _grouped(places: Sequence[int], edits: Sequence[Edit]) -> Iterator[tuple[int, int, list[Edit]]]:
    """Yield first line, last line and edits of each stretch; a line that loses its line end is joined by the next."""
    group: list[Edit] = []
    first = last = 0
    for edit in edits:
        at = bisect_right(places, edit.start) - 1
        if group and at > last:
            yield first, last, group
            group = []
        if not group:
            first = last = at
        group.append(edit)
        end = max(last, bisect_right(places, max(edit.start, edit.end - 1)) - 1)
        is_joined = edit.end > edit.start and edit.end in places[end + 1 : end + 2] and not edit.new.endswith(b"\n")
        last = end + 1 if is_joined else end
    if group:
        yield first, last, group


def _trimmed(lines: Sequence[bytes], start: int, end: int, new: list[bytes]) -> _Replaced:
    """Leave out the lines at both ends that stay as they are: what is inserted or removed alone remains."""
    head = tail = 0
    while start + head < end and head < len(new) and lines[start + head] == new[head]:
        head += 1
    while end - tail > start + head and len(new) - tail > head and lines[end - tail - 1] == new[-tail - 1]:
        tail += 1
    return _Replaced(start + head, end - tail, tuple(new[head : len(new) - tail]))


def _hunks(lines: Sequence[bytes], replaced: Sequence[_Replaced]) -> Iterator[bytes]:
    shift, first = 0, 0
    for index, one in enumerate(replaced):
        following = replaced[index + 1] if index + 1 < len(replaced) else None
        if following is None or following.start - one.end > 2 * _CONTEXT:
            hunk = replaced[first : index + 1]
            yield _hunk(lines, hunk, shift)
            shift += sum(len(part.new) - (part.end - part.start) for part in hunk)
            first = index + 1


def _hunk(lines: Sequence[bytes], replaced: Sequence[_Replaced], shift: int) -> bytes:
    start = max(0, replaced[0].start - _CONTEXT)
    end = min(len(lines), replaced[-1].end + _CONTEXT)
    body: list[bytes] = []
    at = start
    for one in replaced:
        body += _marked(b" ", lines[at : one.start])
        body += _marked(b"-", lines[one.start : one.end])
        body += _marked(b"+", one.new)
        at = one.end
    body += _marked(b" ", lines[at:end])
    grown = sum(len(one.new) - (one.end - one.start) for one in replaced)
    head = f"@@ -{_range(start, end - start)} +{_range(start + shift, end - start + grown)} @@\n"
    return head.encode() + b"".join(body)


def _marked(mark: bytes, lines: Sequence[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield mark + line if line.endswith(b"\n") else mark + line + _NO_NEWLINE


def _range(start: int, size: int) -> str:
    """Return a hunk's range; an empty one names the line before it."""
    if size == 1:
        return f"{start + 1}"
    return f"{start + 1 if size else start},{size}"
