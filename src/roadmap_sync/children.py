"""Owns starting other programs: `git` and `gh`, so that no checkout can make them run a stranger's command.

A page comes with a repository, and a repository may be a stranger's. So a program is taken from the PATH, never
from the checkout; it gets an argument list, no shell, few variables and no token among them, no terminal, and a time
limit. git runs at the top of the work tree only, where no folder of the tree passes for a bare repository, and with
what a configuration could have it run switched off. Must not know what is asked or what an answer means.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from roadmap_sync.errors import InputError
from roadmap_sync.inert import inline

#: Seconds. A history of thousands of versions takes a few.
_GIT_SECONDS, _GH_SECONDS = 60.0, 15.0
#: A `.git` file is one line; a path is no longer than this anywhere.
_LONGEST_POINTER = 8192

#: What a program needs to run and to find the settings of whoever runs it; nothing else is handed on.
_HANDED_ON = frozenset({"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "GIT_CONFIG_NOSYSTEM", "DBUS_SESSION_BUS_ADDRESS"}) | {
    *("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "HOMEDRIVE", "HOMEPATH", "USERNAME", "USER", "LOGNAME"),
}
#: The same, where it is a whole path: a relative one would be looked up in the checkout.
_HANDED_ON_PATHS = frozenset({"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"}) | {
    *("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_EXEC_PATH", "GH_CONFIG_DIR", "TMPDIR", "TMP", "TEMP"),
    *("USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA"),
}
_SAFE_DIRECTORY = "safe.directory"

#: What a configuration may not choose here (https://git-scm.com/docs/git-config). `GIT_ALLOW_PROTOCOL` goes before
#: every `protocol.<name>.allow`; it stands for older gits, which do not know `GIT_NO_LAZY_FETCH`, as well.
_GIT_SETTINGS = {
    "safe.bareRepository": "explicit",
    "protocol.allow": "never",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.attributesFile": os.devnull,
    "core.pager": "cat",
    "core.sshCommand": "false",
    "core.askPass": "",
    "credential.helper": "",
    "log.showSignature": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
}
_GIT_VARIABLES = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_PAGER": "cat",
}
_GH_VARIABLES = {"GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1", "NO_COLOR": "1"}


class GitError(InputError):
    """git gave no answer: it is not there, refuses, fails, or takes too long. `hint` is the cure."""


def top_of(directory: Path) -> Path | None:
    """Return the top of the work tree around a directory; None where there is none. No program is asked.

    It is the nearest folder with a `.git` that looks like git's own: a file, or a folder with a HEAD.
    """
    return next((folder for folder in (directory, *directory.parents) if _has_git(folder)), None)


def git(top: Path, *arguments: str, given: bytes = b"", absent: int = 0) -> bytes | None:
    """Return what git prints when it is run at the top of a work tree; `given` is its input.

    `absent` is the exit code by which git says that something is not there: None is returned then. Raises GitError
    for every other way not to answer.
    """
    _check_pointer(top)
    program = _find("git", top)
    if program is None:
        raise GitError("there is no git on the PATH", hint="Install git; one in the checkout is never started.")
    settings = [word for pair in _GIT_SETTINGS.items() for word in ("-c", "=".join(pair))]
    variables = {**_GIT_VARIABLES, **_safe_directories(os.environ), "GIT_CEILING_DIRECTORIES": str(top.parent)}
    command = [program, "--no-pager", *settings, *arguments]
    try:
        done = _run(command, top, variables, given, _GIT_SECONDS)
    except subprocess.TimeoutExpired:
        raise GitError(f"git did not answer within {_GIT_SECONDS:.0f} s", hint="Try: git fsck") from None
    except OSError as error:
        raise GitError(f"git cannot be started: {error.strerror}", hint=f"Look at {program}") from None
    if done.returncode == 0:
        return done.stdout
    if absent and done.returncode == absent:
        return None
    raise _refusal(top, done)


def gh_token(host: str, directory: Path) -> str:
    """Return the token that GitHub's command-line tool keeps for a host; empty where it is not there or has none.

    It is started beside itself: gh asks git about the folder it is in.
    """
    program = _find("gh", top_of(directory.resolve()) or directory.resolve())
    if program is None:
        return ""
    command = [program, "auth", "token", "--hostname", host]
    try:
        done = _run(command, Path(program).parent, _GH_VARIABLES, b"", _GH_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ""  # no gh is the usual case; the missing token is said by the caller
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else ""


def _run(
    command: list[str], directory: Path, variables: Mapping[str, str], given: bytes, seconds: float
) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(  # noqa: S603 - a whole path and an argument list; no shell
        command,
        cwd=directory,
        env={**_environment(os.environ), **variables},
        input=given,
        capture_output=True,
        timeout=seconds,
        check=False,
    )


# Where a program is, and what it may know ----------------------------------------------------------------------


def _find(name: str, checkout: Path) -> str | None:
    """Return the program's whole path; None where it is nowhere but in the checkout."""
    file = f"{name}.exe" if os.name == "nt" else name
    for entry in _entries(os.environ):
        program = Path(entry) / file
        folder = program.parent.resolve()
        # Where there is no git, only the working directory itself may have come with the checkout.
        is_theirs = folder == checkout or (_has_git(checkout) and folder.is_relative_to(checkout))
        if not is_theirs and program.is_file() and os.access(program, os.X_OK):
            return str(program)
    return None


def _entries(environ: Mapping[str, str]) -> list[str]:
    """Return the entries of the PATH that name a folder; an empty or a relative one would name the checkout's."""
    return [entry for entry in environ.get("PATH", os.defpath).split(os.pathsep) if Path(entry).is_absolute()]


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a program gets: no token, nothing that redirects git, no language but C."""
    kept = {name: value for name, value in environ.items() if name.upper() in _HANDED_ON}
    paths = {name: value for name, value in environ.items() if name.upper() in _HANDED_ON_PATHS}
    kept |= {name: value for name, value in paths.items() if Path(value).is_absolute()}
    return {**kept, "PATH": os.pathsep.join(_entries(environ)), "LC_ALL": "C"}


def _safe_directories(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables by which whoever runs this calls work trees safe; their other settings may hold a token.

    https://git-scm.com/docs/git-config#ENVIRONMENT
    """
    count = environ.get("GIT_CONFIG_COUNT", "")
    numbers = range(int(count)) if count.isascii() and count.isdecimal() and len(count) < 4 else ()
    pairs = [(environ.get(f"GIT_CONFIG_KEY_{n}", ""), environ.get(f"GIT_CONFIG_VALUE_{n}", "")) for n in numbers]
    values = [value for key, value in pairs if key.lower() == _SAFE_DIRECTORY]
    numbered = {f"GIT_CONFIG_KEY_{n}": _SAFE_DIRECTORY for n in range(len(values))}
    numbered |= {f"GIT_CONFIG_VALUE_{n}": value for n, value in enumerate(values)}
    return {"GIT_CONFIG_COUNT": str(len(values)), **numbered} if values else {}


# What git says of the work tree --------------------------------------------------------------------------------


def _has_git(folder: Path) -> bool:
    own = folder / ".git"
    return own.is_file() or os.path.lexists(own / "HEAD")


def _check_pointer(top: Path) -> None:
    """Hold git's own folder against the tree: one that the tree itself supplies is not asked. Raises GitError.

    Besides a `.git` folder, git keeps its data outside (a work tree of another clone) or in the `.git` of the
    repository around it (a submodule).
    """
    real = _git_folder(top)
    around = [folder for folder in top.parents if _has_git(folder)]
    is_inside = real.is_relative_to(top) and real != top / ".git"
    if is_inside or any(real.is_relative_to(one) and not real.is_relative_to(_git_folder(one)) for one in around):
        raise GitError(
            f"the .git here leads to {inline(str(real))}, which is a part of the files themselves",
            hint="Clone the repository anew.",
        )


def _git_folder(top: Path) -> Path:
    """Return where git keeps its data; what cannot be read is git's own to complain about."""
    own = top / ".git"
    try:
        if own.is_file():
            with own.open("rb") as file:
                text = os.fsdecode(file.read(_LONGEST_POINTER))
            own = top / text.removeprefix("gitdir:").strip()
        return own.resolve()
    except (OSError, RuntimeError, ValueError):
        return top / ".git"


def _refusal(top: Path, done: "subprocess.CompletedProcess[bytes]") -> GitError:
    """Return why git did not answer, with the cure, from its own words."""
    words = done.stderr.decode(errors="replace")
    if "dubious ownership" in words or "unsafe repository" in words:
        return GitError(
            f"git refuses {inline(str(top))}, which belongs to another user",
            hint=f'Run: git config --global --add safe.directory "{inline(str(top))}"',
        )
    lines = [line for line in words.splitlines() if line.strip()]
    said = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "")
    return GitError(f"git failed: {inline(said)[:300] or f'exit code {done.returncode}'}", hint="Try: git fsck")
