"""Owns the comment on a pull request, and the suggestions on the lines that the pull request changes.

First comes what the pull request causes; what was due before is folded away. By its hidden mark the comment is found
again, and the digest in the mark tells whether the text is new. Like every text of ours on GitHub it pings nobody,
adds no link to an issue's timeline and closes nothing. Must not know how the comment is sent.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from roadmap_sync.inert import inline, markdown
from roadmap_sync.plan.change import Change
from roadmap_sync.plan.kinds import kind_of
from roadmap_sync.plan.plan import PagePlan, Plan
from roadmap_sync.report import diff
from roadmap_sync.report.markdown import LARGEST, ReportRow, change_rows, fitted, left_out, note_rows, opening
from roadmap_sync.report.words import Shown, count, evidence_of, join, pick_notes

#: Characters kept free for the closing sentences and the mark.
_TAIL = 1000
#: More than these in one review are noise; the comment's table has them all.
_MOST_SUGGESTIONS = 10
_IN_STEP = "**Nothing is caused here:** this pull request leaves the checklists in step with the board"
_CAUSED = ReportRow("\n**Caused by this pull request**\n")
_FOOT = "<sub>Nothing was changed. Take it over here, or leave it to the next scheduled run.</sub>"
_MARK = re.compile(r"<!-- roadmap-sync:preview (?P<key>[0-9a-f]{12}) (?P<digest>[0-9a-f]{32}) -->")
_SUGGESTED = re.compile(r"<!-- roadmap-sync:suggestion (?P<digest>[0-9a-f]{32}) -->")
_FENCE = re.compile(r"`{3,}")
_HUNK = re.compile(r"^(?=@@ -)", re.MULTILINE)


def is_telling(plan: Plan) -> bool:
    """Whether a pull request causes a change, a note that needs attention, or an error."""
    changes = any(change.caused for page in plan.pages for change in page.changes)
    notes = any(note.caused and note.level == "attention" for page in plan.pages for note in page.notes)
    return changes or notes or any(page.error or page.refusal for page in plan.pages)


def render(plan: Plan, notes: Shown = "attention") -> str:
    """Return the comment, without its mark: at most 60,000 characters, cut by whole rows with a count of the rest.

    `notes` says which of the caused ones are shown.
    """
    if not is_telling(plan):
        return _in_step(plan)
    due, before = _parted(plan, notes, caused=True), _parted(plan, notes, caused=False)
    picked = pick_notes(due, notes)
    # All changes are counted, and only the notes that are shown.
    told = (replace(page, notes=shown.notes) for page, shown in zip(plan.pages, due.pages, strict=True))
    body = opening(replace(plan, pages=tuple(told)))
    room = LARGEST - _TAIL - len(body)
    shown, left = fitted([_CAUSED, *change_rows(due), *note_rows(due, picked, notes)], room)
    parts = [body, shown]
    due_before = f"{count(sum(before.counts.values()), 'change was', 'changes were')} due before this pull request"
    rows_before = (replace(row, text=row.text.replace(" (due before) |\n", " |\n")) for row in change_rows(before))
    for title, rows in ((due_before, rows_before), ("The diff", _diff(due))):
        folded, rest = _folded(title, rows, room - sum(map(len, parts[1:])))
        parts.append(folded)
        left += rest
    return "".join(parts) + left_out(left, picked) + f"\n{_FOOT}\n"


def _in_step(plan: Plan) -> str:
    """Return the one line for a pull request that causes nothing; it names the board only if the board was read."""
    if plan.board is None:
        return "**Nothing is caused here:** there is no checklist to hold against the board.\n"
    before = sum(not change.caused for page in plan.pages for change in page.changes)
    known = f"; {count(before, 'change was', 'changes were')} due before it" if before else ""
    return f"{_IN_STEP}{known}.\n"


def _parted(plan: Plan, notes: Shown, *, caused: bool) -> Plan:
    """Return the plan with only what is caused, or only what was due before; notes are shown with the former."""
    pages: list[PagePlan] = []
    for page in plan.pages:
        changes = tuple(change for change in page.changes if change.caused is caused)
        shown = (note for note in page.notes if note.caused and (notes == "all" or note.level == "attention"))
        pages.append(replace(page, changes=changes, notes=tuple(shown) if caused else ()))
    return replace(plan, pages=tuple(pages))


def _diff(due: Plan) -> Iterator[ReportRow]:
    """Yield the patch hunk by hunk, in a fence that nothing in it closes."""
    for page in due.pages:
        text = diff.render(Plan((page,))).decode(errors="replace")
        fence = _fence(text)
        head, *hunks = _HUNK.split("".join(_visible(line) for line in re.findall(r"[^\n]*\n|[^\n]+\Z", text)))
        for number, hunk in enumerate(hunks):
            yield ReportRow(f"\n{fence}diff\n{'' if number else head}{hunk}{fence}\n", "hunk")


def _visible(line: str) -> str:
    """Return a line of a patch with what a reader cannot see spelled out; tabs and the line end stay."""
    return "\t".join(inline(part) for part in line.removesuffix("\n").split("\t")) + "\n"


def _fence(text: str) -> str:
    longest = max((len(found) for found in _FENCE.findall(text)), default=2)
    return "`" * (longest + 1)


def _folded(title: str, rows: Iterator[ReportRow], room: int) -> tuple[str, list[str]]:
    head, tail = f"\n<details>\n<summary>{title}</summary>\n", "\n</details>\n"
    shown, left = fitted(rows, room - len(head) - len(tail))
    return (f"{head}{shown}{tail}" if shown else ""), left


def key_of(config: str) -> str:
    """Return the key of one config's comment: a repository may have several configs, each with its own comment."""
    return hashlib.sha256(config.encode()).hexdigest()[:12]


def marked(text: str, key: str) -> str:
    """Return the comment with its hidden mark."""
    return f"{text}\n<!-- roadmap-sync:preview {key} {_digest(text)} -->\n"


def is_marked(body: str, key: str) -> bool:
    """Whether a comment's body bears the mark of this config's comment."""
    return any(match["key"] == key for match in _MARK.finditer(body))


def says(body: str, text: str) -> bool:
    """Whether a comment was made from this text; edits that a person made to the comment since do not count."""
    return any(match["digest"] == _digest(text) for match in _MARK.finditer(body))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A change that the pull request's author can take over with a click; lines count from 1 in the head's page."""

    path: str
    line: int
    end_line: int
    body: str
    digest: str


def suggestions(page: PagePlan, base: bytes | None) -> tuple[Suggestion, ...]:
    """Return a suggestion for each caused change on a line that the pull request itself touches, at most ten.

    Holds where the page is the head's own: then its lines are the diff's. Pages with other line ends than a newline
    get none, since GitHub would write the suggested lines with it.
    """
    if page.page is None or not page.is_writable or b"\r" in page.page.data:
        return ()
    touched = touched_lines(base or b"", page.page.data)
    offered = (change for change in page.changes if change.caused and kind_of(change.kind).is_suggested)
    fit = [change for change in offered if touched.issuperset(range(change.line, change.end_line + 1))]
    return tuple(_suggestion(page, change) for change in fit[:_MOST_SUGGESTIONS])


def touched_lines(base: bytes, head: bytes) -> frozenset[int]:
    """Return the lines of the head's page, from 1, that the base does not have there.

    What both have at their beginnings and ends is left out first: matching grows with the square of what is left.
    """
    before, after = base.split(b"\n"), head.split(b"\n")
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    changed = (range(first, last) for kind, _, _, first, last in matcher.get_opcodes() if kind != "equal")
    return frozenset(start + line + 1 for lines in changed for line in lines)


def _common(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    """Return how many lines two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (left, right) in pairs if left != right), min(len(one), len(other)))


def _suggestion(page: PagePlan, change: Change) -> Suggestion:
    name, because = evidence_of(page, change)
    fence = _fence(change.after)
    said = markdown(join([f"{change.kind}:", name, because], " "))
    seed = "\0".join((page.path, change.kind, change.item_id, change.before, change.after))
    digest = hashlib.sha256(seed.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    body = f"{said}\n\n{fence}suggestion\n{change.after}\n{fence}\n\n<!-- roadmap-sync:suggestion {digest} -->\n"
    return Suggestion(page.path, change.line, change.end_line, body, digest)


def suggested_in(bodies: Sequence[str]) -> frozenset[str]:
    """Return the digests of the suggestions that were made before: each is made once."""
    return frozenset(match["digest"] for body in bodies for match in _SUGGESTED.finditer(body))
