"""Makes programs of faults at random: what goes wrong with GitHub in one run, when, and what people do meanwhile.

What may happen, and how often, stands in CATALOGUE.
"""

import random
from dataclasses import dataclass, field

from tests.standin import Server, World, faults
from tests.support.makers import area_query

#: Under this key a moment's truth tells which cards are on the board.
BOARD = "*"
#: How many pages there are, by number of lines and whose they are.
SHAPES = 16
STATUSES = ("Ideas", "Working on it", "Shipped")
AREAS = (area_query("is:issue", None, ("Ideas", "Working on it")), area_query("-label:bug", None, STATUSES))
LISTS = ("Issue.projectItems", "PullRequest.projectItems")
LOOK_UP = "Repository.issueOrPullRequest"
EVIDENCE = "Issue.closedByPullRequestsReferences"

#: What nobody can tell from the truth, since GitHub may well say it: an issue closed without a reason, an empty Status.
#: Lists of boards are likewise never empty or shorter by a row and a count alike.
INDISCERNIBLE = {(faults.quietly_null, "Issue.stateReason"), (faults.quietly_null, "ProjectV2Item.fieldValueByName")}
INDISCERNIBLE |= {(faults.empty, where) for where in LISTS}

#: The types at whose fields a fault may take an item's content.
HIDING = {"ProjectV2Item", "Issue", "PullRequest"}

#: What can go wrong, each as likely as the others; a field's faults are given with the fields they fit.
CATALOGUE = (
    faults.gone_wrong,
    lambda: faults.gone_wrong(504),
    faults.bad_gateway,
    lambda: faults.server_error(500),
    faults.server_error,
    faults.invalid_json,
    faults.cut_short,
    faults.truncated,
    faults.reset,
    faults.lost_answer,
    faults.hang,
    faults.redirect,
    faults.primary_limit,
    lambda: faults.primary_limit("RATE_LIMITED", 20),
    faults.secondary_limit,
    lambda: faults.secondary_limit(200, 5),
    lambda: faults.secondary_limit(429, 3),
    faults.bad_credentials,
    faults.insufficient_scopes,
    faults.empty_answer,
    faults.no_data,
    faults.extra_error,
    lambda: faults.extra_error("odd", path=["r0"]),
    lambda: faults.with_headers(x_ratelimit_remaining="0"),
    *(
        lambda make=make, where=where: make(where)
        for make in (faults.forbidden, faults.not_found, faults.saml, faults.quietly_null, faults.resource_limits)
        for where in (
            "*.projectV2",
            "ProjectV2.field",
            "ProjectV2.items",
            "Query.repository",
            "Repository.defaultBranchRef",
            LOOK_UP,
            *LISTS,
            EVIDENCE,
            "ProjectV2Item.fieldValueByName",
            "ProjectV2Item.content",
            "ProjectV2Item.project",
            "Issue.labels",
            "Issue.parent",
            "Issue.state",
            "Issue.stateReason",
            "PullRequest.mergedAt",
            "PullRequest.baseRefName",
            "Query.node",
            "Query.nodes",
        )
        if (make, where) not in INDISCERNIBLE
    ),
    *(
        lambda make=make, where=where: make(where)
        for make in (
            faults.null_node,
            faults.forbidden_node,
            faults.stuck_cursor,
            lambda where: faults.stuck_cursor(where, ""),
            lambda where: faults.stuck_cursor(where, "repeated"),
            faults.ends_early,
            faults.drifting_total,
            faults.missing_row,
            faults.doubled_row,
            faults.empty,
        )
        for where in ("ProjectV2.items", *LISTS, EVIDENCE)
        if (make, where) not in INDISCERNIBLE
    ),
    *(
        lambda make=make, where=where: make(where)
        for make in (faults.unknown_type, faults.unknown_word)
        for where in (LOOK_UP, "Issue.state", "Issue.stateReason", "PullRequest.state", "ProjectV2.field")
    ),
    lambda: faults.unknown_type("ProjectV2Item.fieldValueByName", "ProjectV2ItemIssueFieldValue"),
    lambda: faults.unknown_type("ProjectV2Item.content"),
)


@dataclass
class Program:
    """One run's troubles. `moments` are copies of the world's truth, taken whenever people change something."""

    seed: int
    chance: random.Random = field(init=False, repr=False)
    world: World = field(init=False, repr=False)
    names: list[str] = field(init=False)
    faults: list = field(init=False)
    old_host: bool = field(init=False)
    concurrency: int = field(init=False)
    whole: bool = field(init=False)
    areas: tuple = field(init=False)

    def __post_init__(self):
        self.chance = chance = random.Random(self.seed)  # noqa: S311 - a program, no secret
        # Few shapes of pages, so that the documents are few as well: to parse them is most of a run.
        self.world, self.names = _world(chance, random.Random(self.seed % SHAPES))  # noqa: S311 - a shape
        self.faults = _apart([_fault(chance) for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3, 5)))])
        self.faults += [
            faults.world_changes(self.change).on(chance.randint(1, 6)) for _ in range(chance.choice((0, 0, 1, 2, 3)))
        ]
        self.old_host = chance.random() < 0.2
        self.concurrency = chance.choice((1, 2, 4))
        self.whole = chance.random() < 0.3
        self.areas = AREAS if chance.random() < 0.3 else ()
        self.moments = [truth(self.world)]

    def server(self, clock):
        """The GitHub of this run."""
        return Server(self.world, self.faults, clock=clock, old_host=self.old_host)

    @property
    def may_hide(self):
        """Whether a fault may hide items of a whole board without making it short."""
        return any(touch.where.split(".")[0] in HIDING for fault in self.faults for touch in fault.touches)

    def change(self, world):
        """Let people do something, and keep what is true from now on."""
        _work(self.chance, world)
        self.moments.append(truth(world))


def _apart(drawn):
    """Leave one of the faults that replace a whole place: there is no place left within it for another."""
    late = [fault for fault in drawn if any(touch.late for touch in fault.touches)]
    return [fault for fault in drawn if fault not in late[1:]]


def _fault(chance):
    fault = chance.choice(CATALOGUE)()
    return chance.choice(
        (fault, fault, fault.on(chance.randint(1, 4)), fault.times(chance.choice((2, 3, 6))), fault.always())
    )


def _world(chance, shape):
    """A board with some things of every kind, on few or many boards, and the names a page has for them."""
    world = World()
    rocket, library = world.repository("acme/rocket"), world.repository("other/lib")
    for home in (rocket, library):
        home.git.branch("main")
        home.git.branch("next")
    project = world.project("acme", 3, statuses=STATUSES)
    names = []
    for number in range(1, shape.randint(2, 9)):
        home = shape.choice((rocket, rocket, library))
        thing = _thing(chance, home, number)
        for other in range(100, 100 + chance.choice((0, 0, 0, 1, 2, 21))):
            world.project("acme", other).put(thing, "Done")
        if chance.random() < 0.7:
            project.put(thing, chance.choice((*STATUSES, None)), archived=chance.random() < 0.1)
        names.append(f"{home.full_name}#{number}")
    names.append(project.draft("Dream", chance.choice((*STATUSES, None))).id)
    return world, names


def _thing(chance, home, number):
    if chance.random() < 0.3:
        state = chance.choice(("OPEN", "CLOSED", "MERGED", "MERGED"))
        return home.pull(number, state=state, base=chance.choice(("main", "main", "next")))
    states = (("OPEN", None), ("OPEN", "REOPENED"), ("CLOSED", "COMPLETED"), ("CLOSED", "NOT_PLANNED"))
    state, reason = chance.choice(states)
    issue = home.issue(number, state=state, reason=reason)
    if chance.random() < 0.3:
        home.pull(number + 500, state=chance.choice(("OPEN", "MERGED")), closes=[issue])
    return issue


def _work(chance, world):
    """Do what people do to a board: move a card, close or reopen an issue, add, remove and sort cards."""
    project = world.project("acme", 3)
    card = chance.choice(project.cards)
    deed = chance.randrange(6)
    if deed <= 1:
        card.status = chance.choice((*STATUSES, None))
    elif deed == 2 and getattr(card.content, "state", "") in {"OPEN", "CLOSED"}:
        card.content.change(state="CLOSED" if card.content.state == "OPEN" else "OPEN")
    elif deed == 3:
        project.draft("New", "Ideas", position=0)
    elif deed == 4 and len(project.cards) > 1:
        project.remove(card)
    else:
        project.move(card, 0)


def truth(world):
    """What is true of each thing now, in the words of a verdict: its state, its Status, and whether it is there."""
    project = world.project("acme", 3)
    known = {}
    for home in {id(home): home for home in world.repositories.values()}.values():
        for number, thing in home.numbers.items():
            card = next((card for card in thing.cards if card.project is project), None)
            known[f"{home.full_name}#{number}".lower()] = _facts(thing, card)
    known[BOARD] = frozenset(card.id for card in project.cards)
    known |= {c.id: ("", None, None, (c.status, c.archived)) for c in project.cards if not hasattr(c.content, "state")}
    return known


def _facts(thing, card):
    placed = (card.status, card.archived) if card else None
    return (thing.state, getattr(thing, "reason", None), getattr(thing, "base", None), placed)
