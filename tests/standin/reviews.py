"""Owns the answers about reviews of a pull request, and about its merge made ahead; must not know HTTP or limits.

A review's thread must stand on a line of the diff or within three lines of one, as on GitHub.
"""

from difflib import SequenceMatcher
from types import SimpleNamespace
from typing import Any

from tests.standin import access
from tests.standin.access import Visit
from tests.standin.connections import Connection
from tests.standin.git import ConflictError
from tests.standin.git_answers import CommitNode, head_of, ref, target
from tests.standin.making import Made, answers
from tests.standin.problems import Problem, forbidden
from tests.standin.world import PullRequest

_CONTEXT = 3


@answers("PullRequest.headRepository")
def _head_repository(pull: PullRequest, _: Visit) -> Any:
    return pull.head_repository


@answers("IssueComment.url")
def _comment_url(comment: Any, _: Visit) -> str:
    return f"{comment.subject.url}#issuecomment-{comment.id.removeprefix('IC_kw').lstrip('0')}"


@answers("PullRequest.potentialMergeCommit")
def _potential(pull: PullRequest, visit: Visit) -> CommitNode | None:
    """Return the merge that GitHub makes ahead; none with a conflict."""
    base, head = ref(pull.repository, pull.base), head_of(pull)
    if base is None or head is None or pull.state != "OPEN":
        return None
    git, theirs = pull.repository.git, head.repository.git
    for commit in theirs.commits.values():
        git.commits.setdefault(commit.oid, commit)
    name = f"refs/pull/{pull.number}/merge"
    git.branches[name] = target(base).oid
    try:
        made = git.merge(name, theirs.branches[head.name], author="web-flow", date=visit.now)
    except ConflictError:
        return None
    finally:
        del git.branches[name]
    return CommitNode(pull.repository, made)


@answers("PullRequest.reviewThreads")
def _threads(pull: PullRequest, visit: Visit, **given: Any) -> Connection:
    return visit.page(visit.world.threads.get(pull.id, ()), given)


@answers("PullRequestReviewThread.comments")
def _comments(thread: Made, visit: Visit, **given: Any) -> Connection:
    said = {"body": thread.body, "author": thread.author, "id": f"PRRC_{thread.id}"}
    return visit.page([Made("PullRequestReviewComment", said)], {n: v for n, v in given.items() if n != "skip"})


@answers("PullRequestReviewComment.viewerDidAuthor")
def _did_author(comment: Made, visit: Visit) -> bool:
    return bool(comment.author == visit.token.login)


@answers("Mutation.addPullRequestReview")
def _review(_: None, visit: Visit, input: dict[str, Any]) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    pull = access.see_node(visit, input["pullRequestId"])
    if not access.may_write(visit, pull.repository, "pull_requests"):
        raise forbidden(visit.token.kind)
    made = [_thread(pull, visit, number, given) for number, given in enumerate(input.get("threads") or ())]
    visit.world.threads[pull.id] = (*visit.world.threads.get(pull.id, ()), *made)
    review = Made("PullRequestReview", {"id": f"PRR_{pull.id}", "body": input.get("body") or ""})
    return SimpleNamespace(pull_request_review=review, client_mutation_id=input.get("clientMutationId"))


def _thread(pull: PullRequest, visit: Visit, number: int, given: dict[str, Any]) -> Made:
    first = given.get("startLine") or given["line"]
    if not set(range(first, given["line"] + 1)) <= _lines_of_diff(pull, given["path"]):
        raise Problem("UNPROCESSABLE", "Pull request review thread line must be part of the diff")
    known = len(visit.world.threads.get(pull.id, ()))
    said = {"id": f"PRRT_{pull.number}_{known + number}", "body": given["body"], "author": visit.token.login}
    return Made("PullRequestReviewThread", {**said, "path": given["path"], "line": given["line"], "start": first})


def _lines_of_diff(pull: PullRequest, path: str) -> set[int]:
    """Return the lines of the head's file, from 1, that the diff shows."""
    base, head = ref(pull.repository, pull.base), head_of(pull)
    if head is None:
        return set()
    git = head.repository.git
    known = {commit.oid for commit in pull.repository.git.history(target(base).oid)} if base else set()
    ahead = [commit for commit in git.history(target(head).oid) if commit.oid not in known][::-1]
    if not ahead:
        return set()
    before = git.commits[ahead[0].parents[0]].files.get(path, b"").splitlines()
    after = ahead[-1].files.get(path, b"").splitlines()
    shown: set[int] = set()
    for kind, _, _, start, stop in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            shown |= set(range(max(0, start - _CONTEXT) + 1, min(len(after), stop + _CONTEXT) + 1))
    return shown
