"""Owns one GitHub: HTTP status, headers, authentication, the hourly budget, the log; must not know sockets."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.standin import executor, problems
from tests.standin.access import Rows, Visit
from tests.standin.limits import NO_COST, Cost
from tests.standin.schema import TODAY
from tests.standin.touches import Touching
from tests.standin.world import Token, World

HOUR = 3600


@dataclass(slots=True)
class Response:
    """An HTTP answer. `wire` says what the connection does instead of delivering it whole.

    `wire` is empty, `reset`, `truncated` (the length is right, half the body comes), `hang`, `endless` (the body
    goes on with blanks) or `certificate`.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    wire: str = ""


@dataclass(slots=True)
class Request:
    """One line of the log. `number` counts from 1, `started` is the server's clock in seconds.

    `nodes` and `connections` are what the answer really held, `cost` what GitHub's formula says.
    """

    number: int
    document: str
    variables: dict[str, Any]
    operation: str | None
    headers: dict[str, str]
    started: float
    cost: Cost = NO_COST
    nodes: int = 0
    connections: int = 0
    status: int = 0
    was_run: bool = False
    errors: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def points(self) -> int:
        """Return the points charged, 0 for a request that was not run."""
        return self.cost.points if self.was_run else 0

    @property
    def is_mutation(self) -> bool:
        """Whether the document writes."""
        return self.document.lstrip().startswith("mutation")


@dataclass(frozen=True, slots=True)
class Latency:
    """How long an answer takes, in seconds: lifelike is `Latency(0.3, 0.002, 0.005)`. For benchmarks only."""

    base: float = 0.0
    node: float = 0.0
    connection: float = 0.0

    def of(self, request: Request) -> float:
        """Return the seconds for one answer."""
        return self.base + self.node * request.nodes + self.connection * request.connections


@dataclass
class Server:
    """A GitHub in front of a world. `limit` is the points an hour.

    `host` is one of schema.HOSTS: today's github.com, tomorrow's, or a GitHub Enterprise Server by its version;
    `old_host` is short for 3.19, which lacks `items(query:)`. `duplicates_read_as` is the reason that a host
    gives for a duplicate which it keeps quiet about: it is on record that it gives another, not which.
    """

    world: World
    faults: Iterable[Any] = ()
    clock: Callable[[], float] = time.time
    old_host: bool = False
    limit: int = 5000
    latency: Latency = Latency()
    log: list[Request] = field(default_factory=list)
    peak: int = 0
    host: str = TODAY
    duplicates_read_as: str | None = None

    def __post_init__(self) -> None:
        self.host = "3.19" if self.old_host else self.host
        self.fails(*self.faults)
        self._lock = threading.Lock()
        self._rows = Rows()
        self._used: dict[str, tuple[float, int]] = {}
        self._in_flight = 0

    def fails(self, *faults: Any) -> None:
        """Let these faults happen from now on, and no others; each begins to count its occasions."""
        self.faults = list(faults)
        self._fired = [0] * len(faults)

    def handle(self, body: bytes, headers: Mapping[str, str]) -> Response:
        """Answer one request, with the faults that are due."""
        with self._lock:
            return self._answer(body, {name.lower(): value for name, value in headers.items()})

    def handle_slowly(self, body: bytes, headers: Mapping[str, str], sleep: Callable[[float], None]) -> Response:
        """Answer one request as late as `latency` says; several may wait at once, `peak` counts them."""
        with self._lock:
            self._in_flight += 1
            self.peak = max(self.peak, self._in_flight)
        try:
            with self._lock:
                response = self._answer(body, {name.lower(): value for name, value in headers.items()})
                seconds = self.latency.of(self.log[-1])
            if seconds:
                sleep(seconds)
            return response
        finally:
            with self._lock:
                self._in_flight -= 1

    @property
    def points(self) -> int:
        """Return the points charged so far."""
        return sum(request.points for request in self.log)

    def _answer(self, body: bytes, headers: dict[str, str]) -> Response:
        asked = _asked(body)
        request = Request(
            number=len(self.log) + 1,
            document=str(asked.get("query") or ""),
            variables=dict(asked.get("variables") or {}),
            operation=asked.get("operationName"),
            headers=headers,
            started=self.clock(),
        )
        self.log.append(request)
        due = self._due(request)
        request.faults += [fault.name for fault in due]
        for fault in due:
            if fault.before is not None:
                fault.before(self.world)
        response = next((r for fault in due if fault.instead and (r := fault.instead(self, request))), None)
        if response is None:
            response = self._executed(request, asked, due)
        for fault in due:
            if fault.spoil is not None:
                response = fault.spoil(response)
        request.status = response.status
        return response

    def _due(self, request: Request) -> list[Any]:
        due = []
        for place, fault in enumerate(self.faults):
            if (fault.limit is None or self._fired[place] < fault.limit) and fault.when(request):
                self._fired[place] += 1
                due.append(fault)
        return due

    def _executed(self, request: Request, asked: dict[str, Any], due: list[Any]) -> Response:
        token = self._token(request)
        if token is None:
            return self.respond(request, 401, problems.bad_credentials())
        if not request.document:
            words = "A query attribute must be specified and must be a string."
            return self.respond(request, 200, {"errors": [{"message": words}]}, token)
        visit = self._visit(token)
        touches = tuple(touch for fault in due for touch in fault.touches)
        visit.touching = Touching(touches) if touches else None
        result = executor.refused(request.document, request.variables, request.operation, visit)
        if result is None:
            cost, _ = executor.cost_of(request.document, request.variables, request.operation, self.host)
            if not self._charge(token, cost):
                return self.respond(request, 200, {"errors": [problems.rate_limit()]}, token)
            visit.cost = request.cost = cost
            request.was_run = True
            visit.used = self._spent(token)
            result = executor.run(request.document, request.variables, request.operation, visit)
        request.nodes, request.connections = visit.nodes, visit.connections
        body = result.body
        for fault in due:
            if fault.alter is not None:
                fault.alter(body)
        request.errors = list(body.get("errors") or ())
        return self.respond(request, 200, body, token, sign_on=result.sign_on)

    def _visit(self, token: Token) -> Visit:
        return Visit(
            world=self.world,
            token=token,
            rows=self._rows,
            now=_iso(self.clock()),
            limit=self.limit,
            reset_at=_iso(self._reset(token)),
            host=self.host,
            duplicates_read_as=self.duplicates_read_as,
        )

    def _token(self, request: Request) -> Token | None:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() not in {"bearer", "token"} or not value.strip():
            return None
        return self.world.tokens.get(value) if self.world.tokens else Token(value)

    def _spent(self, token: Token) -> int:
        return self._used.get(token.value, (0.0, 0))[1]

    def _reset(self, token: Token) -> float:
        return self._used.get(token.value, (self.clock(), 0))[0] + HOUR

    def _charge(self, token: Token, cost: Cost) -> bool:
        """Take the points of one request; an hour after the first one the budget is whole again."""
        since, used = self._used.get(token.value, (self.clock(), 0))
        if self.clock() >= since + HOUR:
            since, used = self.clock(), 0
        if used + cost.points > self.limit:
            self._used[token.value] = (since, used)
            return False
        self._used[token.value] = (since, used + cost.points)
        return True

    def respond(
        self, request: Request, status: int, body: dict[str, Any], token: Token | None = None, *, sign_on: str = ""
    ) -> Response:
        """Return a JSON answer with GitHub's headers."""
        headers = {
            "content-type": "application/json; charset=utf-8",
            "server": "github.com",
            "date": datetime.fromtimestamp(self.clock(), UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"),
            "x-github-request-id": request_id(request.number),
        }
        if token is not None:
            headers |= self._limits(token)
            if token.has_scopes:
                headers["x-oauth-scopes"] = ", ".join(token.scopes)
                headers["x-accepted-oauth-scopes"] = "repo"
        if sign_on:
            headers["x-github-sso"] = f"required; url={sign_on}"
        return Response(status, headers, json.dumps(body).encode())

    def _limits(self, token: Token) -> dict[str, str]:
        used = self._spent(token)
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(max(0, self.limit - used)),
            "x-ratelimit-used": str(used),
            "x-ratelimit-reset": str(int(self._reset(token))),
            "x-ratelimit-resource": "graphql",
        }


def request_id(number: int) -> str:
    """Return the id under which GitHub knows a request."""
    return f"C0DE:{number:04X}:5EED:0000:{number:08X}"


def _asked(body: bytes) -> dict[str, Any]:
    asked = json.loads(body)
    assert isinstance(asked, dict), "a GraphQL request is a JSON object"
    return asked


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
