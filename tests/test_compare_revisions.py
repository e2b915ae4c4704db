"""Tests the comparison of two revisions: what it runs is worth comparing, and a difference is found."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

import roadmap_sync

ROOT = next(folder for folder in Path(__file__).parents if (folder / "pyproject.toml").is_file())
sys.path.insert(0, str(ROOT / "scripts"))
import compare_revisions  # noqa: E402 - found only once its folder is named
from comparison import boards, pages, places  # noqa: E402 - the same

EXAMPLE = pages.example()
PLACE = places.Place("a place", {}, (places.Run(("diff",)),))
#: Four runs, of the kinds that are caught differently: click's own, bytes, a file written, an error.
RUNS = (
    "--version",
    "diff --format json --board examples/board.json",
    "sync --board examples/board.json",
    "explain --board examples/board.json examples/roadmap.md:9999",
)


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    """The process that runs the package under test, and nothing of it but the command line."""
    started = compare_revisions.Worker(Path(roadmap_sync.__file__).parents[1], tmp_path_factory.mktemp("root"))
    yield started
    started.close()


def tally(*messages):
    """An empty tally of revisions 1 and 2."""
    read = [compare_revisions.Message.from_table(one) for one in messages]
    return compare_revisions.Tally(read, (b"roadmap-sync 1", b"roadmap-sync 2"))


def result(out, **files):
    """What a run came to that printed this."""
    return {"exit code": b"0", "stdout": out, "stderr": b""} | files


@pytest.mark.parametrize("number", range(3), ids=["no config", "ticks", "areas"])
@pytest.mark.parametrize("seed", range(4))
def test_random_boards_and_configs_are_valid(worker, seed, number):
    """They load, so that it is plans that are compared and not errors; and they are the same again."""
    place = places.of_page(EXAMPLE, number, seed)
    (found,) = worker.ask(replace(place, runs=place.runs[:1])).result()

    assert places.of_page(EXAMPLE, number, seed) == place
    assert found["exit code"] in {b"0", b"4"}, found["stderr"].decode()


def test_a_random_board_knows_the_page():
    """Of what the page refers to the board has most, and not all."""
    named = {name.lower() for name in boards.references(EXAMPLE.data, EXAMPLE.repository)}
    shares = []
    for seed in range(20):
        items = boards.board(EXAMPLE.data, EXAMPLE.repository, str(seed))["items"]
        known = {name.lower() for item in items for name in (item["reference"], *item.get("also", ()))}
        shares.append(len(named & known) / len(named))

    assert len(named) >= 10
    assert min(shares) > 0.6
    assert min(shares) < 1


def test_every_case_is_cut_out():
    """Each page of tests/cases is there, with its line ends and odd characters as they are meant."""
    files = (ROOT / "tests" / "cases").glob("*.md")
    count = sum(file.read_text(encoding="utf-8").count("\n~~~~~~page") for file in files)
    found = [page.data for page in pages.cases()]

    assert len(found) == count > 100
    assert any(b"\r\n" in data for data in found)
    assert any(b"\xff" in data for data in found)
    assert not any(b"\\n" in data for data in found)


def test_a_long_page_is_whole_in_its_parts():
    """Nothing is lost where a page is cut."""
    long = pages.Page("long", b"- [ ] a\r\n\r\n" * 120 + b"# b\n- [ ] c\r" + b"- [ ] d", "acme/rocket")
    whole, *parts = pages.with_parts([long], 10)

    assert whole.every == 10
    assert len(parts) > 2
    assert b"".join(part.data for part in parts) == long.data


def test_one_process_gives_what_a_process_each_does(worker):
    """What is caught of many runs in one process is what the console script prints, ends with and writes."""
    files = places.of_example(is_cold=False).files
    warm, cold = (
        worker.ask(places.Place("", files, tuple(places.Run(tuple(one.split()), cold=is_cold) for one in RUNS)))
        for is_cold in (False, True)
    )

    assert warm.result() == cold.result()
    assert [one["exit code"] for one in warm.result()] == [b"0", b"0", b"0", b"2"]
    assert "file examples/roadmap.md" in warm.result()[2]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(result(b"a\n"), result(b"b\n"), id="stdout"),
        pytest.param(result(b"a\n"), result(b"a\r\n"), id="line ends"),
        pytest.param(result(b"a"), result(b"a") | {"exit code": b"1"}, id="exit code"),
        pytest.param(result(b"a", x=b"1"), result(b"a"), id="a file less"),
    ],
)
def test_a_difference_is_found(old, new):
    """Whatever of a run differs is counted and shown."""
    counted = tally()
    counted.take(PLACE, [old], [new])

    assert counted.differing == 1
    assert next(iter(counted.shown.values())).startswith("a place\n  roadmap-sync diff\n    ")


def test_a_difference_is_shown_once():
    """The same words that went and came elsewhere are counted only."""
    counted = tally()
    for line in (7, 8, 9):
        counted.take(PLACE, [result(b"%d: a blank line" % line)], [result(b"%d: an empty line" % line)])

    assert counted.differing == 3
    assert list(counted.shown) == ["a blank -> an empty"]
    assert "and 2 like it" in "\n".join(compare_revisions.report(counted))


def test_the_version_may_differ():
    """A version is none of the differences."""
    counted = tally()
    counted.take(PLACE, [result(b"by roadmap-sync 1.")], [result(b"by roadmap-sync 2.")])

    assert counted.differing == 0


def test_rewritten_messages_are_listed():
    """What was rewritten on purpose is no difference, and an entry that nothing met is told."""
    counted = tally(
        {"old": "no page (named)", "new": r"no \page"},
        {"old": r"line (\d+)", "new": r"l. \1", "regex": True},
        {"old": "never said", "new": "x"},
    )
    counted.take(PLACE, [result(b"no page (named), line 7")], [result(rb"no \page, l. 7")])
    told = "\n".join(compare_revisions.report(counted))

    assert counted.differing == 0
    assert r"met 1 times: no page (named) -> no \page" in told
    assert "NEVER MET: never said -> x" in told


def test_the_list_of_rewritten_messages_can_be_read():
    """Every entry is a pattern and what can stand in its place, and none is met where no message is."""
    messages = compare_revisions.read_messages(compare_revisions.MESSAGES.read_text(encoding="utf-8"))

    assert [one.shown for one in messages if one.pattern.subn(one.new, b"")[1]] == []
