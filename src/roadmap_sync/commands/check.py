"""Owns `check`: one line for each change that is due; with a base, only for those that came since."""

from roadmap_sync.commands.base_revision import against, base_of
from roadmap_sync.commands.desk import (
    Desk,
    PageFile,
    open_desk,
    plan_pages,
    read_board_for_lists,
    read_pages,
    remarks_of,
)
from roadmap_sync.commands.outcome import Invocation, Outcome, errors_of, exit_of, show, too_few_places
from roadmap_sync.errors import InputError, worst
from roadmap_sync.report.summary import summary
from roadmap_sync.report.text import check_lines, note_lines
from roadmap_sync.rules import Rules
from roadmap_sync.worktree import PAGE_BYTES, read_file


def run(invocation: Invocation, *, base: str, base_page: str) -> Outcome:
    """Say what is due. With a base, changes that are due there too are only counted."""
    desk = open_desk(invocation)
    if base_page and (base or len(desk.rules) != 1):
        raise InputError("--base-page compares one page with one file", hint="Name one PAGE, and leave out --base.")
    now = read_pages(desk)
    then = [_base_of(desk, file.rules, base, base_page) for file in now] if base or base_page else []
    board = read_board_for_lists(desk, [file.page for file in (*now, *then) if file.page])
    plan = plan_pages(desk, now, board)
    if then:
        plan = against(desk, plan, then, board)
    few = [error for page in plan.pages if (error := too_few_places(page))]
    code = worst([exit_of(plan, is_difference_told=True), *(error.exit for error in few)])
    is_text = invocation.form == "text"
    result = check_lines(plan).encode() if is_text else show(plan, invocation, code)
    said = (summary(plan), *note_lines(plan, invocation.notes)) if is_text else ()
    errors = (*errors_of(plan), *map(str, few))
    return Outcome(code, result, (*said, *remarks_of(desk)), errors, plan)


def _base_of(desk: Desk, rules: Rules, base: str, base_page: str) -> PageFile:
    """Read the page as the base has it. Raises InputError where there is no such revision or file."""
    if base_page:
        return base_of(desk, rules, read_file(desk.tree.directory / base_page, base_page, most=PAGE_BYTES), base_page)
    return base_of(desk, rules, desk.tree.read_revision(base, rules.path), base)
