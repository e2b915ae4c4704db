"""Tests of the comment on a pull request: what fits in, what is folded, and the suggestions on its lines."""

import time
from dataclasses import replace

import pytest

from roadmap_sync.report import comment
from tests.support import reported
from tests.support.makers import page


def test_a_comment_may_show_all_notes() -> None:
    """With --notes all the remarks stand in it too; those that were there before do not."""
    page = reported.page_plan(changes=())
    old = replace(page.notes[1], caused=False)
    text = comment.render(reported.plan(replace(page, notes=(page.notes[0], old, page.notes[2]))), "all")

    assert "**Notes**" in text
    assert "moved-repository" in text
    assert "empty-status" not in text


@pytest.mark.parametrize("size", [1, 400, 3000])
def test_a_comment_always_fits(size: int) -> None:
    """Under 65,536 characters however much there is to say; what is left out is counted, and nothing is cut in two."""
    on = page("# A\n\n" + "- [ ] acme/rocket#1 and some words of a person about it\n\n" * size)
    lines = [item.line for item in on.items]
    one = reported.change(on, lines[0])
    changes = tuple(
        replace(reported.change(on, line), caused=number % 2 == 0) if size < 1000 else replace(one, line=line, edits=())
        for number, line in enumerate(lines)
    )
    text = comment.render(reported.plan(replace(reported.page_plan(notes=()), page=on, changes=changes)))

    assert len(comment.marked(text, "0" * 12)) < 65_536
    assert text.count("<details>") == text.count("</details>")
    assert text.count("```") % 2 == 0
    shown = text.count("| `[ ]` → `[x]` ")
    left = [int(word) for sentence in text.split("Left out here for length: ")[1:] for word in sentence.split()[:1]]
    assert shown + (left[0] if left else 0) == size


def test_a_patch_is_folded_hunk_by_hunk() -> None:
    """Each hunk has a fence of its own, longer than any in it, so that what fits is whole."""
    text = "# A\n\n- [ ] acme/rocket#1\n\n" + "Words.\n\n" * 10 + "```\ncode\n```\n\n- [ ] acme/rocket#2 ````\n"
    on = page(text)
    first, second = (reported.change(on, item.line) for item in on.items)
    plan = reported.plan(replace(reported.page_plan(notes=()), page=on, path=on.path, changes=(first, second)))

    folded = comment.render(plan).partition("<summary>The diff</summary>")[2]

    assert folded.count("`````diff\n") == 2
    assert folded.count("--- a/roadmap.md") == 1
    assert "-- [ ] acme/rocket#1\n+- [x] acme/rocket#1\n" in folded


def test_a_suggestion_over_two_lines() -> None:
    """A struck item of two lines is suggested for both of them."""
    on = page("- [ ] acme/rocket#1 of\n  two lines\n")
    due = replace(reported.change(on, 1, "strike"), end_line=2, after="- [ ] ~~acme/rocket#1 of\n  two lines~~")

    (made,) = comment.suggestions(replace(reported.page_plan(), page=on, path="a.md", changes=(due,)), None)

    assert (made.line, made.end_line) == (1, 2)
    assert "suggestion\n- [ ] ~~acme/rocket#1 of\n  two lines~~\n" in made.body
    assert comment.suggested_in([made.body]) == {made.digest}


TOUCHED = {
    "nothing": ("a\nb\n", "a\nb\n", []),
    "a line in the middle": ("a\nb\nc\n", "a\nx\nc\n", [2]),
    "two places": ("a\nb\nc\nd\n", "x\nb\nc\ny\n", [1, 4]),
    "lines added among equal ones": ("a\n\na\n", "a\n\nb\n\na\n", [3, 4]),
    "a line removed": ("a\nb\nc\n", "a\nc\n", []),
    "all of it": ("", "a\nb", [1, 2]),
    "one twice": ("a\n", "a\na\n", [2]),
}


@pytest.mark.parametrize(("base", "head", "lines"), TOUCHED.values(), ids=TOUCHED)
def test_what_a_pull_request_touches(base: str, head: str, lines: list[int]) -> None:
    """Lines of the head that the base does not have there: only they can bear a suggestion."""
    assert sorted(comment.touched_lines(base.encode(), head.encode())) == lines


def test_a_long_page_is_compared_at_once() -> None:
    """A page of twenty thousand lines, half of them blank, with one edit in it."""
    base = b"- [ ] acme/rocket#1\n\n" * 10_000
    head = base[:100_000].rpartition(b"\n\n")[0] + b" more" + base[len(base[:100_000].rpartition(b"\n\n")[0]) :]
    started = time.process_time()

    assert len(comment.touched_lines(base, head)) == 1
    assert time.process_time() - started < 2


def test_at_most_ten_suggestions() -> None:
    """More would bury the review; a refused page has none."""
    on = page("- [ ] acme/rocket#1\n" * 12)
    changes = tuple(reported.change(on, item.line) for item in on.items)
    plan = replace(reported.page_plan(notes=()), page=on, path="a.md", changes=changes)

    assert len(comment.suggestions(plan, b"")) == 10
    assert comment.suggestions(replace(plan, refusal=reported.REFUSED), b"") == ()
