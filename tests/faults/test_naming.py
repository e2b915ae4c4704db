"""Faults A3 to A9 and B23: what a line names, half of it read, or more than it is about; and what must go on working.

Throughout, #12 is done, #13 is open, #14 is done as well; short references count.
"""

import json

import pytest

from roadmap_sync.plan.plan import make_page_plan
from tests.support.makers import board, issue, page
from tests.support.runs import Place, place

__all__ = ["place"]

U = "https://github.com/acme/rocket"
BOARD = board(
    issue(12, "CLOSED", "Shipped", state_reason="COMPLETED"),
    issue(13, "OPEN", "Backlog"),
    issue(14, "CLOSED", "Shipped", state_reason="COMPLETED"),
    extra={"other/thing#12": issue(12, "CLOSED", "Shipped", owner="other", repo="thing")},
)


def told(line, **more):
    """What becomes of one line: its changes' and its notes' kinds."""
    plan = make_page_plan(page(f"- [ ] {line}\n", **({"short_references": True} | more)), BOARD)
    assert plan.error is None
    return [change.kind for change in plan.changes], [note.kind for note in plan.notes]


CONTRADICTS = {
    "A3-run-of-full-and-short": "see acme/rocket#12/#13",
    "A3-run-of-numbers": "acme/rocket#12/13",
    "A3-en-dash": "acme/rocket#12\u201313",
    "A3-em-dash": "acme/rocket#12\u2014#13",
    "A3-run-of-short": "#12/#13",
    "A3-two-dots": "#12..13",
    "A3-three-dots": "#12...#14",
    "A3-ellipsis": "#12…14",
    "A3-range-of-short": "#12\u2013#14",
    "A3-hyphen": "#12-#14",
    "A3-tilde": "#12~14",
    "A3-wave": "#12〜#14",
    "A3-ideographic-comma": "#12、#13",
    "A3-middle-dot": "#12・13",
    "A3-plus": "#12+#13",
    "A3-chinese-and": "acme/rocket#12和#13",
    "A3-two-full-names": "acme/rocket#12/acme/rocket#13",
    "A3-number-and-dash": "11\u2013#12",
    "A3-link-then-number": f"[#12]({U}/issues/12)/#13",
    "A3-link-then-bare-number": f"[#12]({U}/issues/12)\u201313",
    "A3-range-of-links": f"[#12]({U}/issues/12)\u2013[#14]({U}/issues/14)",
    "A3-hyphen-between-links": f"[#12]({U}/issues/12)-[#14]({U}/issues/14)",
    "A3-within-emphasis": "**#12**/#13",
    "A3-url-with-two-numbers": f"{U}/issues/12/13",
    "A3-url-with-a-number-as-fragment": f"[plan]({U}/issues/12#13)",
    "A4-query-names-another": f"[Child]({U}/issues/12?issue=acme%7Crocket%7C13)",
    "A4-query-unescaped": f"[Child]({U}/issues/12?issue=acme|rocket|13)",
    "A4-query-of-another-repository": f"[Child]({U}/issues/12?issue=other%7Cthing%7C12)",
    "A4-query-in-running-text": f"{U}/issues/12?issue=acme%7Crocket%7C13",
    "A4-query-behind-another": f"[Child]({U}/issues/12?pane=issue&issue=acme%7Crocket%7C13)",
    "A4-number-alone": f"[Child]({U}/issues/12?issue=13)",
    "A5-number": f"[#13]({U}/issues/12)",
    "A5-full-name": f"[acme/rocket#13]({U}/issues/12)",
    "A5-word-issue": f"[Plan, issue 13]({U}/issues/12)",
    "A5-word-pr": f"[Plan (PR #13)]({U}/issues/12)",
    "A5-pull-request": f"[Plan: pull request 13.]({U}/issues/12)",
    "A5-gh": f"[GH-13]({U}/issues/12)",
    "A5-emphasis": f"[**#13**]({U}/issues/12)",
    "A5-code": f"[`#13`]({U}/issues/12)",
    "A5-brackets": f"[Plan \\[#13\\].]({U}/issues/12)",
    "A5-url": f"[{U}/issues/13]({U}/issues/12)",
    "A5-html": f'<a href="{U}/issues/12">#13</a>',
    "A5-reference-style": "[#13][t]\n\n[t]: https://github.com/acme/rocket/issues/12",
    "A5-beside-a-good-one": f"[a]({U}/issues/14) [#13]({U}/issues/12)",
}
CONTEXT = {
    "A6-blocked-by": f"Compiled caching (blocked by [#12]({U}/issues/12))",
    "A6-depends-on": "Depends on #12",
    "A6-waiting-for": "waiting for: #12",
    "A6-requires": "Caching, requires **#12**",
    "A6-follow-up-to": "Follow-up to #12",
    "A6-after": "start after #12",
    "A6-revert": "Revert #12",
    "A6-reverts": "reverts acme/rocket#12",
    "A6-backport-of": "Backport of [#12](https://github.com/acme/rocket/issues/12)",
    "A6-unblocked-by": "Phase two; unblocked by #12",
    "A6-several": "blocked by #12 and #14",
    "A6-several-with-commas": "blocked by [#12](../../issues/12), #14, and #12",
    "A6-word-issue": "blocked by issue #12",
    "A6-wrapped": "caching, blocked\n  by #12",
    "A6-bare-url": f"blocked by {U}/issues/12",
}
NOTHING = {
    "A3-number-first": "11/#12",
    "A8-dotted": "Phase (#12.1)",
    "A8-leading-zero": "[#012] plan",
    "A8-hexadecimal": "colour #1f0",
    "A8-full-name-dotted": "acme/rocket#12.1",
    "A8-full-name-leading-zero": "acme/rocket#012",
    "A8-url-leading-zero": f"{U}/issues/012",
    "A9-full-width": "acme/rocket#\uff11\uff12",
    "A9-arabic": "acme/rocket#١٢",
    "A9-mixed": "acme/rocket#1\uff12",
    "A9-url": f"{U}/issues/١٢",
    "A7-root-relative": "[plan](/issues/12)",
    "A7-too-few-steps": "[plan](../issues/12)",
    "A7-too-many-steps": "[plan](../../../issues/12)",
    "A7-folder": "[plan](issues/12)",
}
TICKS = {
    "A3-blank-between": "#12 / #14",
    "A3-links-side-by-side": f"[#12]({U}/issues/12)/[#14]({U}/issues/14)",
    "A3-links-with-plus": f"[#12]({U}/issues/12)+[#14]({U}/issues/14)",
    "A3-comma": "#12, #14",
    "A3-full-stop": "see #12. Then rest",
    "A3-dash-with-blanks": "#12 \u2013 3 parts",
    "A3-dash-before-a-word": "#12\u2014the plan",
    "A3-tilde-before": "in ~5 days: #12",
    "A3-fraction": "24/7 support #12",
    "A3-version": "v1.2/beta #12",
    "A3-numbered-title": f"[Part 1]({U}/issues/12)/[Part 2]({U}/issues/14)",
    "A3-third": "#12/3rd part",
    "A4-same-issue": f"[Child]({U}/issues/12?issue=acme%7Crocket%7C12)",
    "A4-other-query": f"[Child]({U}/issues/12?notification_referrer_id=13)",
    "A4-comment": f"[Child]({U}/issues/12#issuecomment-13)",
    "A4-files": "[a](https://github.com/acme/rocket/pull/12/files)",
    "A4-commit": "[a](https://github.com/acme/rocket/pull/12/commits/13ab)",
    "A5-same-number": f"[#12]({U}/issues/12)",
    "A5-number-in-a-name": f"[MVP for SigV4]({U}/issues/12)",
    "A5-year": f"[Plan 2024]({U}/issues/12)",
    "A5-number-first": f"[#13: the follow-up]({U}/issues/12)",
    "A5-number-in-between": f"[replaces #13 fully]({U}/issues/12)",
    "A5-word-that-ends-in-pr": f"[Spr 13]({U}/issues/12)",
    "A5-leading-zero": f"[Plan #013]({U}/issues/12)",
    "A5-dotted": f"[Plan #5.13]({U}/issues/12)",
    "A6-other-reference": f"[New]({U}/issues/12), blocked by #13",
    "A6-after-a-word": "look after the plan #12",
    "A6-part-of-a-word": "thereafter #12",
    "A6-not-in-the-list": "see #12",
    "A6-within-the-link": f"[Requires Python 3]({U}/issues/12)",
    "A6-word-between": "after some work on it: done in #12",
    "A6-pinned": "blocked by #13 <!-- roadmap-sync: acme/rocket#12 -->",
    "A5-pinned": f"[#13]({U}/issues/14) <!-- roadmap-sync: acme/rocket#12 -->",
    "A7-from-the-top": "[plan](../../issues/12)",
    "A7-pull": "[plan](../../pull/12)",
    "A7-dot": "[plan](./../../issues/12)",
    "A7-comment": "[plan](../../issues/12#issuecomment-5)",
    "A7-reference-style": "[plan][t]\n\n[t]: ../../issues/12",
    "A8-sentence-end": "see #12.",
    "A8-possessive": "#12's plan",
    "B23-struck-beside-live": f"[New]({U}/issues/12) ~~[Old]({U}/issues/13)~~",
    "B23-struck-name-beside-live": "#12 ~~#13~~",
    "B23-struck-run-beside-live": "#12 ~~#13/#15~~",
    "B23-struck-contradiction-beside-live": f"#12 ~~[#13]({U}/issues/14)~~",
}


@pytest.mark.parametrize("line", CONTRADICTS.values(), ids=CONTRADICTS)
def test_a_line_that_contradicts_itself_is_left(line):
    """It names more than is read, or two things as one: nothing changes, and one attention note says so."""
    assert told(line) == ([], ["contradicts"])


@pytest.mark.parametrize("line", CONTEXT.values(), ids=CONTEXT)
def test_a_reference_that_is_only_waited_for_is_context(line):
    """The line is not about it, so its state says nothing of the box."""
    assert told(line) == ([], ["context-only"])


@pytest.mark.parametrize("line", NOTHING.values(), ids=NOTHING)
def test_what_is_no_reference(line):
    """It leads to no issue on GitHub."""
    assert told(line) == ([], [])


@pytest.mark.parametrize("line", TICKS.values(), ids=TICKS)
def test_what_goes_on_working(line):
    """A near miss of the above is a plain line, and is ticked."""
    assert told(line) == (["tick"], [])


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param("docs/roadmap.md", "[plan](../../../issues/12)", id="one-folder-down"),
        pytest.param("a/b/c.md", "[plan](../../../../issues/12)", id="two-folders-down"),
    ],
)
def test_a_relative_link_counts_from_its_page(path, line):
    """A7: GitHub resolves it from the page's own address."""
    assert told(line, path=path) == (["tick"], [])
    assert told(line, path="README.md") == ([], [])


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"is_wiki": True}, id="remote-of-a-wiki"),
        pytest.param({"repository": "acme/rocket.wiki"}, id="repository-of-a-wiki"),
    ],
)
def test_a_wiki_page_is_one_step_below_its_repository(more):
    """A7: a wiki's pages stand in one folder, whatever the file's own."""
    assert told("[plan](../issues/12)", **more) == (["tick"], [])
    assert told("[plan](../issues/12)", path="deep/Page.md", **more) == (["tick"], [])
    assert told("[plan](../../issues/12)", **more) == ([], [])


def test_a_relative_link_needs_a_repository():
    """A7: which repository it leads to is not guessed; the note says what is missing."""
    more = {"repository_written": False, "short_references": False}

    assert told("[plan](../../issues/12)", **more) == ([], ["relative-link"])
    assert told("[plan](../../issues/12) acme/rocket#14", **more) == ([], ["relative-link"])
    assert told("[plan](../../wiki/12) acme/rocket#14", **more) == (["tick"], [])
    assert told("acme/rocket#14 ~~[plan](../../issues/12)~~", **more) == (["tick"], [])
    assert told("[plan](../../issues/12) <!-- roadmap-sync: acme/rocket#14 -->", **more) == (["tick"], [])


def test_a_relative_link_beside_context():
    """A7: the reference is #13, which is open; #12 is only what it waited for."""
    assert told("[#13](../../issues/13) open; unblocked by #12") == ([], [])
    assert told("[#12](../../issues/12) done; unblocked by #13") == (["tick"], [])


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        pytest.param(f"[#13]({U}/issues/12) <!-- roadmap-sync: known -->", [], id="known"),
        pytest.param(f"[#13]({U}/issues/12) <!-- roadmap-sync: ignore -->", [], id="ignored"),
        pytest.param(f"~~[#13]({U}/issues/12)~~", [], id="struck"),
        pytest.param("~~the whole item #12~~", [], id="struck-from-its-beginning"),
    ],
)
def test_a_person_has_decided(line, kinds):
    """`known` silences the note; what is ignored or struck is not looked at."""
    assert told(line) == ([], kinds)


def test_the_note_says_what_it_saw():
    """The message spells what the line says, so that a person finds it."""
    plan = make_page_plan(page(f"- [ ] [#13]({U}/issues/12)\n- [ ] acme/rocket#12/#13\n"), BOARD)

    assert [note.message for note in plan.notes] == [
        'the link "#13" leads to #12',
        '"acme/rocket#12/#13" names more than one',
    ]


def test_the_note_is_one_line():
    """What a link shows over several lines is one sentence in the note: a log takes each line for its own."""
    plan = make_page_plan(page(f"- [ ] [Plan\n  ::error::, #13]({U}/issues/12)\n"), BOARD)

    assert [note.message for note in plan.notes] == ['the link "Plan ::error::, #13" leads to #12']


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("acme/rocket#12/#13", '"acme/rocket#12/#13" names more than one [contradicts]', id="contradicts"),
        pytest.param("blocked by acme/rocket#12", "it only names what it waits for or undoes", id="context-only"),
        pytest.param(
            "[a](../../../issues/12)", "leads to an issue of a repository that the config does not", id="relative"
        ),
    ],
)
def test_explain_says_why_such_a_line_is_left(place: Place, line, said):
    """It does not call the box right, nor say that the line names nothing."""
    place.write("docs/roadmap.md", f"- [ ] {line}\n")
    place.write("board.json", json.dumps({"version": 1, "items": []}))
    (place.directory / "roadmap-sync.toml").unlink()

    done = place.run("explain", "--board", "board.json", "docs/roadmap.md:1")

    assert "result     left alone: " in done.out.decode()
    assert said in done.out.decode()
