"""Owns what an HTTP reply of GitHub's means: an answer, or one of the failures that GitHub has many words for.

Must not know what was asked, when it is asked again, nor how a request is sent. The facts are those of
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api: a used up hourly limit
comes as an HTTP 200, a timeout as a 502 or 504 with JSON or HTML, and partial data comes with errors.
"""

import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from roadmap_sync.errors import BugError, GitHubError, RoadmapSyncError
from roadmap_sync.inert import excerpt
from roadmap_sync.reading.answers import Answer, Fault, policy_in

_LIMIT_TYPES = {"RATE_LIMIT", "RATE_LIMITED"}
_LIMIT_WORDS = re.compile(
    r"secondary rate limit|rate limit (?:already )?exceeded|abuse detection|"
    r"temporarily blocked|submitted too quickly",
    re.IGNORECASE,
)
_TIMEOUT_WORDS = re.compile(
    r"something went wrong while executing your query|respond to your request in time", re.IGNORECASE
)
#: A name in GitHub's words: Field 'issueType' doesn't exist on type 'Issue'.
_NAME = re.compile(r"'(\w+)'")
_SCOPES = re.compile(r"one of the following scopes: \[([^\]]+)\]")
_OUR_BUGS = {"MAX_NODE_LIMIT_EXCEEDED", "EXCESSIVE_PAGINATION", "ARGUMENT_LIMIT"}
_OLD_HOST = {"undefinedField", "argumentNotAccepted", "undefinedType"}


class TooHeavyError(GitHubError):
    """GitHub could not answer in time, or not at all, a document that can be asked in smaller parts."""


class TooOldError(GitHubError):
    """This host does not know a field or an argument that is asked for.

    `unknown` are the names in its messages, among them those that it does not know.
    """

    unknown: frozenset[str] = frozenset()


class AgainError(GitHubError):
    """A failure that may pass. `after` is the wait in seconds that GitHub asks for, None where it names none.

    `is_limit` tells that a rate limit of the token was met.
    """

    def __init__(self, what: str, *, where: str, after: float | None = None, is_limit: bool = False) -> None:
        super().__init__(what, where=where)
        self.after = after
        self.is_limit = is_limit


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP reply. `json` is the parsed body, None for a body that is no JSON.

    `where` is the host, `can_halve` tells whether less could be asked, `hide` takes the token out of a text, and
    `now` is this machine's clock, in seconds since 1970.
    """

    status: int
    headers: Mapping[str, str]
    json: Any
    is_html: bool
    where: str
    can_halve: bool
    hide: Callable[[str], str]
    now: Callable[[], float]

    @property
    def request_id(self) -> str:
        """Return GitHub's name for the request, for its support."""
        return self.headers.get("x-github-request-id", "")

    @property
    def sso(self) -> str:
        """Return the URL at which a person authorises the token for an organisation's single sign-on."""
        match = re.search(r"url=(https://\S+)", self.headers.get("x-github-sso", ""))
        return self.plain(match[1]) if match else ""

    @property
    def scopes(self) -> tuple[str, ...] | None:
        """Return the scopes of the token; None for a token of a kind that has none.

        https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
        """
        named = self.headers.get("x-oauth-scopes")
        if named is None:
            return None
        return tuple(self.plain(scope) for scope in named.replace(" ", "").split(",") if scope)

    @property
    def message(self) -> str:
        """Return GitHub's own words, where the body is one of its plain errors."""
        message = self.json.get("message") if isinstance(self.json, dict) else None
        return self.plain(message) if isinstance(message, str) else ""

    @property
    def is_used_up(self) -> bool:
        """Whether nothing is left of the token's hourly limit."""
        return self.headers.get("x-ratelimit-remaining") == "0"

    @property
    def time(self) -> float:
        """Return the time by GitHub's own clock, in which the reset of a limit is told; else this machine's."""
        with contextlib.suppress(ValueError):
            return parsedate_to_datetime(self.headers["date"]).timestamp() if "date" in self.headers else self.now()
        return self.now()

    def plain(self, text: str) -> str:
        """Return a stranger's words as they can stand in one line of ours, the token cut out."""
        return self.hide(excerpt(text))

    def error(self, what: str, hint: str = "") -> GitHubError:
        """Return an error that ends the run."""
        return GitHubError(self.told(what), where=self.where, hint=hint)

    def again(self, what: str, *, after: float | None = None, is_limit: bool = False) -> AgainError:
        """Return a failure that may pass."""
        return AgainError(self.told(what), where=self.where, after=after, is_limit=is_limit)

    def heavy(self, what: str) -> GitHubError:
        """Return a TooHeavyError where less could be asked, else a failure that may pass."""
        return TooHeavyError(self.told(what), where=self.where) if self.can_halve else self.again(what)

    def told(self, what: str) -> str:
        """Return the words with GitHub's name for the request."""
        return f"{what} (request {self.plain(self.request_id)})" if self.request_id else what


def answer_in(reply: Reply) -> Answer:
    """Return the answer in a reply.

    Raises AgainError, TooHeavyError, TooOldError, another GitHubError or BugError where its status or its body says
    something else.
    """
    body = _body(reply)
    data = body.get("data")
    entries = body.get("errors") or []
    faults = tuple(_fault(entry, reply) for entry in (entries if isinstance(entries, list) else [entries]))
    for fault in faults:
        if error := _error(reply, fault, has_data=isinstance(data, dict)):
            if isinstance(error, TooOldError):
                error.unknown = frozenset(name for each in faults for name in _NAME.findall(each.message))
            raise error
    if not isinstance(data, dict):
        if not faults:
            raise reply.again("GitHub answered nothing")
        data = None
    return Answer(data, faults, reply.request_id, reply.sso, scopes=reply.scopes)


def _body(reply: Reply) -> Mapping[str, Any]:
    """Return the body of a reply, if it is an answer of GraphQL."""
    if reply.status != HTTPStatus.OK:
        raise _http_error(reply)
    if reply.is_html:
        raise reply.heavy("GitHub answered with a web page")
    if isinstance(reply.json, dict) and ("data" in reply.json or "errors" in reply.json):
        return reply.json
    if _LIMIT_WORDS.search(reply.message):
        raise _limit(reply, reply.message)
    raise reply.again("GitHub's answer was cut or is no JSON")


def _fault(entry: object, reply: Reply) -> Fault:
    if not isinstance(entry, dict):
        return Fault("", (), "an error without words")
    path = entry.get("path")
    steps = tuple(step for step in path if isinstance(step, str | int)) if isinstance(path, list) else ()
    extensions = entry.get("extensions")
    extra = extensions if isinstance(extensions, dict) else {}
    kind = entry.get("type") or extra.get("code") or ""
    message = reply.plain(str(entry.get("message") or "an error without words"))
    return Fault(str(kind), steps, message, is_saml=bool(extra.get("saml_failure")))


def _error(reply: Reply, fault: Fault, *, has_data: bool) -> RoadmapSyncError | None:
    """Return what a fault says of the document as a whole, whatever data came beside it; None where it says nothing."""
    if fault.type in _LIMIT_TYPES or (not fault.path and _LIMIT_WORDS.search(fault.message)):
        return _limit(reply, fault.message)
    if fault.type in _OUR_BUGS:
        return BugError(f"GitHub refuses a document of ours: {fault.message}", where=reply.where)
    if fault.type == "INSUFFICIENT_SCOPES":
        return _scope_error(reply, fault.message)
    if fault.type in _OLD_HOST:
        return TooOldError(
            reply.told(f"this host does not know all that is asked: {fault.message}"),
            where=reply.where,
            hint="It may be a GitHub Enterprise Server that is too old for this version.",
        )
    if fault.type == "RESOURCE_LIMITS_EXCEEDED":
        return reply.heavy("GitHub says that this asks for too much")
    if not has_data and _TIMEOUT_WORDS.search(fault.message):
        return reply.heavy("GitHub did not answer in time")
    return None


def _scope_error(reply: Reply, message: str) -> GitHubError:
    match = _SCOPES.search(message)
    scopes = match[1].replace("'", "") if match else "read:project"
    return reply.error(
        f"the token lacks a scope: {scopes}",
        f"Make a token with it, or run: gh auth refresh --scopes {scopes.split(',')[0].strip()}",
    )


def _http_error(reply: Reply) -> GitHubError:
    status = reply.status
    is_limit = status == HTTPStatus.TOO_MANY_REQUESTS or (
        status == HTTPStatus.FORBIDDEN
        and ("retry-after" in reply.headers or bool(_LIMIT_WORDS.search(reply.message)) or reply.is_used_up)
    )
    if is_limit:
        return _limit(reply, reply.message)
    if status in {HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}:
        return reply.heavy(f"GitHub did not answer in time (HTTP {status})")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return reply.again(f"GitHub has trouble (HTTP {status})")
    return _refusal(reply)


def _refusal(reply: Reply) -> GitHubError:
    status = reply.status
    if status == HTTPStatus.UNAUTHORIZED:
        return reply.error(
            "GitHub does not accept the token", "It may have expired or been revoked: make a new one, or gh auth login."
        )
    if status == HTTPStatus.FORBIDDEN and (reply.sso or "SAML" in reply.message):
        place = f" at {reply.sso}" if reply.sso else ""
        return reply.error("an organisation requires single sign-on for this token", f"Authorise the token{place}.")
    if status == HTTPStatus.FORBIDDEN:
        policy = policy_in(reply.message)
        way_out = "An organisation may have forbidden tokens of this kind: ask its owners, or use an app's."
        return reply.error(
            f"GitHub refuses this token: {reply.message or 'no reason given'}", policy.way_out if policy else way_out
        )
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return reply.error(
            f"it answers with a redirect (HTTP {status}), which is not followed",
            "Set GITHUB_GRAPHQL_URL to where the API is.",
        )
    what = f"HTTP {status}{': ' + reply.message if reply.message else ''}"
    return reply.error(what, "There may be no GraphQL API at this address.")


def _limit(reply: Reply, message: str) -> AgainError:
    """Return a limit with the wait that GitHub names: `retry-after`, else the reset where nothing is left.

    https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#exceeding-the-rate-limit
    """
    after = _seconds(reply.headers.get("retry-after", ""))
    is_secondary = "secondary" in message.lower() or not reply.is_used_up
    if after is None and reply.is_used_up:
        reset = _seconds(reply.headers.get("x-ratelimit-reset", ""))
        after = None if reset is None else max(0.0, reset - reply.time) + 1
    kind = "a secondary rate limit" if is_secondary else "the hourly rate limit of this token"
    return reply.again(f"GitHub's limit is reached: {kind}", after=after, is_limit=True)


def _seconds(value: str) -> float | None:
    return float(value) if re.fullmatch(r"\d{1,12}", value) else None
