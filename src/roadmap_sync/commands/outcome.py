"""Owns what a command takes (Invocation) and gives (Outcome), and how a plan becomes a result and an exit code.

Must not know the command line's syntax, nor which command runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from roadmap_sync.errors import Exit, InputError, worst
from roadmap_sync.plan.plan import PagePlan, Plan
from roadmap_sync.report import forms
from roadmap_sync.report.summary import nothing_to_check
from roadmap_sync.report.words import Shown, count


@dataclass(frozen=True, slots=True)
class Invocation:
    """What the person typed, and where: the working directory and the environment of the process.

    `timeout` is in seconds, for all that is asked of GitHub. `form` and `notes` say how a plan is shown.
    `is_terminal` tells whether a person may be looking at stderr, `is_colored` whether stdout takes colours.
    """

    directory: Path
    environ: Mapping[str, str] = field(repr=False)
    concurrency: int
    timeout: float
    pages: tuple[str, ...] = ()
    config: str = ""
    board: str = ""
    allow: Mapping[str, int] = field(default_factory=dict)
    form: str = "text"
    notes: Shown = "attention"
    is_colored: bool = False
    is_terminal: bool = False
    is_verbose: bool = False
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command came to: its exit code, its result for stdout, and lines for stderr.

    `said` is left out with `--quiet`, `errors` never. `saved` is where the JSON plan was put. `told` is what a
    runner's step summary says in place of the report, `pull_request_url` the pull request that holds the plan.
    `is_annotated` is false where its lines are not those of the commit that the job runs for.
    """

    exit: Exit
    result: bytes = b""
    said: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    plan: Plan | None = None
    saved: str = ""
    told: str = ""
    is_annotated: bool = True
    pull_request_url: str = ""


def show(plan: Plan, invocation: Invocation, code: Exit, *, is_written: bool = False) -> bytes:
    """Return the plan in the form that was asked for; `is_written` tells that it was carried out on files."""
    look = forms.Look(invocation.notes, code, invocation.is_colored, is_written)
    return forms.show(plan, invocation.form, look)


def show_published(plan: Plan, invocation: Invocation, code: Exit, *, is_written: bool = False) -> bytes:
    """Return the same for a command that publishes; with `--quiet` the text for a person is left out."""
    is_left_out = invocation.is_quiet and invocation.form == "text"
    return b"" if is_left_out else show(plan, invocation, code, is_written=is_written)


def exit_of(plan: Plan, *, is_difference_told: bool = False) -> Exit:
    """Return the exit code of a plan: an error, a guard, and, where it is asked for, a change that is due."""
    codes: list[Exit] = []
    for page in plan.pages:
        if page.error is not None:
            codes.append(page.error.exit)
        if page.refusal is not None:
            codes.append(Exit.REFUSED)
        if is_difference_told and any(change.caused for change in page.changes):
            codes.append(Exit.DIFFERS)
    return worst(codes)


def too_few_places(plan: PagePlan) -> InputError | None:
    """Return what is wrong with a page of which less can be judged than its config expects; None where nothing is."""
    if plan.page is None or plan.error is not None or plan.places >= (wanted := plan.page.rules.min_references):
        return None
    said = f"{count(plan.places, 'place')} to check, where min_references is {wanted}"
    hint = "Link the lines to their issues (roadmap-sync link proposes some), or set min_references under [[pages]]."
    return InputError(nothing_to_check(plan) or said, where=plan.path, hint=hint)


def errors_of(plan: Plan) -> tuple[str, ...]:
    """Return what could not be done, page by page, with the way out."""
    return tuple(str(page.error) for page in plan.pages if page.error is not None)
