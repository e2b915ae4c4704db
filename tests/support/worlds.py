"""Makes worlds at random, with a question about them: what may be so, and how often, stands in WEIGHTS."""

from dataclasses import dataclass

from hypothesis import strategies as st

from roadmap_sync.board.question import Question
from tests.standin import World
from tests.support.makers import area_query
from tests.support.readings import address_of, question

STATUSES = ("Ideas", "Working on it", "Coming soon", "Shipped")

#: How often, in a hundred, each is so of one thing in a world.
WEIGHTS = {
    "on the board": 65,
    "archived": 15,
    "without a Status": 15,
    "redacted": 8,
    "on other boards": 20,
    "on very many boards": 3,
    "a pull request": 25,
    "a draft": 15,
    "closed by pull requests": 30,
    "named by its old name": 20,
    "named twice": 10,
    "not there": 10,
    "labelled": 50,
    "documented": 30,
    "part of another": 20,
}
AREAS = (
    area_query("label:logging", None, ("Ideas", "Working on it")),
    area_query("is:issue -label:logging", None, ("Ideas", "Shipped")),
    area_query("has:docs", 5, STATUSES),
    area_query("is:open docs:*://x", None, STATUSES),
)

ISSUE_STATES = (
    ("OPEN", None),
    ("OPEN", "REOPENED"),
    ("CLOSED", "COMPLETED"),
    ("CLOSED", "NOT_PLANNED"),
    ("CLOSED", "DUPLICATE"),
    ("CLOSED", None),
)


@dataclass(frozen=True, repr=False)
class Case:
    """A world, what is asked of it, and whether its host is an old one."""

    world: World
    asked: Question
    old_host: bool

    def __repr__(self):
        cards = [
            f"{card.id} {card.status}{' archived' * card.archived}{' redacted' * card.redacted}"
            for card in self.project.cards
        ]
        things = [f"{vars_of(t)}" for home in self.world.by_serial.values() for t in home.numbers.values()]
        asked = [reference.name for reference in self.asked.references]
        return f"Case({asked}, {sorted(self.asked.evidence)}, {cards}, {things}, {self.world.tokens}, {self.old_host})"

    @property
    def project(self):
        """The board that is asked for."""
        return self.world.project("acme", 3)


def vars_of(thing):
    """A discussion in a few words."""
    return f"{thing.repository.full_name}#{thing.number} {type(thing).__name__} {thing.state}, {len(thing.cards)} cards"


@st.composite
def cases(draw, *, most=8):
    """Draw a world with up to `most` things, and a question that names most of them."""

    def happens(what):
        return draw(st.integers(0, 99)) < WEIGHTS[what]

    made = World()
    homes = [made.repository(name) for name in ("acme/rocket", "acme/Site", "other/lib")]
    homes[1].visibility = draw(st.sampled_from(["PUBLIC", "PRIVATE", "INTERNAL"]))
    project = made.project("acme", 3, statuses=STATUSES, public=draw(st.booleans()))
    project.add_field("Docs", "TEXT")
    project.add_view(5, "is:issue,pr")
    project.put(homes[0].issue(1000, "Always there"), "Ideas")
    names = ["acme/rocket#1000"]
    for number in range(1, draw(st.integers(0, most)) + 1):
        names += _thing(draw, happens, made, project, draw(st.sampled_from(homes)), number)
    homes[2].rename("acme/Library")
    made.token("test-token", **_powers(draw))
    names = list(dict.fromkeys(draw(st.permutations(names))))
    evidence = frozenset(name.lower() for name in names if draw(st.booleans()) and not name.startswith("PVTI"))
    asked = question(
        *_unique(names),
        address=address_of(project),
        evidence=evidence,
        repositories=("acme/rocket", "ACME/site"),
        areas=draw(st.sampled_from([(), (), AREAS[:1], AREAS])),
        fields=draw(st.sampled_from([(), ("Docs",)])),
    )
    return Case(made, asked, draw(st.booleans()))


def _unique(names):
    """One spelling of each key."""
    return {name if name.startswith("PVTI") else name.lower(): name for name in names}.values()


def _thing(draw, happens, made, project, home, number):
    status = None if happens("without a Status") else draw(st.sampled_from(STATUSES))
    if happens("a draft"):
        card = project.draft(f"Draft {number}", status, archived=happens("archived"))
        return [card.id]
    if happens("a pull request"):
        state, base = draw(st.sampled_from(["OPEN", "CLOSED", "MERGED"])), draw(st.sampled_from(["main", "next"]))
        made_thing = home.pull(number, f"Pull {number}", state=state, base=base)
    else:
        state, reason = draw(st.sampled_from(ISSUE_STATES))
        made_thing = home.issue(number, f"Issue {number}", state=state, reason=reason)
        if happens("part of another"):
            made_thing.change(parent=home.issue(number + 700))
        if happens("closed by pull requests"):
            home.pull(number + 500, state=draw(st.sampled_from(["OPEN", "MERGED"])), closes=[made_thing])
    if happens("labelled"):
        made_thing.labels = draw(st.sampled_from([("logging",), ("logging", "bug"), ("bug",)]))
    _cards(happens, made, project, made_thing, status)
    return _names(happens, home, number)


def _cards(happens, made, project, made_thing, status):
    count = 22 if happens("on very many boards") else 2 if happens("on other boards") else 0
    for other in range(100, 100 + count):
        made.project("acme", other).put(made_thing, "Done")
    if happens("on the board"):
        values = {"Docs": "https://x"} if happens("documented") else None
        project.put(made_thing, status, archived=happens("archived"), redacted=happens("redacted"), values=values)


def _names(happens, home, number):
    names = [f"{home.full_name}#{number}"]
    if home.name == "lib":
        old, new = f"other/lib#{number}", f"acme/library#{number}"
        names = [old, new] if happens("named twice") else [old if happens("named by its old name") else new]
    if happens("not there"):
        names.append(f"acme/rocket#{number + 2000}")
    return names


def _powers(draw):
    few = st.sampled_from([frozenset(), frozenset(), frozenset(), frozenset({"acme/site"})])
    return {"private": draw(st.booleans()), "forbidden": draw(few), "hidden": draw(few)}
