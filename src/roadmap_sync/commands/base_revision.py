"""Owns the comparison with a base: changes that were due there already, and changes that came since (*caused*).

Must not know where the base's bytes come from: git, a file, or GitHub.
"""

from collections.abc import Sequence
from dataclasses import replace

from roadmap_sync.board.model import Board
from roadmap_sync.commands.desk import Desk, PageFile, parsed, plan_page
from roadmap_sync.errors import InputError
from roadmap_sync.plan.plan import PagePlan, Plan, caused
from roadmap_sync.rules import Rules


def base_of(desk: Desk, rules: Rules, data: bytes | None, name: str) -> PageFile:
    """Parse the page as the base has it. Where the base has no such page (`data` is None), the result holds none.

    The headings that the config names are not checked: the base may be older than the config. `name` is what
    error messages call the base.
    """
    if data is None:
        return PageFile(rules)
    try:
        return PageFile(rules, parsed(desk, rules, data))
    except InputError as error:
        return PageFile(rules, error=InputError(error.what, where=f"{error.where} in {name}", hint=error.hint))


def against(desk: Desk, plan: Plan, then: Sequence[PageFile], board: Board | None) -> Plan:
    """Return the plan with each change marked as caused that the base does not call for.

    `then` holds the pages of the base, in the plan's order.
    """
    pages: list[PagePlan] = []
    for page, base in zip(plan.pages, then, strict=True):
        if base.error is not None and page.error is None:
            pages.append(replace(page, error=base.error))
        else:
            pages.append(caused(page, plan_page(desk, base, board) if base.page else PagePlan(page.path, None)))
    return replace(plan, pages=tuple(pages))
