"""Owns what the one pull request is to hold: from what GitHub says of it and of the board, to pages and a record.

A Scene (base, branch and pull requests, as just read) and a Board give an Aim. There are two ways to make a page of
the branch. While every commit on the branch is ours, it is the base's page with the plan carried out. From a person's
first commit on, it is the branch's own page with what is due there, so that their words stay.
Must not know how GitHub is asked, what step comes next, nor what a body looks like.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from roadmap_sync.board.model import Board
from roadmap_sync.errors import RefusedError
from roadmap_sync.page.history import History
from roadmap_sync.page.model import Edit, Page
from roadmap_sync.page.parse import parse_again
from roadmap_sync.plan import ticks
from roadmap_sync.plan.change import Change
from roadmap_sync.plan.kinds import KINDS, kind_of
from roadmap_sync.plan.plan import PagePlan, Plan, Refusal, guarded, make_page_plan, prove
from roadmap_sync.plan.ticks import JudgedLine
from roadmap_sync.pull_request.memory import Key, Record, digest_of, key_of, page_letters
from roadmap_sync.pull_request.scene import Branch, Scene

#: What a verdict calls for. An `unknown` one is not here: it neither takes a change back nor forgets a declined one.
_CALLED_FOR: Mapping[str, str] = {kind.verdict: kind.name for kind in KINDS if kind.verdict}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A change that is due and was declined; `number` is that of the pull request in which a person declined it."""

    page: PagePlan
    change: Change
    number: int


@dataclass(frozen=True, slots=True)
class Aim:
    """What the pull request is to hold: the plan on the base's pages without what was declined.

    `over` names each page whose plan is over a guard that opens a draft. `files` are the branch's pages to write
    (index and bytes). `held` are the changes of ours that the branch holds once they are written, and those that a
    person undid there; the commit's message lists them. `needs_base`: the base has new commits, and some of the plan
    is not on the branch. `is_unsure`: a box on the branch differs from the base, and its verdict is unknown now.
    """

    plan: Plan
    left_out: tuple[LeftOut, ...]
    over: tuple[tuple[str, Refusal], ...]
    record: Record
    files: tuple[tuple[int, bytes], ...]
    held: frozenset[Key]
    needs_base: bool = False
    is_unsure: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to propose."""
        return not any(page.is_writable for page in self.plan.pages)


def without(plan: PagePlan, declined: Iterable[Key], board: Board, history: History | None = None) -> PagePlan:
    """Return the plan without the changes that were declined, guarded and proved again."""
    keys = frozenset(declined)
    kept = tuple(change for change in plan.changes if key_of(plan.path, change.identity) not in keys)
    if len(kept) == len(plan.changes) or plan.error is not None:
        return plan
    left = frozenset(change.identity for change in plan.changes) - {change.identity for change in kept}
    less = guarded(replace(plan, changes=kept))
    try:
        prove(less, board, history or History(), left)
    except RefusedError as error:
        return replace(less, error=error)
    return less


def keys_of(plan: PagePlan) -> frozenset[Key]:
    """Return the keys of a plan's changes."""
    return frozenset(key_of(plan.path, change.identity) for change in plan.changes)


def _declined(scene: Scene) -> dict[Key, int]:
    """Return the declined changes, each with the number of the pull request in which it was declined.

    Closing a pull request declines what it holds. A change that was merged and is due again was undone by a person:
    that declines it, too. What an open pull request holds is not declined: it may be an earlier one, reopened.
    """
    newest, now = scene.newest, scene.open
    record = newest.record if newest else None
    if newest is None or record is None:
        return {}
    declined = dict(record.declined)
    if newest.state != "OPEN" and not record.is_retired:
        declined |= dict.fromkeys(record.made, newest.number)
    if now is not None and now is not newest and now.record is not None:
        declined = {key: number for key, number in declined.items() if key not in now.record.made}
    return declined


def _name(place: JudgedLine) -> tuple[str, int]:
    return (place.item_id, place.occurrence)


def _key(path: str, place: JudgedLine, kind: str) -> Key:
    return key_of(path, (kind, *_name(place)))


def past(page: Page, board: Board) -> frozenset[Key]:
    """Return the keys of the changes that contradict the verdicts of their lines."""
    return frozenset(
        _key(page.path, place, kind)
        for place in ticks.judged_lines(page, board)
        for kind in _CALLED_FOR.values()
        if place.outcome in _CALLED_FOR and kind != _CALLED_FOR[place.outcome]
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What all pages are judged by.

    `past` are changes that contradict the verdicts now, `made` the changes of ours that the branch holds. `told` is
    what the open pull request's record lists, None where it has none: only what is listed can have been undone.
    `number` is the open pull request's, 0 without one.
    """

    scene: Scene
    board: Board
    past: frozenset[Key]
    declined: Mapping[Key, int]
    made: frozenset[Key]
    told: frozenset[Key] | None
    number: int

    def made_on(self, path: str) -> frozenset[Key]:
        """Return the changes of ours that the branch holds on one page."""
        return frozenset(key for key in self.made if key.startswith(page_letters(path)))


@dataclass(frozen=True, slots=True)
class _PageAim:
    """One page: the whole plan on the base, what is kept of it, and what to write on the branch, if anything."""

    whole: PagePlan
    kept: PagePlan
    made: frozenset[Key]
    declined: Mapping[Key, int] = field(default_factory=dict)
    data: bytes | None = None
    over: Refusal | None = None
    needs_base: bool = False
    is_unsure: bool = False


def aim(scene: Scene, board: Board) -> Aim:
    """Return what the pull request is to hold, and which pages of the branch are to be written for it."""
    located = (page for page in scene.base.pages if isinstance(page, Page))
    past_keys = frozenset(key for page in located for key in past(page, board))
    number = scene.open.number if scene.open else 0
    declined = _declined(scene)
    redone = frozenset(key for key in _differing(scene, board) if declined.get(key) == number)
    declined = {key: said for key, said in declined.items() if key not in past_keys or key in redone}
    known = _Known(scene, board, past_keys, declined, made_by(scene), _told(scene), number)
    pages = [_page_aim(known, index) for index in range(len(scene.paths))]
    for page in pages:
        declined |= page.declined
    plan = Plan(tuple(page.kept for page in pages), board)
    left_out = tuple(one for page in pages for one in _left_out(page.whole, declined))
    over = tuple((page.kept.path, page.over) for page in pages if page.over)
    made = frozenset(key for page in pages for key in page.made)
    record = Record(digest=_digest(plan, left_out, over), made=made, declined=declined, is_over=bool(over))
    return Aim(
        plan=plan,
        left_out=left_out,
        over=over,
        record=_in_row(scene, record),
        files=tuple((index, page.data) for index, page in enumerate(pages) if page.data is not None),
        held=made.union(*(page.declined for page in pages)),
        needs_base=any(page.needs_base for page in pages),
        is_unsure=any(page.is_unsure for page in pages),
    )


def _differing(scene: Scene, board: Board) -> Iterator[Key]:
    """Yield the changes whose boxes differ between branch and base, as they are on the branch.

    One that was recorded as undone there, and is done now, was done by a person.
    """
    if scene.open is None or scene.branch is None:
        return
    for base, there in zip(scene.base.pages, scene.branch.tip.pages, strict=True):
        if isinstance(base, Page) and isinstance(there, Page):
            for place, _ in _pairs(board, base, there):
                yield _key(there.path, place, "tick" if place.item.is_ticked else "untick")


def made_by(scene: Scene) -> frozenset[Key]:
    """Return the changes of ours that the branch holds: as our newest commit there lists them, else the record."""
    if scene.branch is None:
        return frozenset()
    if scene.branch.made is not None:
        return scene.branch.made
    record = scene.open.record if scene.open and scene.open is scene.newest else None
    return record.made if record else frozenset()


def _told(scene: Scene) -> frozenset[Key] | None:
    now = scene.open
    if now is None or now.record is None or now is not scene.newest:
        return None  # it was opened again after newer ones, so its record is out of date
    return now.record.made | frozenset(now.record.declined)


def _left_out(whole: PagePlan, declined: Mapping[Key, int]) -> Iterator[LeftOut]:
    for change in whole.changes:
        key = key_of(whole.path, change.identity)
        if key in declined:
            yield LeftOut(whole, change, declined[key])


def _in_row(scene: Scene, record: Record) -> Record:
    """Set the record's serial number, and keep the title that we wrote last."""
    last = scene.newest.record if scene.newest else None
    serial = last.serial if last else 0
    if scene.open is None or scene.open is not scene.newest:
        return replace(record, serial=serial + 1).kept
    return replace(record, serial=serial, title=last.title if last else "").kept


def _digest(plan: Plan, left_out: Iterable[LeftOut], over: Iterable[tuple[str, Refusal]]) -> str:
    """Return a digest of what the plan means; line numbers and notes of level info do not change it."""
    parts: list[str] = ["1"]
    for page in plan.pages:
        parts += [page.path, repr(page.refusal), page.error.what if page.error else ""]
        parts += [f"{change.identity} {change.because}" for change in page.changes]
        parts += [f"{note.kind} {note.message}" for note in page.notes if note.level == "attention"]
    parts += [f"{one.change.identity} {one.number}" for one in left_out]
    return digest_of(*parts, repr(tuple(over)))


def _page_aim(known: _Known, index: int) -> _PageAim:
    scene, path = known.scene, known.scene.paths[index]
    page = scene.base.pages[index]
    there = scene.branch.tip.pages[index] if scene.branch else page
    if not isinstance(page, Page):
        return _left_alone(known, PagePlan(path, None, error=page))
    whole = make_page_plan(page, known.board, scene.base.history(index))
    if not isinstance(there, Page):
        # A person broke the page on the branch, or removed it there: only a person can repair that.
        return _left_alone(known, replace(whole, changes=(), error=there))
    undone = _undone(known, index, whole, there)
    declined = {**known.declined, **undone}
    kept = without(whole, declined, known.board, scene.base.history(index))
    over = kept.refusal if kept.refusal and kind_of(kept.refusal.guard).opens_draft else None
    if over:
        kept = replace(kept, refusal=None)
    if kept.error or kept.refusal:
        return replace(_left_alone(known, kept), whole=whole, declined=undone)
    one = _PageAim(whole, kept, frozenset(), undone, over=over)
    is_unsure = scene.open is not None and _is_unsure(known, page, there)
    if scene.branch and (is_unsure or not scene.branch.is_ours):
        return _grown(replace(known, declined=declined), scene.branch, index, one, (page, there))
    return _renewed(known, one, page, there)


def _left_alone(known: _Known, plan: PagePlan) -> _PageAim:
    """Leave a page as the branch has it; the pull request stays open while it holds changes of ours there."""
    made = known.made_on(plan.path)
    return _PageAim(plan, plan, made, is_unsure=bool(made))


def _undone(known: _Known, index: int, whole: PagePlan, there: Page) -> dict[Key, int]:
    """Return the changes that our commits made on the branch and a person has since reverted or deleted."""
    branch = known.scene.branch
    if branch is None or branch.is_ours:
        return {}
    due = keys_of(make_page_plan(there, known.board, branch.tip.history(index)))
    items = {place.item_id for place in ticks.judged_lines(there, known.board)}
    gone = {
        key_of(whole.path, change.identity)
        for change in whole.changes
        if change.item_id not in items and kind_of(change.kind).keeps_line
    }
    made = known.made_on(whole.path) if known.told is None else known.made_on(whole.path) & known.told
    return dict.fromkeys(sorted(made & (due | gone)), known.number)


def _renewed(known: _Known, one: _PageAim, page: Page, there: Page) -> _PageAim:
    """Make the branch's page from the base's: every commit on the branch is ours."""
    data, made = one.kept.result if one.kept.changes else page.data, keys_of(one.kept)
    if known.scene.open is not None and known.made_on(page.path) == made:
        return replace(one, made=made)
    is_behind = known.scene.branch is not None and known.scene.branch.behind > 0
    return replace(one, made=made, data=None if data == there.data else data, needs_base=is_behind)


def _grown(known: _Known, branch: Branch, index: int, one: _PageAim, pages: tuple[Page, Page]) -> _PageAim:
    """Make the branch's page from its own: add what is due there, revert our changes that are no longer due.

    `pages` are the base's page and the branch's.
    """
    base, there = pages
    kept = keys_of(one.kept)
    back = dict(_taken_back(known, kept, base, there))
    page = parse_again(there, there.apply(tuple(back.values())))
    history = branch.tip.history(index)
    due = without(make_page_plan(page, known.board, history), known.declined, known.board, history)
    if due.error:
        return replace(_left_alone(known, replace(one.kept, error=due.error)), declined=one.declined)
    settled = (  # by the base's boxes
        _key(base.path, place, "tick" if place.item.is_ticked else "untick")
        for place in ticks.judged_lines(base, known.board)
    )
    gone = {*back, *one.declined, *known.past, *settled}
    made = (known.made_on(there.path) - gone) | keys_of(due)
    data = due.result if due.changes else page.data
    return replace(
        one,
        made=made,
        data=None if data == there.data else data,
        needs_base=branch.behind > 0 and not kept <= made,
        is_unsure=_is_unsure(known, base, there),
    )


def _taken_back(known: _Known, kept: frozenset[Key], base: Page, there: Page) -> Iterator[tuple[Key, Edit]]:
    """Yield the edits that reset a box to its state on the base, where we changed it and the change is not due now."""
    made = known.made_on(there.path)
    for place, old in _pairs(known.board, base, there):
        kind: str = "tick" if place.item.is_ticked else "untick"
        key = _key(there.path, place, kind)
        is_ours = key in made or key in known.declined
        # A box that a person reset on the branch and then changed again is the person's.
        is_theirs = known.declined.get(key) == known.number
        if place.outcome in _CALLED_FOR and is_ours and not is_theirs and key not in kept:
            yield key, Edit(place.item.start, place.item.start + 1, old.item.state.encode())


def _pairs(board: Board, base: Page, there: Page) -> Iterator[tuple[JudgedLine, JudgedLine]]:
    """Yield the lines whose boxes differ on branch and base."""
    old = {_name(place): place for place in ticks.judged_lines(base, board)}
    for place in ticks.judged_lines(there, board):
        before = old.get(_name(place))
        if before and before.item.is_ticked != place.item.is_ticked:
            yield place, before


def _is_unsure(known: _Known, base: Page, there: Page) -> bool:
    """Whether a box that differs between branch and base belongs to a line with an unknown verdict."""
    return any(place.outcome not in _CALLED_FOR for place, _ in _pairs(known.board, base, there))
