"""Owns reading and writing what is said on one pull request: its state, its comments, reviews of its lines.

Must not know what is said, nor how GitHub's JSON is checked (repository_answers.py).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from roadmap_sync.errors import GitHubError, RefusedError
from roadmap_sync.github.client import GitHub
from roadmap_sync.github.queries import document, place
from roadmap_sync.github.repository_answers import (
    OpenPullRequests,
    OwnComment,
    Parents,
    PullRequestState,
    Threads,
    checked,
    files,
)
from roadmap_sync.reading.answers import Answer, Path

#: GitHub lists a hundred at once; a discussion longer than this many pages is an error.
_MOST_PAGES = 100

_State = TypeVar("_State", PullRequestState, Threads)


class ReadOnlyError(GitHubError):
    """This token may read the pull request and not write to it, as the jobs of a fork's."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What is said on lines of the newest commit; they count from 1."""

    path: str
    line: int
    end_line: int
    body: str

    @property
    def json(self) -> dict[str, object]:
        """Return it as GitHub's `DraftPullRequestReviewThread`."""
        start = {"startLine": self.line, "startSide": "RIGHT"} if self.end_line > self.line else {}
        return {"path": self.path, "line": self.end_line, "side": "RIGHT", "body": self.body, **start}


@dataclass(frozen=True, slots=True)
class Seen:
    """A pull request as it was read: its commits, and the comments that this token wrote.

    `merge` is the commit that GitHub made to try the merge, empty where there is a merge conflict; `merge_base` the
    commit of the base that it was made onto.
    """

    id: str
    number: int
    url: str
    is_open: bool
    base: str
    head: str
    merge: str
    merge_base: str
    ours: tuple[OwnComment, ...]


class Discussion:
    """One pull request of a repository, through one client."""

    def __init__(self, client: GitHub, full_name: str, number: int) -> None:
        self._client = client
        self._place = place(full_name)
        self._where = f"{full_name}#{number}"
        self._number = number

    async def look(self) -> Seen:
        """Read the pull request and the comments that this token wrote."""
        ours: list[OwnComment] = []
        async for state in self._pages("pull_request", PullRequestState):
            ours += [one for one in state.comments.seen if one.viewer_did_author]
        merge = state.potential_merge_commit
        return Seen(
            id=state.id,
            number=self._number,
            url=state.url,
            is_open=state.state == "OPEN",
            base=state.base_ref_oid,
            head=state.head_ref_oid,
            merge=merge.oid if merge else "",
            merge_base=next(iter(merge.oids), "") if merge else "",
            ours=tuple(ours),
        )

    async def _pages(self, name: str, kind: type[_State], *below: str) -> AsyncIterator[_State]:
        """Yield each page of one of the pull request's lists, or the pull request with it."""
        after: str | None = None
        path = ("repository", "pullRequest", *below)
        for _ in range(_MOST_PAGES):
            answer = await self._ask(name, path[:2], number=self._number, after=after)
            state = checked(kind, answer, path, "the pull request and what is said on it", self._where)
            yield state
            if not state.page_info.has_next_page:
                return
            if state.page_info.end_cursor in {None, after}:
                break
            after = state.page_info.end_cursor
        # Our comment may be on a page that was not read: then a second one would be made.
        raise GitHubError("the list of comments does not come to an end", where=self._where)

    async def parents(self, commit: str) -> tuple[str, str]:
        """Return the two commits that a merge was made of; empty for a commit that is no merge, or not there."""
        path = ("repository", "object")
        answer = await self._client.send(document("merge_parents"), {**self._place, "oid": commit})
        if answer.faults:
            raise _unread(self._where, answer)
        if answer.at(path) is None:
            return "", ""
        oids = checked(Parents, answer, path, f"the parents of commit {commit}", self._where).oids
        return (oids[0], oids[1]) if len(oids) == 2 else ("", "")

    async def files(self, commit: str, paths: Sequence[str]) -> tuple[bytes | None, ...]:
        """Return files as a commit has them, None where it has none.

        Raises RefusedError for one whose bytes GitHub does not show whole.
        """
        asked = {f"page{number}": path for number, path in enumerate(paths)}
        top = ("repository", "object")
        answer = await self._ask("files", top, {"page": len(paths)}, oid=commit, **asked)
        found = files(answer, top, paths, self._where)
        for file, path in zip(found, paths, strict=True):
            if file is not None and file.data is None:
                raise RefusedError(
                    "GitHub does not show all of its bytes",
                    where=path,
                    hint="In a checkout with fetch-depth: 0, check --base says what is caused.",
                )
        return tuple(file.data if file else None for file in found)

    async def bodies_on_lines(self) -> list[str]:
        """Return what this token said on lines before, each text that begins a thread."""
        return [
            body async for state in self._pages("review_threads", Threads, "reviewThreads") for body in state.bodies
        ]

    async def add_comment(self, seen: Seen, body: str) -> None:
        """Comment on the pull request. Raises ReadOnlyError."""
        await self._write("add_comment", subjectId=seen.id, body=body)

    async def change_comment(self, comment: OwnComment, body: str) -> None:
        """Write a comment anew. Raises ReadOnlyError."""
        await self._write("update_comment", id=comment.id, body=body)

    async def review(self, seen: Seen, threads: Sequence[Thread]) -> None:
        """Say something on lines, in one review: so nobody gets more than one notification. Raises ReadOnlyError."""
        said = [thread.json for thread in threads]
        await self._write("add_review", pullRequestId=seen.id, commitOID=seen.head, event="COMMENT", threads=said)

    async def _ask(self, name: str, path: Path, counts: Mapping[str, int] | None = None, **variables: object) -> Answer:
        """Send a document of this repository. Raises GitHubError where nothing stands at the path that it is for."""
        answer = await self._client.send(document(name, **(counts or {})), {**self._place, **variables})
        if answer.faults or answer.at(path) is None:
            raise _unread(self._where, answer)
        return answer

    async def _write(self, mutation: str, **fields: object) -> None:
        answer = await self._client.send(document(mutation), {"input": fields})
        if not answer.faults:
            return
        fault = answer.faults[0]
        if fault.type == "FORBIDDEN":
            raise ReadOnlyError(fault.message, where=self._where)
        raise GitHubError(f"GitHub refused to write: {fault.message}", where=self._where)


async def number_of_head(client: GitHub, full_name: str, branch: str, repository: str, head: str) -> int | None:
    """Return the number of the open pull request whose head is this commit; None where its branch has moved on.

    `repository` is the one that `branch` is in: for a pull request from a fork, the fork.
    """
    path = ("repository", "pullRequests")
    answer = await client.send(document("pull_requests_of_head"), {**place(full_name), "head": branch})
    if answer.faults or answer.at(path) is None:
        raise _unread(full_name, answer)
    found = checked(OpenPullRequests, answer, path, f"the open pull requests from {branch}", full_name)
    return found.number_of(repository, head)


def _unread(where: str, answer: Answer) -> GitHubError:
    message = answer.faults[0].message if answer.faults else "GitHub answered nothing"
    return GitHubError(
        f"the pull request could not be read: {message}",
        where=where,
        hint="The token that writes needs pull-requests: write and contents: read for this repository.",
    )
