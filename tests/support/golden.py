"""One plan in the four forms that people see most; `python -m tests.support.golden` writes them anew to tests/golden/."""

from dataclasses import replace
from pathlib import Path

from roadmap_sync.plan.plan import Plan
from roadmap_sync.pull_request.aim import Aim, LeftOut
from roadmap_sync.pull_request.memory import Record
from roadmap_sync.report import comment, pull_request, text
from roadmap_sync.runner import feedback
from tests.support import reported

FOLDER = Path(__file__).parents[1] / "golden"

#: What strangers may have written in titles, headings, lines and Statuses, and what GitHub would make of it.
HOSTILE = (
    "@octo fixes #7, closes acme/rocket#8 GH-9 https://github.com/acme/rocket/issues/10 www.evil.example "
    "[a](https://github.com/acme/rocket/pull/11) <img src=x> `code` | **bold** 0123456789abcdef0123456789abcdef01234567 "
    "--> </details> ``` resolve: acme/rocket#12"
)


def plan() -> Plan:
    """Return the plan: a pull request causes the first change, the others were due before."""
    page = reported.page_plan()
    changes = (page.changes[0], *(replace(change, caused=False) for change in page.changes[1:]))
    return reported.plan(replace(page, changes=changes))


def hostile() -> Plan:
    """Return the plan with a stranger's words wherever there may be some."""
    (page,) = plan().pages
    odd = {"because": f"Status {HOSTILE}", "title": HOSTILE, "status": HOSTILE}
    changes = tuple(
        replace(change, **odd, before=f"- [ ] {HOSTILE}", after=f"- [x] {HOSTILE}") for change in page.changes
    )
    notes = tuple(replace(note, message=f"{note.message} {HOSTILE}") for note in page.notes)
    located = page.page
    assert located is not None
    named = replace(located, sections=tuple(replace(one, path=(HOSTILE,)) for one in located.sections))
    return reported.plan(replace(page, page=named, changes=changes, notes=notes, path="docs/@octo#1.md"))


def forms(of: Plan) -> dict[str, str]:
    """Return each form of a plan by its file's name."""
    left = LeftOut(of.pages[0], of.pages[0].changes[-1], 41)
    aim = Aim(of, (left,), (("docs/roadmap.md", reported.REFUSED),), Record(), (), frozenset())
    return {
        "comment.md": comment.marked(comment.render(of), comment.key_of("roadmap-sync.toml")),
        "summary.md": feedback.summary(of),
        "pull-request.md": pull_request.body(aim, Record()),
        "terminal.txt": text.render(of, color=True),
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, shown in forms(plan()).items():
        (FOLDER / name).write_text(shown, encoding="utf-8")
