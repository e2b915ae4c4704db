"""Owns the one next step for the pull request, from what GitHub says and what the pull request is to hold.

After each step the scene is read again, so that a lost answer, another run or a person in between changes what is
done next, and nothing is done twice. The branch only ever grows: no step rewrites it.
Must not know how GitHub is asked, nor what a body looks like.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from roadmap_sync.page.model import Page
from roadmap_sync.pull_request.aim import Aim, made_by, past
from roadmap_sync.pull_request.memory import Key, Record, digest_of, remark
from roadmap_sync.pull_request.scene import Branch, Pull, Scene, Tip


@dataclass(frozen=True, slots=True)
class CreateBranch:
    """Make our branch at a commit of the base."""

    oid: str


@dataclass(frozen=True, slots=True)
class FastForward:
    """Move our branch, which has no commit of its own, to a later commit of the base."""

    id: str
    oid: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Merge the base into our branch; `is_shared` tells that the branch holds a person's commits."""

    oid: str
    made: frozenset[Key]
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Write:
    """Commit pages to our branch, if its newest commit is still `head`; the digest is the pages' after it."""

    head: str
    files: tuple[tuple[int, bytes], ...]
    digest: str
    made: frozenset[Key]
    is_shared: bool = False
    is_taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """Open the pull request."""

    is_draft: bool


@dataclass(frozen=True, slots=True)
class Update:
    """Bring title and body of a pull request up to date; with `is_closing`, close it with the same mutation."""

    pull: Pull
    record: Record
    is_closing: bool = False


@dataclass(frozen=True, slots=True)
class Forget:
    """Change only the record of a pull request that is no longer open: some of it is no longer true."""

    pull: Pull
    record: Record


@dataclass(frozen=True, slots=True)
class MakeDraft:
    """Turn the pull request into a draft: its plan went over a guard."""

    pull: Pull


@dataclass(frozen=True, slots=True)
class Comment:
    """Comment once: `kind` is `conflict` or `closed`, `mark` the hidden mark by which the comment is found again."""

    pull: Pull
    kind: str
    mark: str


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing more to do, and why: `in step`, `declined`, `current`, `conflict`, `unsure`, `pushed`."""

    why: str
    pull: Pull | None = None


#: What is done to our branch.
BranchStep = CreateBranch | FastForward | Merge | Write
#: What is done to a pull request.
PullStep = Open | Update | Forget | MakeDraft | Comment
Step = BranchStep | PullStep | Rest


def next_step(scene: Scene, wanted: Aim, conflict: str = "") -> Step:
    """Return what to do next. `conflict` is the head of our branch at which a merge of the base failed, if any did."""
    now = scene.open
    if now is None and wanted.is_empty:
        return _without_proposal(scene, wanted)
    if now is not None and wanted.is_empty and scene.branch and scene.branch.is_ours and now.is_ours:
        return _without_need(now, wanted)
    if step := _branch_step(scene, wanted, conflict):
        return step
    if now is None:
        return Open(is_draft=bool(wanted.over))
    record = wanted.record
    if not now.is_ours or now.record == record:
        return Rest("current", now)
    was_over = bool(now.record and now.record.is_over)
    if record.is_over and not was_over and not now.is_draft:
        return MakeDraft(now)
    return Update(now, record)


def _without_proposal(scene: Scene, wanted: Aim) -> Step:
    """Without an open pull request and a change: at most, forget declined changes that contradict the verdicts."""
    newest = scene.newest
    record = newest.record if newest else None
    if newest and record:
        board, pages = wanted.plan.board, wanted.plan.pages
        gone = frozenset(key for page in pages if page.page and board for key in past(page.page, board))
        less = replace(
            record,
            made=record.made - gone,
            declined={key: number for key, number in record.declined.items() if key not in gone},
        )
        if less != record:
            return Forget(newest, less)
    return Rest("declined" if wanted.left_out else "in step")


def _without_need(now: Pull, wanted: Aim) -> Step:
    """Close our pull request with a comment, since it holds no change; not where a person has reopened it."""
    if wanted.is_unsure:
        return Rest("unsure", now)
    if now.record and now.record.is_retired:
        return Rest("current", now)
    mark = remark("closed", now.record.digest if now.record else str(now.number))
    if mark not in now.said:
        return Comment(now, "closed", mark)
    return Update(now, replace(wanted.record, made=frozenset(), is_retired=True), is_closing=True)


def _branch_step(scene: Scene, wanted: Aim, conflict: str) -> Step | None:
    branch, now = scene.branch, scene.open
    if branch is None:
        return CreateBranch(scene.base.oid)
    is_stuck = now is not None and now.is_conflicting
    # Commits of a person on the branch are no reason to merge the base again: only a new plan is.
    is_new = now is None or now.record is None or now.record.digest != wanted.record.digest
    if not (wanted.files or (wanted.needs_base and is_new) or is_stuck):
        return None
    if branch.behind:
        return _base_step(scene, branch, is_known=conflict == branch.tip.oid)
    if wanted.files:
        digest = _digest_after(branch.tip, wanted.files)
        return Write(branch.tip.oid, wanted.files, digest, wanted.held, is_shared=not branch.is_ours)
    return None


def _base_step(scene: Scene, branch: Branch, *, is_known: bool) -> Step:
    """Merge the base; after a merge conflict reset our pages if all commits are ours, else comment once."""
    now = scene.open
    if not branch.ahead:
        return FastForward(branch.id, scene.base.oid)
    mark = remark("conflict", branch.tip.oid[:12])
    is_stuck = is_known or (now is not None and now.is_conflicting and mark in now.said)
    # With the base's version of each page that differs on the branch, a merge has no conflict.
    room = tuple(
        (index, page.data)
        for index, (page, there) in enumerate(zip(scene.base.pages, branch.tip.pages, strict=True))
        if isinstance(page, Page) and isinstance(there, Page) and page.data != there.data
    )
    if branch.is_ours and room and (is_known or (now is not None and now.is_conflicting)):
        return Write(branch.tip.oid, room, _digest_after(branch.tip, room), frozenset(), is_taken_back=True)
    if not is_stuck:
        return Merge(scene.base.oid, made_by(scene), is_shared=not branch.is_ours)
    if now is not None and mark not in now.said:
        return Comment(now, "conflict", mark)
    return Rest("conflict", now)


def _digest_after(tip: Tip, files: Iterable[tuple[int, bytes]]) -> str:
    """Return the digest of the pages' bytes once the files are written."""
    pages = [page.data if isinstance(page, Page) else b"" for page in tip.pages]
    for index, data in files:
        pages[index] = data
    return digest_of(*pages)
