"""Owns sending one document to GitHub: pace, retries and deadline. What a reply means, reply.py knows.

Must not know what is asked, or what follows from an answer. Sending is an HTTP client of our own, since gql's own
transport drops the status and body of a failed request, which tell a limit from a refusal. gql parses each document
before it is sent; it is imported at the first request, so a run that ends before that does not wait for it.

The token goes to the one endpoint and nowhere else: redirects are not followed, plain http is for loopback, and no
error, log or repr holds it.
"""

import asyncio
import functools
import json
import math
import os
import re
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import httpx
import tenacity

from roadmap_sync import __version__
from roadmap_sync.errors import BugError, GitHubError, InputError
from roadmap_sync.github.access import checked_endpoint, usable
from roadmap_sync.github.reply import AgainError, Reply, answer_in
from roadmap_sync.inert import excerpt
from roadmap_sync.reading.answers import Answer

#: At most so many tries for one request, and so long for one of them: GitHub gives up after 10 s.
TRIES, SECONDS = 5, 20.0

_STATUS_HINT = "Run again later; https://www.githubstatus.com tells of troubles."


@functools.lru_cache(maxsize=64)
def _is_mutation(text: str) -> bool:
    """Parse a document and return whether it writes; raises BugError for one that does not parse."""
    from gql import gql
    from graphql import OperationDefinitionNode, OperationType

    try:
        parsed = gql(text).document
    except Exception as error:
        raise BugError(f"a document of ours does not parse: {error}") from error
    operations = [node for node in parsed.definitions if isinstance(node, OperationDefinitionNode)]
    return any(node.operation is OperationType.MUTATION for node in operations)


@dataclass(frozen=True, slots=True)
class Timing:
    """How a client waits and tells the time; for tests, which do not wait.

    `clock` measures seconds, `now` tells them since 1970. `jitter` is the most seconds of chance that a wait gets
    before a second try, so that clients which failed together do not come again together.
    """

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    jitter: float = 1.0

    def wait(self) -> Callable[[tenacity.RetryCallState], float]:
        """Return how long to wait after a failure: what GitHub names, else from 1 s on, after a limit from 60 s on.

        https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
        """
        chance = tenacity.wait_random(0, self.jitter)
        failed = tenacity.wait_exponential(multiplier=1) + chance
        limited = tenacity.wait_exponential(multiplier=60) + tenacity.wait_random(0, 30 * self.jitter)

        def seconds(state: tenacity.RetryCallState) -> float:
            error = _failure(state)
            if error.after is not None:
                return error.after + chance(state)
            return limited(state) if error.is_limit else failed(state)

        return seconds


_TIMING = Timing()


class GitHub:
    """A client for one endpoint: `async with GitHub(endpoint, token, deadline=120) as client`.

    `deadline` is for all of its requests together, in seconds from entering. `on_wait` is told each wait, in
    seconds, and its reason. `requests` counts what was sent, repetitions included, `mutations` the mutations
    without repetitions.
    """

    def __init__(self, endpoint: str, token: str, *, deadline: float, timing: Timing = _TIMING) -> None:
        """Make a client; raises InputError for an endpoint or a token that may not be used."""
        self._endpoint = checked_endpoint(endpoint, "the endpoint")
        usable(token, "the token")
        self._where = httpx.URL(endpoint).netloc.decode()
        self._deadline = deadline
        self._timing = timing
        self._ends = math.inf
        self._held_until = -math.inf
        self._client = _http_client(endpoint, token)
        proxies = "" if endpoint.startswith("http://") else ", ".join(_set_variables(_PROXIES[:-1]))
        self._by_way_of = f", with the proxy of {proxies}" if proxies else ""
        self._hide: Callable[[str], str] = lambda text: text.replace(token, "***")
        self.requests = self.mutations = 0
        self.on_wait: Callable[[float, str], None] | None = None

    def __repr__(self) -> str:
        return f"GitHub({self._endpoint!r})"

    async def __aenter__(self) -> Self:
        self._ends = self._timing.clock() + self._deadline
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def send(
        self, text: str, variables: Mapping[str, object], *, can_halve: bool = False, tries: int = TRIES
    ) -> Answer:
        """Send one document and return its answer, faults included.

        Raises GitHubError when GitHub refuses or stays silent, and TooHeavyError when `can_halve` says that less
        could be asked. What may pass is tried again, `tries` times in all; a mutation only after a rate limit: then
        GitHub has not carried it out.
        """
        is_mutation = _is_mutation(text)
        self.mutations += is_mutation
        is_last = tenacity.stop_after_attempt(tries)
        retrying = tenacity.AsyncRetrying(
            sleep=self._timing.sleep,
            wait=self._timing.wait(),
            stop=lambda state: is_last(state) or self._is_too_late(state),
            retry=tenacity.retry_if_exception(
                lambda error: isinstance(error, AgainError) and (error.is_limit or not is_mutation)
            ),
            before_sleep=self._hold,
            retry_error_callback=self._give_up,
        )
        answer: Answer = await retrying(self._try, {"query": text, "variables": variables}, can_halve)
        used = retrying.statistics["attempt_number"]
        return replace(answer, tries=int(used))

    async def _try(self, body: Mapping[str, object], can_halve: bool) -> Answer:  # noqa: FBT001 - tenacity's call
        if (held := self._held_until - self._timing.clock()) > 0:
            if self._timing.clock() + held >= self._ends:
                raise self._too_late(f"it asks for a wait of {held:.0f} s")
            await self._timing.sleep(held)
        left = self._ends - self._timing.clock()
        if left <= 0:
            raise self._too_late("")
        self.requests += 1
        try:
            async with asyncio.timeout(left):
                response = await self._client.post(self._endpoint, json=body)
        except httpx.RequestError as error:
            if (refusal := _certificate_error(error)) is not None:
                raise GitHubError(
                    f"its certificate is not trusted: {self._hide(excerpt(refusal.verify_message))}",
                    where=self._where,
                    hint="A certificate authority of your own: name its file in SSL_CERT_FILE. Nothing was sent.",
                ) from None
            # Its request carries the token: the words go on, the object does not.
            said = f"no answer{self._by_way_of}: {self._hide(_reason(error))}"
            raise AgainError(said, where=self._where) from None
        except TimeoutError:
            raise self._too_late("no answer") from None
        return answer_in(self._reply(response, can_halve=can_halve))

    def _reply(self, response: httpx.Response, *, can_halve: bool) -> Reply:
        try:
            body = json.loads(response.content)
        except ValueError:
            body = None
        is_html = "html" in response.headers.get("content-type", "") or response.content.lstrip()[:1] == b"<"
        status, headers = response.status_code, response.headers
        return Reply(status, headers, body, is_html, self._where, can_halve, self._hide, self._timing.now)

    def _is_too_late(self, state: tenacity.RetryCallState) -> bool:
        """Whether the wait would pass the deadline, which tenacity's own stops know for a single call only."""
        return self._timing.clock() + state.upcoming_sleep >= self._ends

    def _hold(self, state: tenacity.RetryCallState) -> None:
        """Tell the wait; a limit is the token's, so then every request waits, not only the one that met it."""
        error = _failure(state)
        if error.is_limit:
            self._held_until = max(self._held_until, self._timing.clock() + state.upcoming_sleep)
        if self.on_wait:
            self.on_wait(state.upcoming_sleep, error.what)

    def _give_up(self, state: tenacity.RetryCallState) -> Answer:
        error = _failure(state)
        if error.is_limit:
            wait = f"in about {state.upcoming_sleep:.0f} s" if state.upcoming_sleep else "later"
            raise GitHubError(error.what, where=self._where, hint=f"Run again {wait}, or raise --timeout.") from None
        if self._is_too_late(state):
            raise self._too_late(error.what) from None
        times = f"{state.attempt_number} times" if state.attempt_number > 1 else "once"
        raise GitHubError(f"{error.what}; tried {times}", where=self._where, hint=_STATUS_HINT) from None

    def _too_late(self, last: str) -> GitHubError:
        what = f"not finished within {self._deadline:.0f} s" + (f": {last}" if last else "")
        return GitHubError(what, where=self._where, hint="Run again later, or give it longer with --timeout.")


#: What httpx reads of the environment (https://www.python-httpx.org/environment_variables/).
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


def _http_client(endpoint: str, token: str) -> httpx.AsyncClient:
    """Return a client as the environment has it: proxies, certificates. Raises InputError that names a variable."""
    # A proxy would read what goes to loopback in plain text, the token with it.
    is_environment_asked = not endpoint.startswith("http://")
    try:
        return httpx.AsyncClient(
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "application/json",
                "User-Agent": f"roadmap-sync/{__version__}",
            },
            timeout=SECONDS,
            follow_redirects=False,
            verify=_certificates(is_environment_asked, *map(os.environ.get, _CERTIFICATES)),
            trust_env=is_environment_asked,
        )
    except OSError as error:  # an ssl.SSLError is one
        raise _unusable(_CERTIFICATES, f"cannot be used: {error.strerror or error}") from None
    except (httpx.InvalidURL, ValueError, ImportError):
        # The words may hold a proxy's password.
        wrong = [name for name in _PROXIES if not _is_proxy(name)]
        raise _unusable(wrong or _PROXIES, "names no proxy that can be used") from None


@functools.cache
def _certificates(is_environment_asked: bool, *_: str | None) -> ssl.SSLContext:  # noqa: FBT001 - a key of the cache
    """Return the certificates that are trusted, read once for all clients, and again where a variable has changed."""
    return httpx.create_ssl_context(trust_env=is_environment_asked)


def _is_proxy(name: str) -> bool:
    """Whether a variable, in capitals or not, is unset or names a proxy that can be used; a list of hosts does not."""
    value = os.environ.get(name.lower()) or os.environ.get(name)
    if not value or name == "NO_PROXY":
        return not value
    try:
        httpx.AsyncHTTPTransport(proxy=value if "://" in value else f"http://{value}", trust_env=False)
    except (httpx.InvalidURL, ValueError, ImportError):
        return False
    return True


def _unusable(names: Sequence[str], what: str) -> InputError:
    """Return an error about the variables that are set, of those that may be the cause; the first is likeliest."""
    where = ", ".join(_set_variables(names)) or "the environment"
    return InputError(what, where=where, hint="Correct it, or unset it for this run.")


def _set_variables(names: Sequence[str]) -> list[str]:
    """Return those of some variables that are set, spelled as they are: in capitals or not."""
    cased = (spelling for name in names for spelling in (name, name.lower()))
    return [spelling for spelling in cased if os.environ.get(spelling)]


def _failure(state: tenacity.RetryCallState) -> AgainError:
    """Return why a try failed: only failures that may pass come to be tried again."""
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, AgainError):
        raise BugError("a try ended without a reason")
    return error


def _reason(error: httpx.RequestError) -> str:
    """Name what the network did, in words without addresses or headers."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__.removesuffix("Error")).lower()
    detail = excerpt(str(error))
    return f"{words} ({detail})" if detail else words


def _certificate_error(error: BaseException) -> ssl.SSLCertVerificationError | None:
    """Return the refusal of a certificate that an error came from; trying again does not help there."""
    met: list[BaseException] = []  # an exception that is raised again can be its own context
    known: BaseException | None = error
    while known is not None and known not in met:
        if isinstance(known, ssl.SSLCertVerificationError):
            return known
        met.append(known)
        known = known.__cause__ or known.__context__
    return None
