"""States the laws (docs/design.md, The laws that tests hold), each as one function that fails where a plan breaks it.

They look at bytes with means of their own: none of them asks page.py where anything stands.
"""

import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

from roadmap_sync.board.model import Board, Unread
from roadmap_sync.page.model import Page
from roadmap_sync.page.parse import parse
from roadmap_sync.plan.plan import PagePlan, Plan, make_page_plan, question_of
from roadmap_sync.references import Reference
from roadmap_sync.report import diff
from roadmap_sync.rules import Rules
from tests.support.makers import ADDRESS

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "LC_ALL": "C"}


def parsed(data: bytes, rules: Rules) -> Page:
    """The page of these bytes, as the first run of a command reads it."""
    return parse(data, rules, "github.com")


def cleared(page: Page) -> bytes:
    """The page's bytes with every box open, so that there is something to do."""
    data = bytearray(page.data)
    for item in page.items:
        data[item.start : item.start + 1] = b" "
    return bytes(data)


def references_of(page: Page) -> tuple[Reference, ...]:
    """What GitHub would be asked about this page."""
    return question_of([page], ADDRESS, "Status").references


def no_plan_no_change(page: Page, board: Board) -> None:
    """Law 1: no plan, no change; where nothing could be read, every byte stays."""
    assert page.apply([]) == page.data
    silent = replace(board, answers={key: Unread("not found") for key in board.answers})
    plan = make_page_plan(page, silent)
    assert plan.changes == ()
    assert plan.result == page.data


def once_is_enough(plan: PagePlan, board: Board) -> None:
    """Law 2: the plan of the result, read as a new run reads it, is empty."""
    assert plan.page
    again = make_page_plan(parsed(plan.result, plan.page.rules), board)
    assert [(change.kind, change.line) for change in again.changes] == []
    assert again.result == plan.result


def only_what_was_said(plan: PagePlan) -> None:
    """Law 3: lines outside the plan's spans are the same lines in the same order; inside, only `after` is new."""
    assert plan.page
    old, new = _LINE.findall(plan.page.data), _LINE.findall(plan.result)
    assert len(old) == len(new)
    bom = b"\xef\xbb\xbf"
    said = {n: change for change in plan.changes for n in range(change.line, change.end_line + 1)}
    for number, (before, after) in enumerate(zip(old, new, strict=True), 1):
        change = said.get(number)
        if change is None:
            assert before == after, number
            continue
        index = number - change.line
        bare = [line.removeprefix(bom).rstrip(b"\r\n").decode() for line in (before, after)]
        assert bare == [change.before.split("\n")[index], change.after.split("\n")[index]]
        assert before[len(before.rstrip(b"\r\n")) :] == after[len(after.rstrip(b"\r\n")) :]


def words_survive(plan: PagePlan) -> None:
    """Law 4: what a tick changes is one character in the box; what a strike adds is two pairs of tildes."""
    assert plan.page
    for change in plan.changes:
        at = change.column - 1
        if change.kind == "strike":
            assert _without_strike(change.after) == change.before
        else:
            boxes = {"tick": ("[ ]", "[x]"), "untick": ("[x]", "[ ]")}[change.kind]
            assert change.before[at - 1 : at + 2].lower() == boxes[0]
            assert change.after == change.before[: at - 1] + boxes[1] + change.before[at + 2 :]
    added = 4 * sum(change.kind == "strike" for change in plan.changes)
    assert len(plan.result) == len(plan.page.data) + added


def _without_strike(text: str) -> str:
    """Take the first and the last pair of tildes away."""
    head, _, rest = text.partition("~~")
    body, _, tail = rest.rpartition("~~")
    return head + body + tail


def diff_tells_the_truth(plan: PagePlan, directory: Path) -> None:
    """Law 6: `git apply` of what `diff` prints gives the bytes that `sync` writes."""
    assert plan.page
    patch = diff.render(Plan((plan,)))
    assert bool(patch) == bool(plan.changes)
    if patch:
        target = directory / plan.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(plan.page.data)
        command = ["git", "apply", "--whitespace=nowarn", "-"]
        environment = {**os.environ, **_GIT}
        done = subprocess.run(command, check=False, cwd=directory, input=patch, env=environment, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        assert target.read_bytes() == plan.result


def hold(page: Page, board: Board, directory: Path) -> PagePlan:
    """All laws that one page and one board can show; returns the plan they were held against."""
    no_plan_no_change(page, board)
    plan = make_page_plan(page, board)
    assert plan.error is None, plan.error
    only_what_was_said(plan)
    words_survive(plan)
    once_is_enough(plan, board)
    diff_tells_the_truth(plan, directory)
    return plan
