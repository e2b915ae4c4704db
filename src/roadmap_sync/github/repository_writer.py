"""Owns writing to a repository: one mutation for each thing that can be done, and what a refusal of it means.

Commits are made by `createCommitOnBranch`, so GitHub signs them. Must not know what is to be done next
(pull_request/steps.py) nor the words of it (report/pull_request.py).
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from roadmap_sync.errors import GitHubError
from roadmap_sync.github.client import GitHub
from roadmap_sync.github.queries import document, place
from roadmap_sync.pull_request.scene import Pull
from roadmap_sync.reading.answers import Fault

_MOVED = re.compile(
    r"already exists|already merged|not a fast.forward|no commits between|reference does not exist", re.IGNORECASE
)
_FORBIDDEN = re.compile(r"not permitted to create", re.IGNORECASE)
_NO_DRAFTS = re.compile(r"draft pull requests are not supported", re.IGNORECASE)
_RULES = re.compile(
    r"protected branch|rule violations|required status check|changes must be made through", re.IGNORECASE
)


class MovedError(GitHubError):
    """A branch or pull request is no longer as it was read: read again before anything else."""


class ConflictError(GitHubError):
    """A merge conflict: GitHub cannot merge the base into our branch."""


class NotPermittedError(GitHubError):
    """The repository's settings keep this token from opening pull requests."""


class NoDraftsError(GitHubError):
    """The repository's plan has no draft pull requests."""


class LostError(GitHubError):
    """A mutation was sent, and whether it was done is not known."""


@dataclass(frozen=True, slots=True)
class Home:
    """The repository as GitHub names it. `base` is the branch that the pages are kept true on."""

    id: str
    name: str
    url: str
    base: str


@dataclass(frozen=True, slots=True)
class RepositoryWriter:
    """What can be done in one repository. `branch` is ours, `places` the pages' paths from the repository's top.

    Each method sends a mutation. It raises LostError where nobody knows whether it was done, MovedError where the
    branch or pull request has changed meanwhile, and GitHubError where GitHub refuses.
    """

    client: GitHub
    home: Home
    branch: str
    places: tuple[str, ...]

    async def create_branch(self, oid: str) -> None:
        """Make our branch at a commit."""
        await self._write("create_branch", repositoryId=self.home.id, name=f"refs/heads/{self.branch}", oid=oid)

    async def forward(self, ref_id: str, oid: str) -> None:
        """Move our branch forward; never by force."""
        await self._write("forward_branch", refId=ref_id, oid=oid, force=False)

    async def merge(self, oid: str, message: str) -> None:
        """Merge a commit of the base into our branch. Raises ConflictError."""
        await self._write("merge_branch", repositoryId=self.home.id, base=self.branch, head=oid, commitMessage=message)

    async def commit(
        self, branch: str, head: str, files: Sequence[tuple[int, bytes]], message: tuple[str, str]
    ) -> None:
        """Commit whole pages, by their index, to a branch that is still at `head`; raises MovedError where it is not.

        https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch
        """
        additions = [{"path": self.places[index], "contents": base64.b64encode(data).decode()} for index, data in files]
        await self._write(
            "commit_on_branch",
            branch={"repositoryNameWithOwner": self.home.name, "branchName": branch},
            expectedHeadOid=head,
            message={"headline": message[0], "body": message[1]},
            fileChanges={"additions": additions},
        )

    async def open(self, title: str, body: str, *, is_draft: bool) -> None:
        """Open the pull request. Raises NotPermittedError and NoDraftsError."""
        await self._write(
            "open_pull_request",
            repositoryId=self.home.id,
            baseRefName=self.home.base,
            headRefName=self.branch,
            title=title,
            body=body,
            draft=is_draft,
        )

    async def update(self, pull: Pull, **fields: object) -> None:
        """Change title, body or state of a pull request."""
        await self._write("update_pull_request", pullRequestId=pull.id, **fields)

    async def make_draft(self, pull: Pull) -> None:
        """Turn a pull request into a draft."""
        await self._write("draft_pull_request", pullRequestId=pull.id)

    async def comment(self, pull: Pull, body: str) -> None:
        """Comment on a pull request."""
        await self._write("add_comment", subjectId=pull.id, body=body)

    async def label(self, pull: Pull, labels: Sequence[str]) -> list[str]:
        """Label a pull request; return the labels that the repository does not have."""
        asked = {f"label{number}": label for number, label in enumerate(labels)}
        answer = await self.client.send(document("labels", label=len(labels)), {**place(self.home.name), **asked})
        ids = {label: _id(answer.at(("repository", alias, "id"))) for alias, label in asked.items()}
        if known := [found for found in ids.values() if found]:
            await self._write("add_labels", labelableId=pull.id, labelIds=known)
        return [label for label, found in ids.items() if not found]

    async def ask_reviews(self, pull: Pull, reviewers: Sequence[str]) -> list[str]:
        """Ask users, or teams written `owner/team`, for a review; return those that are not there."""
        users = [name for name in reviewers if "/" not in name]
        teams = [name for name in reviewers if "/" in name]
        variables: dict[str, object] = {f"user{number}": login for number, login in enumerate(users)}
        for number, name in enumerate(teams):
            variables[f"team{number}"], _, variables[f"team{number}Slug"] = name.partition("/")
        answer = await self.client.send(document("reviewers", user=len(users), team=len(teams)), variables)
        user_ids = {name: _id(answer.at((f"user{number}", "id"))) for number, name in enumerate(users)}
        team_ids = {name: _id(answer.at((f"team{number}", "team", "id"))) for number, name in enumerate(teams)}
        ids = {"userIds": [*filter(None, user_ids.values())], "teamIds": [*filter(None, team_ids.values())]}
        if any(ids.values()):
            await self._write("request_reviews", pullRequestId=pull.id, union=True, **ids)
        return [name for name, found in {**user_ids, **team_ids}.items() if not found]

    async def _write(self, mutation: str, **fields: object) -> None:
        try:
            answer = await self.client.send(document(mutation), {"input": fields})
        except GitHubError as error:
            raise LostError(error.what, where=error.where, hint=error.hint) from None
        if answer.faults:
            raise _refusal(answer.faults[0], self.home.name)


def _id(found: object) -> str:
    """Return a node id; empty for what is not there."""
    return found if isinstance(found, str) else ""


def _refusal(fault: Fault, where: str) -> GitHubError:
    """Return what a refused mutation means."""
    message = fault.message
    if fault.type == "STALE_DATA" or _MOVED.search(message):
        return MovedError(message, where=where)
    if fault.type == "MERGE_CONFLICT" or "merge conflict" in message.lower():
        return ConflictError(message, where=where)
    if _FORBIDDEN.search(message):
        return NotPermittedError(message, where=where)
    if _NO_DRAFTS.search(message):
        return NoDraftsError(message, where=where)
    if _RULES.search(message):
        return GitHubError(
            f"a rule of the repository forbids it: {message}",
            where=where,
            hint="Let the token's app or user bypass the rule for this branch, or use --to pull-request.",
        )
    if fault.type == "FORBIDDEN":
        return GitHubError(
            f"this token may not write here: {message}",
            where=where,
            hint="It needs contents: write and pull-requests: write for this repository.",
        )
    return GitHubError(f"GitHub refused to write: {message}", where=where)
