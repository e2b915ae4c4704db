"""Faults D5, D13, B19 and B20: files that are no files, that lie elsewhere, that are too large; and whose they stay."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from roadmap_sync import worktree
from roadmap_sync.errors import InputError
from roadmap_sync.github.access import hide_tokens
from roadmap_sync.worktree import CONFIG_BYTES, DATA_BYTES, PAGE_BYTES, Worktree, read_file
from tests.support.checkouts import git
from tests.support.runs import CONFIG, PAGE, TICKED, Place, place

__all__ = ["place"]

LONG = "x" * 300


def as_long_link(file: Path) -> None:
    """A link whose target is longer than any name may be."""
    file.symlink_to(LONG)


def as_fifo(file: Path) -> None:
    """A pipe that nobody writes into: whoever opens it waits."""
    os.mkfifo(file)


def as_directory(file: Path) -> None:
    """A folder."""
    file.mkdir()


def as_device(file: Path) -> None:
    """A link to a device that gives bytes for ever."""
    file.symlink_to("/dev/zero")


def as_dead_link(file: Path) -> None:
    """A link that leads nowhere."""
    file.symlink_to("nowhere")


def as_circle(file: Path) -> None:
    """A link that leads to itself."""
    file.symlink_to(file.name)


def as_link_outside(file: Path) -> None:
    """A link to a file of the machine."""
    file.symlink_to("/etc/passwd")


KINDS: dict[str, Callable[[Path], None]] = {
    "long-link": as_long_link,
    "fifo": as_fifo,
    "directory": as_directory,
    "device": as_device,
    "dead-link": as_dead_link,
    "circle": as_circle,
    "link-outside": as_link_outside,
}
SUPPLIED = (".env", "roadmap-sync.toml", ".github/roadmap-sync.toml", "config.toml", "mkdocs.yml", "zensical.toml")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SUPPLIED)
def test_what_the_tree_supplies_and_is_no_file_of_it(place: Place, name: str, kind: str) -> None:
    """D5: exit 2 with the file's name, before anything is asked or written, and not one byte of it is shown."""
    if name.endswith("config.toml") or name.startswith(".github"):
        (place.directory / "roadmap-sync.toml").unlink()
    file = place.directory / name
    file.unlink(missing_ok=True)
    file.parent.mkdir(exist_ok=True)
    KINDS[kind](file)

    ran = place.run("sync")

    assert ran.code == 2, ran.err
    assert ran.err.startswith(f"roadmap-sync: {name}: ")
    assert "Traceback" not in ran.err
    assert "root:" not in ran.err
    assert place.page.read_bytes() == PAGE


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_is_no_file(place: Place, kind: str) -> None:
    """D5: a page is held to the same."""
    place.page.unlink()
    KINDS[kind](place.page)

    ran = place.run("check")

    assert ran.code == 2
    assert "\nroadmap-sync: docs/roadmap.md: " in ran.err


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_is_told_whatever_dotenv_is(place: Place, kind: str) -> None:
    """D5: the error of the error path: hiding tokens looks into `.env`, and cannot fail."""
    KINDS[kind](place.directory / ".env")

    ran = place.run("diff", "--config", "nowhere.toml")

    assert ran.code == 2
    assert ran.err.startswith("roadmap-sync: nowhere.toml: no such file")
    assert hide_tokens("test-token", {"GH_TOKEN": "test-token"}, place.directory) == "***"


NAMED = {
    "config": ("diff", "--config", "{}"),
    "board": ("diff", "--board", "{}"),
    "plan": ("sync", "--plan", "{}"),
    "base-page": ("check", "--base-page", "{}"),
    "event": ("diff", "--to", "comment"),
}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "link-outside"])
@pytest.mark.parametrize("what", NAMED)
def test_what_is_named_and_is_no_file(
    place: Place, monkeypatch: pytest.MonkeyPatch, what: str, kind: str, tmp_path: Path
) -> None:
    """D13: what the command line or the runner names may lie anywhere, but is a file: nothing hangs."""
    file = tmp_path / "elsewhere"
    KINDS[kind](file)
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(file))

    ran = place.run(*(word.format(file) for word in NAMED[what]))

    assert ran.code == 2
    where = "GITHUB_EVENT_PATH" if what == "event" else str(file)
    assert ran.err.startswith(f"roadmap-sync: {where}: ")
    assert place.page.read_bytes() == PAGE


def test_what_is_named_may_lie_anywhere(place: Place, tmp_path: Path) -> None:
    """A config, a snapshot, a plan and a base outside the tree are read; links to them as well."""
    board, config, plan = tmp_path / "board.json", tmp_path / "elsewhere.toml", tmp_path / "plan.json"
    config.write_text(CONFIG)
    place.run("snapshot", "board.json")
    place.run("diff", "--out", "plan.json")
    (place.directory / "board.json").rename(board)
    (place.directory / "plan.json").rename(tmp_path / "kept.json")
    plan.symlink_to("kept.json")

    assert place.run("check", "--config", str(config), "--board", str(board)).code == 1
    assert place.run("check", "--base-page", str(place.page)).code == 0
    assert place.run("sync", "--plan", str(plan)).code == 0
    assert place.page.read_bytes() == TICKED


def test_links_inside_the_tree_are_followed(place: Place) -> None:
    """A config, a `.env` and a site's config that are links within the tree are files like any other."""
    (place.directory / "roadmap-sync.toml").rename(place.directory / "docs/kept.toml")
    (place.directory / "roadmap-sync.toml").symlink_to("docs/kept.toml")
    place.write("docs/secrets", "GH_TOKEN=test-token\n")
    (place.directory / ".env").symlink_to("docs/secrets")
    place.write("docs/site.yml", "")
    (place.directory / "mkdocs.yml").symlink_to("docs/site.yml")

    assert place.run("sync").code == 0
    assert place.page.read_bytes() == TICKED


def test_links_to_the_top_of_the_tree_are_followed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree is git's: from a folder of it a config may link to the top."""
    git(place.directory, "init", "-q")
    (place.directory / "docs/roadmap-sync.toml").symlink_to("../roadmap-sync.toml")
    place.write("roadmap-sync.toml", CONFIG.replace("docs/", ""))
    monkeypatch.chdir(place.directory / "docs")

    assert place.run("sync").code == 0
    assert place.page.read_bytes() == TICKED


def test_another_program_s_config_is_left_alone(place: Place) -> None:
    """A `config.toml` without a board is none of ours, and no error."""
    (place.directory / "roadmap-sync.toml").unlink()
    place.write("config.toml", "[site]\n")

    ran = place.run("check", "--board", "https://github.com/orgs/acme/projects/3", "docs/roadmap.md")

    assert ran.code == 1


SIZES = {
    "page": ("docs/roadmap.md", PAGE_BYTES, ("check",), "docs/roadmap.md: larger than 10 MB"),
    "config": ("roadmap-sync.toml", CONFIG_BYTES, ("check",), "roadmap-sync.toml: larger than 1 MB"),
    "dotenv": (".env", CONFIG_BYTES, ("check",), ".env: larger than 1 MB"),
    "base-page": ("base.md", PAGE_BYTES, ("check", "--base-page", "base.md"), "base.md: larger than 10 MB"),
    "snapshot": ("board.json", DATA_BYTES, ("check", "--board", "board.json"), "board.json: larger than 50 MB"),
    "plan": ("plan.json", DATA_BYTES, ("sync", "--plan", "plan.json"), "plan.json: larger than 50 MB"),
}


@pytest.mark.parametrize(("name", "size", "arguments", "message"), SIZES.values(), ids=SIZES)
def test_a_file_that_is_too_large(place: Place, name: str, size: int, arguments: tuple[str, ...], message: str) -> None:
    """D13: one byte more than the limit is an error that names both; no more than that is read."""
    with (place.directory / name).open("r+b" if (place.directory / name).exists() else "w+b") as file:
        file.truncate(size + 1)

    ran = place.run(*arguments)

    assert ran.code == 2
    assert f"roadmap-sync: {message}, which is the most that is read" in ran.err


def test_as_large_as_is_read(tmp_path: Path) -> None:
    """The limit itself is no error."""
    (tmp_path / "x").write_bytes(b"12345")

    assert read_file(tmp_path / "x", "x", most=5) == b"12345"
    with pytest.raises(InputError, match=r"^x: larger than"):
        read_file(tmp_path / "x", "x", most=4)


def test_a_file_that_becomes_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D13: between the look and the opening it is exchanged: nobody waits for the pipe's other end."""
    file, as_it_was = tmp_path / "x", (tmp_path / "y")
    as_it_was.write_bytes(b"a file")
    os.mkfifo(file)
    known = as_it_was.stat()
    monkeypatch.setattr(Path, "stat", lambda *_: known)

    with pytest.raises(InputError, match=r"^x: is a pipe or a device"):
        read_file(file, "x")


def test_a_name_that_no_file_can_have(place: Place) -> None:
    """Too long: said, wherever it is named."""
    for arguments in (("--config", LONG), ("--board", LONG)):
        assert place.run("diff", *arguments).code == 2
    assert place.run("diff", "--out", LONG).code == 2
    assert place.run("snapshot", LONG).code == 2


# Whose a page is -------------------------------------------------------------------------------------------------

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")


def owner(file: Path) -> tuple[int, int, int]:
    """Return a file's user, group and mode."""
    known = file.stat()
    return known.st_uid, known.st_gid, stat.S_IMODE(known.st_mode)


@needs_root
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o664, 0o2664])
def test_a_page_stays_whose_it_was(place: Place, mode: int) -> None:
    """B19: root in a container writes, and the page is still its owner's, its group's, with its mode."""
    os.chown(place.page, 12345, 23456)
    place.page.chmod(mode)

    assert place.run("sync").code == 0

    assert place.page.read_bytes() == TICKED
    assert owner(place.page) == (12345, 23456, mode)
    assert [one.name for one in place.page.parent.iterdir()] == ["roadmap.md"]


@needs_root
def test_a_saved_file_stays_whose_it_was(place: Place) -> None:
    """B19: so does a snapshot that is made again."""
    file = place.write("board.json", "")
    os.chown(file, 12345, 23456)

    place.run("snapshot", "board.json")

    assert owner(file)[:2] == (12345, 23456)


def test_a_page_with_two_names_keeps_them(place: Place) -> None:
    """B19: a hard link is not cut."""
    other = place.directory / "other.md"
    other.hardlink_to(place.page)

    assert place.run("sync").code == 0

    assert other.read_bytes() == place.page.read_bytes() == TICKED
    assert place.page.stat().st_nlink == 2
    assert [one.name for one in place.page.parent.iterdir()] == ["roadmap.md"]


def test_a_page_that_becomes_shorter_in_its_place(tmp_path: Path) -> None:
    """Written over, nothing of the old text is left at its end."""
    (tmp_path / "a.md").write_bytes(b"a long text")
    (tmp_path / "b.md").hardlink_to(tmp_path / "a.md")

    Worktree.from_directory(tmp_path).replace("a.md", b"a long text", b"short")

    assert (tmp_path / "b.md").read_bytes() == b"short"


def test_an_owner_that_we_may_not_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B19: in a shared folder the page is another's, and may be written: it is, in its place."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    page = tmp_path / "a.md"
    page.write_bytes(b"old")
    number = page.stat().st_ino
    status = Path.stat
    monkeypatch.setattr(os, "chown", refuse)
    monkeypatch.setattr(
        Path,
        "stat",
        lambda self, **_: status(self) if self == page else os.stat_result((0o600, 1, 1, 1, 7, 7, 0, 0, 0, 0)),
    )

    Worktree.from_directory(tmp_path).replace("a.md", b"old", b"new")

    assert page.read_bytes() == b"new"
    assert status(page).st_ino == number
    assert [one.name for one in tmp_path.iterdir()] == ["a.md"]


def test_a_page_that_is_written_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk while a page is written over: said as it is, and the whole text is kept beside it."""
    page = tmp_path / "a.md"
    page.write_bytes(b"old")
    (tmp_path / "b.md").hardlink_to(page)
    truncate, opened = [], Path.open

    def full(self: Path, *given: str) -> object:
        truncate.append(1)
        if len(truncate) > 1:
            raise OSError(28, "No space left on device")
        return opened(self, *given)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(InputError) as raised:
        Worktree.from_directory(tmp_path).replace("a.md", b"old", b"new")
    monkeypatch.undo()

    kept = next(tmp_path.glob(".roadmap-sync.*"))
    assert str(raised.value) == (
        f"a.md: was written in part only: No space left on device\n  The whole new text is beside it, in {kept.name}"
    )
    assert kept.read_bytes() == b"new"


# Where a page is -------------------------------------------------------------------------------------------------


def test_an_absolute_page_below_a_link(place: Place, tmp_path: Path) -> None:
    """B20: a shell that came through a link names the page by it."""
    (tmp_path / "project").symlink_to(place.directory)
    (tmp_path / "docs").symlink_to(place.directory / "docs")

    assert place.run("sync", str(tmp_path / "project/docs/roadmap.md")).code == 0
    assert place.page.read_bytes() == TICKED
    assert Worktree.from_directory(place.directory).spelled(str(tmp_path / "project/docs/gone.md")) == "docs/gone.md"


def test_an_absolute_page_that_is_a_link(place: Place, tmp_path: Path) -> None:
    """B20: the page keeps its own name, wherever it leads."""
    (tmp_path / "project").symlink_to(place.directory)
    (place.directory / "ROADMAP.md").symlink_to("docs/roadmap.md")
    tree = Worktree.from_directory(place.directory)

    assert tree.spelled(str(tmp_path / "project/ROADMAP.md")) == "ROADMAP.md"


@pytest.mark.parametrize("path", ["{}/elsewhere/x.md", "{}/loop/x.md", "/etc/passwd", "{}/project/../x.md", "{}/a\0b"])
def test_an_absolute_page_elsewhere(place: Place, tmp_path: Path, path: str) -> None:
    """B20: a link to another place, one in a circle and a step back are none of ours."""
    (tmp_path / "elsewhere").symlink_to("/etc")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "project").symlink_to(place.directory)

    with pytest.raises(InputError, match="is not inside the working directory"):
        Worktree.from_directory(place.directory).spelled(path.format(tmp_path))


def test_the_limits() -> None:
    """What is read at most, in bytes."""
    assert (worktree.CONFIG_BYTES, worktree.PAGE_BYTES, worktree.DATA_BYTES) == (2**20, 10 * 2**20, 50 * 2**20)
