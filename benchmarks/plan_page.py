"""Does once what `page` measures: `python benchmarks/plan_page.py FILE` locates, plans, splices and proves.

Every item of the page is answered for, every tenth is done. The collector of cycles is off, as in a command: what
is made here lives to the end, and looking for garbage among it makes long lists slower than they are.
"""

import gc
import sys
from pathlib import Path

from roadmap_sync.board.model import Board, Item, Placement
from roadmap_sync.page.parse import parse
from roadmap_sync.plan.plan import make_page_plan
from roadmap_sync.references import Reference
from roadmap_sync.rules import Rules


def _item(reference: Reference) -> Item:
    is_done = reference.number % 10 == 0
    status, state = ("Shipped", "CLOSED") if is_done else ("Backlog", "OPEN")
    where = (reference.owner, reference.repo, reference.number)
    return Item(reference.key, "issue", *where, "", reference.spelled, state, placement=Placement("PVTI_x", status))


def main(path: str) -> int:
    """Print how many ticks are due; exit code 1 where the plan cannot be proved."""
    gc.disable()
    page = parse(Path(path).read_bytes(), Rules(path=path, done=("Shipped",)), "github.com")
    answers = {one.key: _item(one) for item in page.items for one in item.references}
    board = Board("", "", public=True, status_field="Status", options=("Backlog", "Shipped"), answers=answers)
    plan = make_page_plan(page, board)
    is_changed = plan.result != page.data
    print(f"{len(page.items)} items, {len(plan.changes)} ticks")
    return 0 if plan.error is None and is_changed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
