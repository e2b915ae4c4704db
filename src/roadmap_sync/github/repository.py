"""Owns what is asked of a repository and written to it: the scene as GitHub has it, and one mutation a step.

GraphQL alone: no checkout, no git. Commits are made by `createCommitOnBranch`, so GitHub signs them. Must not know
what is to be done next (pull_request/steps.py) nor the words of it (report/pull_request.py).
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from roadmap_sync.board.model import Board
from roadmap_sync.errors import GitHubError, InputError, RefusedError, RoadmapSyncError
from roadmap_sync.github.client import GitHub, queries
from roadmap_sync.page.history import History
from roadmap_sync.page.model import Page
from roadmap_sync.plan.additions import queries as area_queries
from roadmap_sync.pull_request.memory import Trailer, remarks_in
from roadmap_sync.pull_request.scene import Branch, Pull, Scene, Tip
from roadmap_sync.reading.answers import Answer, Fault
from roadmap_sync.reading.documents import Queries
from roadmap_sync.references import find_everywhere

#: As many as GitHub lists at once: pull requests of forks whose branch is called like ours are among them.
_MOST_PULLS = 100
#: A page with more than so many times fifty versions counts as one whose past is not known.
_MOST_HISTORY_PAGES = 20
#: A branch with more than so many times a hundred commits counts as one that people have worked on.
_MOST_COMMIT_PAGES = 20
_BOM = "\ufeff"
#: A file's mode in git that says that it is a link (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects).
_LINK = 0o120000
_MOVED = re.compile(
    r"already exists|already merged|not a fast.forward|no commits between|reference does not exist", re.IGNORECASE
)
_FORBIDDEN = re.compile(r"not permitted to create", re.IGNORECASE)
_NO_DRAFTS = re.compile(r"draft pull requests are not supported", re.IGNORECASE)
_RULES = re.compile(
    r"protected branch|rule violations|required status check|changes must be made through", re.IGNORECASE
)


class MovedError(GitHubError):
    """Somebody else was faster, or it is done already: read again before anything else."""


class ConflictError(GitHubError):
    """The base does not go into our branch without a person."""


class NotPermittedError(GitHubError):
    """The repository's settings keep this token from opening pull requests."""


class NoDraftsError(GitHubError):
    """The repository knows no drafts."""


class LostError(GitHubError):
    """A mutation was sent, and whether it was done is not known."""


@dataclass(frozen=True, slots=True)
class Target:
    """A page of the config: its path in the repository, and how its bytes are located.

    `locate` raises InputError for bytes that are no page of ours.
    """

    path: str
    place: str
    locate: Callable[[bytes], Page]


@dataclass(frozen=True, slots=True)
class Home:
    """The repository as GitHub names it. `base` is the branch that the pages are kept true on."""

    id: str
    name: str
    url: str
    base: str


class Repository:
    """One repository, its base and our branch in it, through one client."""

    def __init__(self, client: GitHub, full_name: str, branch: str, targets: Sequence[Target]) -> None:
        self._client = client
        self._queries = Queries(queries())
        self._full_name = full_name
        self._targets = targets
        self._base = ""
        self._home: Home | None = None
        self._histories: dict[tuple[str, str], History] = {}
        self.branch = branch
        #: How many mutations were sent.
        self.writes = 0

    @property
    def home(self) -> Home:
        """Return the repository; known once a scene was read."""
        if self._home is None:
            raise LookupError("no scene was read yet")
        return self._home

    async def scene(self) -> Scene:
        """Read base, branch and pull requests.

        Raises MovedError where the branch moved while it was read, and GitHubError where the repository is not there.
        """
        repository = await self._read_home()
        if self.home.base == self.branch:
            raise InputError(
                f"the pull request's branch is the base itself: {self.branch}",
                hint="Set another `branch` under [pull_request], or use --to branch.",
            )
        pulls = tuple(_pulls(repository))
        base, branch = self._tip(repository, "base", self.home.base), None
        if repository.get("branch"):
            branch, said = await self._read_branch(repository, pulls)
            pulls = tuple(_with_remarks(pull, said) for pull in pulls)
        return Scene(tuple(target.path for target in self._targets), base, branch, pulls)

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the pages' paths, as the config names them."""
        return tuple(target.path for target in self._targets)

    async def with_histories(self, tip: Tip, board: Board) -> Tip:
        """Return the tip with what earlier versions of its pages referred to, asked where something may be added."""
        return replace(
            tip,
            histories=tuple([await self._history(tip.oid, index, page, board) for index, page in enumerate(tip.pages)]),
        )

    async def _history(self, oid: str, index: int, page: Page | RoadmapSyncError, board: Board) -> History:
        if not isinstance(page, Page) or not any(board.candidates.get(query) for query in area_queries(page.rules)):
            return History()
        place = self._targets[index].place
        if (oid, place) not in self._histories:
            self._histories[oid, place] = await self._read_history(oid, place, page)
        return self._histories[oid, place]

    async def _read_history(self, oid: str, place: str, page: Page) -> History:
        """Read every version of a page that GitHub lists for its path; a page that was moved begins there."""
        owner, _, name = self._full_name.partition("/")
        keys: set[str] = set()
        after: str | None = None
        for _ in range(_MOST_HISTORY_PAGES):
            variables = {"owner": owner, "name": name, "oid": oid, "path": place, "after": after}
            answer = await self._client.send(self._queries.whole("page_history"), variables)
            known = answer.at(("repository", "object", "history"))
            if answer.faults or not isinstance(known, dict):
                return History(frozenset(keys), is_complete=False)
            for node in known["nodes"]:
                text = ((node or {}).get("file") or {}).get("object") or {}
                keys |= {one.key for one in find_everywhere(text.get("text") or "", page.origin)}
            if not known["pageInfo"]["hasNextPage"]:
                return History(frozenset(keys))
            after = known["pageInfo"]["endCursor"]
        return History(frozenset(keys), is_complete=False)

    async def base_tip(self) -> Tip:
        """Read the repository's own base alone, wherever a pull request may point."""
        repository = await self._ask_home()
        return self._tip(repository, "base", self.home.base)

    async def _read_home(self) -> Mapping[str, Any]:
        repository = await self._ask_home()
        now = next((pull for pull in _pulls(repository) if pull.state == "OPEN"), None)
        if now is not None and now.base != self.home.base:
            # A person pointed the open pull request at another branch: that is the base from now on.
            self._base = now.base
            repository = await self._ask_home()
        return repository

    async def _ask_home(self) -> Mapping[str, Any]:
        text, variables = self._home_document()
        answer = await self._client.send(text, variables)
        repository = answer.at(("repository",))
        if not isinstance(repository, dict):
            raise _not_found(self._full_name, answer)
        if answer.faults:
            raise GitHubError(f"the repository could not be read: {answer.faults[0].message}", where=self._full_name)
        base = repository.get("base")
        if not base:
            raise InputError("the repository has no branch to propose to", where=self._full_name)
        self._home = Home(repository["id"], repository["nameWithOwner"], repository["url"], base["name"])
        return repository

    def _home_document(self) -> tuple[str, dict[str, object]]:
        owner, _, name = self._full_name.partition("/")
        variables: dict[str, object] = {
            "owner": owner,
            "name": name,
            "branch": f"refs/heads/{self.branch}",
            "head": self.branch,
        }
        declared = ["$owner: String!", "$name: String!", "$branch: String!", "$head: String!"]
        base = "defaultBranchRef"
        if self._base:
            variables["base"] = f"refs/heads/{self._base}"
            declared.append("$base: String!")
            base = "ref(qualifiedName: $base)"
        for index, target in enumerate(self._targets):
            variables[f"p{index}"] = target.place
            declared.append(f"$p{index}: String!")
        files = " ".join(f"f{index}: file(path: $p{index}) {{ ...PageFile }}" for index in range(len(self._targets)))
        tip = f"id name target {{ oid ... on Commit {{ {files} }} }}"
        text = (
            f"query Scene({', '.join(declared)}) {{\n"
            "  rateLimit { cost }\n"
            "  repository(owner: $owner, name: $name) {\n"
            "    id nameWithOwner url\n"
            f"    base: {base} {{ {tip} }}\n"
            f"    branch: ref(qualifiedName: $branch) {{ {tip} }}\n"
            f"    pullRequests(headRefName: $head, first: {_MOST_PULLS}, "
            "orderBy: {field: CREATED_AT, direction: DESC}) { nodes { ...Proposal } }\n"
            "  }\n}"
        )
        return self._queries.closed(text), variables

    def _tip(self, repository: Mapping[str, Any], name: str, branch: str) -> Tip:
        target = repository[name]["target"]
        pages = tuple(_page(wanted, target.get(f"f{index}"), branch) for index, wanted in enumerate(self._targets))
        return Tip(target["oid"], pages)

    async def _read_branch(self, repository: Mapping[str, Any], pulls: Sequence[Pull]) -> tuple[Branch, frozenset[str]]:
        """Read what our branch has that the base lacks, and the marks of our comments on the open pull request."""
        now = next((pull for pull in pulls if pull.state == "OPEN"), None)
        owner, _, name = self._full_name.partition("/")
        variables = {
            "owner": owner,
            "name": name,
            "base": f"refs/heads/{self.home.base}",
            "branch": f"refs/heads/{self.branch}",
            "head": self.branch,
            "number": now.number if now else 0,
            "isOpen": now is not None,
            "after": None,
        }
        tip = self._tip(repository, "branch", self.branch)
        oids = (repository["base"]["target"]["oid"], tip.oid)
        answer, compared = await self._compared(variables, oids)
        nodes = list(compared["commits"]["nodes"])
        info = compared["commits"]["pageInfo"]
        for _ in range(_MOST_COMMIT_PAGES):
            if not info["hasNextPage"]:
                break
            _, more = await self._compared({**variables, "after": info["endCursor"]}, oids)
            nodes += more["commits"]["nodes"]
            info = more["commits"]["pageInfo"]
        comments = answer.at(("repository", "pullRequest", "comments", "nodes")) or []
        said = (remarks_in(comment["body"]) for comment in comments if comment and comment["viewerDidAuthor"])
        branch = _branch(repository["branch"]["id"], tip, compared, nodes, pulls)
        return branch, frozenset().union(*said)

    async def _compared(
        self, variables: Mapping[str, object], expected: tuple[str, str]
    ) -> tuple[Answer, Mapping[str, Any]]:
        """Read a page of our branch's commits. Raises MovedError where base or branch are no longer as `expected`."""
        answer = await self._client.send(self._queries.whole("branch_commits"), variables)
        where = f"{self._full_name}:{self.branch}"
        if answer.faults:
            raise GitHubError(f"the branch could not be read: {answer.faults[0].message}", where=where)
        compared = answer.at(("repository", "base", "compare"))
        oids = (
            answer.at(("repository", "base", "target", "oid")),
            answer.at(("repository", "branch", "target", "oid")),
        )
        if oids != expected or not isinstance(compared, dict):
            raise MovedError("it changed while it was read", where=where)
        return answer, compared

    # Writing -----------------------------------------------------------------------------------------------

    async def create_branch(self, oid: str) -> None:
        """Make our branch."""
        await self._write("create_branch", repositoryId=self.home.id, name=f"refs/heads/{self.branch}", oid=oid)

    async def forward(self, ref_id: str, oid: str) -> None:
        """Move our branch forward; never by force."""
        await self._write("forward_branch", refId=ref_id, oid=oid, force=False)

    async def merge(self, oid: str, message: str) -> None:
        """Take a commit of the base into our branch. Raises ConflictError."""
        await self._write("merge_branch", repositoryId=self.home.id, base=self.branch, head=oid, commitMessage=message)

    async def commit(
        self, branch: str, head: str, files: Sequence[tuple[int, bytes]], message: tuple[str, str]
    ) -> None:
        """Commit whole pages to a branch that is still at `head`; raises MovedError where it is not.

        https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch
        """
        additions = [
            {"path": self._targets[index].place, "contents": base64.b64encode(data).decode()} for index, data in files
        ]
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
        """Renew title, body or state of a pull request."""
        await self._write("update_pull_request", pullRequestId=pull.id, **fields)

    async def make_draft(self, pull: Pull) -> None:
        """Turn the pull request into a draft."""
        await self._write("draft_pull_request", pullRequestId=pull.id)

    async def comment(self, pull: Pull, body: str) -> None:
        """Comment on a pull request."""
        await self._write("add_comment", subjectId=pull.id, body=body)

    async def label(self, pull: Pull, labels: Sequence[str]) -> list[str]:
        """Label a pull request; return the labels that the repository does not have."""
        owner, _, name = self._full_name.partition("/")
        asked = {f"l{number}": label for number, label in enumerate(labels)}
        declared = "".join(f", ${alias}: String!" for alias in asked)
        found = " ".join(f"{alias}: label(name: ${alias}) {{ id }}" for alias in asked)
        text = (
            f"query Labels($owner: String!, $name: String!{declared}) "
            f"{{ repository(owner: $owner, name: $name) {{ {found} }} }}"
        )
        answer = await self._client.send(text, {"owner": owner, "name": name, **asked})
        ids = {label: answer.at(("repository", alias, "id")) for alias, label in asked.items()}
        if known := [identity for identity in ids.values() if identity]:
            await self._write("add_labels", labelableId=pull.id, labelIds=known)
        return [label for label, identity in ids.items() if not identity]

    async def ask_reviews(self, pull: Pull, reviewers: Sequence[str]) -> list[str]:
        """Ask users, or teams written `owner/team`, for a review; return those that are not there."""
        users = {f"u{n}": login for n, login in enumerate(reviewers) if "/" not in login}
        teams = {f"t{n}": name for n, name in enumerate(reviewers) if "/" in name}
        declared = [f"${alias}: String!" for alias in users]
        roots = [f"{alias}: user(login: ${alias}) {{ id }}" for alias in users]
        variables: dict[str, object] = dict(users)
        for alias, name in teams.items():
            declared += [f"${alias}: String!", f"${alias}s: String!"]
            variables[alias], _, variables[f"{alias}s"] = name.partition("/")
            roots.append(f"{alias}: organization(login: ${alias}) {{ team(slug: ${alias}s) {{ id }} }}")
        answer = await self._client.send(f"query Reviewers({', '.join(declared)}) {{ {' '.join(roots)} }}", variables)
        found = {login: answer.at((alias, "id")) for alias, login in users.items()}
        found_teams = {name: answer.at((alias, "team", "id")) for alias, name in teams.items()}
        ids = {"userIds": [i for i in found.values() if i], "teamIds": [i for i in found_teams.values() if i]}
        if any(ids.values()):
            await self._write("request_reviews", pullRequestId=pull.id, union=True, **ids)
        return [name for name, identity in {**found, **found_teams}.items() if not identity]

    async def _write(self, document: str, **fields: object) -> None:
        """Send one mutation; raises LostError where nobody knows whether it was done."""
        self.writes += 1
        try:
            answer = await self._client.send(self._queries.whole(document), {"input": fields})
        except GitHubError as error:
            raise LostError(error.what, where=error.where, hint=error.hint) from None
        if answer.faults:
            raise _refusal(answer.faults[0], self._full_name)


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


def _not_found(full_name: str, answer: Answer) -> GitHubError:
    message = answer.faults[0].message if answer.faults else "GitHub answered nothing"
    return GitHubError(
        f"no such repository for this token: {message}",
        where=full_name,
        hint="Check `repository` under [[pages]], and that the token that writes may see it.",
    )


def _pulls(repository: Mapping[str, Any]) -> list[Pull]:
    """Return the pull requests from our branch, newest first; a fork's branch of the same name is not ours."""
    nodes = (repository.get("pullRequests") or {}).get("nodes") or []
    return [
        Pull(
            id=node["id"],
            number=node["number"],
            url=node["url"],
            state=node["state"],
            title=node["title"],
            body=node["body"] or "",
            base=node["baseRefName"],
            is_ours=node["viewerDidAuthor"],
            is_draft=node["isDraft"],
            is_conflicting=node["mergeable"] == "CONFLICTING",
            head_oid=node["headRefOid"],
        )
        for node in nodes
        if node and not node["isCrossRepository"]
    ]


def _with_remarks(pull: Pull, said: frozenset[str]) -> Pull:
    return replace(pull, said=said) if pull.state == "OPEN" else pull


def _branch(
    identity: str, tip: Tip, compared: Mapping[str, Any], given: Sequence[Any], pulls: Sequence[Pull]
) -> Branch:
    """Judge whose the branch's commits are by the trailers in their messages; `given` are the commits as read."""
    nodes = [node for node in given if node]
    trailers = [Trailer.from_message(node["message"]) for node in nodes]
    ours = [trailer for trailer in trailers if trailer]
    is_whole = compared["commits"]["totalCount"] == len(nodes) == len(ours)
    is_shared = any(trailer.is_shared for trailer in ours)
    # A person who amends our commit keeps its trailer, not its pages.
    is_as_left = not ours or trailers[-1] is None or trailers[-1].digest in {"", tip.digest}
    is_merged = any(pull.state == "MERGED" and pull.head_oid == tip.oid for pull in pulls)
    made = ours[-1].made if ours else (None if nodes else frozenset())
    return Branch(
        id=identity,
        tip=tip,
        ahead=compared["aheadBy"],
        behind=compared["behindBy"],
        is_ours=is_merged or (is_whole and is_as_left and not is_shared),
        made=made,
    )


def _page(target: Target, entry: Any, branch: str) -> Page | RoadmapSyncError:
    """Return a page of a commit, or why it cannot be had."""
    where = target.path
    if not entry or not entry.get("object"):
        return InputError(f"no such file on {branch}", where=where, hint="Paths are relative to the working directory.")
    blob = entry["object"]
    if entry["mode"] == _LINK or blob.get("text") is None or blob["isTruncated"]:
        return InputError(f"is no text file on {branch} that GitHub shows whole", where=where)
    data = bytes_of(blob["text"], blob["oid"])
    if data is None:
        return RefusedError(
            f"GitHub's text of it on {branch} is not what git holds",
            where=where,
            hint="It may not be UTF-8. In a checkout, sync --to file says more.",
        )
    try:
        return target.locate(data)
    except RoadmapSyncError as error:
        return error


def bytes_of(text: str, oid: str) -> bytes | None:
    """Return the bytes whose name in git is `oid`: the text's own, or with the mark at the front that an API may drop.

    https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """
    for candidate in (text, _BOM + text):
        data = candidate.encode()
        name = b"blob %d\0" % len(data) + data
        hashed = hashlib.sha256(name) if len(oid) == hashlib.sha256().digest_size * 2 else hashlib.sha1(name)  # noqa: S324 - git's own name for it
        if hashed.hexdigest() == oid:
            return data
    return None
