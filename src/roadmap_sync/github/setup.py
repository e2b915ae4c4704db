"""Owns what is wrong with a set-up and what to do about it, from what GitHub answered.

GitHub says NOT_FOUND for a board that is not there and for one that this token may not see, and shows an empty board
to a token of another owner. Which of these is the case depends on the kind of the token, so that is found out first:
https://docs.github.com/en/issues/planning-and-tracking-with-projects/automating-your-project/automating-projects-using-actions
Pure. Must not know where tokens and answers come from, nor in which order they are looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from roadmap_sync.board.model import Board, Unread
from roadmap_sync.board.question import BoardAddress
from roadmap_sync.errors import Exit, RoadmapSyncError, worst
from roadmap_sync.github.repository_answers import not_understood
from roadmap_sync.inert import inline
from roadmap_sync.reading.answers import Answer, Counted, Model, policy_in, understood
from roadmap_sync.references import Reference

Kind = Literal["classic", "fine-grained", "app", "job", "unknown"]

#: What a person calls each kind.
NAMES: dict[Kind, str] = {
    "classic": "a classic token",
    "fine-grained": "a fine-grained token",
    "app": "an app's token",
    "job": "the job's own token",
    "unknown": "a token of a kind that is not known",
}
#: https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
_PREFIXES: dict[str, Kind] = {
    "ghp_": "classic",
    "gho_": "classic",
    "github_pat_": "fine-grained",
    "ghu_": "app",
    "ghs_": "app",
}
_JOB_LOGIN = "github-actions[bot]"
_BOARD_SCOPES = {"read:project", "project"}
_TEAM_SCOPES = {"read:org", "write:org", "admin:org", "read:discussion", "write:discussion"}
_CODE_SCOPES = {"repo", "public_repo"}
_MAY_WRITE = {"ADMIN", "MAINTAIN", "WRITE"}
#: Fewer points than this may not last for a page of some hundred lines.
_FEW_POINTS = 20
_MOST_NAMED = 5
_FOR_USERS = "Use a classic token of somebody who may see the board, with the scope read:project."
_WIDTH = 11


class _RateLimit(Model):
    limit: int
    remaining: int
    reset_at: str


class _VisibleBoard(Model):
    title: str
    public: bool
    closed: bool
    items: Counted


class _Permissions(Model):
    is_archived: bool
    viewer_permission: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: `what` was looked at, what is so, and, where that is wrong, the one thing to do.

    `exit` is OK where all is well, and None where it was not looked at because something before it failed.
    """

    what: str
    said: str
    way_out: str = ""
    exit: Exit | None = Exit.OK


def render(findings: Sequence[Finding]) -> str:
    """Return the findings, a line each, with the way out below; terminal escapes in them are made visible."""
    lines: list[str] = []
    for one in findings:
        state = {None: "-", Exit.OK: "ok"}.get(one.exit, "wrong")
        lines.append(f"{state:<6} {one.what:<{_WIDTH}} {inline(one.said)}\n")
        if one.way_out:
            lines.append(f"{'':<6} {'':<{_WIDTH}} Do: {inline(one.way_out)}\n")
    return "".join(lines)


def exit_of(findings: Sequence[Finding]) -> Exit:
    """Return the worst of their exit codes."""
    return worst([finding.exit for finding in findings if finding.exit is not None])


def of_error(what: str, error: RoadmapSyncError) -> Finding:
    """Return what an error says, as a finding."""
    said = f"{error.where}: {error.what}" if error.where else error.what
    return Finding(what, said, error.hint, error.exit)


def not_looked_at(what: str, because: str) -> Finding:
    """Return that a thing was not looked at: it may be right or wrong."""
    return Finding(what, f"not looked at: {because}", exit=None)


def _odd(what: str, asked: str) -> Finding:
    """Return that GitHub answered something that its own schema does not allow."""
    return of_error(what, not_understood(asked))


# The token --------------------------------------------------------------------------------------------------


def kind_of(value: str, source: str, answer: Answer) -> Kind:
    """Return the kind of a token, from its login, from its first letters, and from whether it has scopes.

    A host may not tell the login of an app's token; then the name of its variable (`source`) tells the job's own.
    """
    login = answer.at(("viewer", "login"))
    known = next((kind for prefix, kind in _PREFIXES.items() if value.startswith(prefix)), None)
    if login == _JOB_LOGIN or (known == "app" and not login and source.startswith("GITHUB_TOKEN")):
        return "job"
    return known or ("classic" if answer.scopes is not None else "unknown")


def of_token(kind: Kind, source: str, answer: Answer, *, is_team_asked: bool) -> Finding:
    """Judge the token that reads the board: whose it is, and whether its scopes are enough.

    `is_team_asked` tells that a filter asks for reviewers, who may be teams.
    """
    login = answer.at(("viewer", "login")) or "somebody"
    said = f"{NAMES[kind]} of {login}, from {source}"
    if answer.scopes is None:
        return Finding("token", said)
    named = f"{said}; scopes: {', '.join(answer.scopes) or 'none'}"
    if not _BOARD_SCOPES & set(answer.scopes):
        return _without_scope(f"{named}; none of them lets it read a board", "read:project")
    if is_team_asked and not _TEAM_SCOPES & set(answer.scopes):
        return _without_scope(f"{named}; none of them lets it read teams, and a filter asks for reviewers", "read:org")
    return Finding("token", named)


def _without_scope(said: str, scope: str) -> Finding:
    way_out = f"Add the scope {scope} to it, or run: gh auth refresh --scopes {scope}"
    return Finding("token", said, way_out, Exit.GITHUB)


def of_rate(answer: Answer) -> Finding:
    """Judge what is left of the token's hourly limit. A GitHub Enterprise Server may have none."""
    if answer.data is None:
        return not_looked_at("rate limit", "GitHub did not tell")
    raw = answer.at(("rateLimit",))
    if raw is None:
        return Finding("rate limit", "none on this host")
    limit = understood(_RateLimit, raw)
    if limit is None:
        return _odd("rate limit", "what is left of the token's rate limit")
    said = f"{limit.remaining} of {limit.limit} points left until {limit.reset_at}"
    if limit.remaining >= _FEW_POINTS:
        return Finding("rate limit", said)
    return Finding("rate limit", said, "Run again after that, or use a token that nothing else uses.", Exit.GITHUB)


# The board --------------------------------------------------------------------------------------------------


def of_board(answer: Answer, address: BoardAddress, kind: Kind) -> list[Finding]:
    """Judge whether the token sees the board: single sign-on, then the board itself."""
    refused = answer.faults_at(("repositoryOwner",))
    if any(fault.is_saml for fault in refused):
        said = f"{address.owner} requires single sign-on for this token"
        return [
            Finding("sign-on", said, _sign_on(answer), Exit.GITHUB),
            not_looked_at("board", "the sign-on comes first"),
        ]
    if found := next(((fault, policy) for fault in refused if (policy := policy_in(fault.message))), None):
        fault, policy = found
        said = f"GitHub refuses this token: {fault.message}"
        return [not_looked_at("sign-on", "GitHub refused"), Finding("board", said, policy.way_out, Exit.GITHUB)]
    return [Finding("sign-on", "single sign-on is not required"), _of_board(answer, address, kind)]


def _sign_on(answer: Answer) -> str:
    where = f" at {answer.sso}" if answer.sso else " under Settings > Developer settings > Tokens > Configure SSO"
    return f"Authorise the token{where}."


def _of_board(answer: Answer, address: BoardAddress, kind: Kind) -> Finding:
    owner = answer.at(("repositoryOwner",))
    raw = answer.at(("repositoryOwner", "projectV2"))
    if raw is not None:
        found = understood(_VisibleBoard, raw)
        return _of_visible(found, address, kind) if found else _odd("board", f"the board {address.url}")
    if owner is None and not answer.faults:
        what = f"there is no user and no organisation called {address.owner}"
        return Finding("board", what, "Copy the board's address from the browser again.", Exit.INPUT)
    is_user = answer.at(("repositoryOwner", "__typename")) == "User"
    said, way_out = _hidden(address, kind, is_user=is_user)
    return Finding("board", said, way_out, Exit.GITHUB)


def _of_visible(found: _VisibleBoard, address: BoardAddress, kind: Kind) -> Finding:
    if not found.items.total_count:
        return Finding(
            "board",
            f"{NAMES[kind]} sees {address.url} without a single item",
            f"A token of another owner sees a board like that: make one whose resource owner is {address.owner}. "
            "If the board really is empty, there is nothing to compare a page with.",
            Exit.GITHUB,
        )
    closed = ["closed"] if found.closed else []
    # The name of a private board is not told: this may stand in the log of a public job.
    shown = [f'"{found.title}"', "public"] if found.public else ["private"]
    return Finding("board", ", ".join([*shown, f"{found.items.total_count} items", *closed]))


def _hidden(address: BoardAddress, kind: Kind, *, is_user: bool) -> tuple[str, str]:
    """Say why a token of this kind does not see a board, and which token would."""
    name = f"project {address.number} of {address.owner}"
    if kind == "job":
        said = (
            "NOT_FOUND, because the job's token cannot see organisation projects: GITHUB_TOKEN sees no "
            f"{name}, whatever its permissions"
        )
        other = (
            f"Pass board-token: the token of an app installed on {address.owner} with the organisation permission "
            "Projects: read, or a classic token with read:project."
        )
        return said, _FOR_USERS if is_user else other
    if kind in {"fine-grained", "app"} and is_user:
        return f"{NAMES[kind]} cannot see {name}: for boards of users there is no such permission", _FOR_USERS
    if kind == "fine-grained":
        way_out = (
            f"Make one whose resource owner is {address.owner}, with the organisation permission Projects: read, and "
            "have it approved there if the organisation asks for that."
        )
        return f"this fine-grained token sees no {name}", way_out
    if kind == "app":
        way_out = (
            f"Install the app on {address.owner} with the organisation permission Projects: read, and accept that "
            "permission in the installation; repository projects are another one."
        )
        return f"this app's token sees no {name}", way_out
    return (
        f"there is no {name} that this token's owner may see",
        "Copy the board's address from the browser again, and ask for access to the board if it is private.",
    )


def of_references(board: Board, references: Sequence[Reference]) -> Finding:
    """Judge how much of what the pages name can be read."""
    unread = {one.key: one.name for one in references if isinstance(board.answers.get(one.key), Unread)}
    homes: dict[str, list[str]] = {}
    for one in references:
        if not one.draft:
            homes.setdefault(f"{one.owner}/{one.repo}".lower(), []).append(one.key)
    hidden = [home for home, keys in homes.items() if len(keys) > 1 and unread.keys() >= set(keys)]
    said = f"{len(references) - len(unread)} of {len(references)} are read"
    if not hidden:
        few = ", ".join([*unread.values()][:_MOST_NAMED])
        return Finding("references", f"{said}; not: {few}" if few else said)
    why = next(answer.reason for key in homes[hidden[0]] if isinstance(answer := board.answers.get(key), Unread))
    return Finding(
        "references",
        f"{said}; none in {', '.join(hidden[:_MOST_NAMED])}: {why}",
        "Give the token that reads the board Issues: read and Pull requests: read there, or correct the links.",
        Exit.GITHUB,
    )


# Writing ----------------------------------------------------------------------------------------------------


def of_writing(answer: Answer, kind: Kind, name: str, *, is_needed: bool) -> Finding:
    """Judge what the other token may write in a page's repository; `is_needed` says whether a job depends on it."""
    raw = answer.at(("repository",))
    if raw is None:
        message = answer.faults[0].message if answer.faults else "GitHub answered nothing"
        way_out = "Check `repository` under [[pages]], and that this token may see it."
        if answer.faults and answer.faults[0].is_saml:
            way_out = _sign_on(answer)
        elif policy := policy_in(message):
            way_out = policy.way_out
        return Finding("writing", f"{NAMES[kind]} sees no {name}: {message}", way_out, Exit.GITHUB)
    found = understood(_Permissions, raw)
    if found is None:
        return _odd("writing", f"what may be written in {name}")
    if found.is_archived:
        way_out = "Unarchive it, or take its page out of the config."
        return Finding("writing", f"{name} is archived", way_out, Exit.GITHUB)
    if kind in {"job", "app"} and found.viewer_permission is None:
        said = f"{NAMES[kind]}: GitHub tells only at the first write what it may write"
        return Finding("writing", f"{said}; it needs contents: write and pull-requests: write")
    if answer.scopes is not None and not _CODE_SCOPES & set(answer.scopes):
        return _reading_only(f"{NAMES[kind]} lacks the scope repo (public_repo where that will do)", is_needed)
    if found.viewer_permission in _MAY_WRITE:
        return Finding("writing", f"{NAMES[kind]} may write to {name}")
    return _reading_only(f"{NAMES[kind]} may only read {name}", is_needed)


def _reading_only(said: str, is_needed: bool) -> Finding:  # noqa: FBT001 - the one thing that differs
    if not is_needed:
        return Finding("writing", f"{said}: enough for files, diff and check")
    way_out = "Give the job contents: write and pull-requests: write, or pass token: with these."
    return Finding("writing", said, way_out, Exit.GITHUB)
