"""Owns the answers about branches, commits, files, and what of a pull request hangs on them; must not know HTTP."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from tests.standin import access
from tests.standin.access import Visit
from tests.standin.answers import team
from tests.standin.connections import Connection
from tests.standin.git import Commit, ConflictError, Link
from tests.standin.making import Made, answers
from tests.standin.world import PullRequest, Ref, Repository


@dataclass(frozen=True, slots=True)
class CommitNode:
    """A commit as a node of its repository."""

    repository: Repository
    commit: Commit
    kind: str = "Commit"

    @property
    def oid(self) -> str:
        """Return the commit's name."""
        return self.commit.oid

    @property
    def message(self) -> str:
        """Return the whole message."""
        return self.commit.message

    @property
    def url(self) -> str:
        """Return the commit's page."""
        return f"{self.repository.url}/commit/{self.oid}"


def ref(repository: Repository, branch: str) -> Ref | None:
    """Return a branch as a node, None where there is none."""
    if branch == repository.default_branch:
        repository.git.branch(branch)
    return Ref(repository, branch) if branch in repository.git.branches else None


def head_of(pull: PullRequest) -> Ref | None:
    """Return the branch of a pull request, None where it or its fork is gone."""
    return ref(pull.head_repository, pull.head) if pull.head_repository else None


def target(found: Ref) -> CommitNode:
    """Return the commit that a branch points to."""
    return CommitNode(found.repository, found.repository.git.head(found.name))


# Repository ----------------------------------------------------------------------------------------------


@answers("Repository.defaultBranchRef")
def _default(repository: Repository, visit: Visit) -> Ref | None:
    access.permit(visit, repository, "contents")
    return ref(repository, repository.default_branch)


@answers("Repository.ref")
def _ref(repository: Repository, visit: Visit, qualifiedName: str) -> Ref | None:  # noqa: N803 - GitHub's name
    access.permit(visit, repository, "contents")
    return ref(repository, qualifiedName.removeprefix("refs/heads/"))


@answers("Repository.refs")
def _refs(repository: Repository, visit: Visit, refPrefix: str, query: str = "", **given: Any) -> Connection:  # noqa: N803 - GitHub's name
    access.permit(visit, repository, "contents")
    names = sorted(repository.git.branches) if refPrefix.startswith("refs/heads") else []
    return visit.page([Ref(repository, name) for name in names if (query or "") in name], given)


@answers("Repository.object")
def _object(repository: Repository, visit: Visit, expression: str | None = None, oid: str | None = None) -> Any:
    access.permit(visit, repository, "contents")
    revision, colon, path = (expression or oid or "").partition(":")
    branch = repository.default_branch if revision == "HEAD" else revision.removeprefix("refs/heads/")
    found = ref(repository, branch)
    commit = target(found).commit if found else repository.git.commits.get(revision)
    if commit is None or not colon:
        return CommitNode(repository, commit) if commit else None
    return _file(commit, path)


def _file(commit: Commit, path: str) -> Made | None:
    """Return a file or folder of a commit, a link as a file that holds where it leads to; None for nothing."""
    data = commit.files.get(path)
    return _folder(commit, path) if data is None else _blob(data)


def _blob(data: bytes) -> Made:
    oid = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    binary = b"\0" in data
    text = None if binary else data.decode("utf-8", "replace")
    said = {"is_binary": binary, "is_truncated": False, "byte_size": len(data), "text": text}
    return Made("Blob", {"id": f"B_{oid}", "oid": oid, **said})


def _folder(commit: Commit, path: str) -> Made | None:
    below = [other for other in commit.files if other.startswith(f"{path}/" if path else "")]
    oid = hashlib.sha1(repr((path, commit.oid)).encode(), usedforsecurity=False).hexdigest()
    return Made("Tree", {"id": f"T_{oid}", "oid": oid, "commit": commit, "path": path}) if below or not path else None


@answers("Tree.entries")
def _entries(tree: Made, _: Visit) -> list[Made]:
    start = f"{tree.path}/" if tree.path else ""
    names = {path.removeprefix(start).partition("/")[0] for path in tree.commit.files if path.startswith(start)}
    return [_entry(tree.commit, start + name) for name in sorted(names)]


#: What git calls a file, a link and a folder, as the number that GitHub gives.
_FILE, _LINK, _FOLDER = 0o100644, 0o120000, 0o040000


def _entry(commit: Commit, path: str) -> Made | None:
    """Return a line of a folder's listing."""
    made = _file(commit, path)
    if made is None:
        return None
    mode = _LINK if isinstance(commit.files.get(path), Link) else _FILE
    kind, mode = ("tree", _FOLDER) if made.kind == "Tree" else ("blob", mode)
    said = {"name": path.rpartition("/")[2], "path": path, "type": kind, "mode": mode}
    return Made("TreeEntry", {**said, "oid": made.oid, "object": made})


# Branches and commits ------------------------------------------------------------------------------------


@answers("Ref.prefix")
def _prefix(*_: Any) -> str:
    return "refs/heads/"


@answers("Ref.target")
def _target(found: Ref, _: Visit) -> CommitNode:
    return target(found)


@answers("Ref.compare")
def _compare(base: Ref, _: Visit, headRef: str) -> Made | None:  # noqa: N803 - GitHub's name
    git = base.repository.git
    found = ref(base.repository, headRef)
    head = found.repository.git.branches[found.name] if found else headRef
    if head not in git.commits:
        return None
    start = git.branches[base.name]
    ahead, behind = git.ahead(start, head), git.ahead(head, start)
    status = ("DIVERGED" if behind else "AHEAD") if ahead else ("BEHIND" if behind else "IDENTICAL")
    said = {"status": status, "ahead_by": len(ahead), "behind_by": len(behind)}
    return Made("Comparison", {**said, "list": [CommitNode(base.repository, commit) for commit in ahead]})


@answers("Comparison.commits")
def _compared(comparison: Made, visit: Visit, **given: Any) -> Connection:
    return visit.page(comparison.list, given)


@answers("Ref.associatedPullRequests")
def _of_branch(found: Ref, visit: Visit, **given: Any) -> Connection:
    pulls = [p for p in found.repository.numbers.values() if isinstance(p, PullRequest) and head_of(p) == found]
    return visit.page([p for p in pulls if not given.get("states") or p.state in given["states"]], given)


@answers("Commit.id")
def _commit_id(node: CommitNode, _: Visit) -> str:
    return f"C_kw{node.repository.serial:06d}{node.oid}"


@answers("Commit.messageHeadline")
def _headline(node: CommitNode, _: Visit) -> str:
    return node.message.partition("\n")[0]


@answers("Commit.messageBody")
def _message_body(node: CommitNode, _: Visit) -> str:
    return node.message.partition("\n")[2].strip()


@answers("Commit.committedDate", "Commit.authoredDate")
def _date(node: CommitNode, _: Visit) -> str:
    return node.commit.date


@answers("Commit.author", "Commit.committer")
def _author(node: CommitNode, visit: Visit) -> Made:
    login = node.commit.author
    said = {"name": login, "email": f"{login}@users.noreply.example", "date": node.commit.date}
    return Made("GitActor", {**said, "user": visit.world.owner(login, is_user=True)})


@answers("Commit.signature")
def _signature(node: CommitNode, _: Visit) -> Made | None:
    return Made("GpgSignature", {"is_valid": True, "state": "VALID"}) if node.commit.signed else None


@answers("Commit.parents")
def _parents(node: CommitNode, visit: Visit, **given: Any) -> Connection:
    git = node.repository.git
    return visit.page([CommitNode(node.repository, git.commits[oid]) for oid in node.commit.parents], given)


@answers("Commit.history")
def _history(node: CommitNode, visit: Visit, path: str = "", **given: Any) -> Connection:
    known = node.repository.git.history(node.oid, path or "")
    return visit.page([CommitNode(node.repository, commit) for commit in known], given)


@answers("Commit.file")
def _entry_of(node: CommitNode, _: Visit, path: str) -> Made | None:
    return _entry(node.commit, path)


@answers("Commit.tree")
def _tree(node: CommitNode, _: Visit) -> Made | None:
    return _folder(node.commit, "")


@answers("Commit.associatedPullRequests")
def _of_commit(node: CommitNode, visit: Visit, **given: Any) -> Connection:
    pulls = [p for p in node.repository.numbers.values() if isinstance(p, PullRequest)]
    return visit.page([p for p in pulls if node.oid in {c.oid for c in commits_of(p)}], given)


# Pull requests -------------------------------------------------------------------------------------------


def commits_of(pull: PullRequest) -> list[Commit]:
    """Return the commits of a pull request's branch that its base lacks; none where the branch is gone."""
    base, head = ref(pull.repository, pull.base), head_of(pull)
    if base is None or head is None or pull.repository is not pull.head_repository:
        return []
    return pull.repository.git.ahead(target(base).oid, target(head).oid)


@answers("PullRequest.baseRef")
def _base_ref(pull: PullRequest, _: Visit) -> Ref | None:
    return ref(pull.repository, pull.base)


@answers("PullRequest.headRef")
def _head_ref(pull: PullRequest, _: Visit) -> Ref | None:
    return head_of(pull)


@answers("PullRequest.baseRefOid")
def _base_oid(pull: PullRequest, _: Visit) -> str:
    found = ref(pull.repository, pull.base)
    return target(found).oid if found else pull.repository.git.root.oid


@answers("PullRequest.headRefOid")
def _head_oid(pull: PullRequest, _: Visit) -> str:
    if pull.head_oid:
        return pull.head_oid
    found = head_of(pull)
    return target(found).oid if found else pull.repository.git.root.oid


@answers("PullRequest.isCrossRepository")
def _is_cross(pull: PullRequest, _: Visit) -> bool:
    return pull.head_repository is not pull.repository


@answers("PullRequest.permalink")
def _permalink(pull: PullRequest, _: Visit) -> str:
    return pull.url


@answers("PullRequest.mergeable")
def _mergeable(pull: PullRequest, _: Visit) -> str:
    base, head = ref(pull.repository, pull.base), head_of(pull)
    if base is None or head is None or pull.repository is not pull.head_repository:
        return "UNKNOWN"
    try:
        pull.repository.git.merged(target(base).oid, target(head).oid)
    except ConflictError:
        return "CONFLICTING"
    return "MERGEABLE"


@answers("PullRequest.mergeStateStatus")
def _merge_state(pull: PullRequest, visit: Visit) -> str:
    return {"MERGEABLE": "CLEAN", "CONFLICTING": "DIRTY"}.get(_mergeable(pull, visit), "UNKNOWN")


@answers("PullRequest.commits")
def _commits(pull: PullRequest, visit: Visit, **given: Any) -> Connection:
    rows = [
        Made("PullRequestCommit", {"id": f"PRC_{c.oid}", "commit": CommitNode(pull.repository, c)})
        for c in commits_of(pull)
    ]
    return visit.page(rows, given)


@answers("PullRequest.reviewRequests")
def _reviews(pull: PullRequest, visit: Visit, **given: Any) -> Connection:
    rows = [
        Made("ReviewRequest", {"id": f"RR_{name}", "requested_reviewer": _reviewer(visit, name)})
        for name in pull.reviewers
    ]
    return visit.page(rows, given)


def _reviewer(visit: Visit, name: str) -> Any:
    """Return a user, or the team of `owner/slug`; that a token without the permission gets null is assumed."""
    _, slash, slug = name.partition("/")
    if not slash:
        return visit.world.owner(name, is_user=True)
    return team(slug) if visit.token.may("members") else None


@answers("PullRequest.timelineItems")
def _timeline(pull: PullRequest, visit: Visit, itemTypes: list[str] | None = None, **given: Any) -> Connection:  # noqa: N803 - GitHub's name
    wanted = itemTypes or []
    rows = [e for e in pull.events if not wanted or re.sub(r"(?<!^)(?=[A-Z])", "_", e.kind).upper() in wanted]
    return visit.page(rows, given)


@answers("ClosedEvent.actor", "ReopenedEvent.actor", "HeadRefForcePushedEvent.actor")
def _actor(event: Any, visit: Visit) -> Any:
    return visit.world.owner(event.actor, is_user=True)
