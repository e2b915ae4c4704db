"""Tests that a filter text means what GitHub's page on filtering projects says, and that it is refused where it cannot."""

from dataclasses import FrozenInstanceError, replace
from datetime import date
from functools import partial
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from roadmap_sync.board.facts import QUALIFIERS, Facts, FieldValue, slug
from roadmap_sync.board.filters import Filter, Iteration, in_quotes, is_like, parse
from roadmap_sync.board.model import Placement
from roadmap_sync.config.file import board_address
from roadmap_sync.errors import BugError, InputError
from tests.support.makers import draft, issue, pull

decomposed = partial(normalize, "NFD")
TODAY = date(2026, 3, 15)
FIELDS = {
    "priority": "number",
    "due": "date",
    "note": "text",
    "team": "single_select",
    "work-phase": "single_select",
    "surface": "multi_select",
    "iteration": "iteration",
    "🎯-goal": "text",
}
ITERATIONS = {
    "iteration": (
        Iteration("Iteration 4", "2026-04-07", 14),
        Iteration("Iteration 1", "2026-02-24", 14),
        Iteration("Iteration 2", "2026-03-10", 14),
        Iteration("Iteration 3", "2026-03-24", 14),
    )
}


def _fields(priority="2", due="2026-03-15", note="complete", start="2026-03-10", iteration="Iteration 2", **more):
    return {
        "priority": FieldValue("number", (priority,)),
        "due": FieldValue("date", (due,)),
        "note": FieldValue("text", (note,)),
        "iteration": FieldValue("iteration", (iteration,), start, 14),
    } | more


ITEMS = {
    "bug": issue(
        3,
        "OPEN",
        "Working on it",
        title="API deprecation",
        facts=Facts(
            labels=("bug", "Good first issue", "v1..v2"),
            assignees=("octocat", "stevecat"),
            milestone="Beta release",
            issue_type="Bug",
            created_at="2026-01-10T23:59:59Z",
            updated_at="2026-03-08T00:00:01Z",
            parent="acme/rocket#1",
            fields=_fields(
                team=FieldValue("single_select", ("Core Team",)),
                surface=FieldValue("multi_select", ("Web", "Command line")),
                **{
                    "work-phase": FieldValue("single_select", ("In flight",)),
                    "🎯-goal": FieldValue("text", ("Fewer alarms, better sleep",)),
                },
            ),
        ),
    ),
    "feature": issue(
        4,
        "OPEN",
        "Backlog",
        owner="Other",
        repo="Launch-Pad",
        title="Don't drop the API — it's \"fine\"",
        facts=Facts(
            labels=("support", "bug: critical"),
            assignees=("octocat",),
            milestone="Beta",
            created_at="2026-03-15T08:00:00Z",
            updated_at="2026-03-15T09:00:00Z",
            fields=_fields("2.5", "2026-03-22", "Almost complete", "2026-02-24", "Iteration 1"),
        ),
    ),
    "bare": issue(5, "OPEN", title="Rendering", facts=Facts()),
    "reopened": issue(
        6,
        "OPEN",
        "Ideas",
        state_reason="REOPENED",
        facts=Facts(fields=_fields("-1", "2022-12-31", "x", "2026-04-07", "Iteration 4")),
    ),
    "done": issue(7, "CLOSED", "Shipped", state_reason="COMPLETED", facts=Facts()),
    "cancelled": issue(8, "CLOSED", "Shipped", state_reason="NOT_PLANNED", facts=Facts()),
    "duplicate": issue(9, "CLOSED", on_board=True, state_reason="DUPLICATE", facts=Facts()),
    "pull": pull(10, "OPEN", "Working on it", facts=Facts(reviewers=("octocat", "acme/pilots"))),
    "draft pull": pull(11, "OPEN", facts=Facts(is_draft=True)),
    "merged": pull(12, "MERGED", "Shipped", facts=Facts()),
    "rejected": pull(13, "CLOSED", facts=Facts()),
    "draft": draft("PVTI_one", "Backlog", facts=Facts(assignees=("octocat",))),
}

#: Each line: a filter, the items it lets through, the items it does not.
CASES = [
    # nothing, and order
    ("", "bug bare draft merged", ""),
    ("   ", "bug draft", ""),
    ("sort:updated-desc", "bug draft", ""),
    ("is:open sort:updated-desc", "bug pull", "done merged"),
    ("sort:title-asc,updated-desc is:pr", "pull", "bug"),
    # kinds and states
    ("is:issue", "bug done", "pull draft merged"),
    ("is:pr", "pull merged", "bug draft"),
    ("is:draft", "draft,draft pull", "bug pull"),
    ("is:open", "bug pull draft", "done merged rejected"),
    ("is:closed", "done rejected merged", "bug pull draft"),
    ("is:merged", "merged", "pull rejected done"),
    ("is:issue is:open", "bug", "done pull"),
    ("is:issue,pr", "bug pull", "draft"),
    ("-is:draft", "bug pull", "draft,draft pull"),
    ("-is:issue,pr", "draft", "bug merged"),
    ("IS:Open", "bug", "done"),
    ("is:issue is:pr", "", "bug pull"),
    # Status
    ("status:Backlog", "feature draft", "bug bare duplicate"),
    ("status:backlog", "feature", "bug"),
    ("Status:BACKLOG", "feature", "bug"),
    ('status:"Working on it"', "bug", "feature"),
    ("status:'working on it'", "bug", "feature"),
    ('status:"Working on it",Backlog', "bug feature", "done bare"),
    ("-status:Shipped", "bug bare duplicate", "done"),
    ('-status:Shipped,"Working on it"', "feature", "done bug"),
    ("status:Ship", "", "done"),
    ("status:Ship*", "done cancelled", "bug bare"),
    ("status:* is:open", "bug", "bare"),
    ("no:status", "bare duplicate", "bug"),
    ("-no:status", "bug", "bare duplicate"),
    ("has:status", "bug", "bare duplicate"),
    ("-has:status", "bare", "bug"),
    ("status:Backlog status:Shipped", "", "feature done"),
    # labels
    ("label:bug", "bug", "feature bare draft"),
    ("label:BUG", "bug", "feature"),
    ("label:bug,support", "bug feature", "bare"),
    ("label:bug label:support", "", "bug feature"),
    ('label:bug label:"good first issue"', "bug", "feature"),
    ("-label:bug", "feature bare draft", "bug"),
    ("-label:bug,support", "bare", "bug feature"),
    ("label:bug -label:support", "bug", "feature"),
    ('label:"bug: critical"', "feature", "bug"),
    ("label:*bug*", "bug feature", "bare"),
    ("label:bug*", "bug feature", "bare"),
    ("label:*issue", "bug", "feature"),
    ("label:*first*", "bug", "feature"),
    ('label:"*first issue"', "bug", "feature"),
    ("label:g*i*e", "bug", "feature"),
    ('label:"v1..v2"', "bug", "feature"),
    ("no:label", "bare draft", "bug"),
    ("-no:label", "bug", "bare"),
    ("has:label", "bug", "bare"),
    ("no:label no:assignee repo:acme/rocket", "bare done", "bug draft"),
    ("no:label,assignee", "bare draft", "bug"),
    ("has:label,assignee", "bug draft", "bare"),
    ("-no:label,assignee", "bug", "bare draft"),
    # people
    ("assignee:octocat", "bug feature draft", "bare"),
    ("assignee:OctoCat", "bug", "bare"),
    ("assignee:octocat,stevecat", "bug feature", "bare"),
    ("assignee:octocat assignee:stevecat", "bug", "feature"),
    ("label:bug,support assignee:octocat assignee:stevecat", "bug", "feature"),
    ("-assignee:octocat", "bare", "bug"),
    ("assignee:octo", "", "bug"),
    ("assignee:*steve*", "bug", "feature"),
    ("no:assignee", "bare", "bug draft"),
    ("reviewers:octocat", "pull", "merged bug"),
    ("reviewers:acme/pilots", "pull", "merged"),
    ("-reviewers:octocat", "merged", "pull"),
    ("no:reviewers is:pr", "merged", "pull bug"),
    # milestone, type, parent, repository
    ('milestone:"Beta release"', "bug", "feature bare"),
    ("milestone:beta", "feature", "bug"),
    ("milestone:Beta*", "bug feature", "bare"),
    ("no:milestone", "bare", "bug"),
    ("type:Bug", "bug", "feature"),
    ('type:"bug"', "bug", "bare"),
    ("no:type", "feature", "bug"),
    ("has:type", "bug", "feature"),
    ("parent-issue:acme/rocket#1", "bug", "feature"),
    ("parent-issue:Acme/Rocket#1", "bug", "bare"),
    ('parent-issue:"acme/rocket#1"', "bug", "bare"),
    ("parent-issue:acme/rocket#2,acme/rocket#1", "bug", "bare"),
    ("parent-issue:acme/rocket#11", "", "bug"),
    ("-parent-issue:acme/rocket#1", "bare", "bug"),
    ("no:parent-issue", "bare", "bug"),
    ("repo:acme/rocket", "bug pull", "feature draft"),
    ("repo:other/launch-pad", "feature", "bug"),
    ("repo:acme/rocket,other/launch-pad", "bug feature", "draft"),
    ("-repo:acme/rocket", "feature draft", "bug"),
    ("repo:acme/*", "bug", "feature"),
    # why it was closed
    ("reason:completed", "done", "cancelled merged bug"),
    ('reason:"not planned"', "cancelled", "done"),
    ("reason:'Not Planned'", "cancelled", "done"),
    ("reason:reopened", "reopened", "bug done"),
    ("reason:duplicate", "duplicate", "done"),
    ('-reason:"not planned"', "done bug", "cancelled"),
    ('reason:completed,"not planned"', "done cancelled", "duplicate"),
    # title
    ('title:"API deprecation"', "bug", "feature"),
    ("title:'api deprecation'", "bug", "feature"),
    ("title:API", "", "bug feature"),
    ("title:API*", "bug", "feature bare"),
    ("title:*api*", "bug feature", "bare"),
    ("title:*deprecation", "bug", "feature"),
    ("title:rendering", "bare", "bug"),
    ("-title:*API*", "bare", "bug feature"),
    ("title:*don't*", "feature", "bug"),
    # free text
    ("API", "bug feature", "bare"),
    ("api", "bug feature", "bare"),
    ("-API", "bare", "bug feature"),
    ("API deprecation", "bug", "feature"),
    ("deprecation api", "bug", "feature"),
    ('"API deprecation"', "bug", "feature"),
    ('"deprecation API"', "", "bug"),
    ('-"API deprecation"', "feature", "bug"),
    ("label:bug deprecation", "bug", "feature"),
    ("label:support deprecation", "", "bug feature"),
    ("depre", "bug", "feature"),
    ("API*tion", "bug", "feature"),
    ("complete", "bug feature", "bare"),
    ("alarms,", "bug", "feature"),
    ('"alarms, better"', "bug", "feature"),
    ("don't", "feature", "bug"),
    ("'\"fine\"'", "feature", "bug"),
    ("core", "", "bug"),
    ('"OR"', "", "bare bug"),
    ("or", "", "bare bug"),
    # text, single and multi select fields
    ("note:complete", "bug", "feature bare"),
    ("note:*complete", "bug feature", "bare"),
    ("-note:complete", "feature bare", "bug"),
    ("no:note", "bare", "bug"),
    ('team:"core team"', "bug", "feature"),
    ("team:core", "", "bug"),
    ("no:team", "feature", "bug"),
    ('work-phase:"In flight"', "bug", "feature"),
    ('has:"Work phase"', "bug", "feature"),
    ("has:work-phase", "bug", "feature"),
    ("no:work-phase", "feature", "bug"),
    ("surface:web", "bug", "feature"),
    ('surface:"Command line"', "bug", "feature"),
    ('surface:web surface:"command line"', "bug", "feature"),
    ("surface:desktop,web", "bug", "feature"),
    ("-surface:web", "feature", "bug"),
    ("🎯-goal:*sleep", "bug", "feature"),
    # numbers
    ("priority:2", "bug", "feature bare"),
    ("priority:2.0", "bug", "feature"),
    ('priority:"2"', "bug", "feature"),
    ("priority:>2", "feature", "bug bare reopened"),
    ("priority:>=2", "bug feature", "reopened"),
    ("priority:<2", "reopened", "bug bare"),
    ("priority:<=2", "bug reopened", "feature"),
    ("priority:-1", "reopened", "bug"),
    ("priority:1..3", "bug feature", "reopened bare"),
    ("priority:2..2", "bug", "feature"),
    ("priority:3..1", "", "bug feature"),
    ("priority:*..2", "bug reopened", "feature bare"),
    ("priority:2.1..*", "feature", "bug bare"),
    ("-priority:1,2", "feature bare", "bug"),
    ("-priority:>2", "bug bare", "feature"),
    ("priority:<0,>2", "feature reopened", "bug"),
    ("priority:>0 priority:<=2", "bug", "feature"),
    ("no:priority", "bare", "bug"),
    ("has:priority", "bug", "bare"),
    # dates
    ("due:2026-03-15", "bug", "feature bare"),
    ("due:>=2022-06-01", "bug reopened", "bare"),
    ("due:>2026-03-15", "feature", "bug"),
    ("due:<2026-03-15", "reopened", "bug"),
    ("due:2022-01-01..2022-12-31", "reopened", "bug"),
    ("due:*..2026-03-15", "bug reopened", "feature"),
    ("due:@today", "bug", "feature"),
    ("due:@Today", "bug", "feature"),
    ("due:@today..@today+7", "bug feature", "reopened"),
    ("due:>=@today", "bug feature", "reopened"),
    ("due:<@today", "reopened", "bug bare"),
    ("due:@today+7", "feature", "bug"),
    ("due:>@today-7d", "bug feature", "reopened"),
    ("-due:@today", "feature bare", "bug"),
    ("updated:>=2026-03-08", "bug feature", "bare"),
    ("updated:2026-03-08", "bug", "feature"),
    ("updated:>@today-7d", "feature", "bug"),
    ("-updated:>@today-7d", "bug bare", "feature"),
    ("updated:<@today-6", "bug", "feature"),
    ("created:2026-01-10", "bug", "feature"),
    ("created:<2026-02-01", "bug", "feature bare"),
    ("created:@today", "feature", "bug"),
    ("last-updated:7days", "bug", "feature bare"),
    ("last-updated:8days", "", "bug"),
    ("last-updated:1day", "bug", "feature"),
    ("-last-updated:10days", "bug feature", ""),
    ("-last-updated:7days", "feature", "bug"),
    # iterations
    ("iteration:@current", "bug", "feature reopened bare"),
    ("iteration:@Current", "bug", "feature"),
    ("iteration:@previous", "feature", "bug"),
    ("iteration:@next", "", "bug reopened"),
    ("iteration:@next+1", "reopened", "bug"),
    ("iteration:@current+2", "reopened", "bug"),
    ("iteration:@current-1", "feature", "bug"),
    ("iteration:@current-2", "", "bug feature"),
    ("iteration:@current+9", "", "bug reopened"),
    ("iteration:@current..@current+3", "bug reopened", "feature bare"),
    ("iteration:@current..@current+2", "bug reopened", "feature"),
    ("iteration:@previous..@current", "bug feature", "reopened"),
    ("iteration:<@current", "feature", "bug bare"),
    ("iteration:>=@current", "bug reopened", "feature"),
    ("-iteration:@current", "feature bare", "bug"),
    ("iteration:@previous,@current", "bug feature", "reopened"),
    ('iteration:"Iteration 2"', "bug", "feature"),
    ("iteration:'iteration 2'", "bug", "feature"),
    ("iteration:*2", "bug", "feature"),
    ('iteration:<"Iteration 4"', "bug feature", "reopened"),
    ('iteration:"Iteration 1".."Iteration 2"', "bug feature", "reopened"),
    ('iteration:*.."Iteration 2"', "bug feature", "reopened"),
    ('iteration:>"Iteration 9"', "", "bug reopened"),
    ("no:iteration", "bare", "bug"),
    # blanks between terms
    ("\tis:open\u00a0 label:bug\n", "bug", "done"),
]


def _names(listed):
    """Item names in one text: parted by commas where one has a blank, else by blanks."""
    known = [part.strip() for part in listed.split(",")] if "," in listed else listed.split()
    return [name for name in known if name]


ROWS = [
    pytest.param(query, name, expected, id=f"{query.strip() or 'nothing'}-{'yes' if expected else 'no'}-{name}")
    for query, yes, no in CASES
    for expected, listed in ((True, yes), (False, no))
    for name in _names(listed)
]


def _filter(query, fields=FIELDS, **more):
    found = parse(query, where="config.toml:31", **more)
    found.check(fields)
    return found


def _is_match(query, item, today=TODAY, iterations=ITERATIONS):
    return _filter(query).matches(item, today=today, iterations=iterations)


def test_the_table_is_large_enough():
    """The table holds at least 150 cases, of which no two are the same."""
    assert len(CASES) == len({query for query, _, _ in CASES}) >= 150
    assert len(ROWS) == len({(row.values[0], row.values[1]) for row in ROWS})


@pytest.mark.parametrize(("query", "name", "expected"), ROWS)
def test_matches(query, name, expected):
    """A filter lets through what GitHub's page says."""
    assert _is_match(query, ITEMS[name]) is expected


def _judged(query, day, iterations):
    """Judge an item of each iteration, and one of none, on a day."""
    found = []
    for start in ("2026-02-24", "2026-03-24", "2026-04-07"):
        value = FieldValue("iteration", (start,), start, 7)
        item = issue(facts=Facts(fields={"iteration": value}))
        found.append(_is_match(query, item, date.fromisoformat(day), {"iteration": iterations}))
    return "".join("✓" if is_met else "·" for is_met in found)


@pytest.mark.parametrize(
    ("query", "day", "expected"),
    [
        pytest.param("iteration:@current", "2026-03-02", "✓··", id="last day"),
        pytest.param("iteration:@current", "2026-03-03", "···", id="the day after, in a break"),
        pytest.param("iteration:@current+1", "2026-03-10", "·✓·", id="first after a break"),
        pytest.param("iteration:@current-1", "2026-03-10", "✓··", id="last before a break"),
        pytest.param("iteration:@previous", "2026-03-10", "✓··", id="previous in a break"),
        pytest.param("iteration:@next", "2026-03-10", "·✓·", id="next in a break"),
        pytest.param("iteration:>=@current", "2026-03-10", "·✓✓", id="from a break on"),
        pytest.param("iteration:<@current", "2026-03-10", "✓··", id="up to a break"),
        pytest.param("iteration:@current..@current+1", "2026-03-10", "·✓·", id="range from a break"),
        pytest.param("iteration:@previous..@next", "2026-03-10", "✓✓·", id="range over a break"),
        pytest.param("iteration:@next-1", "2026-03-24", "·✓·", id="before the next is the current"),
        pytest.param("iteration:@previous+1", "2026-03-24", "·✓·", id="after the previous is the current"),
        pytest.param("iteration:@next", "2026-02-01", "✓··", id="before all"),
        pytest.param("iteration:@previous", "2026-02-01", "···", id="nothing before all"),
        pytest.param("iteration:@next", "2026-05-01", "···", id="nothing after all"),
        pytest.param("iteration:@previous", "2026-05-01", "··✓", id="after all"),
        pytest.param("iteration:<@next", "2026-05-01", "✓✓✓", id="up to what is not planned"),
        pytest.param("iteration:>@previous", "2026-02-01", "✓✓✓", id="from what never was"),
    ],
)
def test_iterations_by_keyword(query, day, expected):
    """Keywords mean iterations by their order; between two of them there is no current one."""
    iterations = [Iteration(start, start, 7) for start in ("2026-04-07", "2026-02-24", "2026-03-24")]

    assert _judged(query, day, iterations) == expected


def test_no_iterations_planned():
    """A field whose iterations are all deleted has no next one."""
    assert _judged("iteration:@next", "2026-03-10", ()) == "···"
    assert _judged("iteration:<@next", "2026-03-10", ()) == "✓✓✓"


def _error(query, fields=FIELDS):
    with pytest.raises(InputError) as caught:
        _filter(query, fields)
    return str(caught.value)


ME = '"@me" is whoever asks, and a page is for everyone\n  Write the login, or take the term out.'
CLOSE = "a quote that is not closed\n  Close it with the same kind of quote."
WITHIN = "a quote in the middle of a value\n  Quote the whole value, with the other kind of quotes if it holds one."
NOTHING = "nothing where a value should be\n  No blank may stand after : or , or -."
EMPTY = "an empty value\n  To ask for what has no value, write no: and the name."
OPEN_END = 'a range without an end\n  Write "*" for an open end: 5..* or *..5.'
OPEN_BEGIN = 'a range without a beginning\n  Write "*" for an open end: *..5.'
ANY = "a range with two open ends\n  To ask for any value, write has: and the name."
BOTH = "a comparison and a range in one\n  Keep one of the two."
ORDER = "has no order, so comparisons and ranges say nothing\n  Put the value in quotes if it is a name."
NUMBER = "Write a number: 3, >=2.5, 1..3."
DAY = "Write a day as YYYY-MM-DD, or @today, @today-7."
ITERATION = "Write a title, or @current, @previous, @next, @current+2."
LOGIC = "A blank means and, a comma within one qualifier means or, a hyphen means not; a word goes in quotes."
STRANGER = "is neither a qualifier that can be judged nor a field of this board"
AGE = "Write last-updated:7days, or updated:>@today-7."
PARENT = "parent-issue: takes issues\n  Write them as owner/repo#N."


@pytest.mark.parametrize(
    ("query", "column", "message"),
    [
        # what is no text of a filter
        ('label:"bug', 7, CLOSE),
        ("is:open label:'bug", 15, CLOSE),
        ('"bug', 1, CLOSE),
        ('is:open -"bug', 10, CLOSE),
        ('label:bug,"a', 11, CLOSE),
        ('label:a"b"', 7, WITHIN),
        ('label:"a"b', 7, WITHIN),
        ('label:"a""b"', 7, WITHIN),
        ('fine"', 1, WITHIN),
        ('"a"b', 1, WITHIN),
        ('"Work phase":x', 1, 'a qualifier in quotes\n  Write it without: "work-phase:".'),
        ("label:", 7, NOTHING),
        ("label: bug", 7, NOTHING),
        ("label:a,", 9, NOTHING),
        ("label:a, b", 9, NOTHING),
        ("label:a,,b", 9, NOTHING),
        ("priority:>", 10, NOTHING),
        ("is:open -", 10, NOTHING),
        ("- bug", 2, NOTHING),
        ('label:""', 7, EMPTY),
        ("label:a,''", 9, EMPTY),
        ('priority:1..""', 10, EMPTY),
        ("priority:1..", 10, OPEN_END),
        ("priority:..3", 10, OPEN_BEGIN),
        ("priority:1..2..3", 10, OPEN_END),
        ("priority:*..*", 10, ANY),
        ("priority:>1..3", 10, BOTH),
        # what no page can know, and other languages
        ("assignee:@me", 1, ME),
        ("is:open -reviewers:@me", 9, ME),
        ('assignee:octocat,"@me"', 1, ME),
        ("@me", 1, ME),
        ("team:@ME", 1, ME),
        ("label:a OR label:b", 9, f'project filters do not know "OR"\n  {LOGIC}'),
        ("NOT label:a", 1, f'project filters do not know "NOT"\n  {LOGIC}'),
        ("a AND b", 3, f'project filters do not know "AND"\n  {LOGIC}'),
        # names that nobody knows
        ("labell:bug", 1, f'"labell" {STRANGER}\n  Did you mean "label"?'),
        ("is:open Labels:bug", 9, f'"labels" {STRANGER}\n  Did you mean "label"?'),
        ("-asignee:x", 1, f'"asignee" {STRANGER}\n  Did you mean "assignee"?'),
        ("reviewer:x", 1, f'"reviewer" {STRANGER}\n  Did you mean "reviewers"?'),
        ("stauts:Done", 1, f'"stauts" {STRANGER}\n  Did you mean "status"?'),
        ("iterations:@current", 1, f'"iterations" {STRANGER}\n  Did you mean "iteration"?'),
        ("has:Work phase", 1, f'"work" {STRANGER}\n  Did you mean "work-phase"?'),
        ("no:label,prioriti", 1, f'"prioriti" {STRANGER}\n  Did you mean "priority"?'),
        ("no:no", 1, f'"no" {STRANGER}\n  Did you mean "note"?'),
        ("--label:bug", 1, f'"-label" {STRANGER}\n  Did you mean "label"?'),
        # values that a qualifier has not
        ("is:opened", 1, 'is: does not take "opened"\n  Did you mean "open"?'),
        ("is:open,Isue", 1, 'is: does not take "Isue"\n  Did you mean "issue"?'),
        ("is:*", 1, 'is: does not take "*"\n  Known are closed, draft, issue, merged, open, pr.'),
        ("reason:not-planned", 1, 'reason: does not take "not-planned"\n  Did you mean "not planned"?'),
        ("repo:rocket", 1, '"rocket" is not owner/name\n  For example repo:octocat/hello.'),
        ("parent-issue:#1", 1, PARENT),
        ("parent-issue:acme/rocket", 1, PARENT),
        ("parent-issue:PVTI_one", 1, PARENT),
        ("parent-issue:>acme/rocket#1", 1, PARENT),
        ("parent-issue:acme/rocket#1,x", 1, PARENT),
        ("last-updated:7", 1, f'last-updated: takes a number of days, not "7"\n  {AGE}'),
        ("last-updated:>7days", 1, f'last-updated: takes a number of days, not "7days"\n  {AGE}'),
        ("last-updated:2026-01-01", 1, f'last-updated: takes a number of days, not "2026-01-01"\n  {AGE}'),
        # values that cannot be compared
        ("label:>5", 1, f"label: {ORDER}"),
        ("label:v1..v2", 1, f"label: {ORDER}"),
        ("title:wait...", 1, f"title: {ORDER}"),
        ("status:>Backlog", 1, f"status: {ORDER}"),
        ("is:<open", 1, f"is: {ORDER}"),
        ("no:>label", 1, f"no: {ORDER}"),
        ("team:a..b", 1, f"team: {ORDER}"),
        ("note:>=1", 1, f"note: {ORDER}"),
        ("surface:<web", 1, f"surface: {ORDER}"),
        ("priority:high", 1, f'priority: cannot be compared with "high"\n  {NUMBER}'),
        ('priority:">5"', 1, f'priority: cannot be compared with ">5"\n  {NUMBER}'),
        ("priority:1,2,x", 1, f'priority: cannot be compared with "x"\n  {NUMBER}'),
        ("priority:*", 1, f'priority: cannot be compared with "*"\n  {NUMBER}'),
        ("priority:1...3", 1, f'priority: cannot be compared with ".3"\n  {NUMBER}'),
        ("priority:٣", 1, f'priority: cannot be compared with "٣"\n  {NUMBER}'),
        ("due:tomorrow", 1, f'due: cannot be compared with "tomorrow"\n  {DAY}'),
        ("due:2026-02-30", 1, f'due: cannot be compared with "2026-02-30"\n  {DAY}'),
        ("due:20260215", 1, f'due: cannot be compared with "20260215"\n  {DAY}'),
        ("due:@today-7w", 1, f'due: cannot be compared with "@today-7w"\n  {DAY}'),
        ("due:@today+99999", 1, f'due: cannot be compared with "@today+99999"\n  {DAY}'),
        ("due:@current", 1, f'due: cannot be compared with "@current"\n  {DAY}'),
        ("updated:7days", 1, f'updated: cannot be compared with "7days"\n  {DAY}'),
        ("created:2026", 1, f'created: cannot be compared with "2026"\n  {DAY}'),
        ("iteration:@now", 1, f'iteration: cannot be compared with "@now"\n  {ITERATION}'),
        ("iteration:@today", 1, f'iteration: cannot be compared with "@today"\n  {ITERATION}'),
        ('iteration:>"*2"', 1, f'iteration: cannot be compared with "*2"\n  {ITERATION}'),
    ],
    ids=lambda value: value if isinstance(value, str) and "\n" not in value else "",
)
def test_refused(query, column, message):
    """What cannot be judged is refused with its place in the text, and the way out."""
    assert _error(query) == f"config.toml:31: filter, column {column}: {message}"


def test_refused_without_a_near_name():
    """Where no name is near, all are listed: the board's fields, GitHub's qualifiers, and those about a Status."""
    known = sorted({*FIELDS, *QUALIFIERS, "status", "no", "has"})

    assert _error("zzz:1") == (f'config.toml:31: filter, column 1: "zzz" {STRANGER}\n  Known are {", ".join(known)}.')


def test_field_that_github_knows_as_well():
    """A field of the board that is named like GitHub's own qualifier leaves open which of the two is meant."""
    assert _error("type:Bug", {"type": "single_select"}) == (
        'config.toml:31: filter, column 1: "type" is both GitHub\'s own qualifier and a field of this board\n'
        "  Rename the field: GitHub does not say which of the two it filters by."
    )
    assert "both" in _error("no:type", {"type": "single_select"})
    assert _filter("label:bug", {"type": "single_select"})


def test_field_of_another_kind():
    """A field whose values nobody can compare is refused; whether it is empty is no question of kinds."""
    assert _error("progress:50", {"progress": "sub_issues_progress"}) == (
        'config.toml:31: filter, column 1: fields like "progress" cannot be judged\n  Take it out of the filter.'
    )
    assert _filter("no:progress", {"progress": "sub_issues_progress"})


def test_parse_needs_no_board():
    """Syntax and GitHub's own qualifiers are judged when a config is loaded; the rest waits for the board's fields."""
    found = parse("is:open prioriti:1", where="config.toml:31")

    with pytest.raises(InputError, match='Did you mean "priority"'):
        found.check(FIELDS)
    with pytest.raises(InputError, match="does not take"):
        parse("is:opn", where="config.toml:31")


@pytest.mark.parametrize(
    ("query", "facts", "slugs", "has_free_text"),
    [
        pytest.param("", "", "", False, id="nothing"),
        pytest.param("is:open,closed repo:a/b title:x reason:completed status:x no:status", "", "", False, id="plain"),
        pytest.param("is:draft", "is_draft", "", False, id="drafts"),
        pytest.param("-is:pr,Draft", "is_draft", "", False, id="drafts in any case"),
        pytest.param("label:a -label:b", "labels", "", False, id="labels"),
        pytest.param("assignee:a reviewers:b", "assignees reviewers", "", False, id="people"),
        pytest.param("milestone:a type:b", "milestone issue_type", "", False, id="milestone and type"),
        pytest.param("parent-issue:a/b#1", "parent", "", False, id="parent"),
        pytest.param("created:@today updated:@today", "created_at updated_at", "", False, id="dates"),
        pytest.param("last-updated:1day", "updated_at", "", False, id="age"),
        pytest.param("no:label,assignee has:milestone", "labels assignees milestone", "", False, id="empty"),
        pytest.param('priority:1 has:"Work phase"', "fields", "priority work-phase", False, id="fields"),
        pytest.param("api", "fields", "", True, id="free text"),
    ],
)
def test_what_is_asked(query, facts, slugs, has_free_text):
    """A filter tells which facts must be read to judge an item by it, and no more."""
    found = parse(query, where="x")

    assert found.facts == set(facts.split())
    assert found.slugs == set(slugs.split())
    assert found.has_free_text is has_free_text


def test_facts_that_nobody_read():
    """Without the facts that it asks a filter does not guess; without any to ask it needs none."""
    with pytest.raises(BugError, match="asks for labels, milestone"):
        _is_match("label:a no:milestone", issue())

    assert _is_match("is:open status:Backlog title:title*", issue(status="Backlog"))


def test_iterations_that_nobody_read():
    """Without the iterations a keyword is not guessed; a title or an empty field needs none."""
    with pytest.raises(BugError, match='the iteration "@next"'):
        _is_match("iteration:@next", ITEMS["bug"], iterations={})

    assert _is_match("iteration:*2", ITEMS["bug"], iterations={})
    assert not _is_match("iteration:@next", ITEMS["bare"], iterations={})


def test_another_status_field():
    """Where the board's Status is called otherwise, its slug asks the placement, and `status:` is a field like any."""
    found = _filter('release-stage:Backlog,"Working on it"', {}, status_field="Release  Stage")

    assert found.facts == frozenset()
    assert found.matches(ITEMS["bug"], today=TODAY)
    assert found.joined(["Shipped"]).endswith(' release-stage:"Shipped"')
    assert '"status" is neither a qualifier' in _error_of("status:x", {}, "Release Stage")
    assert "release-stage: has no order" in _error_of("release-stage:>x", {}, "Release Stage")


def _error_of(query, fields, status_field):
    with pytest.raises(InputError) as caught:
        _filter(query, fields, status_field=status_field)
    return str(caught.value)


@pytest.mark.parametrize(
    ("query", "statuses", "expected"),
    [
        pytest.param("", (), "", id="nothing"),
        pytest.param("", ("Backlog",), 'status:"Backlog"', id="status alone"),
        pytest.param("label:a", (), "label:a", id="no status"),
        pytest.param(
            "label:a  -is:pr",
            ("Backlog", "Working on it"),
            'label:a -is:pr status:"Backlog","Working on it"',
            id="both",
        ),
        pytest.param("sort:updated-desc is:open sort:title", ("A",), 'is:open status:"A"', id="sort dropped"),
        pytest.param("is:open", ('5" disk',), "is:open status:'5\" disk'", id="double quote"),
        pytest.param("is:open", ("Won't do",), 'is:open status:"Won\'t do"', id="apostrophe"),
        pytest.param("is:open", ("A", '"It\'s"'), "is:open", id="no quotes can hold it"),
        pytest.param("is:open", ("back\\slash",), "is:open", id="backslash"),
        pytest.param("is:open", ("",), "is:open", id="empty"),
        pytest.param(
            "-Parent-Issue:\"Acme/x#1\",'b/c#2' x",
            (),
            "-parent-issue:Acme/x#1,b/c#2 x",
            id="parents lose their quotes",
        ),
        pytest.param("last-updated:7days 'a b'", (), "last-updated:7days 'a b'", id="else as spelled"),
    ],
)
def test_joined(query, statuses, expected):
    """GitHub is asked what the person wrote, without the order, with the statuses joined on."""
    assert parse(query, where="x").joined(statuses) == expected


@pytest.mark.parametrize(
    ("query", "statuses", "expected"),
    [
        pytest.param("", ("Prêt",), 'status:"PRÊT"', id="a status joined on"),
        pytest.param("status:Prêt", (), "status:PRÊT", id="a value"),
        pytest.param(
            decomposed("-status:'Prêt',x,\"Prêt\""), (), "-status:'PRÊT',x,\"PRÊT\"", id="quoted, another form"
        ),
        pytest.param("label:Prêt Prêt has:Prêt", (), "label:Prêt Prêt has:Prêt", id="a label and free text stay"),
        pytest.param(
            "status:Prêt* status:Après-Prêt", (), "status:Prêt* status:Après-Prêt", id="a part of a value stays"
        ),
        pytest.param("status:prêt", (), "status:prêt", id="another case stays"),
    ],
)
def test_joined_in_the_board_s_spelling(query, statuses, expected):
    """GitHub compares code points, so it is asked for Statuses as the board spells them, and for all else as written."""
    assert parse(query, where="x").joined(statuses, {"Prêt": "PRÊT"}) == expected


def test_qualifier_in_another_form():
    """A field's name is one name however its accents are typed."""
    assert parse(decomposed("état:a"), where="x").slugs == {"état"}
    assert parse(decomposed("état:a"), where="x", status_field="État").slugs == frozenset()


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        pytest.param("/views/14?query=is%3Aopen+sort%3Aupdated-desc", "is:open", id="the seed page's links"),
        pytest.param("/views/2?filterQuery=status%3A%22Coming+soon%22", 'status:"Coming soon"', id="filterQuery"),
        pytest.param("?query=-label%3Aa%2Cb%20x", "-label:a,b x", id="without a view"),
        pytest.param("/views/1", "", id="no query"),
        pytest.param("?query=", "", id="an empty query"),
    ],
)
def test_query_of_an_address(tail, expected):
    """What a browser's address adds to a board loads as it stands."""
    address = board_address(f"https://github.com/orgs/acme/projects/3{tail}", "config.toml:2")

    assert parse(address.query, where="config.toml:2").joined(()) == expected


def test_limited_by():
    """The board's own query limits what an area's filter lets through; each error keeps its own place."""
    area = parse("label:bug", where="config.toml:31")
    limited = area.limited_by(parse("is:open prioriti:1", where="config.toml:2"))

    assert limited.joined(["A"]) == 'label:bug is:open prioriti:1 status:"A"'
    assert area.limited_by(Filter()) == area
    with pytest.raises(InputError, match=r"^config\.toml:2: filter, column 9:"):
        limited.check(FIELDS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is:pr", True),
        ("is:issue,PR label:a", True),
        ("-is:pr", False),
        ("is:issue", False),
        ("label:pr", False),
        ("", False),
    ],
)
def test_names_pulls(text, expected):
    """Pull requests are only added where the filter says so in words."""
    assert parse(text, where="").names_pulls is expected


def test_a_filter_is_a_value():
    """Filters of the same text are equal wherever it stands, can be keys, and do not change."""
    found = parse("is:open label:a", where="a:1")

    assert found == parse("sort:x is:open  label:a", where="b:2")
    assert len({found, parse("is:open label:a", where="b:2")}) == 1
    with pytest.raises(FrozenInstanceError):
        found.terms = ()


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("Coming soon", '"Coming soon"', id="a blank"),
        pytest.param("it's", '"it\'s"', id="an apostrophe"),
        pytest.param('a "b"', "'a \"b\"'", id="quotes"),
        pytest.param('it\'s "b"', "", id="both kinds of quotes"),
        pytest.param("a\\b", "", id="a backslash"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_words_are_quoted(word, expected):
    """Whatever blanks, commas and quotes they hold; empty where nobody knows how GitHub would read it."""
    assert in_quotes(word) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Status", "status"), ("Work phase", "work-phase"), (" Target  date ", "target-date"), ("🎯 Goal", "🎯-goal")],
)
def test_slug(name, expected):
    """A field is named in lower case, with hyphens for blanks."""
    assert slug(name) == expected


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("abc", "abc", True),
        ("ABC", "aBc", True),
        ("Straße", "STRASSE", True),
        ("abc", "ab", False),
        ("abc", "*", True),
        ("", "*", True),
        ("", "", True),
        ("abc", "a*c", True),
        ("aba", "ab*ba", False),
        ("abba", "ab*ba", True),
        ("abc", "*b*", True),
        ("abc", "*b", False),
        ("abc", "b*", False),
        ("abcabc", "*c*c", True),
        ("abc", "*c*c", False),
        ("abc", "**b**", True),
        ("a.c", "a.c", True),
        ("abc", "a.c", False),
        ("abc", "a?c", False),
        ("a\nb", "a*b", True),
    ],
)
def test_is_like(text, pattern, expected):
    """An asterisk stands for anything, all else for itself."""
    assert is_like(text, pattern) is expected


def test_is_like__hostile_title():
    """A long title of one letter takes no longer than another."""
    assert not is_like("a" * 20_000, "*a" * 200 + "*b*")


#: Texts near the language: its own signs, its words, and some that are not.
_PIECES = st.sampled_from(
    (
        *"-:,\"'*.<>=@+ \t\\/#1a\x00\u00a0éİ🎯\ud800",
        *("..", "is", "open", "label:", "status:", "priority:", "due:", "iteration:", "no:", "has:", "sort:", "repo:"),
        *("@today", "@current", "@me", "@next+9999", "2026-01-01", "7days", "last-updated:", "parent-issue:", "a/b#1"),
        *("OR", "999999999999"),
    )
)
TEXTS = st.lists(_PIECES, max_size=12).map("".join) | st.text(max_size=30)

#: Single terms that can be judged.
TERMS = st.one_of(
    st.sampled_from([query for query, _, _ in CASES if query.strip() and "sort:" not in query]),
    st.builds("priority:{}{}".format, st.sampled_from(["", ">", ">=", "<", "<="]), st.integers(-5, 5)),
    st.builds("due:@today{:+}..@today{:+}".format, st.integers(-9, 9), st.integers(-9, 9)),
    st.builds(
        "iteration:{}@{}{:+}".format,
        st.sampled_from(["", ">", ">=", "<", "<="]),
        st.sampled_from(["current", "previous", "next"]),
        st.integers(-4, 4),
    ),
    st.builds('label:"{}"'.format, st.text(min_size=1).filter(lambda text: '"' not in text)),
    st.text("abc", min_size=1),
).filter(lambda query: len(parse(query, where="x").terms) == 1 and not query.startswith("-"))


@given(TEXTS, st.sampled_from(sorted(ITEMS)))
def test_law__a_text_is_judged_or_refused(text, name):
    """Whatever a person writes is a filter that judges every item, or an InputError with the place."""
    found = _attempt(text)

    if isinstance(found, InputError):
        assert found.where == "config.toml:31"
        assert found.what.startswith("filter, column ")
        assert found.hint
    else:
        assert found.matches(ITEMS[name], today=TODAY, iterations=ITERATIONS) in {True, False}


def _attempt(text):
    try:
        return _filter(text)
    except InputError as error:
        return error


@given(TERMS)
def test_law__a_hyphen_negates(query):
    """What a term lets through, it holds back with a hyphen before it, and the other way round."""
    query = query.strip()

    assert all(_is_match(f"-{query}", item) is not _is_match(query, item) for item in ITEMS.values())


@given(TERMS, TERMS)
def test_law__a_blank_joins(first, second):
    """Two terms let through what each of them does, and limiting one filter by another means the same."""
    both, limited = _filter(f"{first} {second}"), _filter(first).limited_by(_filter(second))

    assert both == limited
    for item in ITEMS.values():
        alone = _is_match(first, item) and _is_match(second, item)
        assert both.matches(item, today=TODAY, iterations=ITERATIONS) is alone


#: Names of options, some with what the language means by itself; an asterisk would stand for more than itself.
STATUSES = st.sampled_from(["Backlog", "Working on it", "Shipped", "Won't do", '5" disk', "a, b", ">1", "1..2", "@me"])
OPTIONS = STATUSES | st.text(min_size=1, max_size=8).filter(lambda text: "*" not in text)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(TEXTS | TERMS, st.lists(OPTIONS, min_size=1, max_size=3), OPTIONS)
def test_law__joined_text_means_both(text, statuses, own):
    """What GitHub is asked reads as the filter and one of the statuses, or, where no quotes hold them, as more."""
    found = _attempt(text)
    assume(isinstance(found, Filter))
    joined = _filter(found.joined(statuses))
    is_held = all(('"' not in status or "'" not in status) and "\\" not in status for status in statuses)

    assert joined.terms[: len(found.terms)] == found.terms
    for item in ITEMS.values():
        placed = _placed(item, own)
        is_asked = not is_held or own.casefold() in {status.casefold() for status in statuses}
        expected = is_asked and found.matches(placed, today=TODAY, iterations=ITERATIONS)
        assert joined.matches(placed, today=TODAY, iterations=ITERATIONS) is expected


def _placed(item, status):
    return replace(item, placement=Placement("PVTI_x", status))
