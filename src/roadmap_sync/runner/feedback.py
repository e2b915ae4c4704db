"""Owns what a GitHub runner is told: annotations, the step's summary, its outputs.

Workflow commands and their files: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
Must not know how the plan was made, nor print: the caller writes the annotations to stderr, where a runner reads
them too.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from roadmap_sync import inert
from roadmap_sync.inert import inline
from roadmap_sync.plan.kinds import KINDS
from roadmap_sync.plan.plan import PagePlan, Plan
from roadmap_sync.report import markdown
from roadmap_sync.report.words import cost_of, pick_notes, said_of

#: A zero-width space, which a runner does not take for a blank.
_CUT = "\u200b"
#: A runner shows this many annotations of one kind for a step.
MOST_ANNOTATIONS = 10


def tell(
    plan: Plan | None,
    environ: Mapping[str, str],
    directory: Path,
    *,
    saved: str = "",
    told: str = "",
    pull_request_url: str = "",
    is_annotated: bool = True,
) -> Iterator[str]:
    """Write the summary and the outputs to the runner's files; yield the annotations.

    `saved` is where the plan was saved as JSON. `told` replaces the report in the summary. `pull_request_url` is the
    pull request that holds the plan. Without a plan, only `told` is written. Unless `is_annotated`, only warnings
    that a file cannot be written are yielded.
    """
    if plan is None:
        yield from _append("GITHUB_STEP_SUMMARY", environ, told)
        return
    yield from _append("GITHUB_STEP_SUMMARY", environ, summary(plan, told))
    given = outputs(plan, saved, pull_request_url)
    yield from _append("GITHUB_OUTPUT", environ, "".join(_output(*pair) for pair in given.items()))
    if is_annotated:
        yield from annotations(plan, _above(environ, directory))


def summary(plan: Plan, told: str = "") -> str:
    """Return the step's summary: the report, and what reading GitHub cost.

    A runner takes 1 MiB for a step; a report has at most 60,000 characters, which is a quarter of that.
    """
    text = told or markdown.render(plan, notes="attention")
    if plan.board is None:
        return f"{text}\n"
    return f"{text}\n{cost_of(plan.board.read)}\n\n"


def outputs(plan: Plan, saved: str = "", pull_request_url: str = "") -> dict[str, str]:
    """Return the step's outputs. Changes on a page that a guard or an error refuses are not counted."""
    kinds = [change.kind for page in plan.pages if page.is_writable for change in page.changes]
    attention = sum(note.level == "attention" for page in plan.pages for note in page.notes)
    return {
        "changed": "true" if kinds else "false",
        **{kind.output: str(kinds.count(kind.name)) for kind in KINDS},
        "attention": str(attention),
        "plan": saved,
        "pull-request-url": pull_request_url,
    }


def annotations(plan: Plan, above: str = "") -> Iterator[str]:
    """Yield at most ten annotations: one for each caused change, then for the notes that need attention.

    `above` is the path of the working directory in the repository: a runner names files from the repository's top.
    A runner drops every warning after the tenth, so the rest is counted in a notice.
    """
    notes = ((page, note) for page, note in pick_notes(plan, "attention").shown if note.caused)
    said = (_annotation(above, page, note.line, 0, f"{note.message} [{note.kind}]") for page, note in notes)
    changes = ((page, change) for page in plan.pages for change in page.changes if change.caused)
    due = (_annotation(above, page, one.line, one.column, said_of(page, one)) for page, one in changes)
    every = [*due, *said]
    yield from every[:MOST_ANNOTATIONS]
    rest = len(every) - MOST_ANNOTATIONS
    if rest > 0:
        yield f"::notice title=roadmap-sync::{rest} more in the summary of this job"


def tell_error(message: str, environ: Mapping[str, str]) -> str:
    """Write into the summary that the run ended with an error and checked no page; return the annotation."""
    text = f"**roadmap-sync ended with an error, so the page was not checked.**\n\n{inert.markdown(message)}\n\n"
    warnings = _append("GITHUB_STEP_SUMMARY", environ, text)
    return "\n".join([f"::error title=roadmap-sync::{_data(message)}", *warnings])


def spoken(line: str) -> str:
    """Return a line for the log that holds no command for the runner, whoever wrote its text.

    A runner looks for `::` at the beginning of a line, after blanks too, and for `##[` anywhere.
    """
    cut = line.replace("##[", f"##{_CUT}[")
    return f"{_CUT}{cut}" if cut.lstrip().startswith("::") else cut


def _annotation(above: str, page: PagePlan, line: int, column: int, message: str) -> str:
    place = {"file": str(PurePath(above) / page.path), "line": line, "col": column, "title": "roadmap-sync"}
    told = ((name, _data(str(value))) for name, value in place.items() if value)
    shown = ",".join(f"{name}={value.replace(':', '%3A').replace(',', '%2C')}" for name, value in told)
    return f"::warning {shown}::{_data(message)}"


def _data(text: str) -> str:
    """Escape what the runner unescapes. `inline` leaves no line break, so no title can begin a command."""
    return inline(text).replace("%", "%25")


def _above(environ: Mapping[str, str], directory: Path) -> str:
    """Return the working directory's path from the repository's top; empty where it is the top, or not below it."""
    try:
        top, here = Path(environ.get("GITHUB_WORKSPACE", "")).resolve(), directory.resolve()
    except (OSError, RuntimeError):
        return ""  # a link in a circle, for example: no place in the repository
    is_inside = bool(environ.get("GITHUB_WORKSPACE")) and here.is_relative_to(top)
    return here.relative_to(top).as_posix() if is_inside else ""


def _output(name: str, value: str) -> str:
    """Return one output. The delimiter is random, so no value can end itself and set another output."""
    end = f"end-{secrets.token_hex(16)}"
    return f"{name}<<{end}\n{value}\n{end}\n"


def _append(name: str, environ: Mapping[str, str], text: str) -> Iterator[str]:
    """Write to the end of the file that a variable names; yield a warning where that is not possible.

    A pipe that nobody reads is not waited for.
    """
    path = environ.get(name)
    if not path:
        return
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o666)
        with os.fdopen(handle, "ab") as file:
            file.write(text.encode(errors="backslashreplace"))
    except OSError as error:
        yield f"::warning title=roadmap-sync::{_data(f'{name} cannot be written: {error.strerror}')}"
