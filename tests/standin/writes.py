"""Owns the answers to mutations; must not know HTTP, limits or faults.

Where GitHub's words are on record they are used; the sources stand in github-api.md, 5. Not on record and so
GitHub's meaning in words of ours: a merge that conflicts or has nothing to do, a missing branch, a closed number.
What rules forbid is taken back before anybody sees it.
"""

import base64
import binascii
from types import SimpleNamespace
from typing import Any

from tests.standin import access, problems
from tests.standin.access import Visit
from tests.standin.connections import Edge, cursor
from tests.standin.git import ConflictError
from tests.standin.git_answers import CommitNode, commits_of, head_of, ref, target
from tests.standin.guards import guarded
from tests.standin.making import answers
from tests.standin.problems import Problem
from tests.standin.world import Comment, Event, Issue, Owner, PullRequest, Ref, Repository

LONGEST_BODY = 65_536
Input = dict[str, Any]


def _writable(visit: Visit, repository: Repository, *permissions: str) -> Repository:
    """Return the repository; raises unless the token may write there, by one of the permissions."""
    access.see_repository(visit, repository, repository.full_name)
    if not access.may_write(visit, repository, *(permissions or ("contents",))):
        raise problems.forbidden(visit.token.kind)
    return repository


def _discussed(visit: Visit, subject: Issue | PullRequest) -> None:
    """Raise unless the token may write there: comments and labels of a pull request are an issue's too."""
    _writable(visit, subject.repository, "issues", *(["pull_requests"] if isinstance(subject, PullRequest) else ()))


def _node(visit: Visit, identity: str, *kinds: type) -> Any:
    found = access.see_node(visit, identity)
    if not isinstance(found, kinds):
        raise problems.no_node(identity)
    return found


def _unprocessable(words: str) -> Problem:
    return Problem("UNPROCESSABLE", words)


def _body(text: str | None) -> str:
    if len(text or "") > LONGEST_BODY:
        raise _unprocessable(f"Body is too long (maximum is {LONGEST_BODY} characters)")
    return text or ""


# Branches and commits ------------------------------------------------------------------------------------


@answers("Mutation.createRef")
def _create_ref(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    repository = _writable(visit, _node(visit, input["repositoryId"], Repository))
    name = input["name"].removeprefix("refs/heads/")
    if ref(repository, name):
        raise _unprocessable(f'A ref named "{input["name"]}" already exists in the repository.')
    if input["oid"] not in repository.git.commits:
        raise _unprocessable(f"No commit found for SHA: {input['oid']}")
    with guarded(visit, repository, name):
        repository.git.branch(name, input["oid"])
    return SimpleNamespace(ref=Ref(repository, name), client_mutation_id=input.get("clientMutationId"))


@answers("Mutation.updateRef")
def _update_ref(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    found = _node(visit, input["refId"], Ref)
    git = _writable(visit, found.repository).git
    if not input.get("force") and git.ahead(input["oid"], git.branches[found.name]):
        raise _unprocessable("Update is not a fast forward")
    with guarded(visit, found.repository, found.name):
        git.branches[found.name] = input["oid"]
    return SimpleNamespace(ref=found, client_mutation_id=input.get("clientMutationId"))


@answers("Mutation.deleteRef")
def _delete_ref(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    found = _node(visit, input["refId"], Ref)
    _writable(visit, found.repository)
    for pull in found.repository.numbers.values():
        if isinstance(pull, PullRequest) and head_of(pull) == found and pull.state == "OPEN":
            _closed(pull, visit.token.login, visit.now)
    del found.repository.git.branches[found.name]
    return SimpleNamespace(client_mutation_id=input.get("clientMutationId"))


def _branch(visit: Visit, where: Input) -> Ref:
    if where.get("id"):
        found: Ref = _node(visit, where["id"], Ref)
        return found
    full_name = where["repositoryNameWithOwner"]
    repository = access.see_repository(visit, visit.world.repositories.get(full_name.lower()), full_name)
    branch = ref(repository, where["branchName"].removeprefix("refs/heads/"))
    if branch is None:
        raise problems.not_found(f"a Branch with the name '{where['branchName']}'")
    return branch


@answers("Mutation.createCommitOnBranch")
def _commit(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    branch = _branch(visit, input["branch"])
    git = _writable(visit, branch.repository).git
    head = git.head(branch.name)
    if head.oid != input["expectedHeadOid"]:
        words = f'Expected branch to point to "{input["expectedHeadOid"]}" but it did not.  Pull and try again.'
        raise Problem("STALE_DATA", words)
    changes = input.get("fileChanges") or {}
    files = {added["path"]: _decoded(added["contents"]) for added in changes.get("additions") or ()}
    gone = [deleted["path"] for deleted in changes.get("deletions") or ()]
    for path in gone:
        if path not in head.files:
            words = f"A path was requested for deletion which does not exist as of commit oid `{head.oid}`"
            raise _unprocessable(words)
    message = "\n\n".join(part for part in (input["message"]["headline"], input["message"].get("body")) if part)
    with guarded(visit, branch.repository, branch.name):
        made = git.commit(branch.name, files, message, delete=gone, **_signed(visit))
    node = CommitNode(branch.repository, made)
    return SimpleNamespace(commit=node, ref=branch, client_mutation_id=input.get("clientMutationId"))


def _signed(visit: Visit) -> dict[str, Any]:
    """Return who makes a commit and when, and whether the host signs it."""
    return {"author": visit.token.login, "date": visit.now, "signed": visit.world.signs_commits}


def _decoded(contents: str) -> bytes:
    try:
        return base64.b64decode(contents, validate=True)
    except binascii.Error:
        raise _unprocessable("Contents must be Base64 encoded") from None


@answers("Mutation.mergeBranch")
def _merge(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    repository = _writable(visit, _node(visit, input["repositoryId"], Repository))
    git = repository.git
    base, head = ref(repository, input["base"]), ref(repository, input["head"])
    oid = git.branches[head.name] if head else input["head"]
    if base is None or oid not in git.commits:
        raise problems.not_found(f"a Branch with the name '{input['head'] if base else input['base']}'")
    if not git.ahead(git.branches[base.name], oid):
        raise _unprocessable('Failed to merge: "Already merged"')
    try:
        words = input.get("commitMessage") or f"Merge {input['head']} into {base.name}"
        with guarded(visit, repository, base.name):
            made = git.merge(base.name, oid, words, **_signed(visit))
    except ConflictError:
        raise Problem("MERGE_CONFLICT", 'Failed to merge: "Merge conflict"') from None
    return SimpleNamespace(merge_commit=CommitNode(repository, made), client_mutation_id=input.get("clientMutationId"))


# Pull requests -------------------------------------------------------------------------------------------


@answers("Mutation.createPullRequest")
def _create_pull(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    repository = _writable(visit, _node(visit, input["repositoryId"], Repository), "pull_requests")
    if visit.token.kind == "actions" and not repository.pull_requests_by_actions:
        raise Problem("FORBIDDEN", "GitHub Actions is not permitted to create or approve pull requests")
    head, base = input["headRefName"], input["baseRefName"]
    for name in (base, head):
        if ref(repository, name) is None:
            raise _unprocessable(
                f"Head sha can't be blank, Base sha can't be blank, No commits between {base} and {head}"
            )
    for other in repository.numbers.values():
        is_here = isinstance(other, PullRequest) and other.head_repository is repository
        if is_here and (other.head, other.base, other.state) == (head, base, "OPEN"):
            raise _unprocessable(f"A pull request already exists for {repository.owner.login}:{head}.")
    number = max(repository.numbers, default=0) + 1
    pull = PullRequest(repository, number, input["title"])
    pull.change(head=head, base=base, body=_body(input.get("body")), author=visit.token.login)
    pull.is_draft = bool(input.get("draft"))
    if not commits_of(pull):
        raise _unprocessable(f"No commits between {base} and {head}")
    repository.numbers[number] = pull
    return _pull(pull, input)


def _pull(pull: PullRequest, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    return SimpleNamespace(pull_request=pull, client_mutation_id=input.get("clientMutationId"))


def _own(visit: Visit, input: Input) -> PullRequest:  # noqa: A002 - GitHub's name
    pull: PullRequest = _node(visit, input["pullRequestId"], PullRequest)
    _writable(visit, pull.repository, "pull_requests")
    return pull


@answers("Mutation.updatePullRequest")
def _update_pull(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    pull = _own(visit, input)
    names = {"title": "title", "baseRefName": "base"}
    pull.change(**{names[key]: value for key, value in input.items() if key in names and value is not None})
    if input.get("body") is not None:
        pull.body = _body(input["body"])
    pull.updated_at = visit.now
    if input.get("state") == "CLOSED":
        _closed(pull, visit.token.login, visit.now)
    return _pull(pull, input)


def _closed(pull: PullRequest, login: str, now: str) -> None:
    if pull.state != "OPEN":
        raise _unprocessable("Could not close the pull request.")
    head = head_of(pull)
    pull.head_oid = target(head).oid if head else ""
    pull.close(by=login, now=now)


@answers("Mutation.closePullRequest")
def _close_pull(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    pull = _own(visit, input)
    _closed(pull, visit.token.login, visit.now)
    return _pull(pull, input)


@answers("Mutation.reopenPullRequest")
def _reopen_pull(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    pull = _own(visit, input)
    if pull.state != "CLOSED" or head_of(pull) is None:
        raise _unprocessable("Could not open the pull request.")
    pull.change(state="OPEN", head_oid="")
    pull.events += (Event("ReopenedEvent", visit.token.login, f"RE_{pull.id}_{len(pull.events)}", visit.now),)
    return _pull(pull, input)


@answers("Mutation.convertPullRequestToDraft")
def _to_draft(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    return _pull(_own(visit, input).change(is_draft=True), input)


@answers("Mutation.markPullRequestReadyForReview")
def _ready(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    return _pull(_own(visit, input).change(is_draft=False), input)


@answers("Mutation.requestReviews")
def _request_reviews(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    pull = _own(visit, input)
    logins = [_node(visit, identity, Owner).login for identity in input.get("userIds") or ()]
    teams = [f"{pull.repository.owner.login}/{identity.removeprefix('TE_')}" for identity in input.get("teamIds") or ()]
    pull.reviewers = (*(pull.reviewers if input.get("union") else ()), *logins, *teams)
    return _pull(pull, input)


# Comments and labels -------------------------------------------------------------------------------------


@answers("Mutation.addComment")
def _add_comment(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    subject = _node(visit, input["subjectId"], Issue, PullRequest)
    _discussed(visit, subject)
    comment = visit.world.comment(subject, _body(input["body"]), visit.token.login)
    comment.created_at = comment.updated_at = visit.now
    edge = Edge(cursor(len(subject.comments) - 1), comment)
    return SimpleNamespace(comment_edge=edge, subject=subject, client_mutation_id=input.get("clientMutationId"))


def _comment(visit: Visit, identity: str) -> Comment:
    comment: Comment = _node(visit, identity, Comment)
    _discussed(visit, comment.subject)
    return comment


@answers("Mutation.updateIssueComment")
def _update_comment(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    comment = _comment(visit, input["id"])
    comment.body, comment.updated_at = _body(input["body"]), visit.now
    return SimpleNamespace(issue_comment=comment, client_mutation_id=input.get("clientMutationId"))


@answers("Mutation.deleteIssueComment")
def _delete_comment(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    comment = _comment(visit, input["id"])
    comment.subject.comments = tuple(c for c in comment.subject.comments if c is not comment)
    del visit.world.comments[comment.id]
    return SimpleNamespace(client_mutation_id=input.get("clientMutationId"))


@answers("Mutation.minimizeComment")
def _minimize(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    comment = _comment(visit, input["subjectId"])
    comment.is_minimized = True
    return SimpleNamespace(minimized_comment=comment, client_mutation_id=input.get("clientMutationId"))


@answers("Mutation.addLabelsToLabelable")
def _add_labels(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    found = _node(visit, input["labelableId"], Issue, PullRequest)
    _discussed(visit, found)
    names = [_label_name(found.repository, identity) for identity in input["labelIds"]]
    found.labels = tuple(dict.fromkeys((*found.labels, *names)))
    return SimpleNamespace(labelable=found, client_mutation_id=input.get("clientMutationId"))


@answers("Mutation.removeLabelsFromLabelable")
def _remove_labels(_: None, visit: Visit, input: Input) -> SimpleNamespace:  # noqa: A002 - GitHub's name
    found = _node(visit, input["labelableId"], Issue, PullRequest)
    _discussed(visit, found)
    names = {_label_name(found.repository, identity) for identity in input["labelIds"]}
    found.labels = tuple(name for name in found.labels if name not in names)
    return SimpleNamespace(labelable=found, client_mutation_id=input.get("clientMutationId"))


def _label_name(repository: Repository, identity: str) -> str:
    name = identity.removeprefix("LA_")
    if name not in repository.labels:
        raise problems.no_node(identity)
    return name
