"""Measures how often a proposed pin is right, on texts that people wrote about one issue or pull request.

A pair is two different texts with the same reference and no other: two lines, versions, languages or pages of the
corpus and of the seed page's history. One text is a title on the board, the other a line without the reference;
beside it stand all other titles of that repository and 500 made ones. Texts that say nothing of the item
("made their first contribution in …") count as pairs like all others: they can only be missed, or wrong.

Intervals are Wilson's, at 95 %, over items and not pairs, since the pairs of one item are much alike.
"""

import csv
import math
import os
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

from benchmarks.table import Goal, print_goals, print_table
from roadmap_sync.board.model import Board, Item
from roadmap_sync.page.dialects import MKDOCS
from roadmap_sync.page.markdown import Markdown
from roadmap_sync.page.model import Page
from roadmap_sync.page.parse import parse
from roadmap_sync.references import Reference, find_in_text, from_name, from_url
from roadmap_sync.rules import Rules
from roadmap_sync.suggest.candidates import Candidate, Linker
from roadmap_sync.suggest.wording import words_of

SHARED = Path(os.environ.get("ROADMAP_SYNC_SHARED") or Path(__file__).parents[2] / "shared")
HOST = "github.com"

LEAST_PRECISION = 0.95
#: Texts of one item beyond these are left out, so that no item outweighs the others.
MOST_TEXTS = 3
MADE = 500
#: Lines whose item is not on the board, and how many of them one repository may give.
ABSENT, MOST_OF_ONE = 200, 25
#: A changelog of some 2,800 titles about one program: the hardest board there is, told apart.
HARDEST, HARDEST_LINES = "kubernetes/ingress-nginx", 300

_BOX = re.compile(r"\[[ xX]\]\s*")
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])(?:\{[^{}]*\})?")
#: What would give the item away: addresses, names and bare numbers of issues.
_NUMBERS = re.compile(r"https?://\S+|[\w.-]+/[\w.-]+#\d+|#\d+|^\W*\d{3,5}\s+|\b\d{3,5}$|\(\d{3,5}\)")

_DEEDS = ("Add", "Fix", "Improve", "Support", "Document", "Remove", "Update", "Refactor")
_THINGS: tuple[str, ...] = ("login", "cache", "retries", "timeouts", "tracing", "metrics", "tables", "export", "import")
_THINGS += ("search", "filters", "themes", "sessions", "uploads", "plugins", "keyboard shortcuts")
_PLACES: tuple[str, ...] = ("mobile client", "admin console", "command line", "API gateway", "batch worker")
_PLACES += ("event handler", "helm chart", "web editor", "sync engine", "test runner")
_ENDS = ("", "", " on Windows", " with TLS", " by default")


@dataclass(frozen=True)
class Pair:
    """An item with one text as its title and another as the line."""

    key: str
    title: str
    line: str


def texts() -> dict[str, list[str]]:
    """Return the different texts that name each item alone, by its key, in the order of the pages."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    index = (SHARED / "corpus" / "index.tsv").read_text(encoding="utf-8").splitlines()
    pages = [SHARED / "corpus" / "pages" / row["file"] for row in csv.DictReader(index, delimiter="\t")]
    for path in [*pages, *sorted((SHARED / "seed" / "history").glob("*.md"))]:
        page = parse(path.read_bytes(), Rules(path=path.name), HOST, MKDOCS)
        for key, text in _named(page):
            found[key].setdefault(text.casefold(), text)
    return {key: list(texts.values()) for key, texts in found.items()}


def _named(page: Page) -> Iterator[tuple[str, str]]:
    """Yield each block, or row of a table, that names one item, with its text."""
    markdown = Markdown()
    for kind, _, _, text in page.outline:
        if kind in {"code", "html"}:
            continue
        for one in text.split("\n") if kind == "table" else [text]:
            keys = {reference.key for reference in _references(markdown, one)}
            if len(keys) == 1 and (bare := _bare(one)):
                yield keys.pop(), bare


def _references(markdown: Markdown, text: str) -> Iterator[Reference]:
    for piece in markdown.inline(text):
        if piece.kind == "text":
            yield from find_in_text(piece.value, HOST)
        elif piece.kind == "link" and (reference := from_url(piece.value, HOST)):
            yield reference


def _bare(text: str) -> str:
    """Return a text without its box, and without all that names the item by its number."""
    return " ".join(_NUMBERS.sub(" ", _LINK.sub(r"\1", _BOX.sub("", text, count=1))).split()).strip(" ()")


def pairs_of(found: Mapping[str, Sequence[str]]) -> list[Pair]:
    """Return both directions of any two texts of an item."""
    chosen = {key: texts[:MOST_TEXTS] for key, texts in found.items()}
    return [Pair(key, *two) for key, texts in chosen.items() for two in permutations(texts, 2)]


def made_titles() -> list[Item]:
    """Return titles that nobody wrote, the same in each run."""
    by = random.Random(500)
    words = ((by.choice(_DEEDS), by.choice(_THINGS), by.choice(_PLACES), by.choice(_ENDS)) for _ in range(MADE))
    return [_item(f"made/up#{number}", "{} {} in the {}{}".format(*four)) for number, four in enumerate(words, start=1)]


def _item(key: str, title: str) -> Item:
    reference = from_name(key)
    if reference is None:
        raise ValueError(key)
    return Item(key, "issue", reference.owner, reference.repo, reference.number, title, f"https://{HOST}/{key}", "OPEN")


def proposed(line: str, items: Iterable[Item]) -> Candidate | None:
    """Return what is proposed for a line, alone on its page, on a board of these items."""
    page = parse(f"- [ ] {line}\n".encode(), Rules(), HOST)
    board = Board("", "", None, "Status", (), {}, items=tuple(items))
    return next((link.proposed for link in Linker(page, board).propose()), None)


def interval(hits: int, of: int) -> str:
    """Return a share with Wilson's interval: `97 % (88 to 99)`."""
    if not of:
        return "none"
    share, z = hits / of, 1.96
    middle = share + z * z / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low, high = ((middle + sign * half) / (1 + z * z / of) for sign in (-1, 1))
    return f"{share:.0%} ({max(0, low):.0%} to {min(1, high):.0%})"


def run() -> bool:
    """Measure both, and print what was proposed wrongly."""
    if not (SHARED / "corpus" / "index.tsv").is_file():
        print(f"no corpus in {SHARED.name}: set ROADMAP_SYNC_SHARED to the folder that holds it")
        return False
    found, made = texts(), made_titles()
    board: defaultdict[str, list[Item]] = defaultdict(list)
    for key, some in found.items():
        board[_repository(key)].append(_item(key, some[0]))
    goals = [_precision(pairs_of(found), board, made)]
    by = random.Random(200)
    keys = _spread(by.sample(sorted(found), len(found)))
    goals.append(
        _absent(f"{ABSENT} lines of {len({_repository(key) for key in keys})} repositories", keys, found, board, made)
    )
    rest = by.sample([key for key in sorted(found) if _repository(key) == HARDEST], HARDEST_LINES)
    hard = _absent(f"{HARDEST_LINES} lines of one changelog (no goal)", rest, found, board, made)
    print(f"told apart: {hard.what}: {hard.said}\n")
    return print_goals(goals)


def _repository(key: str) -> str:
    return key.partition("#")[0]


def _precision(pairs: Sequence[Pair], board: Mapping[str, list[Item]], made: Sequence[Item]) -> Goal:
    """Propose for each pair, print the shares, and return the goal."""
    results: list[tuple[Pair, Candidate | None]] = []
    for pair in pairs:
        others = [item for item in board[_repository(pair.key)] if item.id != pair.key]
        results.append((pair, proposed(pair.line, [*others, _item(pair.key, pair.title), *made])))
    named = [(pair, one.item.id == pair.key, one) for pair, one in results if one]
    right = sum(is_right for _, is_right, _ in named)
    items, proposed_items = {pair.key for pair in pairs}, {pair.key for pair, _, _ in named}
    wrong_items = {pair.key for pair, is_right, _ in named if not is_right}
    found_items = {pair.key for pair, is_right, _ in named if is_right}
    precision = right / len(named) if named else 0.0
    rows = [
        ["pairs", str(len(pairs)), f"{len(items)} items"],
        ["proposed", str(len(named)), f"{len(proposed_items)} items"],
        ["right", f"{right} ({precision:.0%})", interval(len(proposed_items - wrong_items), len(proposed_items))],
        ["found", f"{right} ({right / len(pairs):.0%})", interval(len(found_items), len(items))],
    ]
    print_table(["", "pairs", "items, with 95 % interval"], rows)
    for pair, is_right, one in named:
        if not is_right:
            print(f'wrong: "{pair.line}" is "{pair.title}", proposed "{one.item.title}" ({one.score})')
    return Goal("of what is proposed is right", precision, LEAST_PRECISION, f"{precision:.1%}", is_least=True)


def _spread(keys: Sequence[str]) -> list[str]:
    """Return lines of many repositories, few of each."""
    taken: defaultdict[str, list[str]] = defaultdict(list)
    for key in keys:
        if len(taken[_repository(key)]) < MOST_OF_ONE:
            taken[_repository(key)].append(key)
    return [key for some in taken.values() for key in some][:ABSENT]


def _absent(
    what: str,
    keys: Sequence[str],
    found: Mapping[str, Sequence[str]],
    board: Mapping[str, list[Item]],
    made: Sequence[Item],
) -> Goal:
    """Propose for lines whose item, and whatever has the same words, is not on the board; none is right."""
    wrong = 0
    for key in keys:
        line = found[key][0]
        words = frozenset(words_of(line).stems)
        items = [item for item in board[_repository(key)] if item.id != key]
        items = [item for item in items if frozenset(words_of(item.title).stems) != words]
        if one := proposed(line, [*items, *made]):
            wrong += 1
            print(f'wrong: "{line}" is not there, proposed "{one.item.title}" ({one.score})')
    return Goal(f"proposals for {what}, whose item is not on the board", wrong, 0, f"{wrong} of {len(keys)}")
