"""Owns what the verdicts of a line's references do to its box: tick, untick, strike, and the notes beside them.

Must not know guards or proofs. No note says more of a private item than the page itself does.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from roadmap_sync.board.model import Board, Item, Unread
from roadmap_sync.board.verdict import Verdict, done_statuses, judge
from roadmap_sync.page.model import Edit, Effect, Page, TaskItem, splice
from roadmap_sync.plan.change import Change, Context, Findings, Note
from roadmap_sync.references import Reference
from roadmap_sync.rules import Rules

#: Text that `~~` around it would not strike: it begins with a blank, ends with a backslash, or holds a tilde.
_UNSTRIKABLE = re.compile(r"~|\A\s|\\\Z")
_NOT_READ = Unread("it was not read")
_NO_BOX = "what looks like a box is none: it wants a plain blank or an x between its brackets, and a blank after them"
_NO_LIST = "MkDocs shows this list as text: it wants a blank line before it, and `1.` rather than `1)`"


@dataclass(frozen=True, slots=True)
class Judged:
    """A reference of a line with what GitHub said of it and the verdict on that."""

    reference: Reference
    answer: Item | Unread
    verdict: Verdict

    @property
    def identity(self) -> str:
        """Return the node id, which is the item whatever the spelling; the key where there is none."""
        return self.answer.id if isinstance(self.answer, Item) else self.reference.key


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A task item that may be touched, with its judged references (at least one).

    `occurrence` counts the page's lines about one item, whether or not they change or may be touched: so a line keeps
    its number when the one above it is ticked or struck, and whatever becomes of the headings.
    """

    item: TaskItem
    judged: tuple[Judged, ...]
    area: str
    occurrence: int

    @property
    def item_id(self) -> str:
        """Return the identity of its first reference: by it and the occurrence the line's changes are known."""
        return self.judged[0].identity

    @property
    def outcome(self) -> str:
        """Return the verdict that all its references share; empty where they disagree."""
        outcomes = {one.verdict.outcome for one in self.judged}
        return outcomes.pop() if len(outcomes) == 1 else ""


def judge_item(item: TaskItem, board: Board, rules: Rules) -> tuple[Judged, ...]:
    """Judge the references that decide about a line; each item once, whatever its spellings.

    Where one belongs to the owner of the page's repository, those of other owners do not decide.
    """
    judged: dict[str, Judged] = {}
    for reference in item.references:
        answer = board.answers.get(reference.key, _NOT_READ)
        one = Judged(reference, answer, judge(answer, rules, board))
        judged.setdefault(one.identity, one)
    owner = rules.repository.split("/", 1)[0].lower()
    own = [one for one in judged.values() if owner and owner in _owners(one)]
    return tuple(own or judged.values())


def _owners(one: Judged) -> set[str]:
    owners = {one.reference.owner.lower()}
    return owners | {one.answer.owner.lower()} if isinstance(one.answer, Item) else owners


def is_touchable(page: Page, item: TaskItem) -> bool:
    """Whether a line may be changed: it names an item, is not struck or ignored, and is in the chosen sections."""
    return bool(item.references) and item.left is None and _is_ours(page, item)


def _is_ours(page: Page, item: TaskItem) -> bool:
    return not item.is_struck and not item.is_ignored and page.is_selected(item)


def boxes(change: Change) -> tuple[str, str]:
    """Return the box as it is and as it will be."""
    at = change.column - 1
    return f"[{change.before[at : at + 1]}]", f"[{change.after[at : at + 1]}]"


def struck_boxes(change: Change) -> tuple[str, str]:
    """Return the box, which a strike leaves, and what becomes of the words behind it."""
    return boxes(change)[0], "struck"


def words(change: Change) -> str:
    """Return the line's own words behind the box."""
    return change.before[change.column + 1 :]


def find(context: Context) -> Findings:
    """Return the ticks, unticks and strikes that the board calls for, and what is worth a look."""
    page, board = context.page, context.board
    lines = judged_lines(page, board)
    shared = Counter(one.identity for line in lines for one in line.judged)
    changes: list[Change] = []
    notes: list[Note] = []
    for line in lines:
        kind = _kind(page, line, shared)
        if kind:
            changes.append(_change(page, line, kind))
        if not line.item.is_known:
            notes += _notes(line, kind, page.rules, board)
    near = (Note.of("near-box", line, _NO_BOX) for line in page.near_boxes)
    unrendered = (Note.of("not-rendered", one.line, _NO_LIST) for one in page.lists if not one.is_rendered)
    return Findings(tuple(changes), (*notes, *_left(page), *near, *unrendered, *_absent(lines)))


def judged_lines(page: Page, board: Board) -> tuple[JudgedLine, ...]:
    """Return the lines that may be touched, in the page's order."""
    seen: Counter[str] = Counter()
    lines: list[JudgedLine] = []
    for item in page.items:
        if item.references and item.left is None:
            judged = judge_item(item, board, page.rules)
            seen[judged[0].identity] += 1
            lines.append(JudgedLine(item, judged, page.section_name(item), seen[judged[0].identity]))
    return tuple(line for line in lines if is_touchable(page, line.item))


def _kind(page: Page, line: JudgedLine, shared: Counter[str]) -> str | None:
    """Return the kind of change that the line's box needs; None where it is right or must be left as it is."""
    if not line.item.is_ticked:
        if line.outcome == "done":
            return "tick"
        return "strike" if _is_strike_due(page, line) else None
    if page.rules.untick and line.outcome == "open" and not any(one.verdict.is_guess for one in line.judged):
        is_own = all(shared[one.identity] == 1 and not one.reference.has_comment_tail for one in line.judged)
        return "untick" if is_own else None
    return None


def _is_strike_due(page: Page, line: JudgedLine) -> bool:
    """Whether every reference is a dropped issue, and `~~` around the words is certain to strike them."""
    if page.rules.dropped != "strike" or line.outcome != "dropped":
        return False
    issues = all(isinstance(one.answer, Item) and one.answer.kind == "issue" for one in line.judged)
    words = line.item.content[line.item.words]
    wrapped = range(line.item.line + 1, _last_line(line.item) + 1)
    is_whole = not any(page.closes_more(number, line.item.column) for number in wrapped)
    return issues and bool(words) and not _UNSTRIKABLE.search(words) and is_whole and page.strikes_render


def _last_line(item: TaskItem) -> int:
    """Return the last line of an item's own words."""
    return item.line + item.content.count("\n")


def _change(page: Page, line: JudgedLine, kind: str) -> Change:
    item, first = line.item, line.judged[0]
    answer = cast("Item", first.answer)  # what was not read is never done, open or dropped
    edits = _edits(page, item, kind)
    last = _last_line(item) if kind == "strike" else item.line
    after = splice(page.text_bytes(item.line, last), edits, page.starts[item.line - 1]).decode()
    return Change(
        kind=kind,
        line=item.line,
        end_line=last,
        column=item.column,
        area=line.area,
        reference=first.reference,
        item_id=answer.id,
        occurrence=line.occurrence,
        title=answer.title,
        url=answer.url,
        status=answer.status,
        verdict=first.verdict.outcome,
        rule=first.verdict.rule,
        because=_because(line.judged),
        before=page.text_of(item.line, last),
        after=re.sub(r"\r\n?", "\n", after).rstrip("\n"),
        edits=edits,
        effects=(_effect(page, item, kind),),
    )


def _because(judged: Sequence[Judged]) -> str:
    """Return the evidence; with several references each part begins with its reference."""
    if len(judged) == 1:
        return judged[0].verdict.because
    return "; ".join(f"{one.reference.name} {one.verdict.because}" for one in judged)


def _edits(page: Page, item: TaskItem, kind: str) -> tuple[Edit, ...]:
    if kind == "strike":
        ends = (page.offset(item, item.words.start), page.offset(item, item.words.stop))
        return tuple(Edit(end, end, b"~~") for end in ends)
    return (Edit(item.start, item.start + 1, b"x" if kind == "tick" else b" "),)


def _effect(page: Page, item: TaskItem, kind: str) -> Effect:
    """Return the item's new entry in the outline. It is made from the text, so that the proof checks the bytes."""
    content, words, state = item.content, item.words, item.state
    if kind == "strike":
        content = f"{content[: words.start]}~~{content[words]}~~{content[words.stop :]}"
    else:
        state = "x" if kind == "tick" else " "
        content = f"[{state}{content[2:]}"
    name, depth, _, _ = page.outline[item.outline_index]
    return Effect(item.outline_index, 1, ((name, depth, state, content),))


def _notes(line: JudgedLine, kind: str | None, rules: Rules, board: Board) -> Iterator[Note]:
    """Yield what a person may want to look at on one line."""
    outcomes = {one.verdict.outcome for one in line.judged}
    if "done" in outcomes and len(outcomes) > 1 and not line.item.is_ticked:
        said = "; ".join(f"{one.reference.name} {one.verdict.outcome} ({one.verdict.because})" for one in line.judged)
        yield _note("ambiguous", line, line.judged[0], f"its references disagree, so the box is left: {said}")
        return
    for one in line.judged:
        yield from _about_verdict(line, one, kind, done_statuses(rules, board.options))
        yield from _about_item(line, one)


def _about_verdict(line: JudgedLine, one: Judged, kind: str | None, done: Sequence[str]) -> Iterator[Note]:
    answer, because, is_ticked = one.answer, one.verdict.because, line.item.is_ticked
    match one.verdict.outcome:
        case "unknown":
            if not (isinstance(answer, Unread) and answer.absent_from_snapshot):
                # A ticked box would stay as it is whatever the answer, so this is no more than a remark.
                level = "info" if is_ticked else one.verdict.level
                yield Note("unknown", level, line.item.line, because, one.reference)
        case "dropped" if isinstance(answer, Item):
            if answer.status in done:
                yield _note("done-but-cancelled", line, one, because)
            elif is_ticked:
                yield _note("ticked-over-dropped", line, one, f"ticked, but {because}")
            elif kind != "strike":
                yield _note("dropped", line, one, f"{because}; the box is open")
        case "open" if isinstance(answer, Item) and kind is None:
            yield from _about_open(line, one, answer)


def _about_open(line: JudgedLine, one: Judged, answer: Item) -> Iterator[Note]:
    """Yield at most one note on an item that is open by its Status or state."""
    because = one.verdict.because
    if answer.state == "MERGED":
        yield _note("merged-not-done", line, one, f"merged, but {because}")
    elif answer.state == "CLOSED":
        yield _note("closed-not-done", line, one, f"closed, but {because}")
    elif line.item.is_ticked and not one.verdict.is_guess:
        yield _note("ticked-over-open", line, one, f"ticked, but {because}")
    elif not line.item.is_ticked and answer.kind == "issue" and _is_merged_by_all(answer):
        yield _note("looks-done", line, one, f"{because}, but every pull request that closes it is merged")
    elif one.verdict.is_guess:
        yield _note("guessed-done", line, one, f"{because}; name the done Statuses in the config to decide it")


def _is_merged_by_all(item: Item) -> bool:
    """Whether there are closing pull requests, all read, all merged, none of them private."""
    closing = item.closing or ()
    return bool(closing) and all(pull.state == "MERGED" and not pull.is_private for pull in closing)


def _about_item(line: JudgedLine, one: Judged) -> Iterator[Note]:
    """Yield notes on the item itself: no Status, or another name by now. Nothing is said of a private one."""
    answer = one.answer
    if not isinstance(answer, Item) or one.verdict.rule == 1:
        return
    if answer.kind != "draft" and answer.placement and answer.status is None:
        yield _note("empty-status", line, one, "on the board with an empty Status")
    if one.verdict.outcome == "done" and answer.open_sub_issues:
        still = f"{count} are" if (count := answer.open_sub_issues) > 1 else "1 is"
        yield _note("open-sub-issues", line, one, f"done, but of its sub-issues {still} open")
    if answer.number and answer.name.lower() != one.reference.key:
        yield _note("moved-repository", line, one, f"now {answer.name}")


def _note(kind: str, line: JudgedLine, one: Judged, message: str) -> Note:
    url = one.answer.url if isinstance(one.answer, Item) else ""
    return Note.of(kind, line.item.line, message, one.reference, url)


def _left(page: Page) -> Iterator[Note]:
    """Yield why lines are left that name something."""
    for item in page.items:
        if item.left and not item.is_known and _is_ours(page, item):
            reference = item.references[0] if item.references else None
            yield Note.of(item.left.kind, item.line, item.left.message, reference)


def _absent(lines: Sequence[JudgedLine]) -> Iterator[Note]:
    """Yield one note for all references that the snapshot lacks."""
    absent = {
        one.identity: line.item.line
        for line in reversed(lines)
        for one in line.judged
        if isinstance(one.answer, Unread) and one.answer.absent_from_snapshot and not line.item.is_known
    }
    if absent:
        count = "1 reference is" if len(absent) == 1 else f"{len(absent)} references are"
        yield Note.of("unknown", min(absent.values()), f"{count} not in the snapshot")
