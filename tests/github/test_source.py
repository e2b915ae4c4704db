"""Tests of where a board comes from: GitHub through one client, or a snapshot; what a reading costs and tells."""

import asyncio
import json
from dataclasses import replace

import httpx
import pytest
import respx

from roadmap_sync.board.model import ReadCost, Unread
from roadmap_sync.errors import GitHubError
from roadmap_sync.github.client import GitHub
from roadmap_sync.github.source import LiveSource, Progress, digest, read_snapshot
from roadmap_sync.reading.snapshot import loads
from roadmap_sync.reading.snapshot_file import dumps
from tests.standin import Server, World, faults, install
from tests.support.makers import area_query, board, issue
from tests.support.readings import question
from tests.support.virtual import Time

ENDPOINT = "https://api.github.com/graphql"
NAMES = tuple(f"acme/rocket#{number}" for number in range(1, 131))


def world(count=130):
    """A board with so many issues."""
    made = World()
    made.project("acme", 3, statuses=("Ideas", "Shipped")).fill(
        made.repository("acme/rocket"), count, lambda number: ("Ideas", "Shipped", None)[number % 3]
    )
    return made


class Run:
    """One reading of the stand-in through the real client, on a clock that only sleeping moves."""

    def __init__(self, server, *, concurrency=4, deadline=1000.0, door=None):
        self.server = server
        self.time = Time()
        self.told = []
        self.log = ()
        self._options = {"concurrency": concurrency, "on_progress": self.told.append, "clock": self.time}
        self._deadline = deadline
        self._door = door

    def read(self, *asked):
        """Read the questions one after the other from one source; return the boards."""
        with respx.mock(assert_all_called=False) as router:
            route = install(router, self.server)
            if self._door:
                route.mock(side_effect=self._door)
            return asyncio.run(self._read(asked))

    async def _read(self, asked):
        time = self.time
        client = GitHub(ENDPOINT, "test-token", deadline=self._deadline, timing=time.timing)
        async with client:
            source = LiveSource(client, **self._options)
            try:
                return [await source.read(each) for each in asked]
            finally:
                self.log = source.log


def read(asked, *given, **options):
    """Read one question of the world above with faults; return the run and the board."""
    run = Run(Server(world(), given), **options)
    (board,) = run.read(asked)
    return run, board


def test_a_board_says_what_it_cost():
    """Requests, points as GitHub counts them, seconds, items; where it comes from, and a digest."""
    run, board = read(question(*NAMES, evidence=frozenset({NAMES[0]})))

    assert board.source == "live"
    assert board.read == ReadCost(requests=3, points=run.server.points, seconds=0.0, items=130)
    assert board.digest.startswith("sha256:")
    assert run.log == (
        "Ask of 50: 2,021 nodes, 1 point",
        "Ask of 50: 2,000 nodes, 1 point",
        "Ask of 30: 1,200 nodes, 1 point",
    )


def test_a_host_that_counts_no_points():
    """GHES has no limit: our own count stands in."""
    fault = faults.quietly_null("Query.rateLimit").always()

    _, board = read(question(*NAMES), fault)

    assert board.read.points == 3


def test_the_choice_is_told():
    """Why a scan was made stands first in the log."""
    run, board = read(question(whole=True))

    assert len(board.items) == 130
    assert run.log[0] == "read by a scan, about 2 requests: the whole board is asked for"


@pytest.mark.parametrize("concurrency", [1, 2, 4])
def test_no_more_requests_under_way_than_allowed(concurrency):
    """And as many as allowed, where there is that much to ask."""
    made = world()
    server, busy, peak = Server(made), [], []

    async def door(request):
        busy.append(request)
        peak.append(len(busy))
        for _ in range(5):
            await asyncio.sleep(0)
        busy.remove(request)
        reply = server.handle(request.content, dict(request.headers))
        return httpx.Response(reply.status, headers=reply.headers, content=reply.body)

    (board,) = Run(server, concurrency=concurrency, door=door).read(question(*NAMES))

    assert max(peak) == min(concurrency, 3)
    assert board.answers == read(question(*NAMES))[1].answers


def test_progress_is_told():
    """Items read of all, requests, and a wait with its reason."""
    run, _ = read(question(*NAMES), faults.secondary_limit(retry_after=7))

    assert run.told[-1] == Progress(130, 130, 4)
    waiting = [progress.waiting for progress in run.told if progress.waiting]
    assert waiting[0].startswith("GitHub's limit is reached: a secondary rate limit")
    assert waiting[0].endswith("; waiting 8 s") or waiting[0].endswith("; waiting 7 s")


def test_heavy_questions_are_halved_and_the_size_is_remembered():
    """A GitHub that answers at most twelve look-ups: found out once, kept for the next reading."""
    run = Run(Server(world(), [faults.bad_gateway().matching(faults.larger_than(look_ups=12)).always()]))

    first, second = run.read(question(*NAMES), question(*NAMES[:60]))

    assert len(first.answers) == 130
    assert list(second.answers) == list(NAMES[:60])
    assert not [r for r in run.server.log[-second.read.requests :] if r.document.count("issueOrPullRequest") > 12]


def test_heavy_pages_are_halved():
    """A GitHub that answers at most thirty rows a page."""
    run, board = read(
        question(whole=True), faults.resource_limits("ProjectV2.items").matching(faults.larger_than(rows=30)).always()
    )

    assert len(board.items) == 130
    assert max(request.variables.get("count", 0) for request in run.server.log[-3:]) <= 25


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.bad_gateway(), id="502"),
        pytest.param(faults.reset(), id="reset"),
        pytest.param(faults.extra_error(), id="any other error"),
        pytest.param(faults.empty("ProjectV2.items"), id="an empty board"),
        pytest.param(faults.failing("Issue.projectItems", "INTERNAL"), id="lists of boards"),
    ],
)
def test_no_request_is_sent_more_than_five_times(fault):
    """Whatever goes wrong, on the wire or in the answer: the same document goes out five times at most."""
    run = Run(Server(world(), [fault.always()]))

    with pytest.raises(GitHubError):
        run.read(question("acme/rocket#1"))

    sent = [json.dumps([request.document, request.variables], sort_keys=True) for request in run.server.log]
    assert 1 <= max(sent.count(each) for each in sent) <= 5


def test_tries_of_one_document_are_counted_over_all_its_readings():
    """A document that needed tries on the wire has fewer left when it is read again."""
    given = [faults.reset().on(1, 4), faults.extra_error().on(5)]
    run = Run(Server(world(), given))

    with pytest.raises(GitHubError, match="one question was asked 5 times without an answer that adds up") as caught:
        run.read(question("acme/rocket#1"))

    assert len(run.server.log) == 5
    assert caught.value.hint


AREA = area_query("is:issue", None, ("Ideas",))


def test_an_old_host_is_found_out_and_done_without():
    """What it does not know is not asked again; the areas come from the whole board."""
    run = Run(Server(world(), old_host=True))

    (board,) = run.read(question(NAMES[0], areas=(AREA,)))

    assert len(board.candidates[AREA]) == 43
    assert board.notes == ()
    assert run.log[0].startswith("read by a scan: this host cannot filter")
    assert board.digest == run.read(question(NAMES[0], areas=(AREA,)))[0].digest


def test_a_host_that_does_not_know_the_board():
    """There is nothing to do without."""
    fault = faults.altered(
        lambda body: body.update(
            data=None, errors=[{"extensions": {"code": "undefinedField"}, "message": "Field 'projectV2' doesn't exist"}]
        )
    )

    with pytest.raises(GitHubError, match="this host does not know all that is asked"):
        read(question(NAMES[0]), fault)


def test_a_reading_that_nobody_watches():
    """No progress is told where nobody asked for it."""
    server = Server(world())
    time = Time()

    async def run():
        async with GitHub(ENDPOINT, "test-token", deadline=10, timing=time.timing) as client:
            return await LiveSource(client).read(question(NAMES[0]))

    with respx.mock() as router:
        install(router, server)
        assert asyncio.run(run()).answers


def test_an_error_ends_what_is_under_way():
    """When one answer ends the run no other request goes on."""
    made = world()
    cancelled = []

    async def door(request):
        if b"repositoryOwner" in request.content:
            return httpx.Response(401, json={"message": "Bad credentials"})
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(request)
            raise

    with pytest.raises(GitHubError, match="does not accept the token"):
        Run(Server(made), door=door).read(question(*NAMES))

    assert len(cancelled) == 2


def test_the_deadline_ends_a_reading():
    """GitHub's trouble outlasts the time: the state is said plainly."""
    run = Run(Server(world(), [faults.server_error().always()]), deadline=3)

    with pytest.raises(GitHubError, match="not finished within 3 s"):
        run.read(question("acme/rocket#1"))


def test_the_same_board_has_the_same_digest():
    """However it was read and at whatever cost; another Status, another digest."""
    asked = question(*NAMES[:3])
    _, board = read(asked)
    again = Run(Server(world(), [faults.reset()])).read(asked)[0]
    recorded = read_snapshot(loads(dumps(board, allow_private=True), "board.json"), asked)
    other = replace(board, answers=board.answers | {NAMES[0]: Unread("gone")})

    assert again.read != board.read
    assert again.digest == board.digest == recorded.digest == digest(board)
    assert (recorded.source, recorded.read) == ("snapshot", ReadCost())
    assert digest(other) != board.digest


def test_a_source_of_a_board_by_hand():
    """What a snapshot holds is answered, what it lacks is unread."""
    recorded = loads(dumps(board(issue(1)), allow_private=False), "board.json")

    found = read_snapshot(recorded, question("acme/rocket#1", "acme/rocket#2"))

    assert found.answers["acme/rocket#1"] == issue(1)
    assert found.answers["acme/rocket#2"].absent_from_snapshot
