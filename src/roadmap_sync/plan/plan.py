"""Owns the plan: asks each kind of change, orders, guards and proves. Pure; must not know files or GitHub.

One plan serves every verb: `sync` acts on it, `diff` shows it, `check` judges it, `explain` tells its reasons.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from roadmap_sync.board.model import Board
from roadmap_sync.board.question import BoardAddress, Question
from roadmap_sync.board.verdict import done_statuses
from roadmap_sync.errors import RefusedError, RoadmapSyncError
from roadmap_sync.page.history import History
from roadmap_sync.page.model import Edit, Page
from roadmap_sync.page.parse import parse_again
from roadmap_sync.page.proof import prove_lines, prove_outline
from roadmap_sync.plan import additions, moves, ticks
from roadmap_sync.plan.change import Change, Context, Note, mentions_of
from roadmap_sync.plan.kinds import FINDERS, KINDS
from roadmap_sync.references import Reference
from roadmap_sync.rules import NOTE_LEVELS, Rules

_NO_HISTORY = History()
_RANKS = {kind: rank for rank, kind in enumerate(NOTE_LEVELS)}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A guard that this page's plan goes over."""

    guard: str
    limit: int
    would_be: int


@dataclass(frozen=True, slots=True)
class PagePlan:
    """What is to be done to one page. `page` is None where `error` says why it could not be read.

    An `error` beside a page is a proof that failed. `guessed_done` names the options that were taken for done
    because no config names them (empty: none fits, so no Status counts); None where the config does. `is_known` is
    false where the page has places to judge and of none of them anything is known for certain.
    """

    path: str
    page: Page | None
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
    refusal: Refusal | None = None
    error: RoadmapSyncError | None = None
    guessed_done: tuple[str, ...] | None = None
    is_known: bool = True

    @property
    def places(self) -> int:
        """Return how many places of the page are judged: lines that may be touched, areas that add or are tracked."""
        page = self.page
        if page is None:
            return 0
        lines = sum(ticks.is_touchable(page, item) for item in page.items)
        return lines + sum(area.adds or bool(area.tracking) for area in page.rules.areas)

    @property
    def result(self) -> bytes:
        """Return the page's bytes with the whole plan carried out, refused or not; empty without a page."""
        if self.page is None:
            return b""
        return self.page.apply(self.edits)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Return the edits of all changes; those inside a section that moves are made in its new place."""
        return moves.join_edits(self.changes)

    @property
    def is_writable(self) -> bool:
        """Whether there is something to write and nothing that forbids it."""
        return bool(self.changes) and self.error is None and self.refusal is None


@dataclass(frozen=True, slots=True)
class Plan:
    """The plans of all pages of a run, from one reading of the board."""

    pages: tuple[PagePlan, ...]
    board: Board | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Return how many changes of each kind there are on all pages."""
        kinds = [change.kind for page in self.pages for change in page.changes]
        return {kind.name: kinds.count(kind.name) for kind in KINDS}


def question_of(
    pages: Sequence[Page],
    board: BoardAddress,
    status_field: str,
    *,
    whole: bool = False,
    allow_private: bool = False,
) -> Question:
    """Return what to ask GitHub for these pages: each reference of a line that may be touched, once, and the areas."""
    touchable = [item for page in pages for item in page.items if ticks.is_touchable(page, item)]
    references: dict[str, Reference] = {}
    for item in touchable:
        for reference in item.references:
            references.setdefault(reference.key, reference)
    for page in pages:
        for reference in mentions_of(page):
            references.setdefault(reference.key, reference)
    is_worth = (item for item in touchable if not item.is_ticked and not item.is_known)
    return Question(
        board=board,
        status_field=status_field,
        references=tuple(references.values()),
        evidence=frozenset(reference.key for item in is_worth for reference in item.references),
        repositories=tuple(sorted({page.rules.own_repository for page in pages} - {""})),
        areas=tuple(dict.fromkeys(query for page in pages for query in additions.queries(page.rules))),
        fields=tuple(dict.fromkeys(name for page in pages for name in _fields(page.rules))),
        labels=any(page.rules.dropped_labels for page in pages),
        whole=whole,
        allow_private=allow_private,
    )


def _fields(rules: Rules) -> tuple[str, ...]:
    """Return the board fields that a page's lines and moves may show."""
    slots = additions.field_slots(rules.line) if additions.queries(rules) else ()
    texts = (rules.lifecycle.docs_field, rules.lifecycle.reason_field) if rules.areas else ()
    return (*slots, *(name for name in texts if name))


def make_page_plan(page: Page, board: Board, history: History = _NO_HISTORY) -> PagePlan:
    """Return the page's plan, guarded and proved; a proof that fails stands in `error`.

    `history` is what earlier versions of the page referred to: a line that was deleted is not added again.
    """
    rules = page.rules
    plan = _collected(page, board, history)
    guessed = done_statuses(rules, board.options) if rules.done is None else None
    plan = guarded(replace(plan, guessed_done=guessed, is_known=_is_known(page, board)))
    try:
        prove(plan, board, history)
    except RefusedError as error:
        return replace(plan, error=error)
    return plan


def _is_known(page: Page, board: Board) -> bool:
    lines = ticks.judged_lines(page, board)
    is_area = any(area.adds or area.tracking for area in page.rules.areas)
    return is_area or not lines or any(one.verdict.outcome != "unknown" for line in lines for one in line.judged)


def _collected(page: Page, board: Board, history: History) -> PagePlan:
    """Ask each kind of change, and put what they say in the page's order."""
    context = Context(page, board, history)
    findings = [context.found(find) for find in FINDERS]
    changes = sorted((change for found in findings for change in found.changes), key=lambda c: (c.line, c.column))
    notes = [note for found in findings for note in found.notes]
    if page.items:
        notes += [Note.of("unknown", 0, sentence) for sentence in board.notes]
    shown = [note for note in notes if note.kind not in page.rules.hidden_notes]
    # What is probably wrong comes before what could not be known.
    ranked = sorted(shown, key=lambda note: (note.level != "attention", _RANKS[note.kind], note.line))
    return PagePlan(page.path, page, tuple(changes), tuple(ranked))


def guarded(plan: PagePlan) -> PagePlan:
    """Return the plan with the first guard that its caused changes go over, if any."""
    page = plan.page
    if page is None:
        return plan
    kinds = [change.kind for change in plan.changes if change.caused]
    guards = page.rules.guards
    over = (Refusal(kind.name, guards.get(kind.name, kind.limit), kinds.count(kind.name)) for kind in KINDS)
    return replace(plan, refusal=next((one for one in over if one.would_be > one.limit), None))


def caused(plan: PagePlan, base: PagePlan) -> PagePlan:
    """Return the plan with each change and note marked: caused, unless the base's plan has it too.

    Guards count caused changes only.
    """
    known = {change.identity for change in base.changes}
    changes = tuple(replace(change, caused=change.identity not in known) for change in plan.changes)
    said = Counter(note.identity for note in base.notes)
    seen: Counter[tuple[str, str, str]] = Counter()
    notes: list[Note] = []
    for note in plan.notes:
        seen[note.identity] += 1
        notes.append(replace(note, caused=seen[note.identity] > said[note.identity]))
    return guarded(replace(plan, changes=changes, notes=tuple(notes)))


def prove(
    plan: PagePlan,
    board: Board,
    history: History = _NO_HISTORY,
    left: frozenset[tuple[str, str, int]] = frozenset(),
) -> None:
    """Prove that the plan does what it says and nothing else, before anything is written.

    `left` names the changes that were left out of it on purpose: the result may still call for those.

    Raises RefusedError: (a) a line outside the plan would change, (b) the page would read as another one,
    (c) the result would not be in step with the same answers.
    """
    page = plan.page
    if page is None or not plan.changes:
        return
    edits = plan.edits
    result = page.apply(edits)
    prove_lines(page, edits, result)
    after = parse_again(page, result)
    prove_outline(page, after, moves.join_effects(plan.changes))
    if rest := [change for change in _collected(after, board, history).changes if change.identity not in left]:
        raise RefusedError(
            "not written: the result would not be in step",
            where=f"{page.path}:{rest[0].line}",
            hint="This is a bug of roadmap-sync, caught before it did harm. Please report the page.",
        )
