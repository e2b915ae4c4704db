"""A simulated year: a run each day, while the board moves and people edit, undo, close, merge, and answers are lost."""

import asyncio
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import respx

from roadmap_sync.errors import RoadmapSyncError
from roadmap_sync.github.client import GitHub
from roadmap_sync.github.repository import RemoteRepository
from roadmap_sync.publishers.delivery import Delivered
from roadmap_sync.publishers.pull_request import keep
from tests.standin import faults, install
from tests.standin.git import Commit, ConflictError
from tests.standin.world import PullRequest
from tests.support.days import BRANCH, TOKEN, Days, at_once

pytestmark = pytest.mark.slow

#: More seeds on request: ROADMAP_SYNC_YEARS=40 pytest tests/publishers/test_year.py
SEEDS = range(int(os.environ.get("ROADMAP_SYNC_YEARS", "3")))
DAYS = 365
ISSUES = range(1, 13)
PAGE = "# Roadmap\n\nWords.\n" + "".join(
    f"\n## Area {area}\n\nWhat area {area} is for.\n\n"
    + "\n\n".join(
        f"- [ ] [Item {number}](https://github.com/acme/rocket/issues/{number})\n\n  About it."
        for number in ISSUES
        if number % 4 == area
    )
    + "\n"
    for area in range(4)
)


class UnevenGitHub(GitHub):
    """A client whose requests take turns with those of another run."""

    turns: random.Random

    async def send(self, *given, **named):
        for _ in range(self.turns.randrange(4)):
            await asyncio.sleep(0)
        return await super().send(*given, **named)


@dataclass
class Year:
    """One year. What people said is kept here beside the world, to hold our runs against."""

    choose: random.Random
    days: Days = field(default_factory=lambda: Days(text=PAGE))
    no: dict[int, int] = field(default_factory=dict)
    held: dict[int, set[int]] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)
    carried: set[int] = field(default_factory=set)
    either: set[int] = field(default_factory=set)
    vague: dict[int, set[int]] = field(default_factory=dict)
    by_hand: set[int] = field(default_factory=set)
    branch_words: set[str] = field(default_factory=set)
    base_words: set[str] = field(default_factory=set)
    count: int = 0
    is_meant: bool = True
    story: list[str] = field(default_factory=list)
    tally: dict[str, int] = field(default_factory=dict)

    # The board ---------------------------------------------------------------------------------------------

    def board_moves(self) -> None:
        """Give one issue another verdict."""
        number = self.choose.choice(ISSUES)
        verdict = self.choose.choices(["done", "open", "dropped", "unknown"], [6, 3, 1, 1])[0]
        if self.days.verdicts.get(number, "open") != verdict:
            self.days.verdicts[number] = verdict
            self.tell(f"board: {number} is {verdict}")

    # People ------------------------------------------------------------------------------------------------

    def tell(self, what: str, *, is_meant: bool = True) -> None:
        self.story.append(what)
        self.is_meant |= is_meant

    def word(self) -> str:
        self.count += 1
        return f"(word {self.count})"

    def boxes(self, branch: str) -> dict[int, bool]:
        """Return the boxes on a branch by issue."""
        return {number: "[x]" in self.days.line(number, branch) for number in ISSUES}

    def ours(self) -> set[int]:
        """Return what the branch would tick for us on the base, if it were merged now."""
        base, there = self.boxes("main"), self.boxes_if_merged()
        return {number for number in ISSUES if there.get(number) and not base[number]} - self.by_hand

    def edits_prose(self) -> None:
        """Write between the lists of the base: nothing that a plan would see."""
        area, word = self.choose.randrange(4), self.word()
        self.days.edit(f"What area {area} is for.", f"What area {area} is for. {word}")
        self.base_words.add(word)
        self.tell(f"base prose {word}", is_meant=False)

    def edits_line(self) -> None:
        """Reword a line of the base."""
        number, word = self.choose.choice(ISSUES), self.word()
        self.days.edit(f"issues/{number})", f"issues/{number}) {word}")
        self.base_words.add(word)
        self.tell(f"base line {number} {word}")

    def turns_box(self) -> None:
        """Tick or clear a box of the base by hand."""
        number = self.choose.choice(ISSUES)
        is_ticked = self.boxes("main")[number]
        if is_ticked and number in self.merged:
            self.no[number] = self.merged[number]
        elif is_ticked and number in self.carried:
            # Ticked by us on the branch, by hand on the base, and cleared there: a no, or not. Both are fine.
            self.either.add(number)
        self.set_box(number, "main", is_ticked=not is_ticked)
        self.tell(f"base box {number} {'cleared' if is_ticked else 'ticked'}")

    def set_box(self, number: int, branch: str, *, is_ticked: bool) -> None:
        line = self.days.line(number, branch)
        old, new = ("[ ]", "[x]") if is_ticked else ("[x]", "[ ]")
        self.days.edit(line, line.replace(old, new, 1), branch)

    def edits_branch(self) -> None:
        """Write on the branch while the pull request is open."""
        if not self.days.open:
            return
        word = self.word()
        if self.choose.random() < 0.5:
            number = self.choose.choice(ISSUES)
            self.days.edit(f"issues/{number})", f"issues/{number}) {word}", BRANCH)
        else:
            self.days.edit("Words.", f"Words. {word}", BRANCH)
        self.branch_words.add(word)
        self.tell(f"branch {word}")

    def undoes(self) -> None:
        """Take back on the branch what we did there."""
        if self.days.open and (ours := sorted(self.ours())):
            number = self.choose.choice(ours)
            self.set_box(number, BRANCH, is_ticked=False)
            self.no[number] = self.days.open.number
            self.vague.setdefault(self.days.open.number, set()).add(number)
            self.tell(f"undoes {number} on the branch")

    def ticks_branch(self) -> None:
        """Tick a box on the branch by hand."""
        if not self.days.open:
            return
        there = self.boxes(BRANCH)
        free = [n for n in ISSUES if not there[n] and not self.boxes("main")[n]]
        if free:
            number = self.choose.choice(free)
            self.set_box(number, BRANCH, is_ticked=True)
            self.by_hand.add(number)
            self.tell(f"ticks {number} on the branch")

    def updates_branch(self) -> None:
        """Take the base into the branch by the button."""
        if not self.days.open:
            return
        git = self.days.git
        if git.ahead(git.branches[BRANCH], git.branches["main"]):
            try:
                git.merge(BRANCH, git.branches["main"], "Merge main", author="ann")
            except ConflictError:
                return
            self.tell("updates the branch")

    def closes(self) -> None:
        """Close the pull request unmerged: no to all that it holds."""
        if pull := self.days.open:
            ours = self.ours()
            self.held[pull.number] = ours
            self.no |= dict.fromkeys(ours, pull.number)
            self.days.close()
            self.tell(f"closes {pull.number}: no to {sorted(ours)}")
            if self.choose.random() < 0.4:
                self.drops_branch()

    def drops_branch(self) -> None:
        """Delete the branch of a pull request that is not open."""
        if not self.days.open and BRANCH in self.days.git.branches:
            del self.days.git.branches[BRANCH]
            self.branch_words.clear()
            self.by_hand.clear()
            self.tell("deletes the branch")

    def reopens(self) -> None:
        """Open a closed pull request again."""
        closed = [pull for pull in self.days.pulls if pull.number in self.held]
        if self.days.open or not closed or BRANCH not in self.days.git.branches:
            return
        pull = self.choose.choice(closed)
        self.days.reopen(pull)
        for number in self.held.pop(pull.number):
            self.no.pop(number, None)
        # Undone in it as well, or held by others in between: whether a no still counts hangs on what became of it.
        self.either |= {number for number, said_in in self.no.items() if said_in == pull.number}
        self.either |= self.vague.pop(pull.number, set())
        self.carried |= set(self.merged)
        self.merged.clear()
        self.tell(f"reopens {pull.number}")

    def merges(self) -> None:
        """Merge the pull request, if the two go together."""
        pull = self.days.open
        if pull is None or not self.days.git.ahead(self.days.git.branches["main"], self.days.git.branches[BRANCH]):
            return
        ours, before = self.ours(), self.days.page("main")
        keep = self.choose.random() < 0.5
        try:
            self.days.merge(squash=self.choose.random() < 0.5, keep_branch=keep)
        except ConflictError:
            return
        assert before  # the words of the base are looked for after every run
        self.merged |= dict.fromkeys(ours, pull.number)
        self.base_words |= self.branch_words
        if not keep:
            self.branch_words.clear()
        self.by_hand.clear()
        self.tell(f"merges {pull.number}{' and keeps the branch' if keep else ''}")

    def settles(self) -> None:
        """Settle a conflict by hand: the base's page, with the words of the branch at its end."""
        git, days = self.days.git, self.days
        base, there = git.head("main"), git.head(BRANCH)
        lost = "".join(f"\n{word}\n" for word in sorted(self.branch_words) if word not in days.page("main"))
        text = days.page("main") + lost
        for number, is_ticked in self.boxes(BRANCH).items():
            if is_ticked and number not in self.by_hand:
                line = next(one for one in text.splitlines() if f"issues/{number})" in one)
                text = text.replace(line, line.replace("[ ]", "[x]", 1), 1)
        files = {days.places[0]: text.encode()}
        git.branches[BRANCH] = git._add((there.oid, base.oid), files, "Settle", "ann", base.date).oid
        self.by_hand = {n for n in self.by_hand if self.boxes(BRANCH)[n]}
        self.tell("settles the conflict")

    # A day -------------------------------------------------------------------------------------------------

    EVENTS = (
        ("edits_prose", 6),
        ("edits_line", 3),
        ("turns_box", 3),
        ("edits_branch", 4),
        ("undoes", 4),
        ("ticks_branch", 2),
        ("updates_branch", 2),
        ("closes", 3),
        ("drops_branch", 1),
        ("reopens", 2),
        ("merges", 5),
    )

    def happens(self) -> None:
        """Let the board and people do what they do on one day."""
        if self.choose.random() < 0.2:
            self.board_moves()
        if self.choose.random() < 0.45:
            names, weights = zip(*self.EVENTS, strict=True)
            for name in self.choose.choices(names, weights, k=self.choose.choice([1, 1, 2])):
                getattr(self, name)()
                if "reopens" in self.story[-1]:
                    break  # a run is to see it

    async def passes(self, client: GitHub) -> None:
        """One day: something happens, we run, all is well."""
        server = self.days.server
        self.is_meant = False
        self.happens()
        before = len(server.log)
        is_rough = self.choose.random() < 0.15
        server.fails(*(self.troubles() if is_rough else ()))
        runs = 2 if self.choose.random() < 0.1 else 1
        ends = await asyncio.gather(*(self.run(client) for _ in range(runs)), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException) and not isinstance(end, RoadmapSyncError):
                raise end
        done = [end for end in ends if isinstance(end, Delivered)]
        mutations = sum(request.is_mutation for request in server.log[before:])
        self.story.append(f"  {runs} run{'s'[: runs - 1]}: {[(end.why, end.steps) for end in done]}")
        assert done, f"no run came to an end: {ends}"
        if not is_rough and runs == 1 and not self.is_meant and self.is_settled:
            assert mutations == 0, "a write on a day without a change of meaning"
        self.tally["writes"] = self.tally.get("writes", 0) + mutations
        self.holds(done[-1])
        self.is_settled = done[-1].why != "conflict"
        if done[-1].why == "conflict":
            self.tally["conflicts"] = self.tally.get("conflicts", 0) + 1
            if self.days.open:
                self.settles()
            else:
                self.drops_branch()

    is_settled: bool = True

    def troubles(self) -> Iterator[faults.Fault]:
        """Lose the answer to one or two mutations."""
        yield faults.lost_answer().matching(lambda request: request.is_mutation).times(self.choose.choice([1, 2]))

    async def run(self, client: GitHub) -> Delivered:
        repository = RemoteRepository(client, "acme/rocket", BRANCH, self.days.targets())
        return await keep(repository, self.days.read_board, self.days.options, sleep=at_once)

    # What must hold ----------------------------------------------------------------------------------------

    def forget_old(self) -> None:
        """Drop what a verdict seen by a run has overtaken."""
        for number in ISSUES:
            if self.days.verdicts.get(number, "open") in {"open", "dropped"}:
                self.no.pop(number, None)
                self.merged.pop(number, None)
                self.carried.discard(number)
                self.either.discard(number)
                for pull, held in self.held.items():
                    if number in held:
                        held.discard(number)
                        self.vague.setdefault(pull, set()).add(number)

    def holds(self, end: Delivered) -> None:
        """Hold the world against what people said."""
        self.forget_old()
        days, base = self.days, self.boxes("main")
        now: PullRequest | None = days.open  # asserts that there is at most one
        there = self.boxes_if_merged() or base
        for word in self.base_words:
            assert word in days.page("main"), f"{word} is lost on the base"
        if BRANCH in days.git.branches:
            for word in self.branch_words:
                assert word in days.page(BRANCH), f"{word} is lost on the branch"
        assert {c.author for c in self.on_main()} <= {"ann", "somebody", "robot"}
        if end.why == "conflict":
            return
        left = {one.change.reference.number for one in end.left_out}
        for number in ISSUES:
            verdict = days.verdicts.get(number, "open")
            is_due = verdict == "done" and not base[number]
            if number in self.either:
                assert not is_due or there[number] or number in left, f"{number} is neither proposed nor declined"
                continue
            if is_due and number not in self.no:
                assert now is not None, f"{number} is due and nothing is open"
                assert there[number], f"{number} is due and not on the branch"
            if now and there[number] and not base[number] and number not in self.by_hand:
                assert verdict in {"done", "unknown"}, f"{number} is ticked on the branch, and {verdict}"
                # What cannot be read now is left as the branch of a person's commits has it.
                is_left = verdict == "unknown" and self.has_hands()
                assert is_left or number not in self.no, f"{number} is ticked again, though somebody said no"
        self.carried |= self.ours()
        due_and_declined = {n for n in self.no if days.verdicts.get(n) == "done" and not base[n]} - self.by_hand
        assert due_and_declined <= left | {n for n in ISSUES if there[n]}, "what was declined is not listed"

    def has_hands(self) -> bool:
        """Whether a person has worked on the branch."""
        git = self.days.git
        return any(c.author != "robot" for c in git.ahead(git.branches["main"], git.branches[BRANCH]))

    def boxes_if_merged(self) -> dict[int, bool]:
        """Return what the base's boxes would be if the branch were merged now; empty without one, or in a conflict."""
        git = self.days.git
        if BRANCH not in git.branches:
            return {}
        try:
            text = git.merged(git.branches["main"], git.branches[BRANCH])[self.days.places[0]].decode()
        except ConflictError:
            return {}
        return {n: "[x]" in next(line for line in text.splitlines() if f"issues/{n})" in line) for n in ISSUES}

    def on_main(self) -> list[Commit]:
        """Return the commits that the base holds."""
        return list(self.days.git.history(self.days.git.branches["main"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_year(seed):
    """At most one open pull request, no human edit lost, no write without a meaning, in step or declined in one run."""
    year = Year(random.Random(seed))  # noqa: S311 - nothing secret hangs on it

    async def live() -> None:
        async with UnevenGitHub("https://api.github.com/graphql", TOKEN, deadline=1e9) as client:
            client.turns = random.Random(seed)  # noqa: S311 - as said above
            for day in range(DAYS):
                year.story.append(f"day {day}")
                await year.passes(client)

    with respx.mock(assert_all_called=False) as router:
        install(router, year.days.server)
        try:
            asyncio.run(live())
        except AssertionError as error:
            error.add_note("\n".join(year.story[-40:]))
            raise
    assert len(year.days.pulls) > 5, "nothing happened"
