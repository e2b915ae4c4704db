"""Fault A12: a line that a person deleted stays deleted, also where git cannot tell that it was there.

Throughout, the page once had a line about #16 and has none now; #20 never had one. Both belong to its area. Where
the history can be read, #20 is added and #16 is not; where it cannot, neither is, and one note says why.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.checkouts import AREAS, BEFORE, as_nobody, commit, git, synced, with_deleted_line
from tests.support.runs import PAGE, Place, place

__all__ = ["place"]


@pytest.fixture(autouse=True)
def nobodys_settings(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git find no settings of whoever runs the tests, and GitHub know two items for the area."""
    as_nobody(place, monkeypatch)


Build = Callable[[Path, pytest.MonkeyPatch], str | None]


def no_git(here: Path, patch: pytest.MonkeyPatch) -> None:
    """There is no git on the PATH."""
    with_deleted_line(here)
    patch.setenv("PATH", str(here.parent / "home"))


def git_in_the_checkout(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The only git is one that the checkout brought."""
    with_deleted_line(here)
    (here / "bin").mkdir()
    (here / "bin/git").symlink_to(shutil.which("git") or "")
    patch.setenv("PATH", f"{here / 'bin'}{os.pathsep}bin{os.pathsep}")


def another_owner(here: Path, patch: pytest.MonkeyPatch) -> None:
    """A container's root runs in a checkout that the runner made (actions/checkout#1048)."""
    with_deleted_line(here)
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    for folder in (here, here / ".git"):
        os.chown(folder, 65534, 65534)
    for name in ("SUDO_UID", "GIT_TEST_ASSUME_DIFFERENT_OWNER"):
        patch.delenv(name, raising=False)


def shallow(here: Path, patch: pytest.MonkeyPatch) -> None:
    """A workflow checks out the newest commit alone."""
    with_deleted_line(here)
    git(here.parent, "clone", "-q", "--depth", "1", f"file://{here}", "clone")
    patch.chdir(here.parent / "clone")


def partial(here: Path, patch: pytest.MonkeyPatch, part: str = "blob:none") -> None:
    """A clone has the newest version alone, and its remote is out of reach."""
    with_deleted_line(here)
    git(here, "config", "uploadpack.allowFilter", "true")
    git(here.parent, "clone", "-q", f"--filter={part}", f"file://{here}", "clone")
    here.rename(here.parent / "gone")
    patch.chdir(here.parent / "clone")


def without_trees(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The same without the folders of earlier commits."""
    partial(here, patch, "tree:0")


def partial_that_may_fetch(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The remote is there, but nothing is ever fetched."""
    with_deleted_line(here)
    git(here, "config", "uploadpack.allowFilter", "true")
    git(here.parent, "clone", "-q", "--filter=blob:none", f"file://{here}", "clone")
    git(here.parent / "clone", "config", "protocol.file.allow", "always")
    patch.chdir(here.parent / "clone")


def submodule(here: Path, patch: pytest.MonkeyPatch) -> str:
    """The page lies in a repository inside this one."""
    inner = here.parent / "inner"
    with_deleted_line(inner, "roadmap.md")
    git(here, "init", "-q")
    git(here, "submodule", "--quiet", "add", f"file://{inner}", "lib")
    commit(here)
    return "lib/roadmap.md"


def link_into_a_submodule(here: Path, patch: pytest.MonkeyPatch) -> str:
    """The page is a link to one there."""
    submodule(here, patch)
    (here / "docs/other.md").symlink_to("../lib/roadmap.md")
    return "docs/other.md"


def lost_object(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The repository is damaged: an earlier version is gone."""
    with_deleted_line(here)
    name = git(here, "rev-parse", "HEAD~1:docs/roadmap.md").strip()
    (here / ".git/objects" / name[:2] / name[2:]).unlink()


def lost_commit(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The same with the newest commit."""
    with_deleted_line(here)
    name = git(here, "rev-parse", "HEAD").strip()
    (here / ".git/objects" / name[:2] / name[2:]).unlink()


def broken_git(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The folder looks like git's and is not."""
    with_deleted_line(here)
    shutil.rmtree(here / ".git/objects")


def slow_git(here: Path, patch: pytest.MonkeyPatch) -> None:
    """A git that hangs, on a network drive perhaps."""
    with_deleted_line(here)
    folder = here.parent / "slow"
    folder.mkdir()
    (folder / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (folder / "git").chmod(0o755)
    patch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    patch.setattr("roadmap_sync.children._GIT_SECONDS", 0.05)


def killed_git(here: Path, patch: pytest.MonkeyPatch) -> None:
    """A git that cannot be started: no program."""
    with_deleted_line(here)
    folder = here.parent / "killed"
    folder.mkdir()
    (folder / "git").write_bytes(b"\x7fELF nonsense")
    (folder / "git").chmod(0o755)
    patch.setenv("PATH", str(folder))


def pointer_into_the_tree(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The `.git` leads to files of the tree, as nothing but a stranger's archive has it."""
    with_deleted_line(here)
    (here / ".git").rename(here / "docs/history")
    (here / ".git").write_text("gitdir: docs/history\n")


UNKNOWN: dict[str, tuple[Build, str]] = {
    "A12-no-git": (no_git, "there is no git on the PATH (Install git;"),
    "A12-git-in-the-checkout": (git_in_the_checkout, "there is no git on the PATH (Install git;"),
    "A12-dubious-ownership": (another_owner, "which belongs to another user (Run: git config --global --add safe.dire"),
    "A12-shallow": (shallow, "this clone is shallow (in a workflow, check out with fetch-depth: 0)"),
    "A12-blobless": (
        partial,
        "this clone holds a part of the versions, and nothing is fetched (clone, or check out, wi",
    ),
    "A12-treeless": (without_trees, "this clone holds a part of the versions, and nothing is fetched"),
    "A12-blobless-with-a-remote": (partial_that_may_fetch, "this clone holds a part of the versions, and nothing is f"),
    "A12-submodule": (
        submodule,
        "lib/roadmap.md lies in another repository, lib, of which this one knows nothing (run r",
    ),
    "A12-link-into-a-submodule": (link_into_a_submodule, "docs/other.md lies in another repository, lib, of which"),
    "A12-lost-object": (lost_object, " is missing (Try: git fsck)"),
    "A12-lost-commit": (lost_commit, "git failed: "),
    "A12-broken-git": (broken_git, "git failed: fatal: not a git repository"),
    "A12-slow": (slow_git, "git did not answer within 0 s (Try: git fsck)"),
    "A12-no-program": (killed_git, "git cannot be started: "),
    "A12-pointer-into-the-tree": (pointer_into_the_tree, "which is a part of the files themselves (Clone the reposit"),
}


@pytest.mark.parametrize(("build", "cause"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_history_that_cannot_be_read(place: Place, monkeypatch: pytest.MonkeyPatch, build: Build, cause: str) -> None:
    """Nothing is added, the rest is done, and one attention note names the cause and the cure."""
    page = build(place.directory, monkeypatch) or "docs/roadmap.md"

    done = synced(place, page)

    said = done.ran.out.decode()
    assert done.ran.code == 0, done.ran.err
    assert (done.is_deleted_back, done.is_new_there) == (False, False)
    assert said.count("nothing is added: the earlier versions of the page cannot be read to the first one") == 1
    assert cause in said
    assert b"[x] [Fly]" in done.page


def test_one_note_for_a_page(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The history is the page's, so that several areas say it once."""
    no_git(place.directory, monkeypatch)
    place.write("roadmap-sync.toml", f'{AREAS}[[pages.areas]]\nheading = "Engines"\nfilter = "label:hull"\n')

    assert place.run("diff", "--format", "text").out.count(b"nothing is added:") == 1


# What git does tell ---------------------------------------------------------------------------------------------


def plainly(here: Path, patch: pytest.MonkeyPatch) -> None:
    """A clone as people have it."""
    with_deleted_line(here)


def full_clone(here: Path, patch: pytest.MonkeyPatch) -> None:
    """A clone with its whole history."""
    with_deleted_line(here)
    git(here.parent, "clone", "-q", f"file://{here}", "clone")
    patch.chdir(here.parent / "clone")


def packed(here: Path, patch: pytest.MonkeyPatch) -> None:
    """A repository that git has tidied."""
    with_deleted_line(here)
    git(here, "gc", "-q")


def second_tree(here: Path, patch: pytest.MonkeyPatch) -> None:
    """A second work tree of one repository."""
    with_deleted_line(here)
    git(here, "worktree", "add", "-q", "-b", "other", str(here.parent / "second"))
    patch.chdir(here.parent / "second")


def second_tree_inside(here: Path, patch: pytest.MonkeyPatch) -> None:
    """A second work tree in a folder of the first."""
    with_deleted_line(here)
    git(here, "worktree", "add", "-q", "-b", "other", str(here / "trees/second"))
    patch.chdir(here / "trees/second")


def trees_of_a_bare_clone(here: Path, patch: pytest.MonkeyPatch) -> None:
    """A bare clone with its work trees beside it, and a `.git` file above them."""
    with_deleted_line(here)
    above = here.parent / "trees"
    above.mkdir()
    git(above, "clone", "-q", "--bare", f"file://{here}", ".bare")
    (above / ".git").write_text("gitdir: ./.bare\n")
    git(above, "worktree", "add", "-q", "main")
    patch.chdir(above / "main")


def in_a_submodule(here: Path, patch: pytest.MonkeyPatch) -> str:
    """The submodule itself is where we are."""
    page = submodule(here, patch)
    patch.chdir(here / "lib")
    return page.removeprefix("lib/")


def git_elsewhere(here: Path, patch: pytest.MonkeyPatch) -> None:
    """What git keeps lies outside the work tree."""
    with_deleted_line(here)
    git(here, "init", "-q", f"--separate-git-dir={here.parent / 'kept'}")


def below_the_top(here: Path, patch: pytest.MonkeyPatch) -> str:
    """The working directory is a folder of the work tree."""
    with_deleted_line(here)
    patch.chdir(here / "docs")
    return "roadmap.md"


def moved(here: Path, patch: pytest.MonkeyPatch) -> str:
    """The page was moved by a commit."""
    with_deleted_line(here)
    git(here, "mv", "docs/roadmap.md", "ROADMAP.md")
    commit(here)
    return "ROADMAP.md"


def moved_in_its_folder(here: Path, patch: pytest.MonkeyPatch) -> str:
    """Its folder was renamed, with all that is in it."""
    (here / "docs/other.md").write_bytes(PAGE + b"\nsomething else\n")
    with_deleted_line(here)
    git(here, "mv", "docs", "site")
    commit(here)
    return "site/roadmap.md"


def moved_and_rewritten(here: Path, patch: pytest.MonkeyPatch) -> str:
    """It was moved, and so much was rewritten in the same commit that git sees another file."""
    here.joinpath("docs/roadmap.md").write_bytes(BEFORE)
    git(here, "init", "-q")
    commit(here)
    git(here, "mv", "docs/roadmap.md", "ROADMAP.md")
    (here / "ROADMAP.md").write_bytes(b"words\n" * 400 + PAGE)
    commit(here)
    return "ROADMAP.md"


def moved_twice(here: Path, patch: pytest.MonkeyPatch) -> str:
    """There and back again."""
    page = moved(here, patch)
    git(here, "mv", page, "docs/roadmap.md")
    commit(here)
    return "docs/roadmap.md"


def moved_but_not_committed(here: Path, patch: pytest.MonkeyPatch) -> str:
    """The move is not committed yet."""
    with_deleted_line(here)
    git(here, "mv", "docs/roadmap.md", "ROADMAP.md")
    return "ROADMAP.md"


def moved_by_a_merge(here: Path, patch: pytest.MonkeyPatch) -> str:
    """It was moved while two branches were merged."""
    with_deleted_line(here)
    git(here, "checkout", "-q", "-b", "side", "HEAD~1")
    (here / "README.md").write_text("hello\n")
    commit(here)
    git(here, "checkout", "-q", "main")
    git(here, "merge", "-q", "--no-commit", "side")
    git(here, "mv", "docs/roadmap.md", "ROADMAP.md")
    commit(here)
    return "ROADMAP.md"


def deleted_by_a_merge(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The line came on a branch, and went while that was merged."""
    (here / "docs/roadmap.md").write_bytes(PAGE)
    git(here, "init", "-q")
    commit(here)
    git(here, "checkout", "-q", "-b", "side")
    (here / "docs/roadmap.md").write_bytes(BEFORE)
    commit(here)
    git(here, "checkout", "-q", "main")
    git(here, "merge", "-q", "--no-ff", "--no-commit", "side")
    (here / "docs/roadmap.md").write_bytes(PAGE)
    commit(here)


def made_again(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The page was deleted and made again."""
    with_deleted_line(here)
    page = (here / "docs/roadmap.md").read_bytes()
    (here / "docs/roadmap.md").unlink()
    commit(here)
    (here / "docs/roadmap.md").write_bytes(page)
    commit(here)


def deleted_but_not_committed(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The first commit has the line, the files do not have it any more."""
    (here / "docs/roadmap.md").write_bytes(BEFORE)
    git(here, "init", "-q")
    commit(here)
    (here / "docs/roadmap.md").write_bytes(PAGE)


def odd_name(name: str) -> Build:
    """Make a page with a name that a shell or git could take for something else."""

    def build(here: Path, patch: pytest.MonkeyPatch) -> str:
        with_deleted_line(here, name)
        return name

    return build


def called_safe(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The work tree is another user's, and whoever runs this calls it safe."""
    another_owner(here, patch)
    subprocess.run(["git", "config", "--global", "--add", "safe.directory", str(here)], check=True)


def called_safe_by_variables(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The same by git's variables, among other settings."""
    another_owner(here, patch)
    pairs = [("http.extraHeader", "x: y"), ("Safe.Directory", "*")]
    patch.setenv("GIT_CONFIG_COUNT", str(len(pairs)))
    for number, (key, value) in enumerate(pairs):
        patch.setenv(f"GIT_CONFIG_KEY_{number}", key)
        patch.setenv(f"GIT_CONFIG_VALUE_{number}", value)


def in_a_hook(here: Path, patch: pytest.MonkeyPatch) -> None:
    """Git's own variables point elsewhere."""
    with_deleted_line(here)
    patch.setenv("GIT_DIR", str(here.parent / "nowhere"))
    patch.setenv("GIT_INDEX_FILE", "nowhere")


def another_hash(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The objects have longer names."""
    git(here, "init", "-q", "--object-format=sha256")
    with_deleted_line(here)


def settings_that_shorten(here: Path, patch: pytest.MonkeyPatch) -> None:
    """Settings of a person change how git lists."""
    with_deleted_line(here)
    for pair in ("log.follow=true", "diff.renames=false", "core.quotePath=true", "color.ui=always", "diff.orderFile=x"):
        key, _, value = pair.partition("=")
        git(here, "config", key, value)


KNOWN: dict[str, Build] = {
    "plain": plainly,
    "full-clone": full_clone,
    "packed": packed,
    "worktree": second_tree,
    "worktree-inside": second_tree_inside,
    "worktrees-of-a-bare-clone": trees_of_a_bare_clone,
    "in-a-submodule": in_a_submodule,
    "separate-git-dir": git_elsewhere,
    "below-the-top": below_the_top,
    "A12-moved": moved,
    "A12-moved-in-its-folder": moved_in_its_folder,
    "A12-moved-and-rewritten": moved_and_rewritten,
    "A12-moved-twice": moved_twice,
    "A12-moved-but-not-committed": moved_but_not_committed,
    "A12-moved-by-a-merge": moved_by_a_merge,
    "A12-deleted-by-a-merge": deleted_by_a_merge,
    "A12-made-again": made_again,
    "A12-deleted-but-not-committed": deleted_but_not_committed,
    "blank": odd_name("docs/our road map.md"),
    "unicode": odd_name("docs/wegkärtchen ⛵.md"),
    "leading-dash": odd_name("-p.md"),
    "glob": odd_name("docs/[a]*?.md"),
    "pathspec-magic": odd_name(":(top)road.md"),
    "exclude": odd_name(":!road.md"),
    "quote": odd_name('docs/"a" b.md'),
    "safe-directory": called_safe,
    "safe-directory-by-variables": called_safe_by_variables,
    "in-a-hook": in_a_hook,
    "sha256": another_hash,
    "settings": settings_that_shorten,
}


@pytest.mark.parametrize("build", KNOWN.values(), ids=KNOWN)
def test_a_history_that_is_read(place: Place, monkeypatch: pytest.MonkeyPatch, build: Build) -> None:
    """What was deleted stays away, and what is new is added."""
    page = build(place.directory, monkeypatch) or "docs/roadmap.md"

    done = synced(place, page)

    assert done.ran.code == 0, done.ran.err
    assert (done.is_deleted_back, done.is_new_there) == (False, True), done.ran.out.decode()
    assert b"not added: it stood on the page before" in done.ran.out


def outside_git(here: Path, patch: pytest.MonkeyPatch) -> None:
    """There is no git anywhere above."""


def nothing_committed(here: Path, patch: pytest.MonkeyPatch) -> None:
    """A repository without a commit."""
    git(here, "init", "-q")


def not_committed(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The page is not committed; others are, and are there."""
    git(here, "init", "-q")
    (here / "README.md").write_bytes(BEFORE)
    git(here, "add", "README.md")
    git(here, "commit", "-q", "-m", "another page")


def not_committed_in_a_sparse_tree(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The same, and another page is absent on purpose."""
    (here / "lib").mkdir()
    (here / "lib/README.md").write_bytes(BEFORE)
    git(here, "init", "-q")
    git(here, "add", "lib")
    git(here, "commit", "-q", "-m", "another page")
    git(here, "config", "core.sparseCheckout", "true")
    (here / "lib/README.md").unlink()


def empty_git_folder(here: Path, patch: pytest.MonkeyPatch) -> None:
    """A folder called `.git` with nothing in it is none of git's."""
    (here / ".git").mkdir()


def new_in_this_commit(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The page came with the newest commit, beside another that stays."""
    git(here, "init", "-q")
    (here / "README.md").write_bytes(BEFORE)
    commit(here)
    git(here, "rm", "-q", "--cached", "docs/roadmap.md")
    git(here, "commit", "-q", "-m", "not yet")
    git(here, "checkout", "-q", "--orphan", "fresh")
    commit(here)


def brought_by_a_merge(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The page came with a branch that still had another page; the merge took that away, as the main line had."""
    (here / "docs/roadmap.md").unlink()
    (here / "README.md").write_bytes(BEFORE)
    git(here, "init", "-q")
    commit(here)
    git(here, "checkout", "-q", "-b", "side")
    (here / "docs/roadmap.md").write_bytes(PAGE)
    commit(here)
    git(here, "checkout", "-q", "main")
    (here / "README.md").unlink()
    commit(here)
    git(here, "merge", "-q", "--no-ff", "-m", "both", "side")


def beside_one_that_is_gone_now(here: Path, patch: pytest.MonkeyPatch) -> None:
    """The page is committed; another is taken away, and that is not committed yet."""
    (here / "README.md").write_bytes(BEFORE)
    git(here, "init", "-q")
    commit(here)
    (here / "README.md").unlink()


NONE: dict[str, Build] = {
    "outside-git": outside_git,
    "nothing-committed": nothing_committed,
    "untracked": not_committed,
    "untracked-in-a-sparse-tree": not_committed_in_a_sparse_tree,
    "empty-git-folder": empty_git_folder,
    "new-in-this-commit": new_in_this_commit,
    "brought-by-a-merge": brought_by_a_merge,
    "beside-one-that-is-gone-now": beside_one_that_is_gone_now,
}


@pytest.mark.parametrize("build", NONE.values(), ids=NONE)
def test_a_page_without_a_history(place: Place, monkeypatch: pytest.MonkeyPatch, build: Build) -> None:
    """It is added to, both items."""
    build(place.directory, monkeypatch)

    done = synced(place)

    assert done.ran.code == 0, done.ran.err
    assert (done.is_deleted_back, done.is_new_there) == (True, True), done.ran.out.decode()


def test_too_many_pages_that_it_may_have_been(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a commit brought the page and took a whole site away, nobody can say which one it was."""
    git(place.directory, "init", "-q")
    for number in range(25):
        place.write(f"old/{number}.md", f"{number}\n" * 50)
    place.page.unlink()
    commit(place.directory)
    shutil.rmtree(place.directory / "old")
    place.page.write_bytes(PAGE)
    commit(place.directory)

    done = synced(place)

    assert (done.is_deleted_back, done.is_new_there) == (False, False)
    assert b"it may have been any of 25 pages before, which were taken away with its first commit" in done.ran.out


def test_check_tells_a_refusal_from_an_absence(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--base` where git cannot answer is exit 2 with the cure; a page that the base has not is no error."""
    with_deleted_line(place.directory)
    place.write("roadmap-sync.toml", AREAS)
    git(place.directory, "checkout", "-q", "--orphan", "empty")
    git(place.directory, "rm", "-q", "--cached", "docs/roadmap.md")
    git(place.directory, "commit", "-q", "-m", "no page")
    assert place.run("check", "--base", "HEAD").code == 1

    monkeypatch.setenv("PATH", str(place.directory))
    ran = place.run("check", "--base", "HEAD")

    assert ran.code == 2
    assert "there is no git on the PATH\n  Install git;" in ran.err


def test_a_base_in_a_submodule(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The outer repository knows nothing of the page: said, not taken for a page that is new."""
    page = submodule(place.directory, monkeypatch)
    place.write("roadmap-sync.toml", AREAS.replace("docs/roadmap.md", page))

    ran = place.run("check", "--base", "HEAD")

    assert ran.code == 2
    assert "lib/roadmap.md lies in another repository, lib, of which this one knows nothing" in ran.err
