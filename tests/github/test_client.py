"""Tests of sending one document: what is tried again and when, what ends a run and in which words."""

import asyncio
import json
import logging
import traceback

import httpx
import pytest
import respx

from roadmap_sync.errors import BugError, GitHubError, InputError
from roadmap_sync.github import client as client_module
from roadmap_sync.github.client import GitHub
from roadmap_sync.github.reply import TooHeavyError, TooOldError
from tests.support.virtual import Time

ENDPOINT = "https://api.github.com/graphql"
TOKEN = "test-token"
QUERY = "query Q { viewer { login } }"
MUTATION = "mutation M { addStar { id } }"

GOOD = httpx.Response(200, json={"data": {"viewer": {"login": "ada"}}})
ID = {"x-github-request-id": "C318:1"}


def reply(status=200, body=None, **headers):
    """A response with GitHub's request id; `body` is JSON, text or bytes."""
    named = ID | {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, str | bytes):
        return httpx.Response(status, content=body, headers=named)
    return httpx.Response(status, json=body, headers=named)


def errors(*entries, data=None):
    """A body with errors."""
    return {"data": data, "errors": list(entries)}


def wrong(message="Something went wrong while executing your query. This may be the result of a timeout"):
    """The body of a timeout: an error without a type."""
    return errors({"message": message})


HTML = "<html><head><title>502 Bad Gateway</title></head></html>"
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
PRIMARY = errors({"type": "RATE_LIMIT", "message": "API rate limit already exceeded for user ID 1."})
SCOPES = (
    "Your token has not been granted the required scopes to execute this query. The 'projectV2' field requires one of "
    "the following scopes: ['read:project'], but your token has only been granted the: ['repo'] scopes."
)


class Wire:
    """Plays the answers one after the other and keeps what was sent; the last answer is repeated."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []

    def __call__(self, request):
        """Answer a request."""
        self.sent.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, type):
            raise answer("nothing came", request=request)
        return answer


def send(*answers, text=QUERY, deadline=1000.0, time=None, **options):
    """Send one document to somebody who answers so; return the answer, the wire and the clock."""
    time = time or Time()
    wire = Wire(*answers)

    async def run():
        async with GitHub(ENDPOINT, TOKEN, deadline=deadline, timing=time.timing) as client:
            return await client.send(text, {"a": 1}, **options)

    with respx.mock() as router:
        router.post(ENDPOINT).mock(side_effect=wire)
        return asyncio.run(run()), wire, time


def fails(*answers, **options):
    """Send one document and return the error that ends it, the wire and the clock."""
    time, wire = Time(), Wire(*answers)
    with respx.mock(assert_all_called=False) as router:
        router.post(ENDPOINT).mock(side_effect=wire)
        with pytest.raises((GitHubError, BugError)) as caught:
            asyncio.run(_sent(time, options))
    return caught.value, wire, time


async def _sent(time, options):
    deadline = options.pop("deadline", 1000.0)
    async with GitHub(ENDPOINT, TOKEN, deadline=deadline, timing=time.timing) as client:
        return await client.send(options.pop("text", QUERY), {}, **options)


def test_a_good_answer_comes_with_its_request_id():
    """One request, the data, no waiting."""
    answer, wire, time = send(reply(body={"data": {"viewer": None, "rateLimit": {"cost": 3}}}))

    assert (answer.data["viewer"], answer.cost, answer.request_id, answer.tries) == (None, 3, "C318:1", 1)
    assert (len(wire.sent), time.waits) == (1, [])
    assert json.loads(wire.sent[0].content) == {"query": QUERY, "variables": {"a": 1}}
    assert wire.sent[0].headers["authorization"] == "Bearer test-token"
    assert "gzip" in wire.sent[0].headers["accept-encoding"]


def test_faults_come_with_the_data():
    """What went wrong at one place is told with its path; the rest is there."""
    entry = {"type": "FORBIDDEN", "path": ["r0", "i1"], "message": "no", "extensions": {"saml_failure": True}}
    answer, _, _ = send(
        reply(
            body=errors(entry, "odd", {"extensions": {"code": "x"}, "path": "odd"}, data={"r0": {"i1": None}}),
            x_github_sso="required; url=https://github.com/orgs/acme/sso?a=1",
        )
    )

    assert answer.data == {"r0": {"i1": None}}
    assert [(fault.type, fault.path, fault.is_saml) for fault in answer.faults] == [
        ("FORBIDDEN", ("r0", "i1"), True),
        ("", (), False),
        ("x", (), False),
    ]
    assert answer.sso == "https://github.com/orgs/acme/sso?a=1"


@pytest.mark.parametrize(
    ("bad", "waits"),
    [
        pytest.param(reply(502, wrong()), [1], id="502 JSON"),
        pytest.param(reply(504, wrong()), [1], id="504 JSON"),
        pytest.param(reply(502, HTML, content_type="text/html"), [1], id="502 HTML"),
        pytest.param(reply(200, HTML, content_type="text/html"), [1], id="200 HTML"),
        pytest.param(reply(200, HTML), [1], id="200 HTML that does not say so"),
        pytest.param(reply(503, ""), [1], id="503"),
        pytest.param(reply(200, '{"data": {"viewer"'), [1], id="cut JSON"),
        pytest.param(reply(200, b"\xff\xfe"), [1], id="no text"),
        pytest.param(reply(200, ""), [1], id="empty"),
        pytest.param(reply(200, ["data"]), [1], id="no object"),
        pytest.param(reply(200, {"message": "odd"}), [1], id="neither data nor errors"),
        pytest.param(reply(200, {"data": None}), [1], id="null data without a word"),
        pytest.param(reply(200, wrong()), [1], id="200 timeout"),
        pytest.param(
            reply(200, errors({"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits"}, data={"a": 1})),
            [1],
            id="resource limits",
        ),
        pytest.param(httpx.ConnectError, [1], id="no connection"),
        pytest.param(httpx.ReadError, [1], id="reset"),
        pytest.param(httpx.ReadTimeout, [1], id="hang"),
        pytest.param(httpx.RemoteProtocolError, [1], id="cut body"),
        pytest.param(reply(200, PRIMARY, x_ratelimit_remaining="0", x_ratelimit_reset="1000030"), [31], id="primary"),
        pytest.param(
            reply(200, errors({"type": "RATE_LIMITED", "message": "slow"}), retry_after="7"), [7], id="primary, old"
        ),
        pytest.param(
            reply(
                200,
                PRIMARY,
                x_ratelimit_remaining="0",
                x_ratelimit_reset="784111787",
                date="Sun, 06 Nov 1994 08:49:37 GMT",
            ),
            [11],
            id="primary by GitHub's clock",
        ),
        pytest.param(
            reply(200, PRIMARY, x_ratelimit_remaining="0", x_ratelimit_reset="1000005", date="odd"),
            [6],
            id="primary, odd date",
        ),
        pytest.param(reply(200, PRIMARY, x_ratelimit_remaining="0"), [60], id="primary without a reset"),
        pytest.param(reply(403, SECONDARY, retry_after="9"), [9], id="secondary 403 with retry-after"),
        pytest.param(reply(403, SECONDARY), [60], id="secondary 403 without"),
        pytest.param(reply(200, SECONDARY), [60], id="secondary 200"),
        pytest.param(reply(200, errors(SECONDARY)), [60], id="secondary in errors"),
        pytest.param(reply(429, ""), [60], id="429"),
        pytest.param(
            reply(403, {"message": "odd"}, x_ratelimit_remaining="0", x_ratelimit_reset="1000004"),
            [5],
            id="403 used up",
        ),
        pytest.param(reply(403, {"message": "abuse detection mechanism"}), [60], id="abuse"),
    ],
)
def test_what_may_pass_is_tried_again(bad, waits):
    """The second try is answered; the wait is the one GitHub names, else ours."""
    answer, wire, time = send(bad, GOOD)

    assert answer.data == {"viewer": {"login": "ada"}}
    assert (len(wire.sent), answer.tries) == (2, 2)
    assert time.waits == waits


def test_retries_wait_longer_each_time_and_end():
    """Five tries, then the reason, how often, and where to look."""
    error, wire, time = fails(reply(503, ""))

    assert len(wire.sent) == 5
    assert time.waits == [1, 2, 4, 8]
    assert str(error) == (
        "api.github.com: GitHub has trouble (HTTP 503) (request C318:1); tried 5 times\n"
        "  Run again later; https://www.githubstatus.com tells of troubles."
    )


def test_a_caller_may_allow_fewer_tries():
    """A document that was sent before has fewer left."""
    error, wire, _ = fails(reply(503, ""), tries=1)

    assert len(wire.sent) == 1
    assert "tried once" in str(error)


@pytest.mark.parametrize(
    "heavy",
    [
        pytest.param(reply(502, wrong()), id="502"),
        pytest.param(reply(504, HTML), id="504"),
        pytest.param(reply(200, HTML), id="HTML"),
        pytest.param(reply(200, wrong("We couldn't respond to your request in time.")), id="200 timeout"),
        pytest.param(reply(200, errors({"type": "RESOURCE_LIMITS_EXCEEDED", "message": ""})), id="resources"),
    ],
)
def test_what_was_too_heavy_comes_back_at_once(heavy):
    """Where less can be asked, the same is not sent again."""
    error, wire, _ = fails(heavy, can_halve=True)

    assert isinstance(error, TooHeavyError)
    assert len(wire.sent) == 1


@pytest.mark.parametrize(
    ("answer", "what", "hint"),
    [
        pytest.param(reply(401, {"message": "Bad credentials"}), "does not accept the token", "expired", id="401"),
        pytest.param(
            reply(200, errors({"type": "INSUFFICIENT_SCOPES", "message": SCOPES})),
            "the token lacks a scope: read:project",
            "gh auth refresh --scopes read:project",
            id="scopes",
        ),
        pytest.param(
            reply(200, errors({"type": "INSUFFICIENT_SCOPES", "message": "odd"})),
            "the token lacks a scope: read:project",
            "",
            id="scopes not named",
        ),
        pytest.param(
            reply(403, {"message": "SAML"}, x_github_sso="required; url=https://github.com/sso?x"),
            "single sign-on",
            "https://github.com/sso?x",
            id="SAML",
        ),
        pytest.param(
            reply(403, {"message": "Resource protected by organization SAML enforcement."}),
            "single sign-on",
            "Authorise the token.",
            id="SAML without a URL",
        ),
        pytest.param(
            reply(403, {"message": "classic tokens\nare forbidden"}),
            "refuses this token: classic tokens are forbidden",
            "An organisation may have forbidden tokens of this kind",
            id="403",
        ),
        pytest.param(
            reply(403, {"message": "acme has an IP allow list enabled"}),
            "refuses this token: acme has an IP allow list enabled",
            "Run on a machine whose address is on the list",
            id="403 of a policy",
        ),
        pytest.param(reply(403, "<html>"), "no reason given", "", id="403 HTML"),
        pytest.param(
            reply(302, "", location="https://evil.example/"), "redirect (HTTP 302)", "GITHUB_GRAPHQL_URL", id="redirect"
        ),
        pytest.param(reply(404, {"message": "Not Found"}), "HTTP 404: Not Found", "no GraphQL API", id="404"),
        pytest.param(
            reply(200, errors({"extensions": {"code": "undefinedField"}, "message": "Field 'x' doesn't exist"})),
            "this host does not know all that is asked: Field 'x' doesn't exist",
            "too old",
            id="old host",
        ),
        pytest.param(
            reply(200, errors({"type": "MAX_NODE_LIMIT_EXCEEDED", "message": "up to 603,360 nodes"})),
            "603,360",
            "",
            id="our bug",
        ),
    ],
)
def test_what_will_not_pass_ends_at_once(answer, what, hint):
    """One request, the reason in GitHub's or our words with the request id, and the way out."""
    error, wire, _ = fails(answer)

    assert len(wire.sent) == 1
    assert what in error.what
    assert hint in error.hint
    assert isinstance(error, BugError) or "C318:1" in error.what


def test_what_an_old_host_does_not_know_is_named():
    """All names of all messages, so that one try more is enough; other errors name nothing."""
    entries = [
        {"extensions": {"code": "undefinedField"}, "message": "Field 'issueType' doesn't exist on type 'Issue'"},
        {"extensions": {"code": "argumentNotAccepted"}, "message": "Field 'items' doesn't accept argument 'query'"},
    ]

    error, _, _ = fails(reply(200, errors(*entries)))

    assert isinstance(error, TooOldError)
    assert error.unknown == {"issueType", "Issue", "items", "query"}


def test_a_mutation_is_never_sent_twice():
    """GitHub may have done it before the answer was lost."""
    error, wire, _ = fails(reply(502, HTML), text=MUTATION)

    assert len(wire.sent) == 1
    assert "HTTP 502" in str(error)


def test_a_mutation_that_a_limit_turned_away_was_not_done():
    """So it is sent again when the limit allows."""
    _, wire, time = send(reply(403, SECONDARY, retry_after="3"), GOOD, text=MUTATION)

    assert (len(wire.sent), time.waits) == (2, [3])


def test_a_document_that_does_not_parse_is_ours():
    """It never leaves."""
    error, wire, _ = fails(GOOD, text="query {")

    assert isinstance(error, BugError)
    assert wire.sent == []


def test_a_wait_beyond_the_deadline_is_not_begun():
    """The state is said at once, with when to come back."""
    error, wire, time = fails(reply(200, PRIMARY, x_ratelimit_remaining="0", x_ratelimit_reset="1003600"), deadline=120)

    assert (len(wire.sent), time.waits) == (1, [])
    assert error.what == "GitHub's limit is reached: the hourly rate limit of this token (request C318:1)"
    assert error.hint == "Run again in about 3601 s, or raise --timeout."


def test_trouble_up_to_the_deadline():
    """A deadline shorter than the next wait ends the tries."""
    error, wire, _ = fails(reply(503, ""), deadline=2.5)

    assert len(wire.sent) == 2
    assert error.what == "not finished within 2 s: GitHub has trouble (HTTP 503) (request C318:1)"
    assert "--timeout" in error.hint


def test_nothing_is_sent_after_the_deadline():
    """A client whose time is over sends nothing more."""
    time, wire = Time(), Wire(GOOD)

    async def run():
        async with GitHub(ENDPOINT, TOKEN, deadline=10, timing=time.timing) as client:
            time.now += 11
            await client.send(QUERY, {})

    with respx.mock(assert_all_called=False) as router:
        router.post(ENDPOINT).mock(side_effect=wire)
        with pytest.raises(GitHubError, match="not finished within 10 s"):
            asyncio.run(run())
    assert wire.sent == []


def test_an_answer_that_drips_ends_with_the_deadline():
    """Each byte comes in time, the whole does not."""

    async def drip(request):
        await asyncio.sleep(5)

    async def run():
        async with GitHub(ENDPOINT, TOKEN, deadline=0.5) as client:
            await client.send(QUERY, {})

    with respx.mock(assert_all_called=False) as router:
        router.post(ENDPOINT).mock(side_effect=drip)
        with pytest.raises(GitHubError, match="no answer"):
            asyncio.run(run())


def test_a_limit_holds_all_requests():
    """What one request learns of a limit, those after it heed before they are sent."""
    time, waits = Time(), []
    wire = Wire(reply(403, SECONDARY, retry_after="30"), GOOD)

    async def run():
        async with GitHub(ENDPOINT, TOKEN, deadline=1000, timing=time.timing) as client:
            client.on_wait = lambda seconds, why: waits.append((seconds, why))
            first = asyncio.create_task(client.send(QUERY, {}))
            while not waits:
                await asyncio.sleep(0)
            time.now -= 20
            await asyncio.gather(first, client.send("query Other { viewer { login } }", {}))
            return client.requests

    with respx.mock() as router:
        router.post(ENDPOINT).mock(side_effect=wire)
        assert asyncio.run(run()) == 3
    assert waits == [(30, "GitHub's limit is reached: a secondary rate limit (request C318:1)")]
    assert len(time.waits) >= 2


def test_a_hold_beyond_the_deadline_ends():
    """A request that would have to wait for another's limit past the deadline is not sent."""
    time = Time()

    async def run():
        async with GitHub(ENDPOINT, TOKEN, deadline=100, timing=time.timing) as client:
            client._held_until = time.now + 500
            await client.send(QUERY, {})

    with pytest.raises(GitHubError, match="asks for a wait of 500 s"):
        asyncio.run(run())


@pytest.mark.parametrize(
    ("endpoint", "token"),
    [
        pytest.param("http://api.github.com/graphql", TOKEN, id="plain http"),
        pytest.param("http://localhost.evil.example/graphql", TOKEN, id="not loopback"),
        pytest.param("ftp://api.github.com", TOKEN, id="no http"),
        pytest.param("https:///graphql", TOKEN, id="no host"),
        pytest.param(ENDPOINT, "", id="no token"),
        pytest.param(ENDPOINT, "test-token\n", id="a line break"),
        pytest.param(ENDPOINT, "test token", id="a blank"),
        pytest.param(ENDPOINT, "test-tökén", id="not ASCII"),
    ],
)
def test_a_token_goes_nowhere_unsafe(endpoint, token):
    """Refused before anything is sent, without the token in the words."""
    with pytest.raises(InputError) as caught:
        GitHub(endpoint, token, deadline=1)

    assert not token or token.strip() not in str(caught.value)


def test_certificates_are_read_once(monkeypatch, tmp_path):
    """A second client takes those of the first; where a variable names others they are read again."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    made = []
    read = httpx.create_ssl_context
    monkeypatch.setattr(httpx, "create_ssl_context", lambda **asked: made.append(asked) or read(**asked))
    client_module._certificates.cache_clear()
    for _ in range(2):
        GitHub(ENDPOINT, TOKEN, deadline=1)
    assert made == [{"trust_env": True}]

    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(InputError, match="SSL_CERT_FILE"):
        GitHub(ENDPOINT, TOKEN, deadline=1)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8000/graphql", "http://localhost:1/", "http://[::1]:1/"])
def test_loopback_may_be_plain(endpoint):
    """And never goes through a proxy."""
    client = GitHub(endpoint, TOKEN, deadline=1)

    assert client._client.trust_env is False


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(httpx.ConnectError, id="network"),
        pytest.param(reply(401, {"message": "Bad credentials"}), id="401"),
        pytest.param(reply(302, "", location=f"https://evil.example/?t={TOKEN}"), id="redirect"),
        pytest.param(reply(404, {"message": f"no {TOKEN} here"}), id="an echo"),
        pytest.param(
            reply(200, errors({"message": f"Bearer {TOKEN}", "type": "INSUFFICIENT_SCOPES"})), id="scopes echo"
        ),
    ],
)
def test_the_token_shows_nowhere(answer, caplog):
    """Not in errors, tracebacks, logs or the client's repr, even where the other side sends it back."""
    caplog.set_level(logging.DEBUG)
    error, wire, _ = fails(answer, tries=1)

    told = "".join(traceback.format_exception(error)) + caplog.text + repr(error)
    assert TOKEN not in told
    assert {request.url.host for request in wire.sent} == {"api.github.com"}
    assert repr(GitHub(ENDPOINT, TOKEN, deadline=1)) == "GitHub('https://api.github.com/graphql')"


def test_the_token_is_hidden_in_faults_too():
    """GitHub's words about one place are shown to people as well."""
    answer, _, _ = send(reply(body=errors({"message": f"of {TOKEN}", "path": ["a"]}, data={"a": None})))

    assert answer.faults[0].message == "of ***"
