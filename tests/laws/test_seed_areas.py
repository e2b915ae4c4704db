"""Holds on the seed page what areas do: what is added, moved and withheld, and what the renderers then show."""

import re

import pytest

from roadmap_sync.board.facts import Facts, FieldValue
from roadmap_sync.board.question import AreaQuery
from roadmap_sync.plan.plan import make_page_plan
from roadmap_sync.rules import Lifecycle, Rules
from tests.laws import statements
from tests.support import judges
from tests.support.makers import OPTIONS, area_of, board, draft, issue, pull
from tests.support.shared import SHARED

pytestmark = pytest.mark.slow

OWNER, REPO = "aws-powertools", "powertools-lambda-python"
NAME = f"{OWNER}/{REPO}"
PINNED = b"Experiment running monthly roadmap review as an open call"
#: A line that a person pinned, so that its sub-issues find it.
DATA = (
    (SHARED / "seed" / "roadmap.md")
    .read_bytes()
    .replace(PINNED, PINNED + f" <!-- roadmap-sync: {NAME}#700 -->".encode())
)

AREAS = (
    area_of("Observability providers", label="Major updates", filter="label:observability"),
    area_of("Office hours", label="Major updates", filter="label:community"),
    area_of("Lambda Layer in GovCloud", tracking="#800", filter="label:govcloud"),
    area_of("V3", tracking="#801"),
)
RULES = Rules(
    path="docs/roadmap.md",
    repository=NAME,
    repository_written=True,
    done=("Coming soon", "Shipped"),
    add=("Backlog", "Working on it"),
    launched=("Shipped",),
    move=True,
    lifecycle=Lifecycle("Launched", "Dropped", "Docs", "Reason"),
    legend_heading="Roadmap status definition",
    areas=AREAS,
)


def mine(make, number, state="OPEN", status="", **more):
    """An issue or pull request of the seed's repository."""
    return make(number, state, status, owner=OWNER, repo=REPO, **more)


def query(area):
    """What the board is asked for an area."""
    return AreaQuery(area.filter, area.view, RULES.add)


def world():
    """The board of the issue: two new items (one is closed by a listed pull request), a sub-issue, a draft and more."""
    page = statements.parsed(DATA, RULES)
    answers = {}
    for reference in statements.references_of(page):
        is_pull = "/pull/" in reference.spelled
        answers[reference.key] = mine(pull if is_pull else issue, reference.number, "MERGED" if is_pull else "CLOSED")
    for number in (2342, 1998, 2435, 700):
        answers[f"{NAME}#{number}"] = mine(pull if number != 700 else issue, number)
    docs = {"docs": FieldValue("text", ("./getting_started/govcloud.md",))}
    reason = {"reason": FieldValue("text", ("v4 comes first",))}
    answers[f"{NAME}#800"] = mine(issue, 800, "CLOSED", "Shipped", facts=Facts(fields=docs))
    answers[f"{NAME}#801"] = mine(
        issue, 801, "CLOSED", "Shipped", state_reason="NOT_PLANNED", facts=Facts(fields=reason)
    )
    new = mine(issue, 901, status="Backlog", title="Support OpenTelemetry", facts=Facts())
    closed_by = Facts(closed_by=(f"{NAME}#2342",))
    listed = mine(issue, 902, status="Working on it", title="Any provider for Tracer", facts=closed_by)
    private = mine(issue, 903, status="Backlog", title="Secret partner", is_private=True, facts=Facts())
    sub = mine(issue, 904, status="Backlog", title="Find a host", facts=Facts(parent=f"{NAME}#700"))
    return board(
        extra=answers,
        options=(*OPTIONS, "On hold"),
        candidates={
            query(AREAS[0]): (new, listed, private),
            query(AREAS[1]): (sub, draft("PVTI_hours", "Backlog", title="Record the calls")),
            query(AREAS[2]): (mine(issue, 905, status="Backlog", title="A region more", facts=Facts()),),
        },
    )


def outline(html):
    """The headings, admonitions and diagrams that a renderer shows, in the order of their names."""
    return sorted(
        re.findall(r"<h[1-6][^>]*>.*?</h[1-6]>|<div class=\"admonition.*?>|<details.*?>|graph LR", html, re.DOTALL)
    )


def test_exactly_the_changes_due(tmp_path):
    """One plan holds what is due and no more: three lines, two moves, and the notes on what is not done."""
    plan = make_page_plan(statements.parsed(DATA, RULES), world())

    assert plan.error is None
    assert plan.refusal is None
    assert [(c.kind, c.area.split(" > ")[-1], c.after_line) for c in plan.changes if c.kind != "tick"] == [
        ("add", "Observability providers", 29),
        ("move", "Lambda Layer in GovCloud", 193),
        ("move", "V3", 244),
        ("add", "Office hours", 108),
        ("add", "Office hours", 108),
    ]
    after = plan.result.decode()
    assert f"\n* [ ] [Support OpenTelemetry](https://github.com/{NAME}/issues/901)\n\n### " in after
    assert (
        f"    * [ ] Update roadmap page with Discord event\n    * [ ] [Find a host](https://github.com/{NAME}/issues/904)\n"
        in after
    )
    assert "\n* [ ] Record the calls <!-- roadmap-sync: PVTI_hours -->\n" in after
    assert "## Launched\n\n### Lambda Layer in GovCloud\n\n> [Docs](./getting_started/govcloud.md)\n\nWe want" in after
    assert "## Dropped\n\n### V3\n\n> **Reason**: v4 comes first\n\nWe are" in after
    for word in ("Any provider for Tracer", "Secret partner", "A region more"):
        assert word not in after
    assert [n.message for n in plan.notes if n.kind == "legend"] == [
        'the board\'s option "On hold" is not defined here',
        'the board\'s option "On hold" is missing from the flow',
    ]
    statements.diff_tells_the_truth(plan, tmp_path)


def test_second_sync_is_empty():
    """Once is enough: the same board has nothing more for the result."""
    plan = make_page_plan(statements.parsed(DATA, RULES), world())

    assert make_page_plan(statements.parsed(plan.result, RULES), world()).changes == ()


def test_renderers_show_the_page_as_before():
    """Headings, admonitions and diagrams are the same ones, and the new lines are boxes at the right depth."""
    plan = make_page_plan(statements.parsed(DATA, RULES), world())

    for render in (judges.cmark, judges.python_markdown):
        before, after = render(DATA.decode()), render(plan.result.decode())
        assert outline(after) == outline(before)
        assert after.count('type="checkbox"') == before.count('type="checkbox"') + 3
    html = judges.python_markdown(plan.result.decode())
    nested, alone = html.index("Find a host"), html.index("Record the calls")
    assert html.count("<ul", 0, nested) - html.count("</ul", 0, nested) == 2
    assert html.count("<ul", 0, alone) - html.count("</ul", 0, alone) == 1
