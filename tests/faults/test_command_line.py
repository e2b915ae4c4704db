"""The command line: options stand anywhere, and a dry run never writes (A1)."""

import sys
from pathlib import Path

import pytest

from roadmap_sync import cli
from tests.support import runs
from tests.support.runs import CONFIG, Place, place

__all__ = ["place"]

BOARD = "https://github.com/orgs/acme/projects/3"
PATH = "docs/roadmap.md"
#: With a line that `link` knows an item for.
PAGE, TICKED = (page.replace(b"Paint the whole hull", b"Our hull: paint!") for page in (runs.PAGE, runs.TICKED))

#: What every command takes.
COMMON = {
    "none": (),
    "config": ("--config", "roadmap-sync.toml"),
    "board": ("--board", BOARD),
    "concurrency": ("--concurrency", "2"),
    "timeout": ("--timeout", "60"),
    "no-color": ("--no-color",),
    "quiet": ("-q",),
    "verbose": ("-v",),
    "debug": ("--debug",),
    "all": ("-v", "--board", BOARD, "--timeout=60", "--debug", "--config", "roadmap-sync.toml", "--no-color"),
}
#: Every command as it is used on a page, the exit codes that it may have, and the files that it may change.
COMMANDS = {
    "sync": (("sync", PATH), {0}, {PATH}),
    "diff": (("diff", PATH), {0}, set()),
    "diff-to-a-file": (("diff", PATH, "--out", "plan.json"), {0}, {"plan.json"}),
    "dry-run": (("sync", PATH, "--dry-run"), {0}, set()),
    "check": (("check", PATH), {1}, set()),
    "explain": (("explain", f"{PATH}:7"), {0}, set()),
    "link": (("link", PATH), {0}, set()),
    "link-and-write": (("link", PATH, "--write", "15"), {0}, {PATH}),
    "init": (("init", PATH, "--board", BOARD), {0}, set()),
    "init-and-write": (("init", PATH, "--board", BOARD, "--config", "new.toml", "--write"), {0}, {"new.toml"}),
    "doctor": (("doctor", PATH), {0}, set()),
    "snapshot": (("snapshot", "board.json", PATH), {0}, {"board.json"}),
}


@pytest.fixture(autouse=True)
def _line(place: Place) -> None:
    """One item of the board is all but the same as a line."""
    place.write(PATH, PAGE)


def files(directory: Path) -> dict[str, bytes]:
    """Every file below a directory, by its path from there."""
    return {one.relative_to(directory).as_posix(): one.read_bytes() for one in directory.rglob("*") if one.is_file()}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("mode", [pytest.param(0o644, id="writable"), pytest.param(0o444, id="read-only")])
def test_which_files_change(place: Place, name: str, mode: int) -> None:
    """A1: with every common option, before and after the command, only the files change that the command is for."""
    words, codes, may_change = COMMANDS[name]
    for option, given in COMMON.items():
        for arguments in ((*given, *words), (*words, *given)):
            if name == "init-and-write" and "roadmap-sync.toml" in "".join(given):
                continue  # a config that is there already is not written: said below
            place.write(PATH, PAGE).chmod(mode)
            before = files(place.directory)
            ran = place.run(*arguments)
            after = files(place.directory)

            changed = {path for path in {*before, *after} if before.get(path) != after.get(path)}
            assert ran.code in codes, (option, arguments, ran)
            assert changed == may_change, (option, arguments, ran)
            for path in may_change - {PATH}:
                (place.directory / path).unlink()


def test_a_config_that_is_there_is_not_written(place: Place) -> None:
    """A1: `init --write` names one file, and leaves what it holds."""
    before = files(place.directory)
    for arguments in (
        ("--config", "roadmap-sync.toml", "init", PATH, "--board", BOARD, "--write"),
        ("--write", "--board", BOARD, "init", PATH),
    ):
        ran = place.run(*arguments)

        assert (ran.code, "there is a config already" in ran.err) == (2, True)
    assert files(place.directory) == before


@pytest.mark.parametrize("options", [(), ("-q",), ("-v",), ("-qv",), ("--no-color", "--timeout", "9")])
@pytest.mark.parametrize("command", ["diff", "check", "doctor", "link", "init"])
def test_without_a_config(place: Place, command: str, options: tuple[str, ...]) -> None:
    """A1: `roadmap-sync --board URL diff PAGE` is `diff`, where no config says what the pages are."""
    (place.directory / "roadmap-sync.toml").unlink()
    ran = place.run(*options, "--board", BOARD, command, PATH)

    assert ran.code == (1 if command == "check" else 0), ran
    assert files(place.directory) == {PATH: PAGE}


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        pytest.param(("--board", "diff", "check", PATH), "no such file", id="a-value-that-is-called-like-a-command"),
        pytest.param(("--config", "check", "diff", PATH), "check: no such file", id="a-config-called-check"),
        pytest.param(("--config=diff", PATH), "diff: no such file", id="joined-value-and-no-command"),
        pytest.param(("--boar", BOARD, "diff", PATH), "No such option '--boar'", id="abbreviated"),
        pytest.param(("diff", "--boar", BOARD, PATH), "No such option '--boar'", id="abbreviated-behind"),
        pytest.param(("--wrong", "diff", PATH), "No such option '--wrong'", id="unknown-option"),
        pytest.param(("--plan", "x.json", "diff", PATH), "No such option '--plan'", id="option-of-another-command"),
        pytest.param(("--write", "link", PATH), "No such option '--write'", id="value-of-link-or-flag-of-init"),
        pytest.param(("-qx", "diff", PATH), "No such option '-x'", id="unknown-letter"),
        pytest.param(("--timeout", "diff", PATH), "is not a valid float", id="a-command-in-place-of-a-number"),
        pytest.param(("diff", PATH, "--timeout"), "requires an argument", id="no-value"),
        pytest.param(("--quiet=yes", "diff", PATH), "does not take a value", id="value-of-a-flag"),
        pytest.param(("--dry-run", "diff", PATH), "No such option '--dry-run'", id="dry-run-of-diff"),
        pytest.param(("--dry-run", "--plan", "x", PATH), "No such option '--plan'", id="dry-run-of-a-saved-plan"),
        pytest.param(("sync", "--dry-run", "--to", "branch"), "is not 'comment'", id="dry-run-of-a-branch"),
        pytest.param(("--board", BOARD, PATH, "diff"), "diff: no such file", id="command-behind-a-page"),
        pytest.param(("diff", "diff", PATH), "does not name the page", id="a-page-called-like-a-command"),
        pytest.param(("dif", PATH), "No such command 'dif'. Did you mean 'diff'?", id="misspelled"),
        pytest.param(("-q", "--timeout", "9", "chekc"), "Did you mean 'check'?", id="misspelled-behind-options"),
        pytest.param(("--",), "", id="nothing-behind-two-hyphens"),
    ],
)
def test_errors_that_write_nothing(place: Place, arguments: tuple[str, ...], command: str) -> None:
    """A1: what cannot be meant is an error that says so, before anything is asked or written."""
    if command == "diff: no such file":
        (place.directory / "roadmap-sync.toml").unlink()
    before = files(place.directory)
    ran = place.run(*arguments)

    if command:
        assert (ran.code, ran.out) == (2, b""), ran
        assert command in ran.err
        assert place.server.log == []
        assert files(place.directory) == before


@pytest.mark.parametrize(
    ("arguments", "is_written"),
    [
        pytest.param((PATH,), True, id="a-page-means-sync"),
        pytest.param(("-v", PATH), True, id="options-and-a-page"),
        pytest.param((PATH, "-v"), True, id="a-page-and-options"),
        pytest.param(("--debug",), True, id="only-an-option-of-every-command"),
        pytest.param(("--notes", "all", "--allow", "tick=9", "sync", PATH), True, id="options-of-sync"),
        pytest.param(("--", PATH), True, id="two-hyphens-and-a-page"),
        pytest.param(("--", "diff", PATH), False, id="two-hyphens-and-a-command"),
        pytest.param(("-v", "--", "diff", PATH), False, id="options-two-hyphens-and-a-command"),
        pytest.param(("diff", "--", PATH), False, id="a-command-two-hyphens-and-a-page"),
        pytest.param(("--dry-run",), False, id="only-dry-run"),
        pytest.param(("--dry-run", PATH), False, id="dry-run-and-a-page"),
        pytest.param((PATH, "--dry-run"), False, id="a-page-and-dry-run"),
        pytest.param(("--dry-run", "sync"), False, id="dry-run-before-sync"),
        pytest.param(("-v", "sync", "--dry-run", "--exit-code"), False, id="dry-run-with-an-option-of-diff"),
        pytest.param(("--exit-code", "--format", "json", "diff"), False, id="options-of-diff"),
        pytest.param(("--help", "sync"), False, id="help"),
        pytest.param(("sync", "--version"), False, id="version"),
    ],
)
def test_what_is_meant(place: Place, arguments: tuple[str, ...], is_written: bool) -> None:
    """A1: the first word decides which command it is, wherever the options stand; without one it is sync."""
    ran = place.run(*arguments)

    assert ran.code in {0, 1}, ran
    assert place.page.read_bytes() == (TICKED if is_written else PAGE)


def test_a_page_called_like_a_command(place: Place) -> None:
    """A1: `./diff` is a page, and so is `diff` behind a command."""
    (place.directory / "roadmap-sync.toml").unlink()
    for arguments in (("./diff",), ("sync", "diff"), ("-q", "./diff")):
        place.write("diff", PAGE)
        ran = place.run("--board", BOARD, *arguments)

        assert (ran.code, (place.directory / "diff").read_bytes()) == (0, TICKED), ran
    assert place.page.read_bytes() == PAGE


def test_a_page_called_nearly_like_a_command(place: Place) -> None:
    """A1, near miss: `dif` is no misspelled command where there is a page of that name."""
    (place.directory / "roadmap-sync.toml").unlink()
    file = place.write("dif", PAGE)

    assert place.run("--board", BOARD, "dif").code == 0
    assert file.read_bytes() == TICKED


@pytest.mark.parametrize("command", ["sync", "diff", "check", "link", "doctor", "snapshot", ""])
@pytest.mark.parametrize("missing", ["docs/roadmpa.md", "docs"])
@pytest.mark.parametrize("has_config", [True, False])
def test_a_page_that_is_not_there(place: Place, command: str, missing: str, has_config: bool) -> None:
    """A1: a PAGE of the command line that is not there ends the run before anything is read or written."""
    if has_config:
        place.write("roadmap-sync.toml", f'{CONFIG}[[pages]]\npath = "{missing}"\n')
    else:
        (place.directory / "roadmap-sync.toml").unlink()
    before = files(place.directory)
    words = ("snapshot", "board.json") if command == "snapshot" else (command,) if command else ()
    ran = place.run("--board", BOARD, *words, PATH, missing)

    assert ran.code == 2
    assert f"{missing}: " in ran.out.decode() + ran.err
    assert place.server.log == []
    assert files(place.directory) == before


def test_a_configured_page_that_is_not_there(place: Place) -> None:
    """A page that only the config names is an error of its own; the others are still handled."""
    place.write("roadmap-sync.toml", f'{CONFIG}[[pages]]\npath = "gone.md"\n')
    ran = place.run("sync")

    assert (ran.code, "gone.md: no such file" in ran.err) == (2, True)
    assert place.page.read_bytes() == TICKED


@pytest.mark.parametrize("is_terminal", [True, False])
def test_form_of_diff(place: Place, monkeypatch: pytest.MonkeyPatch, is_terminal: bool) -> None:
    """At a terminal `diff` is for a person, elsewhere for git; what is asked for comes in either place."""
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: is_terminal, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    for arguments in (("diff",), ("sync", "--dry-run")):
        assert place.run(*arguments, "--no-color").out.startswith(b"docs/roadmap.md: 2 ticks") is is_terminal
        assert place.run(*arguments, "--format", "diff").out.startswith(b"--- a/docs/roadmap.md")
        assert place.run(*arguments, "--format", "text", "--no-color").out.startswith(b"docs/roadmap.md: 2 ticks")


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        pytest.param("roadmap-sync di", "plain,diff", id="a-command"),
        pytest.param("roadmap-sync --board x check --base", "plain,--base-page", id="an-option-behind-others"),
    ],
)
def test_completion(place: Place, monkeypatch: pytest.MonkeyPatch, line: str, offered: str) -> None:
    """A shell is offered the commands, and a command's options where that stands behind others; no config is needed."""
    (place.directory / "roadmap-sync.toml").unlink()
    environ = {
        "_ROADMAP_SYNC_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1),
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        cli.main([])

    assert offered in place.capture.readouterr().out.decode().split("\n")
