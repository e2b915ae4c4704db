"""Owns the words of the pull request: its title, its body, its comments and its commits.

Like every text of ours on GitHub they ping nobody, add no link to an issue's timeline and close nothing. Must not
know when they are written; the hidden marks in them are those of pull_request/memory.py.
"""

from collections.abc import Iterator
from dataclasses import replace

from roadmap_sync.inert import markdown
from roadmap_sync.plan.kinds import KINDS, kind_of
from roadmap_sync.plan.plan import Plan
from roadmap_sync.pull_request.aim import Aim, LeftOut
from roadmap_sync.pull_request.memory import Record, Trailer, block, digest_of, spliced
from roadmap_sync.report.markdown import render
from roadmap_sync.report.summary import counted
from roadmap_sync.report.words import evidence_of, join, words_of

#: GitHub takes 65,536 characters; a person's own words around ours count as well.
LARGEST = 65_000
_MOST_LEFT_OUT = 20
_WORDS, _EVIDENCE = 80, 200

_FOOT = (
    "This pull request follows the board: it is brought up to date while it is open. Add commits to it as you like, "
    "they stay. Undo a change here, and it is not made again; close it, and what it holds is not proposed again "
    "until the board says something else."
)
_NO_NEED = "Nothing is left to change here."
_CONFLICT = """\
This is a merge conflict: the base branch and this branch have changed the same lines. \
Nothing is written to this branch until the conflict is resolved.

Merge the base into it and resolve the conflict (the button below, or git), or close this pull request and delete its \
branch: the next run starts with a new one."""
_CLOSED = "The page is in step with the board without this, so it is closed. The next difference opens a new one."


def title(plan: Plan) -> str:
    """Return the title: what is to be done, counted."""
    writable = Plan(tuple(page for page in plan.pages if page.is_writable), plan.board)
    counts = writable.counts
    due = join([counted(counts[kind.name], kind) for kind in KINDS if counts[kind.name]])
    return f"Roadmap: {due or 'nothing to change'}"


def titled(wanted: Aim, record: Record) -> Record:
    """Return the record with the digest of our title, by which a title that a person wrote is told from it later."""
    return replace(record, title=digest_of(title(wanted.plan)))


def body(wanted: Aim, record: Record, old: str = "") -> str:
    """Return the body: the report, what was left out and why, and the record; a person's words around it stay."""
    whole = spliced(old, block("\n\n".join(_parts(wanted)), record))
    if len(whole) <= LARGEST:
        return whole
    short = spliced(old, block(f"{title(wanted.plan)}\n\nThe details do not fit here.\n\n{_FOOT}", record))
    return short if len(short) <= LARGEST else block(_FOOT, record)


def _parts(wanted: Aim) -> Iterator[str]:
    if wanted.is_empty:
        yield f"**{_NO_NEED}**"
    for path, refusal in wanted.over:
        due = counted(refusal.would_be, kind_of(refusal.guard))
        yield (
            f"**{markdown(path)}: {due}, where at most {refusal.limit} are expected at once.** "
            "So this is a draft: look twice before it is merged."
        )
    yield render(wanted.plan).strip()
    if wanted.left_out:
        yield _declined(wanted.left_out)
    yield f"---\n\n{_FOOT}"


def _declined(left_out: tuple[LeftOut, ...]) -> str:
    """List the due changes that are left out because a person declined them."""
    lines = [_line(one) for one in left_out[:_MOST_LEFT_OUT]]
    rest = len(left_out) - len(lines)
    more = [f"* and {rest} more"] if rest else []
    return "\n".join(["**Left out, since somebody said no to it**", "", *lines, *more])


def _line(one: LeftOut) -> str:
    name, because = evidence_of(one.page, one.change)
    where = f"{markdown(one.page.path)}, line {one.change.line}"
    said = markdown(f"{one.change.kind} {words_of(one.change, _WORDS)} {name}".strip())
    said_in = f"declined in {markdown(f'#{one.number}')}" if one.number else "undone on the branch"
    return f"* {where}: {said}: {markdown(because[:_EVIDENCE])} ({said_in})"


def comment(kind: str, mark: str) -> str:
    """Return a comment: on a `conflict`, or on what is `closed`."""
    return f"{_CONFLICT if kind == 'conflict' else _CLOSED}\n\n{mark}"


def commit_message(wanted: Aim, trailer: Trailer, *, is_taken_back: bool = False) -> tuple[str, str]:
    """Return headline and body of a commit to our branch."""
    headline = "Roadmap: restore the pages of the base branch" if is_taken_back else title(wanted.plan)
    return headline, trailer.text


def merge_message(base: str, trailer: Trailer) -> str:
    """Return the message of a merge of the base into our branch."""
    return f"Merge {base}\n\n{trailer.text}"
