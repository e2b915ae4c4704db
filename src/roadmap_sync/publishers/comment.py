"""Owns keeping one comment on a pull request, and suggestions on its lines; must not know the words of either.

Found by its hidden mark and by who wrote it: a person who copies the mark is not us. It is edited only where it would
say something else, and is not there where there was never anything to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from roadmap_sync.errors import GitHubError, RefusedError
from roadmap_sync.github.client import GitHub, queries
from roadmap_sync.github.repository import bytes_of
from roadmap_sync.reading.answers import Answer
from roadmap_sync.reading.documents import Queries
from roadmap_sync.report import comment as words

#: GitHub lists a hundred at once; a discussion longer than this many pages is no discussion.
_MOST_PAGES = 100


class ReadOnlyError(GitHubError):
    """This token may read the pull request and not write to it, as the jobs of a fork's."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of ours."""

    id: str
    url: str
    body: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A pull request as it is: commits, and our comments in it. `merge` is empty where it has a conflict.

    `merge_base` is the commit that `merge` was made onto.
    """

    id: str
    number: int
    url: str
    is_open: bool
    base: str
    head: str
    merge: str
    merge_base: str
    ours: tuple[Comment, ...]


class PullRequest:
    """One pull request of a repository, through one client."""

    def __init__(self, client: GitHub, full_name: str, number: int) -> None:
        self._client = client
        self._queries = Queries(queries())
        owner, _, name = full_name.partition("/")
        self._place: dict[str, object] = {"owner": owner, "name": name}
        self._where = f"{full_name}#{number}"
        self._number = number

    @classmethod
    async def of_head(cls, client: GitHub, full_name: str, branch: str, repository: str, head: str) -> int | None:
        """Return the number of the open pull request whose head is this commit; None where it has moved on."""
        owner, _, name = full_name.partition("/")
        text = Queries(queries()).whole("pull_requests_of_head")
        answer = await client.send(text, {"owner": owner, "name": name, "head": branch})
        nodes = answer.at(("repository", "pullRequests", "nodes"))
        if answer.faults or not isinstance(nodes, list):
            raise _unread(full_name, answer)
        for node in nodes:
            home = (node.get("headRepository") or {}).get("nameWithOwner", "") if node else ""
            if home and home.lower() == repository.lower() and node["headRefOid"] == head:
                return int(node["number"])
        return None

    async def look(self, key: str) -> Seen:
        """Read the pull request and our comments in it: those with the mark of `key`."""
        ours: list[Comment] = []
        found: Mapping[str, Any] = {}
        async for found in self._pages("pull_request", "comments"):
            nodes = [node for node in found["comments"]["nodes"] if node and node["viewerDidAuthor"]]
            ours += [Comment(n["id"], n["url"], n["body"]) for n in nodes if words.is_marked(n["body"], key)]
        merge = found["potentialMergeCommit"]
        return Seen(
            id=found["id"],
            number=self._number,
            url=found["url"],
            is_open=found["state"] == "OPEN",
            base=found["baseRefOid"],
            head=found["headRefOid"],
            merge=merge["oid"] if merge else "",
            merge_base=merge["parents"]["nodes"][0]["oid"] if merge else "",
            ours=tuple(ours),
        )

    async def _pages(self, document: str, connection: str) -> Any:
        """Yield the pull request with each page of one of its lists."""
        after: str | None = None
        for _ in range(_MOST_PAGES):
            variables = {**self._place, "number": self._number, "after": after}
            answer = await self._client.send(self._queries.whole(document), variables)
            found = answer.at(("repository", "pullRequest"))
            if answer.faults or not isinstance(found, dict):
                raise _unread(self._where, answer)
            yield found
            info = found[connection]["pageInfo"]
            if not info["hasNextPage"]:
                return
            if info["endCursor"] in {None, after}:
                break
            after = info["endCursor"]
        # Ours may be behind what was not read: a second one would be one too many.
        raise GitHubError("the list of comments does not come to an end", where=self._where)

    async def parents(self, commit: str) -> tuple[str, str]:
        """Return the two commits that a merge was made of; empty for a commit that is no merge, or not there."""
        answer = await self._client.send(self._queries.whole("merge_parents"), {**self._place, "oid": commit})
        if answer.faults:
            raise _unread(self._where, answer)
        nodes = answer.at(("repository", "object", "parents", "nodes"))
        if not isinstance(nodes, list) or len(nodes) != 2:
            return "", ""
        return nodes[0]["oid"], nodes[1]["oid"]

    async def files(self, commit: str, paths: Sequence[str]) -> tuple[bytes | None, ...]:
        """Return files as a commit has them, None where it has none.

        Raises RefusedError for one whose bytes GitHub does not show whole.
        """
        declared = "".join(f", $p{index}: String!" for index in range(len(paths)))
        asked = " ".join(f"f{index}: file(path: $p{index}) {{ ...PageFile }}" for index in range(len(paths)))
        text = (
            f"query Files($owner: String!, $name: String!, $oid: GitObjectID!{declared}) {{\n"
            "  rateLimit { cost }\n"
            f"  repository(owner: $owner, name: $name) {{ object(oid: $oid) {{ ... on Commit {{ {asked} }} }} }}\n}}"
        )
        places = {f"p{index}": path for index, path in enumerate(paths)}
        answer = await self._client.send(self._queries.closed(text), {**self._place, "oid": commit, **places})
        found = answer.at(("repository", "object"))
        if answer.faults or not isinstance(found, dict):
            raise _unread(self._where, answer)
        return tuple(_file(found.get(f"f{index}"), path) for index, path in enumerate(paths))

    async def publish(self, seen: Seen, text: str, key: str, *, is_telling: bool) -> tuple[str, str]:
        """Bring the comment up to date; return what was done, in a word, and the comment's URL.

        `is_telling` says whether there is anything to say: without, no comment is made. Raises ReadOnlyError.
        """
        if not seen.ours:
            if not is_telling:
                return "none", ""
            await self._write("add_comment", subjectId=seen.id, body=words.marked(text, key))
            return "added", seen.url
        ours = seen.ours[0]
        if words.says(ours.body, text):
            return "kept", ours.url
        await self._write("update_comment", id=ours.id, body=words.marked(text, key))
        return "edited", ours.url

    async def suggest(self, seen: Seen, suggestions: Sequence[tuple[str, words.Suggestion]]) -> int:
        """Suggest what was not suggested before, in one review; return how many. The paths are the repository's."""
        if not suggestions:
            return 0
        said: list[str] = []
        async for found in self._pages("review_threads", "reviewThreads"):
            nodes = (comment for thread in found["reviewThreads"]["nodes"] for comment in thread["comments"]["nodes"])
            said += [node["body"] for node in nodes if node["viewerDidAuthor"]]
        known = words.suggested_in(said)
        new = [(path, one) for path, one in suggestions if one.digest not in known]
        if new:
            threads = [_thread(path, one) for path, one in new]
            await self._write(
                "add_review", pullRequestId=seen.id, commitOID=seen.head, event="COMMENT", threads=threads
            )
        return len(new)

    async def _write(self, document: str, **fields: object) -> None:
        answer = await self._client.send(self._queries.whole(document), {"input": fields})
        if not answer.faults:
            return
        fault = answer.faults[0]
        if fault.type == "FORBIDDEN":
            raise ReadOnlyError(fault.message, where=self._where)
        raise GitHubError(f"GitHub refused to write: {fault.message}", where=self._where)


def _thread(path: str, one: words.Suggestion) -> dict[str, object]:
    start = {"startLine": one.line, "startSide": "RIGHT"} if one.end_line > one.line else {}
    return {"path": path, "line": one.end_line, "side": "RIGHT", "body": one.body, **start}


def _file(entry: Any, path: str) -> bytes | None:
    if not entry or not entry.get("object"):
        return None
    blob = entry["object"]
    is_whole = blob.get("text") is not None and not blob["isTruncated"]
    data = bytes_of(blob["text"], blob["oid"]) if is_whole else None
    if data is None:
        raise RefusedError(
            "GitHub does not show all of its bytes",
            where=path,
            hint="In a checkout with fetch-depth: 0, check --base says what is caused.",
        )
    return data


def _unread(where: str, answer: Answer) -> GitHubError:
    message = answer.faults[0].message if answer.faults else "GitHub answered nothing"
    return GitHubError(
        f"the pull request could not be read: {message}",
        where=where,
        hint="The token that writes needs pull-requests: write and contents: read for this repository.",
    )
