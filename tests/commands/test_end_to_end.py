"""The installed command in a process of its own, against the stand-in on a loopback port, in a git work tree."""

import os
import pty
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.standin import Response, Server, serve
from tests.support.runs import CONFIG, NAMES, PAGE, TICKED, small_world

pytestmark = pytest.mark.slow

PROGRAM = Path(sys.executable).with_name("roadmap-sync")
SUMMARY = "docs/roadmap.md: 2 ticks; 1 of 8 lines has no reference; 2 need attention, 1 remark"
CRLF, CRLF_TICKED = (page.replace(b"\n", b"\r\n") for page in (PAGE, TICKED))


@dataclass(frozen=True, slots=True)
class Tree:
    """A git work tree with the page, its config and a `.env`, and the GitHub of its environment."""

    directory: Path
    environ: dict[str, str]
    server: Server

    @property
    def page(self) -> Path:
        """Return the page's file."""
        return self.directory / "docs/roadmap.md"

    def run(self, *arguments: str, directory: Path | None = None) -> "subprocess.CompletedProcess[bytes]":
        """Run the installed command."""
        where = directory or self.directory
        return subprocess.run([PROGRAM, *arguments], cwd=where, env=self.environ, capture_output=True, check=False)

    def git(self, *arguments: str, given: bytes | None = None) -> bytes:
        """Run git as somebody."""
        who = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "core.autocrlf=false")
        command = ["git", *who, *arguments]
        return subprocess.run(command, cwd=self.directory, input=given, check=True, capture_output=True).stdout


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    """Make the work tree, commit what is in it, and serve the stand-in."""
    server = Server(small_world())
    server.world.token("test-token")
    with serve(server) as url:
        environ = {name: value for name, value in os.environ.items() if name not in NAMES}
        made = Tree(tmp_path / "tree", environ | {"GITHUB_GRAPHQL_URL": url}, server)
        (made.directory / "docs").mkdir(parents=True)
        made.page.write_bytes(PAGE)
        (made.directory / "roadmap-sync.toml").write_text(CONFIG)
        (made.directory / ".env").write_text("GH_TOKEN=test-token\n")
        (made.directory / ".gitignore").write_text(".env\n")
        made.git("init", "-q", "-b", "main")
        made.git("add", ".")
        made.git("commit", "-q", "-m", "first")
        yield made


@pytest.mark.parametrize(("before", "after"), [(PAGE, TICKED), (CRLF, CRLF_TICKED)], ids=["LF", "CRLF"])
def test_diff_tells_what_sync_does(tree: Tree, before: bytes, after: bytes) -> None:
    """The diff, given to git, makes the same bytes as sync; then there is nothing left to do."""
    tree.page.write_bytes(before)
    shown = tree.run("diff")
    assert (shown.returncode, shown.stderr.decode().splitlines()[0]) == (0, SUMMARY)
    tree.git("apply", given=shown.stdout)
    assert tree.page.read_bytes() == after
    tree.page.write_bytes(before)

    synced = tree.run("sync")

    assert (synced.returncode, synced.stderr) == (0, b"")
    assert synced.stdout.decode().startswith(SUMMARY)
    assert tree.page.read_bytes() == after
    assert tree.run("diff", "--exit-code").returncode == 0
    assert tree.run().stdout.decode().startswith("docs/roadmap.md: in step;")
    assert tree.page.read_bytes() == after


def test_check(tree: Tree) -> None:
    """What is due fails; against a base, only what came since does."""
    checked = tree.run("check")
    assert checked.returncode == 1
    assert checked.stdout.splitlines()[1] == b"docs/roadmap.md:10:4: tick #15 merged 2024-03-02"
    before = tree.run("check", "--base", "HEAD")
    assert (before.returncode, before.stdout) == (0, b"docs/roadmap.md: 2 changes were due before\n")

    tree.page.write_bytes(PAGE + b"\n- [ ] again https://github.com/acme/rocket/pull/15\n")
    caused = tree.run("check", "--base", "main")

    assert caused.returncode == 1
    assert caused.stdout == (
        b"docs/roadmap.md:23:4: tick #15 merged 2024-03-02\ndocs/roadmap.md: 2 changes were due before\n"
    )
    assert tree.run("check", "--base", "nowhere").returncode == 2


def test_a_page_that_the_base_has_not(tree: Tree) -> None:
    """Everything on a new page is its author's."""
    (tree.directory / "new.md").write_bytes(b"- [ ] https://github.com/acme/rocket/issues/12\n")
    with (tree.directory / "roadmap-sync.toml").open("a") as config:
        config.write('[[pages]]\npath = "new.md"\n')
    checked = tree.run("check", "--base", "HEAD")

    assert checked.returncode == 1
    assert checked.stdout.decode().splitlines() == [
        "docs/roadmap.md: 2 changes were due before",
        'new.md:1:4: tick acme/rocket#12 Status "Shipped", closed as completed 2024-06-26',
    ]


def test_explain(tree: Tree) -> None:
    """One line's reason, and the nearest items for one without a reference."""
    told = tree.run("explain", "docs/roadmap.md:7")
    assert told.returncode == 0
    assert b'  evidence   Status "Shipped", closed as completed 2024-06-26\n' in told.stdout
    near = tree.run("explain", "docs/roadmap.md:15").stdout
    assert b'     80      acme/rocket#16 Paint the hull, Status "Backlog"\n' in near
    assert b"secret" not in near


def test_a_snapshot_stands_for_github(tree: Tree) -> None:
    """With the file, without a token and without GitHub: the same results, byte for byte."""
    commands = [("diff",), ("check",), ("check", "--base", "HEAD"), ("explain", "docs/roadmap.md:15"), ("sync",)]
    assert tree.run("snapshot", "board.json").returncode == 0
    assert tree.run("snapshot", "twice.json").returncode == 0
    assert (tree.directory / "board.json").read_bytes() == (tree.directory / "twice.json").read_bytes()
    live = [tree.run(*command) for command in commands]
    tree.page.write_bytes(PAGE)
    (tree.directory / ".env").unlink()
    tree.server.log.clear()

    again = [tree.run(*command, "--board", "board.json") for command in commands]

    assert [(one.returncode, one.stdout, one.stderr) for one in again] == [
        (one.returncode, one.stdout, one.stderr) for one in live
    ]
    assert tree.page.read_bytes() == TICKED
    assert tree.server.log == []


def test_a_saved_plan(tree: Tree) -> None:
    """What was looked at is written, unless the page has moved."""
    assert tree.run("diff", "--out", "plan.json", "-q").stderr == b""
    tree.page.write_bytes(b"First.\n" + PAGE)
    assert tree.run("sync", "--plan", "plan.json").returncode == 4
    assert tree.page.read_bytes() == b"First.\n" + PAGE
    tree.page.write_bytes(PAGE)
    assert tree.run("sync", "--plan", "plan.json").returncode == 0
    assert tree.page.read_bytes() == TICKED


def test_in_a_hook(tree: Tree) -> None:
    """Git runs hooks with an environment of its own; the command still finds tree and base."""
    hook = tree.directory / ".git/hooks/pre-commit"
    hook.write_text(f"#!/bin/sh\nexec {PROGRAM} check --base HEAD\n")
    hook.chmod(0o755)
    command = ["git", "-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "commit", "-q", "-m", "second"]

    ran = subprocess.run(
        [*command, "--allow-empty"], cwd=tree.directory, env=tree.environ, capture_output=True, check=False
    )

    assert (ran.returncode, b"2 changes were due before" in ran.stdout + ran.stderr) == (0, True)


def test_as_a_module(tree: Tree) -> None:
    """`python -m roadmap_sync` is the same program."""
    command = [sys.executable, "-m", "roadmap_sync", "check"]
    ran = subprocess.run(command, cwd=tree.directory, env=tree.environ, capture_output=True, check=False)

    assert ran.returncode == 1


def test_a_reader_that_has_seen_enough(tree: Tree) -> None:
    """`roadmap-sync diff | head -1` complains of nothing."""
    line = f"{PROGRAM} explain docs/roadmap.md:3 | true; {PROGRAM} diff --format json | head -c 1"
    ran = subprocess.run(["sh", "-c", line], cwd=tree.directory, env=tree.environ, capture_output=True, check=False)

    assert (ran.stdout, ran.stderr) == (b"{", b"")


class Held(Server):
    """A GitHub that does not answer before it is told to."""

    def __post_init__(self) -> None:
        """Make the two signals: it was asked, it may answer."""
        super().__post_init__()
        self.asked, self.released = threading.Event(), threading.Event()

    def handle_slowly(self, *given: Any) -> Response:
        """Say that a question came, and hold the answer back."""
        self.asked.set()
        self.released.wait(30)
        return super().handle_slowly(*given)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let children be interrupted, also where we are not: a shell has what it runs in the background ignore SIGINT.

    What is ignored stays ignored in a child, what is handled does not.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c(tree: Tree) -> None:
    """Interrupted while GitHub is slow: exit 130, in a word, and the page as it was."""
    slow = Held(small_world())
    with serve(slow) as url:
        environ = tree.environ | {"GITHUB_GRAPHQL_URL": url}
        with subprocess.Popen(
            [PROGRAM, "sync"], cwd=tree.directory, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert slow.asked.wait(30)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
        slow.released.set()

    assert (process.returncode, out, err.strip()) == (130, b"", b"roadmap-sync: interrupted")
    assert tree.page.read_bytes() == PAGE


def test_a_bar_for_whoever_waits(tree: Tree) -> None:
    """A person at a terminal who waits longer than a second sees how far it is; stdout stays the patch alone."""
    slow = Held(small_world())
    master, terminal = pty.openpty()
    with serve(slow) as url, os.fdopen(master, "rb", buffering=0) as screen:
        environ = tree.environ | {"GITHUB_GRAPHQL_URL": url, "TERM": "xterm"}
        with subprocess.Popen(
            [PROGRAM, "diff"], cwd=tree.directory, env=environ, stdout=subprocess.PIPE, stderr=terminal
        ) as process:
            os.close(terminal)
            seen = b""
            while b"Reading the board" not in seen:
                seen += screen.read(4096)
            slow.released.set()
            out, _ = process.communicate(timeout=30)

    assert process.returncode == 0
    assert out.startswith(b"--- a/docs/roadmap.md\n")
    assert b"\x1b" not in out


def test_nothing_leaves_a_token_behind(tree: Tree) -> None:
    """Neither output nor file holds it, whatever is run and whatever fails."""
    tree.run("snapshot", "board.json")
    tree.run("diff", "--out", "plan.json")
    ran = [
        tree.run("diff", "-v", "--debug"),
        tree.run("check", "--format", "json"),
        tree.run("diff", "--board", "https://github.com/orgs/acme/projects/9", "--debug"),
    ]
    shutil.rmtree(tree.directory / ".git")
    (tree.directory / ".env").unlink()
    files = [file.read_bytes() for file in tree.directory.rglob("*") if file.is_file()]

    for data in [*(one.stdout + one.stderr for one in ran), *files]:
        assert b"test-token" not in data
