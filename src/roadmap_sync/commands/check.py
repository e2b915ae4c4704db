"""Owns the judgement: one line a change that is due, and, against a base, only those that came since."""

from roadmap_sync.commands.base_revision import against, base_of
from roadmap_sync.commands.desk import (
    Desk,
    Reading,
    open_desk,
    plan_pages,
    read_board_for_lists,
    read_pages,
    remarks_of,
)
from roadmap_sync.commands.outcome import Invocation, Outcome, errors_of, exit_of
from roadmap_sync.errors import InputError
from roadmap_sync.report.forms import show
from roadmap_sync.report.summary import summary
from roadmap_sync.report.text import check_lines
from roadmap_sync.rules import Rules


def run(invocation: Invocation, form: str, *, base: str, base_page: str) -> Outcome:
    """Say what is due. With a base, what is due there as well is only counted."""
    desk = open_desk(invocation)
    if base_page and (base or len(desk.rules) != 1):
        raise InputError("--base-page compares one page with one file", hint="Name one PAGE, and leave out --base.")
    now = read_pages(desk)
    then = [_base_of(desk, reading.rules, base, base_page) for reading in now] if base or base_page else []
    board = read_board_for_lists(desk, [reading.page for reading in (*now, *then) if reading.page])
    plan = plan_pages(desk, now, board)
    if then:
        plan = against(desk, plan, then, board)
    code = exit_of(plan, is_difference_told=True)
    result = check_lines(plan).encode() if form == "text" else show(plan, form, "all", code, color=False)
    said = (summary(plan),) if form == "text" else ()
    return Outcome(code, result, (*said, *remarks_of(desk, plan.board)), errors_of(plan), plan)


def _base_of(desk: Desk, rules: Rules, base: str, base_page: str) -> Reading:
    """Read the page as the base has it. Raises InputError where there is no such revision or file."""
    data = _bytes_of(desk, base_page) if base_page else desk.tree.read_revision(base, rules.path)
    return base_of(desk, rules, data, base_page or base)


def _bytes_of(desk: Desk, base_page: str) -> bytes:
    try:
        return (desk.tree.directory / base_page).read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=base_page) from None
