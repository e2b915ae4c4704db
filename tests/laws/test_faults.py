"""Law 7: a faulty read never edits.

For any faults, and people working on the board meanwhile, each line of the page is right for some moment of the run,
or untouched, and an error says why. Two thousand programs of faults are run; `pytest --faults N` runs more, and a failure names its seed.
"""

import asyncio
import collections
import json
from dataclasses import replace

import pytest
import respx

from roadmap_sync.board.model import Item
from roadmap_sync.errors import GitHubError, InputError
from roadmap_sync.github.client import GitHub
from roadmap_sync.github.source import LiveSource
from roadmap_sync.plan.plan import make_page_plan, question_of
from tests.laws.faults import BOARD, Program
from tests.standin import install
from tests.support import makers
from tests.support.virtual import Time

pytestmark = pytest.mark.slow

ENDPOINT = "https://api.github.com/graphql"
DEADLINE = 120.0
CHUNKS = 8


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_faulty_read_never_edits(chunk, request):
    """Each program of faults ends in a page that is right, or untouched with an error that says why."""
    count = request.config.getoption("--faults")
    ends = collections.Counter(_run(Program(seed)) for seed in range(chunk, count, CHUNKS))

    assert min(ends["a board"], ends["an error"]) > count // CHUNKS // 10, "the programs are too tame, or too wild"


def _run(program):
    """Run one program, hold its end to the law, and tell which end it was."""
    time = Time()
    server = program.server(time)
    page = makers.page(_text(program.names))
    asked = replace(question_of([page], makers.ADDRESS, "Status", whole=program.whole), areas=program.areas)
    try:
        board = asyncio.run(_read(asked, server, time, program.concurrency))
    except (GitHubError, InputError):
        board = None
    assert time.now - 1_000_000 <= DEADLINE, program
    _check_tries(server, program)
    if board is None:
        return "an error"
    _check_board(board, program)
    _check_page(page, board, program)
    return "a board"


async def _read(asked, server, time, concurrency):
    with respx.mock(assert_all_called=False) as router:
        install(router, server)
        client = GitHub(ENDPOINT, "test-token", deadline=DEADLINE, timing=time.timing)
        async with client:
            return await LiveSource(client, concurrency=concurrency, clock=time).read(asked)


def _text(names):
    """A page with an open box for each name."""
    lines = []
    for name in names:
        repository, _, number = name.partition("#")
        link = f"[Words](https://github.com/{repository}/issues/{number})"
        lines.append(f"- [ ] {link}" if number else f"- [ ] Words <!-- roadmap-sync: {name} -->")
    return "# Roadmap\n\n" + "\n".join(lines) + "\n"


def _check_tries(server, program):
    """No document is sent more than five times."""
    sent = collections.Counter(json.dumps([r.document, r.variables], sort_keys=True) for r in server.log)
    assert max(sent.values(), default=0) <= 5, program


def _check_board(board, program):
    """What is said of each reference was so at some moment; a whole board was whole at some moment."""
    for key, answer in board.answers.items():
        if isinstance(answer, Item) and "MYSTERY" not in {answer.state, answer.state_reason}:
            assert _said(answer) in _truths(key, program), (key, answer, program)
    for area, items in board.candidates.items():
        for item in items:
            key = item.id if item.kind == "draft" else item.name.lower()
            assert "MYSTERY" in {item.state, item.state_reason} or _said(item) in _truths(key, program), program
            assert item.placement.status in area.statuses, program
    if board.items is not None:
        ids = {item.placement.item_id for item in board.items}
        wholes = [moment[BOARD] for moment in program.moments]
        assert any(ids <= whole if program.may_hide else ids == whole for whole in wholes), program


def _truths(key, program):
    return [moment[key] for moment in program.moments if key in moment]


def _said(answer):
    placed = (answer.placement.status, answer.placement.archived) if answer.placement else None
    return (answer.state, answer.state_reason, answer.base, placed)


def _check_page(page, board, program):
    """A box is ticked only where the board of some moment ticks it; without troubles, wherever it does."""
    plan = make_page_plan(page, board)
    assert plan.error is None, program
    for number, (before, after) in enumerate(zip(page.data.splitlines(), plan.result.splitlines(), strict=True)):
        truths = _truths(program.names[number - 2].lower() if number > 1 else "", program)
        truths = truths or _truths(program.names[number - 2], program)
        if before != after:
            assert after == before.replace(b"[ ]", b"[x]"), program
            assert any(_is_done(*truth) for truth in truths), (after, program)
        elif not program.faults and number > 1:
            assert not _is_done(*truths[0]), (before, program)


def _is_done(state, reason, base, placed):
    """The verdict's table in other words, for what these worlds hold."""
    status = placed[0] if placed else None
    if reason in {"NOT_PLANNED", "DUPLICATE"} and state == "CLOSED":
        return False
    if status:
        return status == "Shipped" and (state == "" or (base == "main" and state == "MERGED") or _is_over(base, reason))
    return (base == "main" and state == "MERGED") or (base is None and state == "CLOSED")


def _is_over(base, reason):
    """Whether an issue in a done column is done: not one that was reopened."""
    return base is None and reason != "REOPENED"
