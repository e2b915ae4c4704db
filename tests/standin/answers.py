"""Owns the answers about owners, repositories, issues and pull requests; must not know HTTP, limits or faults."""

import re
from types import SimpleNamespace
from typing import Any

from tests.standin import access, problems
from tests.standin.access import Visit
from tests.standin.connections import Connection
from tests.standin.making import Made, NotPlayedError, answers
from tests.standin.schema import QUIET_ON_DUPLICATES
from tests.standin.world import Draft, Issue, Owner, PullRequest, Repository


@answers(
    *(
        f"{kind}.createdAt"
        for kind in ("Repository", "Issue", "PullRequest", "DraftIssue", "ProjectV2", "ProjectV2Item")
    )
)
def _created_at(*_: Any) -> str:
    return "2026-01-01T00:00:00Z"


# Query ---------------------------------------------------------------------------------------------------


@answers("Query.rateLimit")
def _rate_limit(_: None, visit: Visit, dryRun: bool = False) -> SimpleNamespace:  # noqa: N803 - GitHub's name
    if dryRun:
        msg = "the stand-in does not play rateLimit(dryRun: true)"
        raise NotPlayedError(msg)
    left = max(0, visit.limit - visit.used)
    return SimpleNamespace(
        cost=visit.cost.points,
        limit=visit.limit,
        remaining=left,
        used=visit.used,
        reset_at=visit.reset_at,
        node_count=visit.cost.nodes,
    )


@answers("Query.viewer")
def _viewer(_: None, visit: Visit) -> Owner:
    return visit.world.owner(visit.token.login, is_user=True)


@answers("Query.repositoryOwner")
def _repository_owner(_: None, visit: Visit, login: str) -> Owner | None:
    return visit.world.owners.get(login.lower())


@answers("Query.organization")
def _organization(_: None, visit: Visit, login: str) -> Owner:
    owner = visit.world.owners.get(login.lower())
    if owner is None or owner.is_user:
        raise problems.not_found(f"an Organization with the login of '{login}'")
    return owner


@answers("Query.user")
def _user(_: None, visit: Visit, login: str) -> Owner:
    owner = visit.world.owners.get(login.lower())
    if owner is None or not owner.is_user:
        raise problems.not_found(f"a User with the login of '{login}'")
    return owner


def _find(visit: Visit, owner: str, name: str, follow: bool) -> Repository | None:
    asked = f"{owner}/{name}".lower()
    found = visit.world.repositories.get(asked)
    return found if found is None or follow or found.full_name.lower() == asked else None


@answers("Query.repository")
def _repository(_: None, visit: Visit, owner: str, name: str, followRenames: bool = True) -> Repository:  # noqa: N803 - GitHub's name
    return access.see_repository(visit, _find(visit, owner, name, followRenames), f"{owner}/{name}")


@answers("Organization.repository", "User.repository", "RepositoryOwner.repository")
def _owned(owner: Owner, visit: Visit, name: str, followRenames: bool = True) -> Repository:  # noqa: N803 - GitHub's name
    return access.see_repository(visit, _find(visit, owner.login, name, followRenames), f"{owner.login}/{name}")


@answers("Query.node")
def _node(_: None, visit: Visit, id: str) -> Any:  # noqa: A002 - GitHub's name
    return access.see_node(visit, id)


@answers("Query.nodes")
def _nodes(_: None, visit: Visit, ids: list[str]) -> list[Any]:
    found: list[Any] = []
    for identity in ids:
        try:
            found.append(access.see_node(visit, identity))
        except problems.Problem as problem:
            found.append(problem)  # the executor turns it into null and an error at this index
    visit.nodes += len(found)
    return found


@answers("Query.resource")
def _resource(_: None, visit: Visit, url: str) -> Any:
    match = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+)(?:/(?:issues|pull)/(\d+))?", url)
    if match is None:
        return None
    asked = _find(visit, match[1], match[2], follow=True)
    repository = access.see_repository(visit, asked, f"{match[1]}/{match[2]}")
    found = repository.numbers.get(int(match[3] or 0))
    if match[3] and found is None:
        raise problems.no_number(int(match[3]))
    return found or repository


# Repository ----------------------------------------------------------------------------------------------


@answers("Repository.issueOrPullRequest")
def _by_number(repository: Repository, visit: Visit, number: int) -> Issue | PullRequest:
    found = repository.numbers.get(number)
    if found is None:
        raise problems.no_number(number)
    access.permit_discussion(visit, found)
    return found


@answers("Repository.issue")
def _issue(repository: Repository, visit: Visit, number: int) -> Issue:
    access.permit(visit, repository, "issues")
    found = repository.numbers.get(number)
    if not isinstance(found, Issue):
        raise problems.no_number(number, "an Issue")
    return found


@answers("Repository.pullRequest")
def _pull_request(repository: Repository, visit: Visit, number: int) -> PullRequest:
    access.permit(visit, repository, "pull_requests")
    found = repository.numbers.get(number)
    if not isinstance(found, PullRequest):
        raise problems.no_number(number, "a PullRequest")
    return found


@answers("Repository.nameWithOwner")
def _name_with_owner(repository: Repository, _: Visit) -> str:
    return repository.full_name


@answers("Repository.isPrivate")
def _is_private(repository: Repository, _: Visit) -> bool:
    return repository.visibility != "PUBLIC"


@answers("Repository.viewerPermission")
def _permission(repository: Repository, visit: Visit) -> str:
    return repository.permission if visit.token.may_write else "READ"


@answers("Repository.issues")
def _issues(repository: Repository, visit: Visit, **given: Any) -> Connection:
    access.permit(visit, repository, "issues")
    rows = [found for found in repository.numbers.values() if isinstance(found, Issue)]
    return visit.page([row for row in rows if not given.get("states") or row.state in given["states"]], given)


@answers("Repository.pullRequests")
def _pull_requests(repository: Repository, visit: Visit, **given: Any) -> Connection:
    access.permit(visit, repository, "pull_requests")
    rows = [found for found in repository.numbers.values() if isinstance(found, PullRequest)]
    tests = {"states": "state", "headRefName": "head", "baseRefName": "base"}
    wanted = [(attribute, given[name]) for name, attribute in tests.items() if given.get(name)]
    kept = [p for p in rows if all(_fits(p, a, v) for a, v in wanted)]
    order = given.get("orderBy") or {"direction": "ASC"}
    kept.sort(key=lambda p: p.number, reverse=order["direction"] == "DESC")
    return visit.page(kept, given)


def _fits(pull: PullRequest, attribute: str, value: str | list[str]) -> bool:
    said = getattr(pull, attribute)
    return said in value if isinstance(value, list) else said == value


# Issues and pull requests --------------------------------------------------------------------------------


@answers("Issue.author", "PullRequest.author", "IssueComment.author", "DraftIssue.creator")
def _author(source: Any, visit: Visit) -> Owner:
    return visit.world.owner(getattr(source, "author", "somebody"), is_user=True)


@answers("Issue.stateReason")
def _state_reason(issue: Issue, visit: Visit, enableDuplicate: bool = False) -> str | None:  # noqa: N803 - GitHub's name
    is_quiet = visit.host in QUIET_ON_DUPLICATES and not enableDuplicate
    return visit.duplicates_read_as if is_quiet and issue.reason == "DUPLICATE" else issue.reason


@answers("Issue.closed", "PullRequest.closed")
def _closed(source: Issue | PullRequest, _: Visit) -> bool:
    return source.state != "OPEN"


@answers("Issue.viewerDidAuthor", "PullRequest.viewerDidAuthor", "IssueComment.viewerDidAuthor")
def _did_author(source: Any, visit: Visit) -> bool:
    return bool(source.author == visit.token.login)


@answers("Issue.milestone", "PullRequest.milestone")
def _milestone(source: Issue | PullRequest, _: Visit) -> Made | None:
    title = source.milestone
    return Made("Milestone", {"title": title, "number": 1, "state": "OPEN", "due_on": None}) if title else None


@answers("Issue.issueType")
def _issue_type(issue: Issue, _: Visit) -> Made | None:
    return Made("IssueType", {"id": f"IT_{issue.type}", "name": issue.type}) if issue.type else None


@answers("Issue.labels", "PullRequest.labels")
def _labels(source: Issue | PullRequest, visit: Visit, **given: Any) -> Connection:
    return visit.page([_label(name) for name in source.labels], given)


@answers("Repository.label")
def _repository_label(repository: Repository, _: Visit, name: str) -> Made | None:
    return _label(name) if name in repository.labels else None


@answers("Repository.labels")
def _repository_labels(repository: Repository, visit: Visit, query: str = "", **given: Any) -> Connection:
    return visit.page([_label(name) for name in repository.labels if (query or "") in name], given)


@answers("Organization.team")
def _team(owner: Owner, visit: Visit, slug: str) -> Made | None:
    if not visit.token.may("members"):
        raise problems.forbidden(visit.token.kind)
    return team(slug) if slug in owner.teams else None


def team(slug: str) -> Made:
    """Return a team as a node."""
    return Made("Team", {"id": f"TE_{slug}", "slug": slug, "name": slug})


@answers("Issue.assignees", "PullRequest.assignees", "DraftIssue.assignees")
def _assignees(source: Issue | PullRequest | Draft, visit: Visit, **given: Any) -> Connection:
    return visit.page([visit.world.owner(login, is_user=True) for login in source.assignees], given)


def _label(name: str) -> Made:
    return Made("Label", {"id": f"LA_{name}", "name": name, "color": "ededed"})


def _seen(visit: Visit, found: Issue | None) -> Issue | None:
    return None if found is None or access.is_hidden(visit, found.repository) else found


@answers("Issue.parent")
def _parent(issue: Issue, visit: Visit) -> Issue | None:
    return _seen(visit, issue.parent)


@answers("Issue.duplicateOf")
def _duplicate_of(issue: Issue, visit: Visit) -> Issue | None:
    return _seen(visit, issue.duplicate_of)


@answers("Issue.subIssues")
def _sub_issues(issue: Issue, visit: Visit, **given: Any) -> Connection:
    return visit.page([sub for sub in issue.subs if _seen(visit, sub)], given)


@answers("Issue.subIssuesSummary")
def _summary(issue: Issue, _: Visit) -> SimpleNamespace:
    total, done = len(issue.subs), sum(sub.state == "CLOSED" for sub in issue.subs)
    return SimpleNamespace(total=total, completed=done, percent_completed=100 * done // total if total else 0)


@answers("Issue.closedByPullRequestsReferences")
def _closed_by(issue: Issue, visit: Visit, includeClosedPrs: bool = False, **given: Any) -> Connection:  # noqa: N803 - GitHub's name
    # Without the argument merged ones come all the same (github.com/kamp-us/phoenix/issues/5850).
    rows = [pull for pull in issue.closed_by if includeClosedPrs or pull.state != "CLOSED"]
    return visit.page([p for p in rows if not access.is_hidden(visit, p.repository)], given)


@answers("PullRequest.closingIssuesReferences")
def _closing(pull: PullRequest, visit: Visit, **given: Any) -> Connection:
    return visit.page([issue for issue in pull.closes if _seen(visit, issue)], given)


@answers("PullRequest.merged")
def _merged(pull: PullRequest, _: Visit) -> bool:
    return pull.state == "MERGED"


@answers("PullRequest.baseRefName")
def _base(pull: PullRequest, _: Visit) -> str:
    return pull.base


@answers("PullRequest.headRefName")
def _head(pull: PullRequest, _: Visit) -> str:
    return pull.head


@answers("Issue.comments", "PullRequest.comments")
def _comments(source: Issue | PullRequest, visit: Visit, **given: Any) -> Connection:
    return visit.page(source.comments, given)
