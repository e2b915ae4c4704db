"""Faults A10 and A11: which definition of a label counts, and comments of MDX on any page."""

import pytest

from roadmap_sync.board.model import Facts
from roadmap_sync.errors import InputError
from roadmap_sync.page.pins import pinned
from roadmap_sync.plan.additions import queries
from roadmap_sync.plan.plan import make_page_plan
from tests.support.makers import area_of, board, draft, issue, link, page

BOARD = board(issue(12, "CLOSED", "Shipped", state_reason="COMPLETED"), issue(13, status="Backlog"))
TWELVE, THIRTEEN = f"[t]: {link(12)}\n", f"[t]: {link(13)}\n"


def ticked(text, **more):
    """The lines that are ticked."""
    plan = make_page_plan(page(text, **more), BOARD)
    assert plan.error is None
    return [change.line for change in plan.changes]


@pytest.mark.parametrize(
    ("text", "github", "mkdocs"),
    [
        pytest.param(f"- [ ] [t]\n\n{TWELVE}{THIRTEEN}", [1], [], id="done-first"),
        pytest.param(f"- [ ] [t]\n\n{THIRTEEN}{TWELVE}", [], [1], id="done-last"),
        pytest.param(f"{THIRTEEN}\n- [ ] [t]\n\n{TWELVE}", [], [3], id="around-the-list"),
        pytest.param(f"- [ ] [t]\n\n{TWELVE}", [1], [1], id="only-one"),
        pytest.param(f"- [ ] [T]\n\n{TWELVE}{THIRTEEN.replace('t', 'T', 1)}", [1], [], id="without-case"),
        pytest.param(f"- [ ] [t]\n\n{TWELVE}\n> {THIRTEEN}", [1], [], id="in-a-quote"),
        pytest.param(f"- [ ] [t]\n\n{TWELVE}\n```\n{THIRTEEN}```\n", [1], [1], id="in-code"),
        pytest.param(f"- [ ] [t]\n\n{TWELVE}\n{THIRTEEN}\n{TWELVE}", [1], [1], id="three"),
    ],
)
def test_which_definition_of_a_label_counts(text, github, mkdocs):
    """A10: GitHub takes the first definition of a label, Python-Markdown the last."""
    assert ticked(text, dialect="github") == github
    assert ticked(text, dialect="mkdocs") == mkdocs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"{TWELVE}\n!!! note\n\n    {THIRTEEN}\n- [ ] [t]\n", [], id="within-and-later"),
        pytest.param(f"!!! note\n\n    {THIRTEEN}\n{TWELVE}\n- [ ] [t]\n", [7], id="within-and-earlier"),
    ],
)
def test_a_definition_within_a_container(text, expected):
    """A10: what counts is its place on the page, whatever it stands in."""
    assert ticked(text, dialect="mkdocs") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("- [ ] acme/rocket#12 {/* roadmap-sync: ignore */}\n", [], id="item"),
        pytest.param("# A\n\n{/* roadmap-sync: ignore */}\n\n- [ ] acme/rocket#12\n", [], id="section"),
        pytest.param("# A\n\nwords\n\n{/* roadmap-sync: ignore */}\n- [ ] acme/rocket#12\n", [], id="list"),
        pytest.param("- [ ] words {/* roadmap-sync: acme/rocket#12 */}\n", [1], id="pin"),
        pytest.param("- [ ] words {/*roadmap-sync: acme/rocket#12*/}\n", [1], id="pin-without-blanks"),
        pytest.param("- [ ] words {/* Roadmap-Sync: acme/rocket#12 */}\n", [1], id="case"),
        pytest.param("- [ ] `{/* roadmap-sync: ignore */}` acme/rocket#12\n", [1], id="code"),
        pytest.param("    {/* roadmap-sync: ignore */}\n\n- [ ] acme/rocket#12\n", [3], id="code-block"),
        pytest.param(
            "> - [ ] acme/rocket#12\n    {/* roadmap-sync: ignore */}\n", [], id="indented-in-a-paragraph-that-goes-on"
        ),
        pytest.param("- [ ] a {/* acme/rocket#12 */}\n", [1], id="another-comment-is-text-on-github"),
        pytest.param("- [ ] acme/rocket#12 {/* roadmap-sync: ignore\n", [1], id="not-closed"),
    ],
)
def test_mdx_directives_on_any_page(text, expected):
    """A11: Docusaurus reads `.md` as MDX, so that `{/* … */}` is a person's word there; other comments stay text."""
    assert ticked(text) == expected


def test_other_comments_of_mdx():
    """A11, near miss: in `.mdx` every such comment is one, and hides what it names."""
    assert ticked("- [ ] a {/* acme/rocket#12 */}\n", path="page.mdx") == []


def test_a_wrong_directive_is_said():
    """A11: what is no directive is an error with the line, as in an HTML comment."""
    with pytest.raises(InputError, match=r"^roadmap\.md:1: \"ignroe\" is no roadmap-sync directive"):
        page("- [ ] a {/* roadmap-sync: ignroe */}\n")


MDX = [pytest.param({"path": "page.mdx"}, id="mdx"), pytest.param({"is_docusaurus": True}, id="docusaurus")]


@pytest.mark.parametrize("more", MDX)
def test_a_pin_is_written_as_the_page_reads_it(more):
    """A11: MDX has no HTML comments; elsewhere they are what no reader sees."""
    assert pinned(page("- [ ] a\n", **more), {1: "o/r#7"}) == b"- [ ] a {/* roadmap-sync: o/r#7 */}\n"
    assert pinned(page("- [ ] a\n"), {1: "o/r#7"}) == b"- [ ] a <!-- roadmap-sync: o/r#7 -->\n"


@pytest.mark.parametrize("more", MDX)
def test_a_draft_is_added_with_its_pin(more):
    """A11: a line without a link gets its pin in MDX too."""
    one = page("# Area\n\n- [ ] a\n", areas=(area_of("Area", filter="is:draft"),), add=("Backlog",), **more)
    new = draft(status="Backlog", facts=Facts())
    plan = make_page_plan(one, board(candidates=dict.fromkeys(queries(one.rules), (new,))))

    assert plan.error is None
    assert plan.result.decode().splitlines()[-1] == "- [ ] A draft {/* roadmap-sync: PVTI_one */}"


def test_links_within_links_of_raw_html():
    """What the outer link shows is what both show; the inner one adds no words of its own."""
    text = f'- [ ] <a href="{link(12)}">a <a href="{link(12)}">#13</a></a>\n'

    assert ticked(text) == []
    assert ticked(text.replace("#13", "b")) == [1]
