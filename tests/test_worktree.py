"""Files: where they may lie, how they are read and replaced, and their versions in git."""

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadmap_sync.children import GitError
from roadmap_sync.errors import InputError, RefusedError
from roadmap_sync.worktree import Worktree

WAY = "\n  Name a file inside the git work tree: without `..`, and no link that leads out."


def git(directory: Path, *arguments: str) -> str:
    """Run git as somebody, without anybody's settings."""
    settings = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "init.defaultBranch=main")
    command = ["git", "-C", str(directory), *settings, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def names(directory: Path) -> list[str]:
    """Return what is in a directory."""
    return [path.name for path in directory.iterdir()]


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """Make a directory outside git, with a page."""
    folder = tmp_path / "plain"
    (folder / "docs").mkdir(parents=True)
    (folder / "docs/roadmap.md").write_bytes(b"- [ ] one\r\n")
    return folder


@pytest.fixture
def repo(plain: Path) -> Path:
    """Make a git work tree with the page committed, and another version in the files."""
    git(plain, "init", "-q")
    git(plain, "add", ".")
    git(plain, "commit", "-q", "-m", "first")
    (plain / "docs/roadmap.md").write_bytes(b"- [ ] two\n")
    return plain


def test_the_tree_of_a_directory(repo: Path) -> None:
    """In git it is the work tree, from wherever inside it; outside, the directory itself."""
    docs = Worktree.from_directory(repo / "docs")

    assert docs == Worktree(repo.resolve() / "docs", repo.resolve(), is_git=True)
    assert Worktree.from_directory(repo.parent) == Worktree(repo.parent.resolve(), repo.parent.resolve(), is_git=False)


def test_without_git_installed(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git the tree is the same; what only git knows is said to be unknown, not to be absent."""
    monkeypatch.setenv("PATH", str(repo))
    tree = Worktree.from_directory(repo)

    assert tree.is_git
    assert tree.read("docs/roadmap.md") == b"- [ ] two\n"
    assert tree.repository() == ""
    with pytest.raises(GitError, match=r"^there is no git on the PATH\n  Install git;"):
        tree.read_revision("main", "docs/roadmap.md")


def test_a_hook_s_environment_does_not_mislead(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git sets GIT_DIR for its hooks, relative to the top; the page's directory is another one."""
    monkeypatch.setenv("GIT_DIR", ".git")

    assert Worktree.from_directory(repo).read_revision("HEAD", "docs/roadmap.md") == b"- [ ] one\r\n"


@pytest.mark.parametrize("path", ["docs/roadmap.md", "./docs/roadmap.md", "docs//roadmap.md", "{tree}/docs/roadmap.md"])
def test_spellings_of_a_path(plain: Path, path: str) -> None:
    """One page has one name in the program."""
    tree = Worktree.from_directory(plain)

    assert tree.spelled(path.format(tree=plain.resolve())) == "docs/roadmap.md"


@pytest.mark.parametrize(
    "path", ["../plain/docs/roadmap.md", "docs/../docs/roadmap.md", "/etc/passwd", "", ".", "a\0b"]
)
def test_paths_that_leave(plain: Path, path: str) -> None:
    """No parent directories and no other place: an error, and not one byte read."""
    with pytest.raises(InputError) as raised:
        Worktree.from_directory(plain).read(path)

    assert str(raised.value) == (f"{path}: " if path else "") + "is not inside the working directory" + WAY


def test_a_link_out_of_the_tree(repo: Path) -> None:
    """A symbolic link may not lead out, be it the page or a directory above it."""
    outside = repo.parent / "outside"
    outside.mkdir()
    (outside / "page.md").write_bytes(b"- [ ] theirs\n")
    (repo / "page.md").symlink_to(outside / "page.md")
    (repo / "folder").symlink_to(outside)
    (repo / "loop.md").symlink_to("loop.md")
    tree = Worktree.from_directory(repo)

    for path in ("page.md", "folder/page.md"):
        with pytest.raises(InputError) as raised:
            tree.replace(path, b"- [ ] theirs\n", b"- [x] theirs\n")
        assert str(raised.value) == f"{path}: leads out of the work tree{WAY}"
        with pytest.raises(InputError, match="leads out of the work tree"):
            tree.write(path, b"")
    with pytest.raises(InputError, match=r"^loop\.md: cannot be re"):
        tree.read("loop.md")
    assert (outside / "page.md").read_bytes() == b"- [ ] theirs\n"


def test_a_link_inside_the_tree(repo: Path) -> None:
    """A link that stays inside is followed, and is still a link afterwards."""
    (repo / "ROADMAP.md").symlink_to("docs/roadmap.md")
    tree = Worktree.from_directory(repo / "docs")
    (repo / "docs/alias.md").symlink_to("../ROADMAP.md")

    tree.replace("alias.md", b"- [ ] two\n", b"- [x] two\n")

    assert (repo / "docs/alias.md").is_symlink()
    assert (repo / "ROADMAP.md").is_symlink()
    assert (repo / "docs/roadmap.md").read_bytes() == b"- [x] two\n"


UNREADABLE = {
    "missing": ("docs/other.md", "no such file\n  Paths are relative to the working directory."),
    "missing directory": ("other/roadmap.md", "no such file\n  Paths are relative to the working directory."),
    "directory": ("docs", "is a directory, not a file\n  Name a file in it."),
    "below a file": ("docs/roadmap.md/x", "cannot be read: Not a directory"),
}


@pytest.mark.parametrize(("path", "what"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_page(plain: Path, path: str, what: str) -> None:
    """Missing, or a directory: said in a sentence."""
    with pytest.raises(InputError) as raised:
        Worktree.from_directory(plain).read(path)

    assert str(raised.value) == f"{path}: {what}"


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """Give up root's rights for a while, in a directory that is then ours; yield it."""
    folder = Path(tempfile.mkdtemp())
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    yield folder
    if is_root:
        os.seteuid(0)
    shutil.rmtree(folder)


def test_a_page_without_permissions(unprivileged: Path) -> None:
    """Not readable, not writable, in a directory that is not writable: said, and the page as it was."""
    page = unprivileged / "roadmap.md"
    page.write_bytes(b"old")
    tree = Worktree.from_directory(unprivileged)

    page.chmod(0o000)
    with pytest.raises(InputError) as raised:
        tree.read("roadmap.md")
    assert str(raised.value) == "roadmap.md: cannot be read: Permission denied"
    page.chmod(0o444)
    with pytest.raises(InputError) as raised:
        tree.replace("roadmap.md", b"old", b"new")
    assert str(raised.value) == (
        "roadmap.md: cannot be written: it is read-only\n  Nothing was changed. Try: chmod u+w roadmap.md"
    )
    page.chmod(0o644)
    unprivileged.chmod(0o555)
    with pytest.raises(InputError) as raised:
        tree.replace("roadmap.md", b"old", b"new")
    assert str(raised.value) == "roadmap.md: cannot be written: Permission denied\n  Nothing was changed."
    unprivileged.chmod(0o755)
    assert page.read_bytes() == b"old"
    assert names(unprivileged) == ["roadmap.md"]


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o755])
def test_replace(plain: Path, mode: int) -> None:
    """The bytes are the new ones, the mode is the old one, and nothing else is left behind."""
    page = plain / "docs/roadmap.md"
    page.chmod(mode)

    Worktree.from_directory(plain).replace("docs/roadmap.md", b"- [ ] one\r\n", b"- [x] one\r\n")

    assert page.read_bytes() == b"- [x] one\r\n"
    assert stat.S_IMODE(page.stat().st_mode) == mode
    assert names(page.parent) == ["roadmap.md"]


def test_a_page_that_changed_meanwhile(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person saved while the board was read, or even while the new page was written, stays."""
    tree, page = Worktree.from_directory(plain), plain / "docs/roadmap.md"
    message = "docs/roadmap.md: the page changed while the board was read\n  Nothing was written. Run again."

    with pytest.raises(RefusedError) as raised:
        tree.replace("docs/roadmap.md", b"what was read", b"new")
    assert str(raised.value) == message
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (page.write_bytes(b"saved just now"), sync(handle)))
    with pytest.raises(RefusedError) as raised:
        tree.replace("docs/roadmap.md", b"- [ ] one\r\n", b"new")
    assert str(raised.value) == message
    assert page.read_bytes() == b"saved just now"
    assert names(page.parent) == ["roadmap.md"]


def test_an_interrupted_write(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle of a write leaves the page as it was and nothing beside it."""

    def interrupt(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        Worktree.from_directory(plain).replace("docs/roadmap.md", b"- [ ] one\r\n", b"new")

    assert (plain / "docs/roadmap.md").read_bytes() == b"- [ ] one\r\n"
    assert names(plain / "docs") == ["roadmap.md"]


def test_write(plain: Path) -> None:
    """A file of our own is new or replaced, readable as the umask says; a directory is not replaced."""
    tree = Worktree.from_directory(plain)
    mask = os.umask(0o027)
    tree.write("docs/board.json", b"{}")
    tree.write("docs/board.json", b"{...}")
    os.umask(mask)

    assert (plain / "docs/board.json").read_bytes() == b"{...}"
    assert stat.S_IMODE((plain / "docs/board.json").stat().st_mode) == 0o640
    with pytest.raises(InputError, match=r"^docs: is a directory\n  Name a file\."):
        tree.write("docs", b"")
    with pytest.raises(InputError, match=r"^other/board\.json: cannot be written: No such file or directory"):
        tree.write("other/board.json", b"")


def test_a_site_above_the_page(repo: Path) -> None:
    """A site's config in a directory above the page's own makes it a MkDocs page; one outside the tree does not."""
    tree = Worktree.from_directory(repo)
    (repo.parent / "mkdocs.yml").touch()
    names = ("mkdocs.yml", "mkdocs.yaml", "zensical.toml")
    assert not tree.is_below("docs/roadmap.md", names)
    assert not tree.is_below("docs/roadmap.md", ())

    for name in names:
        (repo / name).touch()
        assert tree.is_below("docs/roadmap.md", names)
        assert Worktree.from_directory(repo / "docs").is_below("roadmap.md", names)
        (repo / "README.md").touch()
        assert not tree.is_below("README.md", names)
        (repo / name).unlink()
    assert not tree.is_below("docs/roadmap.md", names)


def test_a_page_at_a_revision(repo: Path) -> None:
    """The bytes of an earlier version come back as they were; where there was no page, there is none."""
    tree = Worktree.from_directory(repo)
    (repo / "docs/new.md").touch()

    assert tree.read_revision("HEAD", "docs/roadmap.md") == b"- [ ] one\r\n"
    assert tree.read_revision("main", "docs/roadmap.md") == b"- [ ] one\r\n"
    assert Worktree.from_directory(repo / "docs").read_revision("main", "roadmap.md") == b"- [ ] one\r\n"
    assert tree.read_revision("HEAD", "docs/new.md") is None


@pytest.mark.parametrize("revision", ["nowhere", "--help", "", "HEAD:docs/roadmap.md"])
def test_a_revision_that_is_not_there(repo: Path, revision: str) -> None:
    """It is said, with what is usually missing."""
    with pytest.raises(InputError) as raised:
        Worktree.from_directory(repo).read_revision(revision, "docs/roadmap.md")

    assert str(raised.value) == (
        f'--base: no revision "{revision}" here\n'
        "  A shallow clone has only the newest commit: in GitHub Actions, check out with fetch-depth: 0."
    )


REMOTES = {
    "https": ("https://github.com/acme/rocket.git", "acme/rocket"),
    "https with a user": ("https://user@github.com/acme/rocket", "acme/rocket"),
    "ssh": ("git@github.com:acme/rocket.git", "acme/rocket"),
    "ssh URL": ("ssh://git@github.com:22/acme/rocket.js.git/", "acme/rocket.js"),
    "a path": ("/srv/git/rocket.git", ""),
    "a deeper path": ("https://gitlab.example/group/sub/rocket", ""),
}


@pytest.mark.parametrize(("url", "repository"), REMOTES.values(), ids=REMOTES)
def test_the_repository_of_the_remote(repo: Path, url: str, repository: str) -> None:
    """The remote called origin tells the repository, whatever its spelling."""
    tree = Worktree.from_directory(repo)
    assert tree.repository() == ""

    git(repo, "remote", "add", "origin", url)

    assert tree.repository() == repository


def versions(directory: Path, page: str = "docs/roadmap.md") -> list[bytes]:
    """Return the earlier versions of a page, the newest first."""
    return [*Worktree.from_directory(directory).earlier_versions(page)]


def test_earlier_versions(repo: Path) -> None:
    """Each committed version is known once, the newest first, through a rename; the files' own is not."""
    git(repo, "commit", "-q", "-a", "-m", "second")
    git(repo, "mv", "docs/roadmap.md", "docs/plän.md")
    git(repo, "commit", "-q", "-m", "renamed")
    (repo / "docs/plän.md").write_bytes(b"- [ ] three\n")

    assert versions(repo, "docs/plän.md") == [b"- [ ] two\n", b"- [ ] one\r\n"]


def test_earlier_versions__none(plain: Path, repo: Path) -> None:
    """A page that was never committed has none, nor has one outside git."""
    (repo / "docs/new.md").write_bytes(b"x")

    assert versions(repo, "docs/new.md") == []


def test_earlier_versions__outside_git(plain: Path) -> None:
    """A page outside git has no history, and that is all of it."""
    assert versions(plain) == []


def test_earlier_versions__before_the_first_commit(plain: Path) -> None:
    """A new repository has no history yet."""
    git(plain, "init", "-q")

    assert versions(plain) == []
