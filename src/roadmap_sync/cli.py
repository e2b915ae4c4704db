"""Owns the command line: arguments in, exit status out. Results go to stdout, everything else to stderr.

What a command does is in `commands/`, and is imported when the command runs: `--version` and `--help` load neither
a parser nor an HTTP client.
"""

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

from roadmap_sync import __version__
from roadmap_sync.errors import BugError, Exit, InputError, RoadmapSyncError, worst
from roadmap_sync.publishers import destinations
from roadmap_sync.report.forms import FORMS

if TYPE_CHECKING:
    from pathlib import Path

    from roadmap_sync.commands.outcome import Invocation, Outcome

#: click's own types tell functions and commands apart, which nothing here needs.
_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

#: Set by a shell that wants to complete a line; the name is click's.
_COMPLETION = "_ROADMAP_SYNC_COMPLETE"

_DRY_RUN = "--dry-run"

_SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_REPORT = "Please report it, with the command that you ran. --debug shows where it happened."

_EPILOG = """\b
Exit codes:
  0    in step, or done
  1    something differs (check, diff --exit-code)
  2    wrong input: command line, config, page, missing token
  3    GitHub: token refused, not found, rate limit, network, incomplete answer
  4    refused: a guard, a failed proof, a page or plan that has changed
  70   a bug in roadmap-sync
  130  interrupted

\b
Tokens: ROADMAP_SYNC_TOKEN, else GH_TOKEN, else GITHUB_TOKEN, from the environment
or .env; at a terminal also from the GitHub CLI (gh auth login).

\b
Shell completion, for bash (zsh and fish likewise):
  eval "$(_ROADMAP_SYNC_COMPLETE=bash_source roadmap-sync)"
"""


class _Group(click.Group):
    """The commands. Options may stand before the command as well; where no command is named, `sync` is meant."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command in front of all options."""
        return super().parse_args(ctx, self._in_order(ctx, args))

    def _in_order(self, ctx: click.Context, args: list[str]) -> list[str]:
        for place, word in enumerate(args):
            if word in self.commands and _first_word(args, self._takes_value(word)) == place:
                return self._dry([word, *args[:place], *args[place + 1 :]])
        if ctx.resilient_parsing or args[:1] in (["-h"], ["--help"], ["--version"]):
            return args  # a shell that completes a line wants the commands
        self._refuse_misspelled(ctx, args)
        return self._dry(["sync", *args])

    def _takes_value(self, command: str) -> dict[str, bool]:
        """Tell which options take a value, by the command's own list, then by those of the other commands."""
        every = [one for name in (*self.commands, command) for one in self.commands[name].params]
        options = [one for one in every if isinstance(one, click.Option)]
        return {name: not option.is_flag for option in options for name in option.opts}

    @staticmethod
    def _dry(args: list[str]) -> list[str]:
        """Turn `sync --dry-run` into `diff`."""
        options = args[: args.index("--")] if "--" in args else args
        if args[0] != "sync" or _DRY_RUN not in options:
            return args
        return ["diff", *(one for one in options[1:] if one != _DRY_RUN), *args[len(options) :]]

    def _refuse_misspelled(self, ctx: click.Context, args: list[str]) -> None:
        """Refuse `dif`: it is no page, and one does not expect it to mean `sync dif`."""
        place = _first_word(args, self._takes_value("sync"))
        word = args[place] if place is not None else ""
        if not word.isalpha():
            return
        from difflib import get_close_matches
        from pathlib import Path

        if (near := get_close_matches(word, self.commands, 1)) and not Path(word).exists():
            ctx.fail(f"No such command '{word}'. Did you mean '{near[0]}'?")


def _first_word(args: Sequence[str], takes_value: Mapping[str, bool]) -> int | None:
    """Return the place of the first argument that is neither an option nor an option's value; None for none."""
    place = 0
    while place < len(args):
        word = args[place]
        if word == "--":
            return place + 1 if place + 1 < len(args) else None
        if word == "-" or not word.startswith("-"):
            return place
        place += 2 if takes_value.get(word) else 1
    return None


_DEBUG: _Decorator = click.option(
    "--debug", is_flag=True, expose_value=False, help="Show a traceback if something fails."
)
_VERSION: _Decorator = click.version_option(__version__, prog_name="roadmap-sync", message="%(prog)s %(version)s")


@click.group(cls=_Group, epilog=_EPILOG, context_settings=_SETTINGS)
@_VERSION
def roadmap_sync() -> None:
    """Make the checklists of a hand-written page match a GitHub Projects board, and touch nothing else.

    Without a command, sync is run. Options may stand before or after the command.
    """


def _guard(_ctx: click.Context, _param: click.Parameter, values: Sequence[str]) -> dict[str, int]:
    """Read `tick=80`."""
    if not values:
        return {}
    from roadmap_sync.plan.kinds import KINDS

    names = [kind.name for kind in KINDS]
    allowed: dict[str, int] = {}
    for value in values:
        kind, _, number = value.partition("=")
        if kind not in names or not number.isascii() or not number.isdecimal():
            raise click.BadParameter(f'"{value}" is not KIND=N, with KIND one of {", ".join(names)}.')
        allowed[kind] = int(number)
    return allowed


def _file(*names: str, words: str, metavar: str = "FILE") -> _Decorator:
    return click.option(*names, metavar=metavar, type=click.Path(), default="", help=words)


def _choice(*names: str, of: Iterable[str], words: str, **more: Any) -> _Decorator:
    """Return an option that takes one of these words, by default the first. `more` is what click's option takes."""
    kinds = click.Choice([*of])
    return click.option(*names, type=kinds, help=words, **{"default": kinds.choices[0], "show_default": True, **more})


def _form(*forms: str, **more: Any) -> _Decorator:
    return _choice("--format", "form", of=forms, words="How to show the result.", **more)


def _notes(default: str = "attention") -> _Decorator:
    return _choice("--notes", of=["attention", "all"], words="Which notes to show.", default=default)


#: What every command understands, in the order of `--help`.
_COMMON: tuple[_Decorator, ...] = (
    _file("--config", words="The config, instead of looking for one."),
    _file(
        "--board",
        metavar="URL|FILE",
        words="The board, instead of the config's; or a snapshot of it, to read instead of GitHub.",
    ),
    click.option(
        "--concurrency",
        metavar="N",
        type=click.IntRange(1, 50),
        default=4,
        show_default=True,
        help="How many requests to send at a time.",
    ),
    click.option(
        "--timeout",
        metavar="SECONDS",
        type=click.FloatRange(min=0, min_open=True),
        default=120,
        show_default=True,
        help="Time limit for all requests to GitHub together.",
    ),
    click.option("-q", "--quiet", "is_quiet", is_flag=True, help="Print nothing but results and errors."),
    click.option(
        "-v", "--verbose", "is_verbose", is_flag=True, help="Also print each request to GitHub, and its cost."
    ),
    click.option("--no-color", is_flag=True, help="Use no colours, even on a terminal."),
    _DEBUG,
    _VERSION,
)

_ALLOW: _Decorator = click.option(
    "--allow", metavar="KIND=N", multiple=True, callback=_guard, help="Raise a guard to N changes for this run."
)
_PAGES: _Decorator = click.argument("pages", metavar="[PAGE]...", nargs=-1, type=click.Path())


def _command(example: str, *options: _Decorator) -> Callable[[Callable[..., "Outcome"]], click.Command]:
    """Make a command with its own options, the common ones, and an example at its end.

    The first sentence of its docstring is its line in the list of commands: at most 66 characters fit.
    """

    def made(function: Callable[..., "Outcome"]) -> click.Command:
        @functools.wraps(function)
        def run(**given: Any) -> "Outcome":
            from dataclasses import replace

            outcome = function(**given)
            return replace(outcome, said=()) if given["is_quiet"] else outcome

        decorated: Callable[..., Any] = run
        for option in reversed((*options, *_COMMON)):
            decorated = option(decorated)
        return roadmap_sync.command(epilog=f"\b\nExample:\n  {example}")(decorated)

    return made


def _invocation(*, no_color: bool, **options: Any) -> "Invocation":
    """Return what the commands take. Colour is for a terminal, unless NO_COLOR is set (https://no-color.org)."""
    from roadmap_sync.commands.outcome import Invocation

    return Invocation(
        directory=_here(),
        environ=os.environ,
        is_terminal=_is_terminal(sys.stderr),
        is_colored=_is_terminal(sys.stdout) and not no_color and not os.environ.get("NO_COLOR"),
        **options,
    )


def _is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; a closed one is None in Python, and is none."""
    return stream is not None and stream.isatty()


def _here() -> "Path":
    """Return the working directory. Raises InputError where it was deleted, or may not be entered."""
    from pathlib import Path

    try:
        return Path.cwd()
    except OSError as error:
        raise InputError(f"the working directory is gone: {error.strerror}", hint="Go to one that is there.") from None


@_command(
    "roadmap-sync sync docs/roadmap.md --allow tick=80",
    _PAGES,
    _choice("--to", of=(*destinations.FILES, *destinations.REMOTES), words=destinations.words()),
    _file("--plan", "plan_file", words="Write only if the plan is still the one that `diff --out` saved."),
    click.option(_DRY_RUN, is_flag=True, expose_value=False, help="Write nothing: the same as the command diff."),
    _form(*(form.name for form in FORMS if not form.is_patch)),
    _notes(),
    _ALLOW,
)
def sync(to: Any, plan_file: str, **options: Any) -> "Outcome":
    """Write the pages, or keep one pull request.

    PAGE chooses among the pages of the config; without PAGE, all of them are written.
    """
    if to in destinations.FILES:
        from roadmap_sync.commands import sync

        return sync.run(_invocation(**options), to, plan_file=plan_file)
    if plan_file:
        raise click.UsageError("--plan is for files; with --to, the plan is made from the pages on GitHub.")
    from roadmap_sync.commands import sync_on_github

    return sync_on_github.run(_invocation(**options), to)


@_command(
    "roadmap-sync diff --board https://github.com/orgs/NAME/projects/1 ROADMAP.md | git apply",
    _PAGES,
    _choice(
        "--to",
        of=destinations.PREVIEWS,
        words=f"In a job for a pull request: {', or '.join(one.words for one in destinations.PREVIEWS.values())}.",
        default=None,
    ),
    _form(
        *(form.name for form in FORMS),
        default=None,
        show_default="text at a terminal, else diff; with --to comment, the comment",
    ),
    _file("--out", words="Save the plan as JSON, for sync --plan."),
    click.option("--exit-code", "is_exit_code", is_flag=True, help="Exit with 1 if there is something to change."),
    _notes(),
    _ALLOW,
)
def diff(to: str | None, form: Any, **options: Any) -> "Outcome":
    """Show what sync would do, and write nothing."""
    told = {name: options.pop(name) for name in ("out", "is_exit_code")}
    if to in destinations.PREVIEWS:
        from roadmap_sync.commands import diff_comment

        return diff_comment.run(_invocation(form=form or "markdown", **options), to, **told)
    from roadmap_sync.commands import diff

    return diff.run(_invocation(form=form or ("text" if _is_terminal(sys.stdout) else "diff"), **options), **told)


@_command(
    "roadmap-sync check --base origin/main",
    _PAGES,
    click.option("--base", metavar="REV", default="", help="Fail only for what came since this git revision."),
    _file("--base-page", words="The same, compared with another file."),
    _form("text", "json"),
    _notes(),
    _ALLOW,
)
def check(base: str, base_page: str, **options: Any) -> "Outcome":
    """List what is due, one line a change; exit 1 if anything is."""
    from roadmap_sync.commands import check

    return check.run(_invocation(**options), base=base, base_page=base_page)


@_command(
    "roadmap-sync explain docs/roadmap.md:31",
    click.argument("place", metavar="PAGE:LINE"),
    _notes("all"),
)
def explain(place: str, **options: Any) -> "Outcome":
    """Explain one line: its reference, the evidence, the rule."""
    from roadmap_sync.commands import explain

    return explain.run(_invocation(**options), place)


@_command(
    "roadmap-sync init --board https://github.com/orgs/NAME/projects/1 docs/roadmap.md",
    _PAGES,
    click.option("--write", "is_written", is_flag=True, help="Save the config, if there is none yet."),
)
def init(*, is_written: bool, **options: Any) -> "Outcome":
    """Propose a config from a board and pages. No page is changed."""
    from roadmap_sync.commands import init

    return init.run(_invocation(**options), is_written=is_written)


@_command(
    "roadmap-sync link docs/roadmap.md --write 12,31",
    _PAGES,
    click.option("--write", metavar="LINES", default="", help="Write the pins of these lines, such as 12,31."),
    _form("text", "json"),
)
def link(write: str, **options: Any) -> "Outcome":
    """Propose pins for lines that name no issue or pull request.

    A pin is a comment that readers do not see, such as <!-- roadmap-sync: owner/repo#12 -->.
    """
    from roadmap_sync.commands import link

    return link.run(_invocation(**options), write=write)


@_command("roadmap-sync doctor", _PAGES)
def doctor(**options: Any) -> "Outcome":
    """Check config, pages, tokens and board, and say what to do."""
    from roadmap_sync.commands import doctor

    return doctor.run(_invocation(**options))


@_command(
    "roadmap-sync snapshot board.json && roadmap-sync diff --board board.json",
    click.argument("file", metavar="FILE", type=click.Path()),
    _PAGES,
)
def snapshot(file: str, **options: Any) -> "Outcome":
    """Save the board as a file, for --board FILE.

    The file is JSON. It holds what the pages refer to as well, so that every command can do without GitHub.
    """
    from roadmap_sync.commands import snapshot

    return snapshot.run(_invocation(**options), file)


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit status; `argv` are the arguments, by default the process's own."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        return _main(arguments)
    except (KeyboardInterrupt, click.Abort):
        _say("roadmap-sync: interrupted")
        return Exit.INTERRUPTED
    except click.UsageError as error:
        _fail(error.format_message(), f"Try: {error.ctx.command_path if error.ctx else 'roadmap-sync'} --help")
        return Exit.INPUT
    except RoadmapSyncError as error:
        _fail(str(error), _REPORT if isinstance(error, BugError) else "", is_traced="--debug" in arguments)
        if _is_on_runner():
            from roadmap_sync.runner import feedback

            _print(feedback.tell_error(_hidden(str(error)), os.environ))
        return error.exit
    except OSError as error:
        # Files of ours say what is wrong with them where they are opened: this is the machine's own trouble.
        _drop_output()
        where = f"{error.filename}: " if error.filename else ""
        _fail(f"{where}{error.strerror or error}", is_traced="--debug" in arguments)
        return Exit.INPUT
    except Exception as error:  # noqa: BLE001 - the one place that tells a bug of ours from everything else
        _fail(f"this is a bug: {type(error).__name__}: {error}", _REPORT, is_traced="--debug" in arguments)
        return Exit.BUG


def _main(arguments: list[str]) -> int:
    if not arguments and _COMPLETION not in os.environ and not _has_config():
        _say(roadmap_sync.get_help(click.Context(roadmap_sync, info_name="roadmap-sync", **_SETTINGS)))
        return Exit.INPUT
    outcome = roadmap_sync.main(arguments, prog_name="roadmap-sync", standalone_mode=False)
    if isinstance(outcome, int):  # --help, --version and completion end here
        return outcome
    is_delivered = _deliver(outcome)
    return outcome.exit if is_delivered else worst([outcome.exit, Exit.INPUT])


def _has_config() -> bool:
    from roadmap_sync.config.file import find_config

    return find_config(_here()) is not None


def _deliver(outcome: "Outcome") -> bool:
    """Print an outcome: what it says, its result, its errors; and tell a GitHub runner.

    Return whether the result, if there is one, reached stdout.
    """
    for line in outcome.said:
        _say(line)
    is_delivered = not outcome.result or _write(outcome.result)
    for error in outcome.errors:
        _fail(error)
    if _is_on_runner() and (outcome.plan is not None or outcome.told):
        from roadmap_sync.runner import feedback

        lines = feedback.tell(
            outcome.plan,
            os.environ,
            _here(),
            saved=outcome.saved,
            told=outcome.told,
            pull_request_url=outcome.pull_request_url,
            is_annotated=outcome.is_annotated,
        )
        for line in lines:
            _print(line)
    return is_delivered


def _write(result: bytes) -> bool:
    """Write to stdout, and return whether it went there; a reader that has seen enough (`| head`) has it all."""
    if sys.stdout is None:
        _fail("standard output: it is closed, so the result went nowhere")
        return False
    try:
        sys.stdout.buffer.write(result)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _drop_output()
    except OSError as error:
        _drop_output()
        _fail(f"standard output: cannot be written: {error.strerror}")
        return False
    return True


def _drop_output() -> None:
    """Let what stdout still holds go nowhere: Python would complain once more when it closes it."""
    if sys.stdout is not None:
        with contextlib.suppress(OSError, ValueError):  # it is no file of the system's, as in a test
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_on_runner() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


def _say(line: str) -> None:
    if _is_on_runner():
        from roadmap_sync.runner.feedback import spoken

        line = spoken(line)
    _print(line)


def _print(line: str) -> None:
    """Print to stderr. Where that is closed or full there is nobody left to tell."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(line, file=sys.stderr)


def _hidden(text: str) -> str:
    """Return a text without the tokens that this process knows."""
    from roadmap_sync.github.access import hide_tokens

    try:
        return hide_tokens(text, os.environ, _here())
    except InputError:
        return hide_tokens(text, os.environ, None)


def _fail(message: str, hint: str = "", *, is_traced: bool = False) -> None:
    """Say what went wrong, without anything that a terminal would obey, and without a token."""
    import traceback

    from roadmap_sync.inert import inline

    text = f"roadmap-sync: {message}" + (f"\n  {hint}" if hint else "")
    if is_traced:
        text = f"{traceback.format_exc()}{text}"
    _say("\n".join(inline(line) for line in _hidden(text).split("\n")))
