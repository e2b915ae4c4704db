"""Tests of how benchmarks run what they compare with: one that takes too long is stopped, and told from one that fails."""

import sys
from pathlib import Path

import pytest
from benchmarks import board, commands

BUSY = [sys.executable, "-c", "while True: pass"]
IDLE = [sys.executable, "-c", "import time; time.sleep(60)"]
FAILS = [sys.executable, "-c", "raise SystemExit('no such page')"]


@pytest.mark.slow
def test_a_command_that_is_out_of_its_time(tmp_path: Path) -> None:
    """It takes a second of CPU time, a few milliseconds more or less, and has no figure."""
    assert commands.seconds(BUSY, tmp_path, most=1.0) is None


def test_a_command_within_its_time(tmp_path: Path) -> None:
    """Its seconds are told, and what it fails with."""
    assert 0 < (commands.seconds([sys.executable, "-c", ""], tmp_path, most=30) or 0) < 30
    with pytest.raises(RuntimeError, match="ended with 1: no such page"):
        commands.seconds(FAILS, tmp_path, most=30)


def test_a_reader_that_is_out_of_its_time() -> None:
    """It is stopped, however idle it is; one that fails in time is an error."""
    with pytest.raises(board.OutOfTimeError):
        board._child(IDLE, most=0.1)
    with pytest.raises(RuntimeError, match="no such page"):
        board._child(FAILS, most=30)


def test_a_reader_that_was_stopped_is_no_goal() -> None:
    """The benchmark goes on without the goals that compare with it."""
    ours = board.Read("scan", 5_000, "50 ms", 1, 1, 1, 2.0, 50.0)

    assert list(board._faster(ours, None, 3)) == []
    assert [
        goal.is_met for goal in board._faster(ours, board.Read("serial", 5_000, "50 ms", 1, 1, 1, 7.0, 50.0), 3)
    ] == [True]
