"""What a GitHub runner is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from roadmap_sync.errors import InputError
from roadmap_sync.plan.plan import PagePlan, Plan
from roadmap_sync.report import comment
from roadmap_sync.runner import feedback
from tests.support import reported
from tests.support.makers import page


def read_outputs(text: str) -> dict[str, str]:
    """Read a runner's output file as the runner does: name, delimiter, lines up to the delimiter."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        found[name] = "\n".join(iter(lines.__next__, end))
    return found


def test_annotations() -> None:
    """Each change has one, then each note that needs attention; remarks have none."""
    assert list(feedback.annotations(reported.plan())) == [
        "::warning file=docs/roadmap.md,line=5,col=4,title=roadmap-sync::tick #12 merged 2024-06-26",
        '::warning file=docs/roadmap.md,line=6,col=4,title=roadmap-sync::untick #13 Status "Backlog"',
        "::warning file=docs/roadmap.md,line=11,col=4,title=roadmap-sync::strike #15 closed as not planned 2024-05-01",
        "::warning file=docs/roadmap.md,line=7,title=roadmap-sync::not found, or this token may not see it [unknown]",
    ]


def test_what_was_due_before_is_no_annotation() -> None:
    """A pull request is told what it causes, not what was behind already."""
    page = reported.page_plan(notes=())
    page = replace(page, changes=tuple(replace(change, caused=False) for change in page.changes))

    assert list(feedback.annotations(reported.plan(page))) == []


def test_no_foreign_text_becomes_a_command() -> None:
    """Line breaks, percent signs, colons and commas of strangers stay text."""
    page = reported.page_plan(notes=())
    evil = "50%\n::set-output name=x::y\r\x1b[2J, z"
    page = replace(page, path="a,b:c%.md", changes=(replace(page.changes[0], because=evil),))

    (line,) = feedback.annotations(reported.plan(page), "docs")

    assert line == (
        "::warning file=docs/a%2Cb%3Ac%25.md,line=5,col=4,title=roadmap-sync::"
        "tick #12 50%25 ::set-output name=x::y \\x1b[2J, z"
    )


def test_tell_writes_what_the_runner_reads(tmp_path: Path) -> None:
    """Summary and outputs are appended to; file names begin at the top of the repository."""
    files = {"GITHUB_STEP_SUMMARY": tmp_path / "summary", "GITHUB_OUTPUT": tmp_path / "output"}
    for file in files.values():
        file.write_text("before\n")
    site = tmp_path / "site"
    site.mkdir()
    environ = {"GITHUB_WORKSPACE": str(tmp_path), **{name: str(file) for name, file in files.items()}}

    lines = list(feedback.tell(reported.plan(), environ, site, saved="plan.json"))

    assert lines[0].startswith("::warning file=site/docs/roadmap.md,line=5,")
    summary = files["GITHUB_STEP_SUMMARY"].read_text()
    assert summary.startswith("before\ndocs/roadmap.md: 1 tick, 1 untick, 1 strike;")
    assert summary.endswith("\n2 requests, 3 points, 0.5 s\n\n")
    assert read_outputs(files["GITHUB_OUTPUT"].read_text().removeprefix("before\n")) == {
        "changed": "true",
        "ticked": "1",
        "unticked": "1",
        "struck": "1",
        "added": "0",
        "moved": "0",
        "attention": "1",
        "plan": "plan.json",
        "pull-request-url": "",
    }


def test_a_value_cannot_set_another_output(tmp_path: Path) -> None:
    """A delimiter that cannot be foreseen holds values of several lines together."""
    file = tmp_path / "output"
    evil = "x\nend\nchanged<<end\nfalse"

    list(feedback.tell(reported.plan(), {"GITHUB_OUTPUT": str(file)}, tmp_path, saved=evil))

    found = read_outputs(file.read_text())
    assert found["plan"] == evil
    assert found["changed"] == "true"


NOTHING = {
    "refused": reported.page_plan(refusal=reported.REFUSED, notes=()),
    "failed": reported.page_plan(error=InputError("no such file", where="docs/roadmap.md"), notes=()),
    "not read": PagePlan("docs/roadmap.md", None),
}


@pytest.mark.parametrize("page", NOTHING.values(), ids=NOTHING)
def test_what_is_not_written_is_not_counted(page: PagePlan) -> None:
    """A refused or failed page has no changes to speak of in the outputs."""
    found = feedback.outputs(Plan((page,)))

    assert (found["changed"], found["ticked"], found["attention"]) == ("false", "0", "0")


def test_a_run_that_asked_nothing_has_no_cost() -> None:
    """A page without a checklist was not worth a request."""
    assert feedback.summary(Plan((PagePlan("README.md", None),))) == "README.md: not read\n\n"


def test_outside_the_workspace_names_stay(tmp_path: Path) -> None:
    """Without a workspace, or outside it, files are named as the program names them."""
    for environ in ({}, {"GITHUB_WORKSPACE": str(tmp_path / "elsewhere")}):
        first = next(feedback.tell(reported.plan(), environ, tmp_path))
        assert first.startswith("::warning file=docs/roadmap.md,")


def test_a_runner_shows_ten_warnings_and_the_rest_is_counted() -> None:
    """What a runner would drop unseen is a number instead."""
    page = reported.page_plan(notes=())
    page = replace(page, changes=page.changes * 5)

    *warnings, last = feedback.annotations(reported.plan(page))

    assert len(warnings) == feedback.MOST_ANNOTATIONS
    assert last == "::notice title=roadmap-sync::5 more in the summary of this job"


def test_notes_that_were_there_before_are_no_annotation() -> None:
    """Like changes, notes are told to the pull request that causes them."""
    page = reported.page_plan(changes=())
    page = replace(page, notes=tuple(replace(note, caused=False) for note in page.notes))

    assert list(feedback.annotations(reported.plan(page))) == []


@pytest.mark.parametrize("line", ["::set-output name=x::y", "  ::stop-commands::z", "a ##[set-output name=x;]y"])
def test_no_line_of_the_log_is_a_command(line: str) -> None:
    """Both spellings of a command are cut where a runner would look for them."""
    spoken = feedback.spoken(line)

    assert not spoken.lstrip().startswith("::")
    assert "##[" not in spoken
    assert spoken.replace("\u200b", "") == line


def test_an_error_says_that_nothing_is_known(tmp_path: Path) -> None:
    """A run without a plan leaves no verdict behind, and its words do nothing in the summary."""
    file = tmp_path / "summary"

    line = feedback.tell_error("x: @bob #1\n  do this", {"GITHUB_STEP_SUMMARY": str(file)})

    assert line == "::error title=roadmap-sync::x: @bob #1   do this"
    assert "the page was not checked" in file.read_text()
    assert "@bob" not in file.read_text()


@pytest.mark.parametrize("size", [10, 800])
def test_a_summary_always_fits(size: int) -> None:
    """Under the 1 MiB that a runner takes of a step, in letters of four bytes."""
    on = page("# A\n\n" + f"- [ ] acme/rocket#1 {'🚀' * 90}\n" * size)
    one = reported.change(on, on.items[0].line)
    changes = tuple(replace(one, line=item.line, edits=()) for item in on.items)
    plan = reported.plan(replace(reported.page_plan(notes=()), page=on, changes=changes))

    for text in (feedback.summary(plan), feedback.summary(plan, comment.render(plan))):
        assert len(text.encode()) < 1_048_576 / 4 + 1000
