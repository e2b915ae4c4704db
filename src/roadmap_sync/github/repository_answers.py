"""Owns what GitHub's JSON says of a repository: its branches, files, commits, pull requests and comments.

Each part is checked where it is read. What is not as GitHub's schema has it is a GitHubError that names what was
asked for. Must not know which document was sent, nor what follows from an answer.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from roadmap_sync.errors import GitHubError
from roadmap_sync.pull_request.memory import Record, Trailer, remarks_in
from roadmap_sync.pull_request.scene import Pull
from roadmap_sync.reading.answers import Answer, Counted, Model, PageInfo, Path, understood

_BYTE_ORDER_MARK = "\ufeff"
#: A file's mode in git that says that it is a link (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects).
_LINK = 0o120000

_Answered = TypeVar("_Answered", bound=Model)
_Node = TypeVar("_Node")


def checked(kind: type[_Answered], answer: Answer, path: Path, asked: str, where: str) -> _Answered:
    """Return a part of an answer. Raises GitHubError, with the words of `asked`, where it is not what it must be."""
    found = understood(kind, answer.at(path))
    if found is None:
        raise not_understood(asked, where)
    return found


def not_understood(asked: str, where: str = "") -> GitHubError:
    """Return the error for an answer that GitHub's own schema does not allow."""
    return GitHubError(
        f"GitHub's answer was not understood; it was asked for {asked}",
        where=where,
        hint="Run again; if this stays, please report it, with the version of your GitHub Enterprise Server.",
    )


class _Nodes(Model, Generic[_Node]):
    """A list that may hold nulls: what this token may not see."""

    nodes: list[_Node | None]

    @property
    def seen(self) -> list[_Node]:
        """Return those that are no null."""
        return [node for node in self.nodes if node is not None]


class _Paged(_Nodes[_Node], Generic[_Node]):
    page_info: PageInfo


class _Object(Model):
    oid: str
    is_truncated: bool = False
    text: str | None = None


class _Entry(Model):
    mode: int
    object: _Object | None


# Files ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CommittedFile:
    """A file in a commit. `is_text` tells that GitHub shows all of its text.

    `data` is None where it does not, or where that text is not what git holds.
    """

    is_link: bool
    is_text: bool
    data: bytes | None


def files(answer: Answer, path: Path, paths: Sequence[str], where: str) -> tuple[CommittedFile | None, ...]:
    """Read the files at `page0`, `page1` and so on below a path, None for each that the commit does not have."""
    return tuple(_file(answer, (*path, f"page{number}"), f"{where}:{name}") for number, name in enumerate(paths))


def _file(answer: Answer, path: Path, where: str) -> CommittedFile | None:
    entry = checked(_Entry, answer, path, "a file", where) if answer.at(path) is not None else None
    if entry is None or entry.object is None:
        return None
    text = None if entry.object.is_truncated else entry.object.text
    data = None if text is None else bytes_of(text, entry.object.oid)
    return CommittedFile(entry.mode == _LINK, text is not None, data)


def bytes_of(text: str, oid: str) -> bytes | None:
    """Return the bytes whose name in git is `oid`: the text's own, or with the byte order mark that an API may drop.

    None where both have another name (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects).
    """
    for candidate in (text, _BYTE_ORDER_MARK + text):
        data = candidate.encode("utf-8", "surrogatepass")
        name = b"blob %d\0" % len(data) + data
        hashed = hashlib.sha256(name) if len(oid) == hashlib.sha256().digest_size * 2 else hashlib.sha1(name)  # noqa: S324 - git's own name for it
        if hashed.hexdigest() == oid:
            return data
    return None


# Branches and pull requests ---------------------------------------------------------------------------------


class _Commit(Model):
    oid: str


class Ref(Model):
    """A branch: its node id, its name and its newest commit."""

    id: str
    name: str
    target: _Commit


class _Proposal(Model):
    id: str
    number: int
    url: str
    state: str
    title: str
    body: str
    base_ref_name: str
    head_ref_oid: str
    mergeable: str
    is_draft: bool
    is_cross_repository: bool
    viewer_did_author: bool


class RepositoryState(Model):
    """A repository, its base and our branch in it, and the pull requests from branches called like ours."""

    id: str
    name_with_owner: str
    url: str
    default_branch_ref: Ref | None = None
    base: Ref | None = None
    branch: Ref | None
    pull_requests: _Nodes[_Proposal]

    @property
    def pulls(self) -> tuple[Pull, ...]:
        """Return the pull requests from our branch, newest first; a fork's branch of the same name is not ours."""
        return tuple(
            Pull(
                id=node.id,
                number=node.number,
                url=node.url,
                state=node.state,
                title=node.title,
                body=node.body,
                base=node.base_ref_name,
                is_ours=node.viewer_did_author,
                is_draft=node.is_draft,
                is_conflicting=node.mergeable == "CONFLICTING",
                head_oid=node.head_ref_oid,
                # The record in a pull request that somebody else opened may be copied from ours: it does not count.
                record=Record.from_body(node.body) if node.viewer_did_author else None,
            )
            for node in self.pull_requests.seen
            if not node.is_cross_repository
        )


class _Message(Model):
    message: str


class _Messages(Counted, _Paged[_Message]):
    """Messages of commits."""


class Comparison(Model):
    """A page of the commits that our branch has and the base lacks, oldest first, with the counts of both sides."""

    ahead_by: int
    behind_by: int
    commits: _Messages

    @property
    def trailers(self) -> list[Trailer | None]:
        """Return what each commit says of itself, None for one that is not ours."""
        return [Trailer.from_message(commit.message) for commit in self.commits.seen]


class _Remark(Model):
    body: str
    viewer_did_author: bool


class Remarks(_Nodes[_Remark]):
    """Comments on a pull request."""

    @property
    def marks(self) -> frozenset[str]:
        """Return the hidden marks in those that we wrote."""
        return frozenset().union(*(remarks_in(one.body) for one in self.seen if one.viewer_did_author))


class _Text(Model):
    text: str | None = None


class _TextEntry(Model):
    object: _Text | None


class _Version(Model):
    file: _TextEntry | None


class Versions(_Paged[_Version]):
    """A page of the commits that changed a file, newest first."""

    @property
    def texts(self) -> list[str]:
        """Return the file's texts in them."""
        return [one.file.object.text or "" for one in self.seen if one.file and one.file.object]


# One pull request and its discussion ------------------------------------------------------------------------


class Parents(Model):
    """What a commit was made of; nothing of an object that is no commit."""

    parents: _Nodes[_Commit] | None = None

    @property
    def oids(self) -> list[str]:
        """Return the names of its parents, in order."""
        return [one.oid for one in self.parents.seen] if self.parents else []


class _Merge(Parents):
    oid: str


class OwnComment(_Remark):
    """A comment with its name and its page; ours where `viewer_did_author` says so."""

    id: str
    url: str


class PullRequestState(Model):
    """A pull request with a page of its comments."""

    id: str
    url: str
    state: str
    base_ref_oid: str
    head_ref_oid: str
    potential_merge_commit: _Merge | None
    comments: _Paged[OwnComment]

    @property
    def page_info(self) -> PageInfo:
        """Return whether the list of comments goes on."""
        return self.comments.page_info


class _Thread(Model):
    comments: Remarks


class Threads(_Paged[_Thread]):
    """A page of what was said on a pull request's lines."""

    @property
    def bodies(self) -> list[str]:
        """Return the texts of ours that begin a thread."""
        remarks = (one for thread in self.seen for one in thread.comments.seen)
        return [one.body for one in remarks if one.viewer_did_author]


class _RepositoryName(Model):
    name_with_owner: str


class _Head(Model):
    number: int
    head_ref_oid: str
    head_repository: _RepositoryName | None


class OpenPullRequests(_Nodes[_Head]):
    """The open pull requests from branches of one name, those of forks too."""

    def number_of(self, repository: str, head: str) -> int | None:
        """Return the number of the one whose head is this commit in this repository; None where there is none."""
        for one in self.seen:
            home = one.head_repository.name_with_owner if one.head_repository else ""
            if home.lower() == repository.lower() and one.head_ref_oid == head:
                return one.number
        return None
