"""Owns files: where they may be, reading them, earlier versions in git, and replacing one safely.

Nothing is written outside the git work tree of the working directory (without git: outside that directory), whatever
a path or a symbolic link says. Must not know what a page means.
"""

import os
import re
import stat
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from roadmap_sync.children import GitError, git, top_of
from roadmap_sync.errors import InputError, RefusedError

#: https://docusaurus.io/docs/api/docusaurus-config
_DOCUSAURUS = tuple(f"docusaurus.config.{ending}" for ending in ("js", "ts", "mjs", "cjs", "mts", "cts"))
_REMOTE = re.compile(r"(?:[a-z+]+://(?:[^@/]*@)?[^/]+/|[^@/:]+@[^:/]+:)/?([\w.-]+/[\w.-]+?)(?:\.git)?/?", re.IGNORECASE)

#: So many bytes are read of a page, of a config or `.env`, and of anything else.
PAGE_BYTES, CONFIG_BYTES, DATA_BYTES = 10 * 1024**2, 1024**2, 50 * 1024**2
_SUPPLIED = "It is looked for under this name: rename it, or put a file in its place."
_RELATIVE = "Paths are relative to the working directory."

#: What `git ls-tree -z` prints of a path that is there: mode, type, object.
_ENTRY = re.compile(rb"(\d+) (\w+) ([0-9a-f]{40,64})\t")
#: Versions that are read at a time, so that a long history need not fit into memory.
_AT_ONCE = 50
#: A page that may have been any of more pages than this before is not guessed at.
_MOST_PAGES = 20
_PAGES = (b".md", b".mdx", b".markdown")


@dataclass(frozen=True, slots=True)
class _Touch:
    """What a commit did to a path, against one of its parents: `what` is git's letter, `came_from` its old name."""

    commit: str
    what: str
    before: bytes
    after: bytes
    path: bytes
    came_from: bytes = b""


class NoRevisionError(InputError):
    """There is no such revision here; it may be in the repository that this one was cloned from."""


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
        top = top_of(here)
        return cls(here, top or here, is_git=top is not None)

    def spelled(self, path: str) -> str:
        """Return a path as the program names it: relative to the working directory, with forward slashes.

        Raises InputError for a path that leaves the directory.
        """
        pure = self._below(PurePosixPath(path))
        if pure.is_absolute() or ".." in pure.parts or "\0" in path or not pure.parts:
            raise _outside(path)
        return str(pure)

    def _below(self, path: PurePosixPath) -> PurePosixPath:
        """Return an absolute path relative to the working directory, also below a link to that; any other as it is."""
        if not path.is_absolute() or path.is_relative_to(self.directory.as_posix()):
            return path.relative_to(self.directory.as_posix()) if path.is_absolute() else path
        above = (one for one in path.parents if "\0" not in str(one) and self._is_here(Path(one)))
        return next((path.relative_to(one) for one in above), path)

    def _is_here(self, folder: Path) -> bool:
        try:
            return folder.resolve() == self.directory
        except (OSError, RuntimeError):
            return False  # a link in a circle leads nowhere

    def supplied(self, file: Path) -> Path | None:
        """Return where a file really is that the tree supplies by its name, as `.env` or a site's config; None without.

        Raises InputError for one that is no regular file, or that leads out of the tree.
        """
        if not os.path.lexists(file):
            return None
        shown = os.path.relpath(file, self.directory)
        real = self._real(file, shown)
        _check_kind(_status(real, shown, "The link leads nowhere."), shown, _SUPPLIED)
        return real

    def read(self, path: str) -> bytes:
        """Return a page's bytes. Raises InputError where there is no such file, or it cannot be read."""
        return read_file(self._inside(path), path, most=PAGE_BYTES)

    def is_below(self, path: str, names: Sequence[str]) -> bool:
        """Whether a file of one of these names is in a directory above the page's own, within the tree.

        So a site's config is found. One beside the page does not count: the documents may not lie where MkDocs's
        config lies (https://www.mkdocs.org/user-guide/configuration/#docs_dir), so such a page is GitHub's.
        """
        page = self._inside(path)
        above = [folder for folder in page.parent.parents if folder.is_relative_to(self.root)]
        return any(self.supplied(folder / name) for folder in above for name in names)

    def is_docusaurus(self, path: str) -> bool:
        """Whether Docusaurus renders a page: its config is beside the page or in a folder above it, within the tree."""
        folders = [one for one in self._inside(path).parents if one.is_relative_to(self.root)]
        return any(self.supplied(folder / name) for folder in folders for name in _DOCUSAURUS)

    def read_revision(self, revision: str, path: str) -> bytes | None:
        """Return a page's bytes as a revision has them, or None where it has no such page.

        Raises NoRevisionError where there is no such revision, and GitError where git cannot tell.
        """
        place = self._place(path)
        wanted = ("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        is_name = self.is_git and not revision.startswith("-")
        commit = git(self.root, *wanted, absent=1) if is_name else None
        if commit is None:
            raise NoRevisionError(
                f'no revision "{revision}" here',
                where="--base",
                hint="A shallow clone has only the newest commit: in GitHub Actions, check out with fetch-depth: 0."
                if self.is_git
                else "This directory is in no git work tree; compare with --base-page FILE.",
            )
        entry = _ENTRY.match(git(self.root, "ls-tree", "-z", commit.decode().strip(), "--", place) or b"")
        is_file = entry is not None and entry[2] == b"blob"
        return next(_blobs(self.root, [entry[3]]), None) if entry and is_file else None

    def earlier_versions(self, path: str) -> Iterator[bytes]:
        """Yield each committed version of a page, and of what it was before a commit moved it.

        A page outside git, or not committed yet, has none. Raises GitError where they cannot be read to the first.
        """
        if not self.is_git:
            return
        place = self._place(path)
        if git(self.root, "rev-parse", "--is-shallow-repository") != b"false\n":
            raise GitError("this clone is shallow", hint="in a workflow, check out with fetch-depth: 0")
        if git(self.root, "rev-parse", "--verify", "--quiet", "HEAD", absent=1) is None:
            return  # nothing is committed yet
        try:
            yield from _blobs(self.root, [*_objects(self.root, os.fsencode(place))])
        except GitError:
            if _is_partial(self.root):
                raise GitError(
                    "this clone holds a part of the versions, and nothing is fetched",
                    hint="clone, or check out, without a filter",
                ) from None
            raise

    def repository(self) -> str:
        """Return `owner/name` from the remote called origin; empty where there is none, or git cannot tell."""
        try:
            remote = git(self.root, "remote", "get-url", "origin") if self.is_git else None
        except GitError:
            return ""  # it is a guess; whoever needs the repository says how to write it
        match = _REMOTE.fullmatch((remote or b"").decode(errors="replace").strip())
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
            if read_file(page, path, most=PAGE_BYTES) != old:
                raise RefusedError(
                    "the page changed while the board was read",
                    where=path,
                    hint="Nothing was written. Run again.",
                )

        check()
        _put(page, path, new, check)

    def write(self, path: str, data: bytes) -> None:
        """Write a file of our own (a snapshot, a plan) in one step. Raises InputError where that is not possible."""
        _put(self._inside(path), path, data, lambda: None)

    def _place(self, path: str) -> str:
        """Return a page's path from the top of the work tree. Raises GitError for one in another repository."""
        page = self._inside(path)
        between = [folder for folder in page.parents if folder.is_relative_to(self.root) and folder != self.root]
        for folder in between:
            if top_of(folder) == folder:
                inner = folder.relative_to(self.root).as_posix()
                raise GitError(
                    f"{path} lies in another repository, {inner}, of which this one knows nothing",
                    hint=f"run roadmap-sync in {inner}",
                )
        return page.relative_to(self.root).as_posix()

    def _inside(self, path: str) -> Path:
        """Return the file that a path leads to, links followed, if that is inside the tree."""
        return self._real(self.directory / self.spelled(path), path)

    def _real(self, file: Path, shown: str) -> Path:
        try:
            real = file.resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise InputError(f"cannot be reached: {error}", where=shown) from None
        if not real.is_relative_to(self.root):
            raise _outside(shown, "leads out of the work tree")
        return real


def _outside(path: str, what: str = "is not inside the working directory") -> InputError:
    return InputError(
        what,
        where=path,
        hint="Name a file inside the git work tree: without `..`, and no link that leads out.",
    )


# Reading -----------------------------------------------------------------------------------------------------


def read_file(file: Path, shown: str, *, most: int = DATA_BYTES, hint: str = _RELATIVE) -> bytes:
    """Return the bytes of a regular file that has at most so many.

    Raises InputError, with the file's name as `shown`, where it cannot be read; `hint` where it is not there. A
    device or a pipe is never opened: it could give bytes for ever, or none.
    """
    _check_kind(_status(file, shown, hint), shown)
    try:
        # It may have become something else meanwhile: not to wait for a pipe's other end needs a word to the system.
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as opened:
            _check_kind(os.fstat(handle), shown)
            data = opened.read(most + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(error, shown, hint) from None
    if len(data) > most:
        raise InputError(f"larger than {most // 1024**2} MB, which is the most that is read", where=shown)
    return data


def read_text(file: Path, shown: str, *, most: int = DATA_BYTES, hint: str = _RELATIVE) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark. Raises as `read_file` does."""
    try:
        return read_file(file, shown, most=most, hint=hint).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: byte {error.start}", where=shown, hint="Save it as UTF-8.") from None


def _status(file: Path, shown: str, hint: str) -> os.stat_result:
    try:
        return file.stat()
    except (OSError, ValueError) as error:
        raise _unreadable(error, shown, hint) from None


def _check_kind(status: os.stat_result, shown: str, hint: str = "") -> None:
    if stat.S_ISDIR(status.st_mode):
        raise InputError("is a directory, not a file", where=shown, hint=hint or "Name a file in it.")
    if not stat.S_ISREG(status.st_mode):
        said = "is a pipe or a device, not a file"
        raise InputError(said, where=shown, hint=hint or "Save what it gives to a file, and name that.")


def _unreadable(error: OSError | ValueError, shown: str, hint: str) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError("no such file", where=shown, hint=hint)
    why = error.strerror if isinstance(error, OSError) else str(error)
    return InputError(f"cannot be read: {why}", where=shown)


# Writing -----------------------------------------------------------------------------------------------------


def _put(target: Path, path: str, data: bytes, check: Callable[[], None]) -> None:
    """Write beside the target, then take its place with its owner, group and mode; `check` has the last word.

    A file with several names, or whose owner we may not give, is written over: to take its place would part it from
    its other names, or make it ours.
    """
    temporary = None
    try:
        known = target.stat() if os.path.lexists(target) else None
        if known and stat.S_ISDIR(known.st_mode):
            raise InputError("is a directory", where=path, hint="Name a file.")
        temporary = _written_beside(target, data)
        is_like = _liken(temporary, known)
        check()
        if is_like and (known is None or known.st_nlink == 1):
            temporary.replace(target)
        else:
            target.open("r+b").close()  # may it be written at all?
            whole, temporary = temporary, None
            _write_over(target, path, data, whole)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=path, hint="Nothing was changed.") from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)  # it may have taken its place


def _write_over(target: Path, path: str, data: bytes, whole: Path) -> None:
    """Write over a file in its place; `whole` has the same bytes, and stays where that fails half way."""
    try:
        with target.open("r+b") as file:
            file.write(data)
            file.truncate()
    except OSError as error:
        said = f"was written in part only: {error.strerror}"
        raise InputError(said, where=path, hint=f"The whole new text is beside it, in {whole.name}") from None
    whole.unlink()


def _written_beside(target: Path, data: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=".roadmap-sync.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name)


def _liken(file: Path, known: os.stat_result | None) -> bool:
    """Give a file the owner, group and mode of another, or of a new one; return whether that may be done."""
    if known is None:
        mask = os.umask(0)
        os.umask(mask)
        file.chmod(0o666 & ~mask)
        return True
    mine = file.stat()
    try:
        if (mine.st_uid, mine.st_gid) != (known.st_uid, known.st_gid):
            os.chown(file, known.st_uid, known.st_gid)
    except PermissionError:
        return False
    file.chmod(stat.S_IMODE(known.st_mode))  # after that: a new owner takes bits away
    return True


# The versions that git keeps -----------------------------------------------------------------------------------


def _objects(top: Path, page: bytes) -> Iterator[bytes]:
    """Yield the object of each version of a page, the newest first, and of every page that it may have been before."""
    pages = [page, *_gone_pages(top, page)]
    objects: dict[bytes, None] = {}
    for path in pages:  # grows while it is walked
        if len(pages) > _MOST_PAGES:
            raise GitError(
                f"it may have been any of {len(pages) - 1} pages before, which were taken away with its first commit",
                hint="add by hand",
            )
        touches = [*_touches(top, path)]
        objects |= dict.fromkeys(one for touch in touches for one in (touch.after, touch.before) if one.strip(b"0"))
        added = Counter(touch.commit for touch in touches if touch.what == "A")
        for commit, times in added.items():
            pages += [one for one in _came_from(top, commit, times, path) if one not in pages]
    yield from objects


def _touches(top: Path, path: bytes) -> Iterator[_Touch]:
    """Yield what each commit did to a path, the newest first, merges against each of their parents."""
    commits = git(top, "rev-list", "--full-history", "HEAD", "--", os.fsdecode(path)) or b""
    if commits:
        yield from _changed(top, commits, "--no-renames", "--", os.fsdecode(path))


def _came_from(top: Path, commit: str, times: int, path: bytes) -> list[bytes]:
    """Return what a page was before the commit that added it: its old name, or each page that went with it.

    `times` tells against how many parents it was added: a merge brings it only where no parent has it.
    """
    parents = (git(top, "rev-list", "--parents", "--max-count=1", commit) or b"").split()[1:]
    if times < len(parents):
        return []
    touches = [*_changed(top, f"{commit}\n".encode(), "-M")]
    moved = [touch.came_from for touch in touches if touch.path == path and touch.came_from]
    return moved or [touch.path for touch in touches if touch.what == "D" and touch.path.endswith(_PAGES)]


def _gone_pages(top: Path, page: bytes) -> list[bytes]:
    """Return the committed pages that are gone from the files, where this one is not committed: it may be one moved."""
    if git(top, "ls-tree", "-z", "HEAD", "--", os.fsdecode(page)):
        return []
    if (git(top, "config", "--bool", "core.sparseCheckout", absent=1) or b"").strip() == b"true":
        return []  # most files are not there on purpose
    names = (git(top, "ls-tree", "-r", "-z", "--name-only", "HEAD") or b"").split(b"\0")
    return [name for name in names if name.endswith(_PAGES) and not os.path.lexists(top / os.fsdecode(name))]


def _changed(top: Path, commits: bytes, *options: str) -> Iterator[_Touch]:
    """Yield what each commit did to each path, from git's raw form (https://git-scm.com/docs/diff-format)."""
    listing = ("diff-tree", "--stdin", "--root", "-m", "-r", "--raw", "--no-abbrev", "-z")
    words = iter((git(top, *listing, *options, given=commits) or b"").split(b"\0"))
    commit = ""
    for word in words:
        if not word.startswith(b":"):
            commit = word.decode()
            continue
        _, _, before, after, what = word.split()
        name = next(words)
        is_moved = what[:1] in b"RC"
        yield _Touch(commit, what[:1].decode(), before, after, next(words) if is_moved else name, name * is_moved)


def _blobs(top: Path, objects: list[bytes]) -> Iterator[bytes]:
    """Yield what objects hold. Raises GitError for one that is not in this clone."""
    for start in range(0, len(objects), _AT_ONCE):
        asked = objects[start : start + _AT_ONCE]
        rest = git(top, "cat-file", "--batch", given=b"".join(one + b"\n" for one in asked)) or b""
        for one in asked:
            head, _, rest = rest.partition(b"\n")
            if head.split()[1:2] != [b"blob"]:
                raise GitError(f"git has not all of it: {one.decode()} is missing", hint="Try: git fsck")
            size = int(head.split()[2])
            yield rest[:size]
            rest = rest[size + 1 :]


def _is_partial(top: Path) -> bool:
    """Whether a clone was made with a filter: https://git-scm.com/docs/partial-clone."""
    signs = r"^(remote\..*\.promisor|extensions\.partialclone)$"
    return git(top, "config", "--get-regexp", signs, absent=1) is not None
