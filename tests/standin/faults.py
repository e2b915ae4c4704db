"""Owns what can go wrong with GitHub, as values a test hands to `Server(faults=[…])`.

    faults.gone_wrong().on(2)                       # the second request times out
    faults.secondary_limit(retry_after=7).times(3)  # the first three requests
    faults.forbidden("Issue.projectItems", only=lambda issue: issue.number == 12).always()
    faults.world_changes(lambda world: …).on(3)     # before the third request is answered

A fault without a word applies to the first request that it fits. Faults of data are given by the schema's own
`Type.field` (with `*`), whatever the document's aliases are, and may be narrowed by `only` (asked with the
source) and `at` (the how-manieth such place of one answer, from 0). A fault at a mutation waits for a document
that holds it, and comes before anything is done. Sources: github-api.md, 3.4 and 8.
"""

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.standin import problems
from tests.standin.connections import Connection, PageInfo, cursor
from tests.standin.problems import Problem
from tests.standin.server import Request, Response, Server, request_id
from tests.standin.touches import Source, Touch
from tests.standin.world import World

When = Callable[[Request], bool]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong: when, how often, and what.

    `before` changes the world before the request is answered, `instead` answers in GitHub's place, `touches`
    change single places of the answer, `alter` the JSON of it, `spoil` what goes over the wire.
    """

    name: str
    when: When = lambda request: True
    limit: int | None = 1
    before: Callable[[World], None] | None = None
    instead: Callable[[Server, Request], Response] | None = None
    touches: tuple[Touch, ...] = ()
    alter: Callable[[dict[str, Any]], None] | None = None
    spoil: Callable[[Response], Response] | None = None

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def on(self, number: int, times: int = 1) -> "Fault":
        """Apply to the request with this number, from 1, and to those after it up to `times`."""
        return replace(
            self,
            name=f"{self.name} on {number}{f' x{times}' if times > 1 else ''}",
            when=lambda request: number <= request.number < number + times,
            limit=times,
        )

    def times(self, count: int) -> "Fault":
        """Apply to the first `count` requests that fit."""
        return replace(self, name=f"{self.name} x{count}", limit=count)

    def always(self) -> "Fault":
        """Apply to every request that fits."""
        return replace(self, name=f"{self.name} always", limit=None)

    def matching(self, when: When) -> "Fault":
        """Apply only to requests for which `when` holds."""
        return replace(self, when=when)


def larger_than(*, look_ups: int | None = None, rows: int | None = None) -> When:
    """Fit requests with more look-ups, or with a larger page, than GitHub is willing to answer today."""

    def when(request: Request) -> bool:
        many = look_ups is not None and request.document.count("issueOrPullRequest") > look_ups
        sizes = [value for value in request.variables.values() if isinstance(value, int)]
        return many or (rows is not None and any(size > rows for size in sizes))

    return when


# In GitHub's place ---------------------------------------------------------------------------------------


def _json(status: int, make: Callable[[Request], dict[str, Any]], **headers: str) -> Callable[..., Response]:
    def instead(server: Server, request: Request) -> Response:
        response = server.respond(request, status, make(request))
        response.headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        return response

    return instead


def gone_wrong(status: int = 502) -> Fault:
    """Time out after ten seconds with GitHub's JSON: 502 or 504."""
    return Fault(
        f"{status} JSON", instead=_json(status, lambda request: problems.gone_wrong(request_id(request.number)))
    )


def bad_gateway(status: int = 502) -> Fault:
    """Time out with the HTML page of the server in front."""
    page = problems.BAD_GATEWAY_PAGE.replace("502", str(status)).encode()
    return Fault(f"{status} HTML", instead=lambda *_: Response(status, {"content-type": "text/html"}, page))


def validation_timeout(look_ups: int | None = None) -> Fault:
    """Give up before anything is run: once, or always on a document with more than so many look-ups.

    github.com/MeltanoLabs/tap-github/pull/466
    """
    body = {"data": None, "errors": [{"message": "Timeout on validation of query"}]}
    made = Fault("validation timeout", instead=_json(200, lambda _: body))
    return made if look_ups is None else made.matching(larger_than(look_ups=look_ups)).always()


def refused(message: str, status: int = 403) -> Fault:
    """Refuse the whole request with a status and words of GitHub's."""
    return Fault(f"{status} {message[:20]}", instead=_json(status, lambda _: {"message": message}))


def server_error(status: int = 503) -> Fault:
    """Answer with an empty body and a status."""
    return Fault(str(status), instead=lambda *_: Response(status, {}, b""))


def invalid_json() -> Fault:
    """Answer 200 with what is no JSON."""
    return Fault("invalid JSON", spoil=lambda response: replace(response, body=response.body[:-1] + b"\x00"))


def cut_short() -> Fault:
    """Answer 200 with half a body that says it is whole: JSON that ends in the middle."""
    return Fault("cut short", spoil=lambda response: replace(response, body=response.body[: len(response.body) // 2]))


def truncated() -> Fault:
    """Close the connection in the middle of the body."""
    return Fault("truncated", spoil=lambda response: replace(response, wire="truncated"))


def reset() -> Fault:
    """Reset the connection before the request was looked at."""
    return Fault("reset", instead=lambda *_: Response(0, {}, b"", wire="reset"))


def lost_answer() -> Fault:
    """Do what was asked and reset the connection before the answer: the worst for a mutation."""
    return Fault("lost answer", spoil=lambda response: replace(response, wire="reset"))


def hang() -> Fault:
    """Never answer; in process the client's read timeout is over at once."""
    return Fault("hang", instead=lambda *_: Response(0, {}, b"", wire="hang"))


def certificate() -> Fault:
    """Show a certificate that nobody vouches for: in process only, the loopback port speaks no TLS."""
    return Fault("certificate", instead=lambda *_: Response(0, {}, b"", wire="certificate"))


def body(content: bytes, status: int = 200, **headers: str) -> Fault:
    """Answer with these bytes: `body(b"[" * 200_000)`, `body(page, content_type="text/html")`."""
    named = {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Fault(f"body of {len(content)}", instead=lambda *_: Response(status, dict(named), content))


def gzip_bomb(size: int = 100_000_000) -> Fault:
    """Answer with a small body that unpacks to a large one."""
    return body(gzip.compress(b'{"data": {' + b" " * size, 1), content_encoding="gzip")


def endless() -> Fault:
    """Answer with a body that does not end; a client that takes 64 MB of it fails the test."""
    headers = {"content-type": "application/json"}
    return Fault("endless", instead=lambda *_: Response(200, dict(headers), b'{"data": {', wire="endless"))


def redirect(location: str = "https://evil.example/graphql", status: int = 302) -> Fault:
    """Send the client elsewhere."""
    return Fault(f"redirect {status}", instead=lambda *_: Response(status, {"location": location}, b""))


def primary_limit(kind: str = "RATE_LIMIT", reset_in: float = 600) -> Fault:
    """Say that the hour's points are spent: status 200, `x-ratelimit-reset` in seconds from now."""

    def instead(server: Server, request: Request) -> Response:
        response = server.respond(request, 200, {"errors": [problems.rate_limit(kind)]})
        reset_at = str(int(server.clock() + reset_in))
        response.headers |= {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset_at}
        response.headers |= {"x-ratelimit-limit": "5000", "x-ratelimit-used": "5000"}
        return response

    return Fault(f"primary limit {kind}", instead=instead)


def secondary_limit(status: int = 403, retry_after: int | None = None) -> Fault:
    """Say that this goes too fast: status 200, 403 or 429, with or without `retry-after`."""
    headers = {} if retry_after is None else {"retry_after": str(retry_after)}
    return Fault(
        f"secondary limit {status} {'with' if headers else 'without'} retry-after",
        instead=_json(status, lambda request: problems.secondary_limit(request_id(request.number)), **headers),
    )


def bad_credentials() -> Fault:
    """Refuse the token, as when it was revoked in mid-run."""
    return Fault("401", instead=_json(401, lambda _: problems.bad_credentials()))


def insufficient_scopes(field: str = "projectV2") -> Fault:
    """Refuse for want of `read:project`: nothing is run."""
    problem = problems.scopes(field, ("read:project",), ("repo",))
    return Fault("INSUFFICIENT_SCOPES", instead=_json(200, lambda _: _only(problem)))


def too_many_nodes() -> Fault:
    """Refuse for the sum of possible rows."""
    words = "This query requests up to 603,360 possible nodes which exceeds the maximum limit of 500,000."
    problem = Problem("MAX_NODE_LIMIT_EXCEEDED", words)
    return Fault("MAX_NODE_LIMIT_EXCEEDED", instead=_json(200, lambda _: _only(problem)))


def empty_answer() -> Fault:
    """Answer 200 with an object that holds neither data nor errors."""
    return Fault("{}", instead=_json(200, lambda _: {}))


def no_data() -> Fault:
    """Answer 200 with `data: null` and no error."""
    return Fault("data null", instead=_json(200, lambda _: {"data": None}))


def _only(problem: Problem) -> dict[str, Any]:
    return {"errors": [{"type": problem.kind, "locations": [], "message": problem.message}]}


# Single places of the answer -----------------------------------------------------------------------------


def _refusing(
    name: str, where: str, problem: Problem, only: Source | None, at: int | None, given: Mapping[str, Any] | None = None
) -> Fault:
    def refuse() -> Any:
        raise problem

    kind, _, field = where.partition(".")
    holds = (lambda request: field in request.document) if kind == "Mutation" else (lambda request: True)
    touch = Touch(where, instead=refuse, only=only, at=at, given=given or {})
    return Fault(f"{name} {where}", when=holds, touches=(touch,))


def forbidden(where: str, *, only: Source | None = None, at: int | None = None, kind: str = "fine") -> Fault:
    """Refuse a field for want of a permission: null (or its parent, as the schema says) and an error."""
    return _refusing("FORBIDDEN", where, problems.forbidden(kind), only, at)


def not_found(where: str, *, only: Source | None = None, at: int | None = None) -> Fault:
    """Say of a field that there is nothing."""
    return _refusing("NOT_FOUND", where, problems.not_found("a node"), only, at)


def saml(where: str, *, only: Source | None = None, at: int | None = None) -> Fault:
    """Ask for single sign-on at a field."""
    return _refusing("SAML", where, problems.saml(), only, at)


def resource_limits(where: str, *, only: Source | None = None, at: int | None = None) -> Fault:
    """Give up at a field: the rest of the answer is there, and must not be used."""
    return _refusing("RESOURCE_LIMITS_EXCEEDED", where, problems.resource_limits(), only, at)


def failing(
    where: str, kind: str, message: str = "", *, only: Source | None = None, at: int | None = None, **given: Any
) -> Fault:
    """Put any other error at a field, or only where it is asked with these arguments."""
    return _refusing(kind, where, Problem(kind, message or kind), only, at, given)


def gone_wrong_at(where: str, *, only: Source | None = None, at: int | None = None, **given: Any) -> Fault:
    """Fail at a field with the words of a timeout: `gone_wrong_at("Repository.issueOrPullRequest", number=12)`.

    That such an error has no `type` is assumed: none is on record with its path.
    """
    words = problems.gone_wrong(request_id(1))["errors"][0]["message"]
    return _refusing("gone wrong", where, Problem("", words), only, at, given)


def too_quickly(mutation: str = "createPullRequest") -> Fault:
    """Say at a mutation that this goes too fast: a limit with a path (github.com/cli/cli/issues/4801)."""
    return _refusing(
        "too quickly", f"Mutation.{mutation}", Problem("UNPROCESSABLE", "was submitted too quickly"), None, None
    )


def quietly_null(where: str, *, only: Source | None = None, at: int | None = None) -> Fault:
    """Leave a field null without an error; where the schema forbids it, in the JSON only."""
    return Fault(f"null {where}", touches=(Touch(where, late=lambda _: None, only=only, at=at),))


def null_node(where: str, index: int = 0, *, only: Source | None = None, at: int | None = None) -> Fault:
    """Put a bare null among the nodes of a connection field such as `ProjectV2.items`."""

    def change(found: Connection) -> Connection:
        return replace(found, nodes=[None if n == index else node for n, node in enumerate(found.nodes)])

    return Fault(f"null node {where}", touches=(Touch(where, value=change, only=only, at=at),))


def forbidden_node(where: str, index: int = 0, *, only: Source | None = None, at: int | None = None) -> Fault:
    """Put a null among the nodes of a connection field, with an error at its index."""

    def change(found: Connection) -> Connection:
        problem = problems.forbidden()
        return replace(found, nodes=[problem if n == index else node for n, node in enumerate(found.nodes)])

    return Fault(f"FORBIDDEN node {where}", touches=(Touch(where, value=change, only=only, at=at),))


def unknown_type(where: str, name: str = "Mystery", *, only: Source | None = None, at: int | None = None) -> Fault:
    """Answer a field with a type that the schema did not have: only its `__typename` comes."""
    return Fault(
        f"unknown type {where}", touches=(Touch(where, late=lambda _: {"__typename": name}, only=only, at=at),)
    )


def unknown_word(where: str, word: str = "MYSTERY", *, only: Source | None = None, at: int | None = None) -> Fault:
    """Answer a field with a value that its enum did not have."""
    return Fault(f"unknown word {where}", touches=(Touch(where, late=lambda _: word, only=only, at=at),))


def wrong_type(where: str, value: Any = 17, *, only: Source | None = None, at: int | None = None) -> Fault:
    """Answer a field with a value that its type does not allow."""
    return Fault(f"wrong type {where}", touches=(Touch(where, late=lambda _: value, only=only, at=at),))


# Pages of a connection field (`ProjectV2.items`, `Issue.projectItems`) -----------------------------------


def _paging(name: str, where: str, change: Callable[[Connection], Connection], only: Source | None) -> Fault:
    return Fault(f"{name} {where}", touches=(Touch(where, value=change, only=only),))


def stuck_cursor(where: str, end: str | None = None, *, only: Source | None = None) -> Fault:
    """Claim a next page on every page: with no cursor, an empty one (`""`), or always `repeated` the same."""
    given = cursor(0) if end == "repeated" else end
    info = PageInfo(has_next_page=True, has_previous_page=False, start_cursor=given, end_cursor=given)
    return _paging(f"stuck cursor {end!r}", where, lambda found: replace(found, page_info=info), only)


def ends_early(where: str, *, only: Source | None = None) -> Fault:
    """Claim that a page is the last one."""

    def change(found: Connection) -> Connection:
        return replace(found, page_info=replace(found.page_info, has_next_page=False))

    return _paging("ends early", where, change, only)


def drifting_total(where: str, by: int = 1, *, only: Source | None = None) -> Fault:
    """Count more or fewer than there are."""
    return _paging(
        "drifting total", where, lambda found: replace(found, total_count=max(0, found.total_count + by)), only
    )


def missing_row(where: str, index: int = 0, *, only: Source | None = None) -> Fault:
    """Leave one row out of a page; the total still counts it."""

    def change(found: Connection) -> Connection:
        return replace(found, nodes=[node for n, node in enumerate(found.nodes) if n != index])

    return _paging("missing row", where, change, only)


def doubled_row(where: str, index: int = 0, *, only: Source | None = None) -> Fault:
    """Give the row at `index` again in place of the last one of the page."""

    def change(found: Connection) -> Connection:
        rows = list(found.nodes)
        return replace(found, nodes=[*rows[:-1], rows[index]] if len(rows) > index + 1 else rows)

    return _paging("doubled row", where, change, only)


def empty(where: str, *, only: Source | None = None) -> Fault:
    """Answer a list as empty, as a lagging index or a weak token does: no error, total 0."""
    info = PageInfo(has_next_page=False, has_previous_page=False, start_cursor=None, end_cursor=None)
    return _paging("empty", where, lambda _: Connection((), 0, info, 0), only)


# The world and the JSON ----------------------------------------------------------------------------------


def world_changes(change: Callable[[World], None], name: str = "the world changes") -> Fault:
    """Let people work on the board, or anything else happen, just before a request is answered."""
    return Fault(name, before=change)


def altered(change: Callable[[dict[str, Any]], None], name: str = "altered") -> Fault:
    """Change the JSON object of the answer in place: `{"data": …, "errors": […]}`."""
    return Fault(name, alter=change)


def extra_error(message: str = "Projects (classic) is being deprecated.", **members: Any) -> Fault:
    """Put an error of no known type beside good data (github.com/cli/cli/issues/11983)."""

    def change(body: dict[str, Any]) -> None:
        body.setdefault("errors", []).append({"message": message, **members})

    return Fault("extra error", alter=change)


def with_headers(**headers: str) -> Fault:
    """Add headers to a good answer: `with_headers(x_ratelimit_remaining="0")` is no error."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(
        f"headers {json.dumps(named)}", spoil=lambda response: replace(response, headers={**response.headers, **named})
    )
