"""Fault D1: a checkout configures git in every way that git knows, and no command of ours runs what it names.

Each way is made for real, and is shown to work where git is run as anybody would. The marker file is what the
stranger's command would leave behind.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from roadmap_sync import children
from roadmap_sync.children import GitError
from roadmap_sync.worktree import Worktree
from tests.support.checkouts import AREAS, as_nobody, commit, git, with_deleted_line
from tests.support.runs import PAGE, Place, place

__all__ = ["place"]

TOKENS = {
    "ROADMAP_SYNC_TOKEN": "test-token",
    "GH_TOKEN": "test-token-of-gh",
    "GITHUB_TOKEN": "test-token-of-the-job",
    "GH_ENTERPRISE_TOKEN": "test-token-of-a-server",
    "ACTIONS_RUNTIME_TOKEN": "test-token-of-the-runner",
    "INPUT_TOKEN": "test-token-of-an-input",
    "NPM_CONFIG_PASSWORD": "test-token-of-another",
    "GIT_CONFIG_VALUE_0": "AUTHORIZATION: basic test-token-in-a-header",
}


@pytest.fixture(autouse=True)
def surroundings(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git find no settings of whoever runs the tests, and let there be tokens to steal."""
    as_nobody(place, monkeypatch)
    for name, value in TOKENS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "http.extraHeader")


class Trap:
    """A stranger's program, and the checkout that would have it run."""

    def __init__(self, here: Path) -> None:
        self.here = here
        self.marker = here.parent / "marker"
        self.program = here / "docs/program.sh"
        self.program.write_text(f'#!/bin/sh\nenv >> "{self.marker}"\nexit 1\n')
        self.program.chmod(0o755)

    def set(self, *pairs: str, file: str = ".git/config") -> None:
        """Write settings, `key=value`, into a file of git's form."""
        for pair in pairs:
            key, _, value = pair.partition("=")
            git(self.here, "config", "-f", str(self.here / file), key, value)

    def bare(self, folder: str) -> None:
        """Make a folder that git takes for a bare repository, as a branch can hold one, out of the page's own."""
        made = self.here / folder
        made.mkdir(parents=True, exist_ok=True)
        for name in ("objects", "refs"):
            shutil.copytree(self.here / ".git" / name, made / name, dirs_exist_ok=True)
        shutil.copy(self.here / ".git/HEAD", made / "HEAD")
        (made / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")

    def promisor(self, file: str = ".git/config") -> None:
        """Name a remote from which git would fetch a missing version, by the stranger's program."""
        self.set(
            "core.repositoryFormatVersion=1",
            "extensions.partialClone=origin",
            "remote.origin.promisor=true",
            "remote.origin.partialCloneFilter=blob:none",
            f"remote.origin.url=ext::{self.program}",
            "protocol.ext.allow=always",
            file=file,
        )

    def lose(self, folder: str = ".git") -> None:
        """Take the earlier version of the page away, so that git would have to fetch it."""
        name = git(self.here, "rev-parse", "HEAD~1:docs/roadmap.md").strip()
        (self.here / folder / "objects" / name[:2] / name[2:]).unlink()


def bare_folder(trap: Trap) -> None:
    """The folder of the page looks like a bare repository, whose remote is asked for what is missing."""
    trap.bare("docs")
    trap.promisor("docs/config")
    trap.lose("docs")
    trap.set(f"core.sshCommand={trap.program}", f"core.fsmonitor={trap.program}", file="docs/config")


def bare_folder_by_ssh(trap: Trap) -> None:
    """The same with a remote that ssh reaches."""
    bare_folder(trap)
    trap.set("remote.origin.url=git@github.com:acme/rocket.git", file="docs/config")


def bare_folder_with_its_own_tree(trap: Trap) -> None:
    """A bare repository that says it has a work tree, and hooks."""
    trap.bare("docs")
    trap.set("core.bare=false", "core.worktree=..", f"core.hooksPath={trap.program.parent}", file="docs/config")
    trap.set(f"core.fsmonitor={trap.program}", file="docs/config")
    (trap.here / "docs/post-index-change").symlink_to(trap.program)


def git_file(trap: Trap) -> None:
    """A `.git` file beside the page leads to a folder of the tree."""
    trap.bare("evil")
    trap.promisor("evil/config")
    trap.lose("evil")
    (trap.here / "docs/.git").write_text("gitdir: ../evil\n")


def git_file_at_the_top(trap: Trap) -> None:
    """The same at the top, as an archive may hold it."""
    trap.promisor()
    trap.lose()
    (trap.here / ".git").rename(trap.here / "evil")
    (trap.here / ".git").write_text("gitdir: evil\n")


def git_link_at_the_top(trap: Trap) -> None:
    """The same as a symbolic link."""
    git_file_at_the_top(trap)
    (trap.here / ".git").unlink()
    (trap.here / ".git").symlink_to("evil")


def includes(trap: Trap) -> None:
    """The clone's own settings include a file of the tree, which a branch can change."""
    trap.set("include.path=../docs/shared.gitconfig")
    trap.promisor("docs/shared.gitconfig")
    trap.set(f"core.fsmonitor={trap.program}", f"core.pager={trap.program}", file="docs/shared.gitconfig")
    trap.lose()


def attributes(trap: Trap) -> None:
    """Attributes of the tree call for filters, a diff program and a text converter that the settings name."""
    (trap.here / ".gitattributes").write_text("*.md filter=evil diff=evil merge=evil\n")
    for key in ("filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "diff.evil.command"):
        trap.set(f"{key}={trap.program}")
    trap.set(f"diff.external={trap.program}")


def hooks(trap: Trap) -> None:
    """Every hook there is, in a folder of the tree."""
    folder = trap.here / "docs/hooks"
    folder.mkdir()
    names = ("post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc", "fsmonitor-watchman")
    for name in names:
        (folder / name).symlink_to(trap.program)
    trap.set("core.hooksPath=docs/hooks", "gc.auto=1", "core.untrackedCache=true")


def fsmonitor(trap: Trap) -> None:
    """A program that git asks which files changed."""
    trap.set(f"core.fsmonitor={trap.program}")


def promisor(trap: Trap) -> None:
    """A version of the page is missing, and the remote to fetch it from is the stranger's program."""
    trap.promisor()
    trap.lose()


def promisor_by_file(trap: Trap) -> None:
    """The same with a remote on this machine, whose serving program is the stranger's."""
    promisor(trap)
    trap.set(f"remote.origin.url={trap.here}", f"remote.origin.uploadpack={trap.program}", "protocol.file.allow=always")


def promisor_by_ssh(trap: Trap) -> None:
    """The same through ssh."""
    promisor(trap)
    trap.set("remote.origin.url=git@github.com:acme/rocket.git", f"core.sshCommand={trap.program}")
    trap.set("protocol.ssh.allow=always")


def promisor_by_helper(trap: Trap) -> None:
    """The same through a helper of the remote's own, and with one for passwords."""
    promisor(trap)
    trap.set(
        "remote.origin.url=https://127.0.0.1:1/x", f"credential.helper=!{trap.program}", f"core.askPass={trap.program}"
    )
    trap.set("protocol.https.allow=always", "protocol.allow=always")


def safe_directory(trap: Trap) -> None:
    """The checkout calls itself safe, though it is another user's."""
    trap.set("safe.directory=*", "safe.bareRepository=all", f"core.fsmonitor={trap.program}")
    promisor(trap)
    if os.geteuid() == 0:
        os.chown(trap.here, 65534, 65534)
        os.chown(trap.here / ".git", 65534, 65534)


def pagers(trap: Trap) -> None:
    """Pagers, editors, and programs that show signatures."""
    for key in ("core.pager", "pager.log", "pager.config", "core.editor", "gpg.program", "interactive.diffFilter"):
        trap.set(f"{key}={trap.program}")
    trap.set("log.showSignature=true", "color.pager=true")
    for name in ("log", "rev-list", "rev-parse", "cat-file", "ls-tree", "diff-tree"):
        trap.set(f"alias.{name}=!{trap.program}")


def program_in_the_tree(trap: Trap) -> None:
    """The checkout brings programs called git and gh, and the PATH has entries that lead to it."""
    for folder in (trap.here, trap.here / "docs"):
        for name in ("git", "gh"):
            shutil.copy(trap.program, folder / name)
    os.environ["PATH"] = os.pathsep.join(["", ".", "docs", str(trap.here), str(trap.here / "docs"), os.environ["PATH"]])


WAYS: dict[str, Callable[[Trap], None]] = {
    "bare-folder": bare_folder,
    "bare-folder-by-ssh": bare_folder_by_ssh,
    "bare-folder-with-its-own-tree": bare_folder_with_its_own_tree,
    "git-file": git_file,
    "git-file-at-the-top": git_file_at_the_top,
    "git-link-at-the-top": git_link_at_the_top,
    "includes": includes,
    "attributes": attributes,
    "hooks": hooks,
    "fsmonitor": fsmonitor,
    "promisor": promisor,
    "promisor-by-file": promisor_by_file,
    "promisor-by-ssh": promisor_by_ssh,
    "promisor-by-helper": promisor_by_helper,
    "safe-directory": safe_directory,
    "pagers": pagers,
    "program-in-the-tree": program_in_the_tree,
}

COMMANDS: dict[str, tuple[str, ...]] = {
    "sync": ("sync",),
    "diff": ("diff",),
    "diff-out": ("diff", "--out", "plan.json"),
    "check": ("check",),
    "check-base": ("check", "--base", "HEAD~1"),
    "check-base-of-the-remote": ("check", "--base", "origin/main"),
    "explain": ("explain", "docs/roadmap.md:9"),
    "link": ("link",),
    "doctor": ("doctor",),
    "snapshot": ("snapshot", "board.json"),
    "init": ("init", "--board", "https://github.com/orgs/acme/projects/3", "docs/roadmap.md"),
    "without-a-config": ("diff", "--board", "https://github.com/orgs/acme/projects/3", "docs/roadmap.md"),
}


@pytest.fixture
def trap(place: Place, monkeypatch: pytest.MonkeyPatch) -> Trap:
    """Make a checkout with a history and a config that asks for it."""
    monkeypatch.setenv("PATH", os.environ["PATH"])  # as it was, whatever a way does to it
    place.write("roadmap-sync.toml", AREAS)
    with_deleted_line(place.directory)
    made = Trap(place.directory)
    commit(place.directory, "a program")
    return made


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_nothing_of_the_checkout_runs(
    place: Place, trap: Trap, monkeypatch: pytest.MonkeyPatch, way: Callable[[Trap], None]
) -> None:
    """Whatever is run, from the top or beside the page: no marker, and no word of a bug."""
    way(trap)
    for here in (trap.here, trap.here / "docs"):
        monkeypatch.chdir(here)
        if here != trap.here:
            (here / "roadmap-sync.toml").write_text(AREAS.replace("docs/roadmap.md", "roadmap.md"))
        for arguments in COMMANDS.values():
            mine = [word.replace("docs/roadmap.md", "roadmap.md") if here != trap.here else word for word in arguments]
            ran = place.run(*mine)
            assert ran.code in {0, 1, 2}, (mine, ran.err)
            assert "this is a bug" not in ran.err
            assert not trap.marker.exists(), (mine, trap.marker.read_text())
    Worktree.from_directory(trap.here).repository()
    assert not trap.marker.exists()


def recklessly(trap: Trap, *arguments: str) -> None:
    """Run git as anybody would, beside the page."""
    environ = dict(os.environ) | {"GIT_CONFIG_COUNT": "0"}
    subprocess.run(
        ["git", *arguments], cwd=trap.here / "docs", env=environ, capture_output=True, check=False, timeout=20
    )


#: What git itself would run, asked as the first edition of this program did.
RECKLESS: dict[str, tuple[str, ...]] = {
    "bare-folder": ("cat-file", "blob", "HEAD~1:docs/roadmap.md"),
    "bare-folder-by-ssh": ("cat-file", "blob", "HEAD~1:docs/roadmap.md"),
    "bare-folder-with-its-own-tree": ("status",),
    "git-file": ("cat-file", "blob", "HEAD~1:docs/roadmap.md"),
    "git-file-at-the-top": ("log", "-p"),
    "git-link-at-the-top": ("log", "-p"),
    "includes": ("status",),
    "attributes": ("log", "-p", "--ext-diff"),
    "hooks": ("checkout", "-q", "-b", "other"),
    "fsmonitor": ("status",),
    "promisor": ("log", "-p"),
    "promisor-by-file": ("log", "-p"),
    "promisor-by-ssh": ("log", "-p"),
    "program-in-the-tree": ("status",),
}


@pytest.mark.parametrize("way", RECKLESS)
def test_each_way_is_a_real_one(trap: Trap, way: str) -> None:
    """Git, run as anybody would run it, does run the stranger's program: the test above could fail."""
    WAYS[way](trap)

    if way == "program-in-the-tree":
        subprocess.run("git status", shell=True, cwd=trap.here, capture_output=True, check=False)  # noqa: S602
    else:
        recklessly(trap, *RECKLESS[way])

    assert trap.marker.exists()


@pytest.fixture
def recorder(place: Place, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a git and a gh first in the PATH that write down how they were called, and go on as the real ones."""
    folder = place.directory.parent / "recorder"
    folder.mkdir()
    real = shutil.which("git")
    log = folder / "log"
    (folder / "git").write_text(f'#!/bin/sh\n{{ pwd; echo "$@"; env; }} >> "{log}"\nexec {real} "$@"\n')
    (folder / "gh").write_text(f'#!/bin/sh\n{{ pwd; echo "$@"; env; }} >> "{log}"\nexit 1\n')
    for name in ("git", "gh"):
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return log


def test_a_recording_git_sees_no_token(place: Place, trap: Trap, recorder: Path) -> None:
    """No token, no password and no header is in the environment of what is started, and git runs at the top."""
    for arguments in COMMANDS.values():
        place.run(*arguments)
    children.gh_token("github.com", place.directory)

    seen = recorder.read_text()
    assert "auth token --hostname github.com" in seen
    assert "test-token" not in seen
    for name in (*TOKENS, "GIT_CONFIG_COUNT"):
        assert f"{name}=" not in seen
    for setting in ("GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "LC_ALL=C"):
        assert setting in seen
    for setting in ("safe.bareRepository=explicit", "core.fsmonitor=false", "protocol.allow=never", "--no-pager"):
        assert setting in seen
    places = {line for line in seen.splitlines() if line.startswith("/") and not line.startswith("/*")}
    assert places <= {str(trap.here), str(recorder.parent)}


def test_settings_that_are_whole_paths_are_handed_on(
    place: Place, trap: Trap, recorder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs this keeps their own settings; a relative path would be looked up in the checkout, and goes."""
    for name, value in {"XDG_CONFIG_HOME": "/srv/settings", "HOME": "docs", "GIT_CONFIG_GLOBAL": "docs/config"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}docs{os.pathsep}")

    children.git(trap.here, "rev-parse", "HEAD")

    seen = recorder.read_text().splitlines()
    assert "XDG_CONFIG_HOME=/srv/settings" in seen
    assert not [line for line in seen if line.startswith(("HOME=", "GIT_CONFIG_GLOBAL="))]
    assert next(line for line in seen if line.startswith("PATH=")) == f"PATH={os.environ['PATH'][: -len(':docs:')]}"


PATHS = {
    "empty-entry": "{here}::",
    "relative": "bin:./bin:.",
    "working-directory": "{here}",
    "below-it": "{here}/bin",
    "by-a-link": "{link}",
    "no-program": "{data}",
}


@pytest.mark.parametrize("search", PATHS.values(), ids=PATHS)
def test_where_git_is_not_taken_from(trap: Trap, monkeypatch: pytest.MonkeyPatch, search: str) -> None:
    """A git of the checkout is none, nor is a file that cannot be run."""
    link, data = trap.here.parent / "link", trap.here.parent / "data"
    (trap.here / "bin").mkdir()
    link.symlink_to(trap.here / "bin")
    data.mkdir()
    for folder in (trap.here, trap.here / "bin"):
        shutil.copy(trap.program, folder / "git")
    (data / "git").write_text("")
    monkeypatch.setenv("PATH", search.format(here=trap.here, link=link, data=data))

    with pytest.raises(GitError, match="there is no git on the PATH"):
        children.git(trap.here, "rev-parse", "HEAD")

    assert not trap.marker.exists()


def test_without_a_checkout_programs_below_the_working_directory_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a home or at the root of a machine the PATH leads below the working directory, which is nobody's checkout."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "gh").write_text("#!/bin/sh\necho found\n")
    (folder / "gh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    assert children.gh_token("github.com", tmp_path) == "found"


def test_a_program_that_hangs_is_ended(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a time limit."""
    folder = trap.here.parent / "slow"
    folder.mkdir()
    for name in ("git", "gh"):
        (folder / name).write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(children, "_GIT_SECONDS", 0.05)
    monkeypatch.setattr(children, "_GH_SECONDS", 0.05)

    with pytest.raises(GitError, match="git did not answer within"):
        children.git(trap.here, "rev-parse", "HEAD")
    assert children.gh_token("github.com", trap.here) == ""


def test_the_page_is_read_and_ticked_all_the_same(place: Place, trap: Trap) -> None:
    """A page beside a bare repository is a page like any other."""
    bare_folder(trap)

    assert place.run("sync").code == 0
    assert b"[x] [Fly]" in place.page.read_bytes()
    assert place.page.read_bytes() != PAGE
