"""Owns sending one document to GitHub: pace, retries, deadline, and what a failure means to a person.

Must not know what is asked, or what follows from an answer. The facts are those of
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api: the primary limit is an
HTTP 200, a timeout a 502 or 504 with JSON or HTML, and partial data comes with errors. Sending is an HTTP client of
our own, since gql's transport loses status and body; gql parses each document before it is sent.

The token goes to the one endpoint and nowhere else: redirects are not followed, plain http is for loopback, and no
error, log or repr holds it.
"""

import asyncio
import contextlib
import functools
import json
import math
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Any, Self

import httpx
import tenacity
from gql import gql
from graphql import OperationDefinitionNode, OperationType

from roadmap_sync import __version__
from roadmap_sync.errors import BugError, GitHubError, InputError
from roadmap_sync.reading.answers import Answer, Fault

#: At most so many tries for one request, and so long for one of them: GitHub gives up after 10 s.
TRIES, SECONDS = 5, 20.0

_LIMIT_TYPES = {"RATE_LIMIT", "RATE_LIMITED"}
_LIMIT_WORDS = re.compile(
    r"secondary rate limit|rate limit (?:already )?exceeded|abuse detection|"
    r"temporarily blocked|submitted too quickly",
    re.IGNORECASE,
)
_TIMEOUT_WORDS = re.compile(
    r"something went wrong while executing your query|respond to your request in time", re.IGNORECASE
)
_SCOPES = re.compile(r"one of the following scopes: \[([^\]]+)\]")
_OUR_BUGS = {"MAX_NODE_LIMIT_EXCEEDED", "EXCESSIVE_PAGINATION", "ARGUMENT_LIMIT"}
_OLD_HOST = {"undefinedField", "argumentNotAccepted", "undefinedType"}
_STATUS_HINT = "Run again later; https://www.githubstatus.com tells of troubles."
_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1")


class TooHeavyError(GitHubError):
    """GitHub could not carry a document that can be cut in halves: the reading asks for less."""


class TooOldError(GitHubError):
    """This host does not know something that is asked: the reading does without, where it can."""


class _AgainError(GitHubError):
    """A failure that may pass. `after` is the wait in seconds that GitHub asks for, None where it names none."""

    def __init__(self, what: str, *, where: str, after: float | None = None, is_limit: bool = False) -> None:
        super().__init__(what, where=where)
        self.after = after
        self.is_limit = is_limit


@functools.lru_cache(maxsize=64)
def _is_mutation(text: str) -> bool:
    """Parse a document and return whether it writes; raises BugError for one that does not parse."""
    try:
        parsed = gql(text).document
    except Exception as error:
        raise BugError(f"a document of ours does not parse: {error}") from error
    operations = [node for node in parsed.definitions if isinstance(node, OperationDefinitionNode)]
    return any(node.operation is OperationType.MUTATION for node in operations)


@dataclass(frozen=True, slots=True)
class _Reply:
    """What came over the wire; `json` is None where the body is none."""

    status: int
    headers: httpx.Headers
    json: Any
    is_html: bool
    where: str
    can_halve: bool
    hide: Callable[[str], str]

    @property
    def request_id(self) -> str:
        """Return GitHub's name for the request, for its support."""
        return str(self.headers.get("x-github-request-id", ""))

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

    def plain(self, text: str) -> str:
        """Return a stranger's words as they can stand in one line of ours, the token cut out."""
        return self.hide(_plain(text))

    def error(self, what: str, hint: str = "") -> GitHubError:
        """Return an error that ends the run."""
        return GitHubError(self.told(what), where=self.where, hint=hint)

    def again(self, what: str, *, after: float | None = None, is_limit: bool = False) -> _AgainError:
        """Return a failure that may pass."""
        return _AgainError(self.told(what), where=self.where, after=after, is_limit=is_limit)

    def heavy(self, what: str) -> GitHubError:
        """Return the sign to ask for less, or, where there is nothing to leave out, a failure that may pass."""
        return TooHeavyError(self.told(what), where=self.where) if self.can_halve else self.again(what)

    def told(self, what: str) -> str:
        """Return the words with GitHub's name for the request."""
        return f"{what} (request {self.plain(self.request_id)})" if self.request_id else what


class GitHub:
    """A client for one endpoint: `async with GitHub(endpoint, token, deadline=120) as client`.

    `deadline` is for all of its requests together, in seconds from entering. `on_wait` is told each wait, in
    seconds, and its reason. `requests` counts what was sent, repetitions included, `mutations` the mutations
    without repetitions.
    """

    def __init__(
        self,
        endpoint: str,
        token: str,
        *,
        deadline: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Make a client; raises InputError for an endpoint or a token that may not be used."""
        _check(endpoint, token)
        self._endpoint = endpoint
        self._where = httpx.URL(endpoint).netloc.decode()
        self._deadline = deadline
        self._sleep, self._clock, self._now, self._jitter = sleep, clock, now, jitter
        self._ends = math.inf
        self._held_until = -math.inf
        self._client = httpx.AsyncClient(
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "application/json",
                "User-Agent": f"roadmap-sync/{__version__}",
            },
            timeout=SECONDS,
            follow_redirects=False,
            # A proxy would read what goes to loopback in plain text, the token with it.
            trust_env=not endpoint.startswith("http://"),
        )

        def hide(text: str) -> str:
            return text.replace(token, "***")

        self._hide = hide
        self.requests = self.mutations = 0
        self.on_wait: Callable[[float, str], None] | None = None

    def __repr__(self) -> str:
        return f"GitHub({self._endpoint!r})"

    async def __aenter__(self) -> Self:
        self._ends = self._clock() + self._deadline
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def send(
        self, text: str, variables: Mapping[str, object], *, can_halve: bool = False, tries: int = TRIES
    ) -> Answer:
        """Send one document and return its answer, faults included.

        Raises GitHubError when GitHub refuses or stays silent, and TooHeavyError when `can_halve` says that less
        could be asked. What may pass is tried again, `tries` times in all; a mutation only where GitHub turned it
        away unread.
        """
        is_mutation = _is_mutation(text)
        self.mutations += is_mutation
        retrying = tenacity.AsyncRetrying(
            sleep=self._pause,
            wait=self._wait,
            stop=lambda state: self._is_over(state, tries),
            retry=tenacity.retry_if_exception(lambda error: _is_worth_trying(error, is_mutation=is_mutation)),
            retry_error_callback=self._give_up,
        )
        answer: Answer = await retrying(self._try, {"query": text, "variables": variables}, can_halve)
        used = retrying.statistics["attempt_number"]
        return replace(answer, tries=int(used))

    async def _try(self, body: Mapping[str, object], can_halve: bool) -> Answer:  # noqa: FBT001 - tenacity's call
        if (held := self._held_until - self._clock()) > 0:
            await self._pause(held)
        left = self._ends - self._clock()
        if left <= 0:
            raise self._too_late("")
        self.requests += 1
        try:
            async with asyncio.timeout(left):
                response = await self._client.post(self._endpoint, json=body)
        except httpx.RequestError as error:
            # Its request carries the token: the words go on, the object does not.
            raise _AgainError(f"no answer: {self._hide(_reason(error))}", where=self._where) from None
        except TimeoutError:
            raise self._too_late("no answer") from None
        return _judged(self._reply(response, can_halve=can_halve), self._now)

    def _reply(self, response: httpx.Response, *, can_halve: bool) -> _Reply:
        try:
            body = json.loads(response.content)
        except ValueError:
            body = None
        is_html = "html" in response.headers.get("content-type", "") or response.content.lstrip()[:1] == b"<"
        return _Reply(response.status_code, response.headers, body, is_html, self._where, can_halve, self._hide)

    async def _pause(self, seconds: float) -> None:
        if self._clock() + seconds >= self._ends:
            raise self._too_late(f"it asks for a wait of {seconds:.0f} s")
        await self._sleep(seconds)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if not isinstance(error, _AgainError):
            return 0.0
        grown = 2.0 ** (state.attempt_number - 1)
        if error.after is not None:
            seconds = error.after + self._jitter()
        else:
            seconds = (60 if error.is_limit else 1) * grown * (1 + self._jitter() / 2)
        if error.is_limit:
            # The limit is the token's, so every request waits, not only the one that met it.
            self._held_until = max(self._held_until, self._clock() + seconds)
        if self.on_wait:
            self.on_wait(seconds, error.what)
        return seconds

    def _is_over(self, state: tenacity.RetryCallState, tries: int) -> bool:
        return state.attempt_number >= tries or self._clock() + state.upcoming_sleep >= self._ends

    def _give_up(self, state: tenacity.RetryCallState) -> Answer:
        error = state.outcome.exception() if state.outcome else None
        if not isinstance(error, _AgainError):
            raise BugError("a try ended without a reason")
        if error.is_limit:
            wait = f"in about {state.upcoming_sleep:.0f} s" if state.upcoming_sleep else "later"
            raise GitHubError(error.what, where=self._where, hint=f"Run again {wait}, or raise --timeout.") from None
        if self._clock() + state.upcoming_sleep >= self._ends:
            raise self._too_late(error.what) from None
        times = f"{state.attempt_number} times" if state.attempt_number > 1 else "once"
        raise GitHubError(f"{error.what}; tried {times}", where=self._where, hint=_STATUS_HINT) from None

    def _too_late(self, last: str) -> GitHubError:
        what = f"not finished within {self._deadline:.0f} s" + (f": {last}" if last else "")
        return GitHubError(what, where=self._where, hint="Run again later, or give it longer with --timeout.")


def _check(endpoint: str, token: str) -> None:
    url = httpx.URL(endpoint)
    is_safe = url.scheme == "https" or (url.scheme == "http" and _LOOPBACK.fullmatch(url.host))
    if not is_safe or not url.host:
        raise InputError("this is no address to send a token to", where="the endpoint", hint="It begins with https://.")
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise InputError(
            "the token is empty or holds a blank, a line break or another character that no token has",
            hint="Copy it again, without blanks and line breaks around it.",
        )


def _is_worth_trying(error: BaseException, *, is_mutation: bool) -> bool:
    return isinstance(error, _AgainError) and (error.is_limit or not is_mutation)


def _reason(error: httpx.RequestError) -> str:
    """Name what the network did, in words without addresses or headers."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__.removesuffix("Error")).lower()
    detail = _plain(str(error))
    return f"{words} ({detail})" if detail else words


def _plain(text: str) -> str:
    """Return a stranger's words as they can stand in one line of ours."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:300]


def _judged(reply: _Reply, now: Callable[[], float]) -> Answer:
    """Return the answer in a reply; raises what its status or its body says instead."""
    if reply.status != httpx.codes.OK:
        raise _http_error(reply, now)
    body = reply.json
    if reply.is_html:
        raise reply.heavy("GitHub answered with a web page")
    if not isinstance(body, dict) or not ("data" in body or "errors" in body):
        if _LIMIT_WORDS.search(reply.message):
            raise _limit(reply, now, reply.message)
        raise reply.again("GitHub's answer was cut or is no JSON")
    data = body.get("data")
    entries = body.get("errors") or []
    faults = tuple(_fault(entry, reply) for entry in (entries if isinstance(entries, list) else [entries]))
    _check_faults(reply, faults, data, now)
    if not isinstance(data, dict):
        if not faults:
            raise reply.again("GitHub answered nothing")
        data = None
    return Answer(data, faults, reply.request_id, reply.sso, scopes=reply.scopes)


def _fault(entry: object, reply: _Reply) -> Fault:
    if not isinstance(entry, dict):
        return Fault("", (), "an error without words")
    path = entry.get("path")
    steps = tuple(step for step in path if isinstance(step, str | int)) if isinstance(path, list) else ()
    extensions = entry.get("extensions")
    extra = extensions if isinstance(extensions, dict) else {}
    kind = entry.get("type") or extra.get("code") or ""
    message = reply.plain(str(entry.get("message") or "an error without words"))
    return Fault(str(kind), steps, message, is_saml=bool(extra.get("saml_failure")))


def _check_faults(reply: _Reply, faults: tuple[Fault, ...], data: object, now: Callable[[], float]) -> None:
    """Raise for what concerns the document as a whole, whatever came beside it."""
    for fault in faults:
        if fault.type in _LIMIT_TYPES or (not fault.path and _LIMIT_WORDS.search(fault.message)):
            raise _limit(reply, now, fault.message)
        if fault.type == "RESOURCE_LIMITS_EXCEEDED":
            raise reply.heavy("GitHub says that this asks for too much")
        if fault.type in _OUR_BUGS:
            raise BugError(f"GitHub refuses a document of ours: {fault.message}", where=reply.where)
        if fault.type == "INSUFFICIENT_SCOPES":
            raise _scope_error(reply, fault.message)
        if fault.type in _OLD_HOST:
            raise TooOldError(
                reply.told(f"this host does not know all that is asked: {fault.message}"),
                where=reply.where,
                hint="It may be a GitHub Enterprise Server that is too old for this version.",
            )
        if not isinstance(data, dict) and _TIMEOUT_WORDS.search(fault.message):
            raise reply.heavy("GitHub did not answer in time")


def _scope_error(reply: _Reply, message: str) -> GitHubError:
    match = _SCOPES.search(message)
    scopes = match[1].replace("'", "") if match else "read:project"
    return reply.error(
        f"the token lacks a scope: {scopes}",
        f"Make a token with it, or run: gh auth refresh --scopes {scopes.split(',')[0].strip()}",
    )


def _http_error(reply: _Reply, now: Callable[[], float]) -> GitHubError:
    status = reply.status
    is_limit = status == httpx.codes.TOO_MANY_REQUESTS or (
        status == httpx.codes.FORBIDDEN
        and ("retry-after" in reply.headers or bool(_LIMIT_WORDS.search(reply.message)) or _is_used_up(reply))
    )
    if is_limit:
        return _limit(reply, now, reply.message)
    if status in {httpx.codes.BAD_GATEWAY, httpx.codes.GATEWAY_TIMEOUT}:
        return reply.heavy(f"GitHub did not answer in time (HTTP {status})")
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return reply.again(f"GitHub has trouble (HTTP {status})")
    return _refusal(reply)


def _refusal(reply: _Reply) -> GitHubError:
    status = reply.status
    if status == httpx.codes.UNAUTHORIZED:
        return reply.error(
            "GitHub does not accept the token", "It may have expired or been revoked: make a new one, or gh auth login."
        )
    if status == httpx.codes.FORBIDDEN and (reply.sso or "SAML" in reply.message):
        place = f" at {reply.sso}" if reply.sso else ""
        return reply.error("an organisation wants a single sign-on of this token", f"Authorise the token{place}.")
    if status == httpx.codes.FORBIDDEN:
        return reply.error(
            f"GitHub refuses this token: {reply.message or 'no reason given'}",
            "An organisation may have forbidden tokens of this kind: ask its owners, or use an app's.",
        )
    if httpx.codes.is_redirect(status):
        return reply.error(
            f"it answers with a redirect (HTTP {status}), which is not followed",
            "Set GITHUB_GRAPHQL_URL to where the API is.",
        )
    what = f"HTTP {status}{': ' + reply.message if reply.message else ''}"
    return reply.error(what, "There may be no GraphQL API at this address.")


def _is_used_up(reply: _Reply) -> bool:
    return bool(reply.headers.get("x-ratelimit-remaining") == "0")


def _limit(reply: _Reply, now: Callable[[], float], message: str) -> _AgainError:
    """Return a limit with the wait that GitHub names: `retry-after`, else the reset where nothing is left.

    https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#exceeding-the-rate-limit
    """
    headers = reply.headers
    after = _seconds(headers.get("retry-after", ""))
    is_secondary = "secondary" in message.lower() or not _is_used_up(reply)
    if after is None and _is_used_up(reply):
        reset = _seconds(headers.get("x-ratelimit-reset", ""))
        after = None if reset is None else max(0.0, reset - _server_time(headers, now)) + 1
    kind = "a secondary rate limit" if is_secondary else "the hourly rate limit of this token"
    return reply.again(f"GitHub's limit is reached: {kind}", after=after, is_limit=True)


def _seconds(value: str) -> float | None:
    return float(value) if re.fullmatch(r"\d{1,12}", value) else None


def _server_time(headers: httpx.Headers, now: Callable[[], float]) -> float:
    """Return the time by GitHub's own clock, which the reset is told in."""
    with contextlib.suppress(ValueError):
        return parsedate_to_datetime(headers["date"]).timestamp() if "date" in headers else now()
    return now()
