"""Owns files: where they may be, reading them, earlier versions in git, and replacing one safely.

Nothing is written outside the git work tree of the working directory (without git: outside that directory), whatever
a path or a symbolic link says. Must not know what a page means.
"""

import os
import re
import stat
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from roadmap_sync.errors import InputError, RefusedError

#: Git sets these for its hooks, with paths from where the hook began. A git in another directory must not get them.
_HOOK_VARIABLES = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}
_REMOTE = re.compile(r"(?:[a-z+]+://(?:[^@/]*@)?[^/]+/|[^@/:]+@[^:/]+:)/?([\w.-]+/[\w.-]+?)(?:\.git)?/?", re.IGNORECASE)


#: What `git log --format=%x00%H --name-only -z` prints of each commit that touched one path.
_VERSION = re.compile(rb"\0?([0-9a-f]{40,64})\0\n?([^\0]+)")


@dataclass(frozen=True, slots=True)
class Worktree:
    """The working directory, and the top of the tree that files must be in. Both are absolute, links resolved."""

    directory: Path
    root: Path
    is_git: bool

    @classmethod
    def from_directory(cls, directory: Path) -> "Worktree":
        """Return the work tree around a directory; without git, the directory itself is its top."""
        here = directory.resolve()
        top = _git(here, "rev-parse", "--show-toplevel")
        root = Path(os.fsdecode(top.stdout.rstrip(b"\r\n"))).resolve() if top and top.returncode == 0 else None
        return cls(here, root or here, is_git=root is not None)

    def spelled(self, path: str) -> str:
        """Return a path as the program names it: relative to the working directory, with forward slashes.

        Raises InputError for a path that leaves the directory.
        """
        pure = PurePosixPath(path)
        if pure.is_absolute() and pure.is_relative_to(self.directory.as_posix()):
            pure = pure.relative_to(self.directory.as_posix())
        if pure.is_absolute() or ".." in pure.parts or "\0" in path or not pure.parts:
            raise _outside(path)
        return str(pure)

    def read(self, path: str) -> bytes:
        """Return a page's bytes. Raises InputError where there is no such file, or it cannot be read."""
        return read_file(self._inside(path), path)

    def is_below(self, path: str, names: Sequence[str]) -> bool:
        """Whether a file of one of these names is in a directory above the page's own, within the tree.

        So a site's config is found. One beside the page does not count: the documents may not lie where MkDocs's
        config lies (https://www.mkdocs.org/user-guide/configuration/#docs_dir), so such a page is GitHub's.
        """
        page = self._inside(path)
        above = [folder for folder in page.parent.parents if folder.is_relative_to(self.root)]
        return any((folder / name).is_file() for folder in above for name in names)

    def read_revision(self, revision: str, path: str) -> bytes | None:
        """Return a page's bytes as a revision has them, or None where it has no such page.

        Raises InputError where there is no git or no such revision.
        """
        page = self._inside(path)
        commit = _git(page.parent, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if commit is None or commit.returncode != 0:
            raise InputError(
                f'no revision "{revision}" here',
                where="--base",
                hint="A shallow clone has only the newest commit: in GitHub Actions, check out with fetch-depth: 0."
                if self.is_git
                else "This directory is in no git work tree; compare with --base-page FILE.",
            )
        name = f"{commit.stdout.decode().strip()}:./{page.name}"
        if (known := _git(page.parent, "cat-file", "-e", name)) is None or known.returncode != 0:
            return None
        shown = _git(page.parent, "cat-file", "blob", name)
        if shown is None or shown.returncode != 0:
            raise InputError(f"git cannot show it at {revision}", where=path, hint="Try: git fsck")
        return shown.stdout

    def earlier_versions(self, path: str) -> tuple[tuple[bytes, ...], bool]:
        """Return each committed version of a page, across renames, and whether these are all.

        A page outside git, or not committed yet, has none. Of a shallow clone it is not known what is missing.
        """
        page = self._inside(path)
        shallow = _git(page.parent, "rev-parse", "--is-shallow-repository") if self.is_git else None
        listing = ("log", "--follow", "--format=%x00%H", "--name-only", "-z", "--", f"./{page.name}")
        listed = _git(page.parent, *listing) if shallow else None
        if shallow is None or listed is None or listed.returncode != 0:
            return (), True
        versions = []
        for commit, name in _VERSION.findall(listed.stdout):
            shown = _git(self.root, "cat-file", "blob", f"{commit.decode()}:{os.fsdecode(name)}")
            if shown is not None and shown.returncode == 0:  # the commit that deleted it has none
                versions.append(shown.stdout)
        return tuple(versions), shallow.stdout.strip() == b"false"

    def repository(self) -> str:
        """Return `owner/name` from the remote called origin; empty where there is none."""
        remote = _git(self.directory, "remote", "get-url", "origin") if self.is_git else None
        text = remote.stdout.decode(errors="replace").strip() if remote and remote.returncode == 0 else ""
        match = _REMOTE.fullmatch(text)
        return match[1] if match else ""

    def replace(self, path: str, old: bytes, new: bytes) -> None:
        """Replace a page in one step, if it still holds what was read.

        Raises RefusedError where it does not, and InputError where it may not be written.
        """
        page = self._inside(path)
        if not os.access(page, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            raise InputError(
                "cannot be written: it is read-only", where=path, hint=f"Nothing was changed. Try: chmod u+w {path}"
            )

        def check() -> None:
            if read_file(page, path) != old:
                raise RefusedError(
                    "the page changed while the board was read",
                    where=path,
                    hint="Nothing was written. Run again.",
                )

        check()
        _put(page, path, new, stat.S_IMODE(page.stat().st_mode), check)

    def write(self, path: str, data: bytes) -> None:
        """Write a file of our own (a snapshot, a plan) in one step. Raises InputError where that is not possible."""
        target = self._inside(path)
        if target.is_dir():
            raise InputError("is a directory", where=path, hint="Name a file.")
        mask = os.umask(0)
        os.umask(mask)
        _put(target, path, data, 0o666 & ~mask, lambda: None)

    def _inside(self, path: str) -> Path:
        """Return the file that a path leads to, links followed, if that is inside the tree."""
        try:
            real = (self.directory / self.spelled(path)).resolve()
        except (OSError, RuntimeError) as error:
            raise InputError(f"cannot be reached: {error}", where=path) from None
        if not real.is_relative_to(self.root):
            raise _outside(path, "leads out of the work tree")
        return real


def _outside(path: str, what: str = "is not inside the working directory") -> InputError:
    return InputError(
        what,
        where=path,
        hint="Name a file inside the git work tree: without `..`, and no link that leads out.",
    )


def read_file(file: Path, shown: str) -> bytes:
    """Return a file's bytes. Raises InputError, with the file's name as `shown`, where it cannot be read."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise InputError("no such file", where=shown, hint="Paths are relative to the working directory.") from None
    except IsADirectoryError:
        raise InputError("is a directory, not a file", where=shown, hint="Name a file in it.") from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=shown) from None


def read_text(file: Path, shown: str) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark. Raises as `read_file` does."""
    try:
        return read_file(file, shown).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: byte {error.start}", where=shown, hint="Save it as UTF-8.") from None


def _put(target: Path, path: str, data: bytes, mode: int, check: Callable[[], None]) -> None:
    """Write a file beside the target, call `check`, then put it in the target's place."""
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        check()
        Path(temporary).replace(target)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=path, hint="Nothing was changed.") from None
    finally:
        if temporary is not None:
            with suppress(FileNotFoundError):  # it is in its place
                Path(temporary).unlink()


def _git(directory: Path, *arguments: str) -> subprocess.CompletedProcess[bytes] | None:
    """Run git; return None where there is no git."""
    try:
        # The name is looked up in PATH on purpose: it is the person's own git.
        return subprocess.run(  # noqa: S603 - no shell; a revision follows --end-of-options
            ["git", "-C", str(directory), *arguments],  # noqa: S607 - as said above
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name not in _HOOK_VARIABLES},
            check=False,
        )
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
