"""Owns GitHub's Projects filter language: a text becomes a Filter, and a Filter judges an item.

Must not know areas, readings or the clock: today and the iterations of a board are passed in. Whether a private item
may be shown is not decided here.

A blank joins terms, a comma the values of one term, a hyphen negates; a repeated qualifier asks for both. GitHub
ignores a qualifier that it does not know. Here it is an error, since a filter that filters nothing adds everything.
Where GitHub's documentation is ambiguous we match more: GitHub's own filter has already narrowed the result.
Source: https://docs.github.com/en/issues/planning-and-tracking-with-projects/customizing-views-in-your-project/filtering-projects
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final, Literal, cast

from roadmap_sync.board.facts import QUALIFIERS, Facts, FieldValue, slug
from roadmap_sync.board.model import Item
from roadmap_sync.board.question import Question
from roadmap_sync.errors import BugError, InputError
from roadmap_sync.references import from_name, is_repository
from roadmap_sync.rules import STATUS_FIELD, composed

Relation = Literal["=", ">", ">=", "<", "<="]

_RELATIONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = MappingProxyType(
    {"=": operator.eq, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
)
_WORD_KINDS = frozenset({"text", "single_select", "multi_select"})
_ORDERED_KINDS = frozenset({"number", "date", "iteration"})

#: An apostrophe inside a word belongs to it; a quote at its beginning opens a quoted text. Two dots end a word.
_OPERAND = r"\"[^\"]*\"|'[^']*'|(?!['\"])(?:(?!\.\.)[^\s,\"])+"
_VALUE = re.compile(rf"(>=|<=|>|<)?+({_OPERAND})(?:(\.\.)({_OPERAND}))?")
_QUALIFIER = re.compile(r"([^\s:\"'][^\s:\"]*):")
_FREE_TEXT = re.compile(r"\"[^\"]*\"|'[^']*'|(?!['\"])[^\s\"]+")

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TODAY = re.compile(r"@today(?:([+-][0-9]{1,4})d?)?", re.IGNORECASE)
_ITERATION = re.compile(r"@(current|previous|next)([+-][0-9]{1,4})?", re.IGNORECASE)
_AGE = re.compile(r"([0-9]{1,4})days?", re.IGNORECASE)

_QUOTES = ('"', "'")
_PEOPLE = frozenset({"assignee", "reviewers"})
#: The values of these are names of qualifiers and fields: `no:milestone`.
_EMPTINESS = frozenset({"no", "has"})
_FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "number": "Write a number: 3, >=2.5, 1..3.",
        "date": "Write a day as YYYY-MM-DD, or @today, @today-7.",
        "iteration": "Write a title, or @current, @previous, @next, @current+2.",
    }
)

#: Operators of other query languages. A project filter would look for them in titles.
_OTHER_LANGUAGE = frozenset({"AND", "OR", "NOT"})


@dataclass(frozen=True, slots=True)
class Iteration:
    """One iteration of a board's field, ended ones included: `start` is its first day (ISO), `days` its length."""

    title: str
    start: str
    days: int


@dataclass(frozen=True, slots=True)
class Bound:
    """One comparison with an operand, quotes taken off."""

    relation: Relation
    operand: str


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a term: all its bounds must hold. A range is two bounds, all else is one."""

    bounds: tuple[Bound, ...]
    is_quoted: bool = False

    @property
    def word(self) -> str:
        """Return the value's operand, for a range the first."""
        return self.bounds[0].operand

    @property
    def is_word(self) -> bool:
        """Whether the value is neither a comparison nor a range."""
        return len(self.bounds) == 1 and self.bounds[0].relation == "="


@dataclass(frozen=True, slots=True)
class Term:
    """One term: an item meets it with any of its values, or with none of them where the term is negated.

    `qualifier` is in lower case, and empty for free text. `spelled` is the term as GitHub is asked. `where`
    and `column` (from 1, in the text that was parsed) are its place for errors.
    """

    qualifier: str
    values: tuple[Value, ...]
    is_negated: bool
    spelled: str
    where: str = field(compare=False)
    column: int = field(compare=False)

    def respelled(self, spellings: Mapping[str, str]) -> str:
        """Return the term as GitHub is asked, with another spelling of each value whose composed name is a key."""
        name, colon, values = self.spelled.partition(":")

        def own(value: re.Match[str]) -> str:
            word = _unquoted(value[2])
            return value[0].replace(word, spellings.get(composed(word), word))

        return name + colon + _VALUE.sub(own, values)

    def refused(self, what: str, hint: str = "") -> InputError:
        """Return an error with this term's place."""
        return _refused(what, self.where, self.column, hint)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a filter text asks: an item must meet every term. Without terms every item matches.

    `status` is the slug of the board's Status field, `text` the filter as it was written: no part of its meaning.
    """

    terms: tuple[Term, ...] = ()
    status: str = "status"
    text: str = field(default="", compare=False)

    @property
    def facts(self) -> frozenset[str]:
        """Return which fields of `board.Facts` must be read to judge an item; none for kind, state and Status.

        `fields` among them means those of `slugs`, and every text field where `has_free_text`.
        """
        asked = {QUALIFIERS[name].fact for name in self._names() if name in QUALIFIERS} - {""}
        if any(term.qualifier == "is" and any(v.word.lower() == "draft" for v in term.values) for term in self.terms):
            asked.add("is_draft")
        if self.slugs or self.has_free_text:
            asked.add("fields")
        return frozenset(asked)

    @property
    def slugs(self) -> frozenset[str]:
        """Return the slugs of the board fields that are asked, Status apart; `check` tells whether they exist."""
        return frozenset(name for name in self._names() if name not in QUALIFIERS)

    @property
    def has_free_text(self) -> bool:
        """Whether the title and all text fields of the board are searched."""
        return any(not term.qualifier for term in self.terms)

    @property
    def names_pulls(self) -> bool:
        """Whether the filter asks for pull requests in words: `is:pr`, not negated."""
        asked = (term for term in self.terms if term.qualifier == "is" and not term.is_negated)
        return any(value.word.lower() == "pr" for term in asked for value in term.values)

    def limited_by(self, other: "Filter") -> "Filter":
        """Return the filter that lets through what both do."""
        text = f"{self.text} {other.text}".strip()
        return replace(self, terms=(*self.terms, *other.terms), text=text)

    def joined(self, statuses: Sequence[str], spellings: Mapping[str, str] = MappingProxyType({})) -> str:
        """Return the text to ask GitHub for what this filter and one of the statuses let through.

        `spellings` tells how the board spells a Status; the key is its composed name. A status that no quotes can hold
        leaves the statuses out of the text, which then asks for more.
        """
        words = [in_quotes(spellings.get(status, status)) for status in statuses]
        status = [f"{self.status}:{','.join(words)}"] if words and all(words) else []
        terms = (term.respelled(spellings) if term.qualifier == self.status else term.spelled for term in self.terms)
        return " ".join([*terms, *status])

    def check(self, fields: Mapping[str, str]) -> None:
        """Check the filter against a board's own fields, given as their kinds by slug.

        Raises InputError for a field that the board does not have, and for a value that cannot be compared with it.
        """
        for term in self.terms:
            for name in self._asked_of(term):
                self._check_name(term, name, fields)
            if term.qualifier in self.slugs:
                if fields[term.qualifier] not in _WORD_KINDS | _ORDERED_KINDS:
                    raise term.refused(f'fields like "{term.qualifier}" cannot be judged', "Take it out of the filter.")
                _check_values(term, fields[term.qualifier])

    def matches(
        self, item: Item, *, today: date, iterations: Mapping[str, Sequence[Iteration]] = MappingProxyType({})
    ) -> bool:
        """Judge an item. `iterations` maps the slug of each iteration field to all its iterations.

        Call `check` first. Raises BugError where a fact that is asked was not read.
        """
        if item.facts is None and self.facts:
            raise BugError(f"a filter asks for {', '.join(sorted(self.facts))}, and nobody read them")
        return all(self._is_met(term, item, today, iterations) != term.is_negated for term in self.terms)

    def _names(self) -> list[str]:
        names = (name for term in self.terms for name in self._asked_of(term))
        return [name for name in names if name not in {"", self.status}]

    @staticmethod
    def _asked_of(term: Term) -> list[str]:
        """Return the qualifiers and slugs that a term asks for; `no:` and `has:` ask for those they name."""
        return [slug(v.word) for v in term.values] if term.qualifier in _EMPTINESS else [term.qualifier]

    def _check_name(self, term: Term, name: str, fields: Mapping[str, str]) -> None:
        if name in {"", self.status}:
            return
        if name in QUALIFIERS and name in fields:
            raise term.refused(
                f'"{name}" is both GitHub\'s own qualifier and a field of this board',
                "Rename the field: GitHub does not say which of the two it filters by.",
            )
        if name not in fields and name not in QUALIFIERS:
            raise term.refused(
                f'"{name}" is neither a qualifier that can be judged nor a field of this board',
                _nearest(
                    name, [*QUALIFIERS, *(() if term.qualifier in _EMPTINESS else _EMPTINESS), self.status, *fields]
                ),
            )

    def _is_met(self, term: Term, item: Item, today: date, iterations: Mapping[str, Sequence[Iteration]]) -> bool:
        if term.qualifier in _EMPTINESS:
            is_full = [bool(self._value(name, item).values) for name in self._asked_of(term)]
            return not all(is_full) if term.qualifier == "no" else any(is_full)
        mine = self._value(term.qualifier, item)
        if mine.kind in _WORD_KINDS:
            return any(is_like(word, value.word) for value in term.values for word in mine.values)
        moment = _Moment(today, iterations.get(term.qualifier))
        return bool(mine.values) and any(_is_within(value, mine, moment) for value in term.values)

    def _value(self, name: str, item: Item) -> FieldValue:
        """Return what an item says to a qualifier or slug; no words where the field is empty."""
        facts = item.facts or Facts()
        if name == self.status:
            return FieldValue("single_select", (item.status,) if item.status else ())
        if name in QUALIFIERS:
            built_in = QUALIFIERS[name]
            return FieldValue(built_in.kind, tuple(word for word in built_in.read(item, facts) if word))
        if not name:
            texts = (word for value in facts.fields.values() if value.kind == "text" for word in value.values)
            return FieldValue("text", (item.title, *texts))
        return facts.fields.get(name, FieldValue("text", ()))


def board_limit(question: Question) -> Filter:
    """Return what the board's URL asks beside its view: a filter that limits every area. Raises as `parse` does."""
    board = question.board
    return parse(board.query, where=board.url, status_field=question.status_field)


def facts_of(question: Question) -> frozenset[str] | None:
    """Return which facts the areas of a question are judged by; None, for all, where a view has a say in it."""
    if question.board.view is not None or any(area.view is not None for area in question.areas):
        return None
    found = (area.filter.facts for area in question.areas if area.filter)
    return board_limit(question).facts.union(*found)


@dataclass(frozen=True, slots=True)
class _Moment:
    """When an item is judged: today, and the iterations of the field in question; None where nobody gave them."""

    today: date
    iterations: Sequence[Iteration] | None

    def first_day(self, operand: str) -> date | None:
        """Return the first day of the iteration that a keyword or a title means; None for an unknown title.

        A keyword that points past the last planned iteration gives the last day there is, so that a range up to it
        holds all later iterations; past the first one likewise.
        """
        if self.iterations is None:
            raise BugError(f'a filter asks for the iteration "{operand}", and nobody read the iterations')
        starts = sorted(date.fromisoformat(iteration.start) for iteration in self.iterations)
        if keyword := _ITERATION.fullmatch(operand):
            return self._at_keyword(starts, keyword[1].lower(), int(keyword[2] or 0))
        titled = (i.start for i in self.iterations if i.title.casefold() == operand.casefold())
        return next((date.fromisoformat(start) for start in titled), None)

    def _at_keyword(self, starts: Sequence[date], keyword: str, offset: int) -> date:
        """Return the first day of the iteration at a keyword. Between two iterations `@current` is today itself."""
        begun = sum(start <= self.today for start in starts)
        spans = ((date.fromisoformat(it.start), timedelta(days=it.days)) for it in self.iterations or ())
        is_running = any(start <= self.today < start + length for start, length in spans)
        if keyword == "current" and not is_running and not offset:
            return self.today
        is_ahead = keyword == "next" or (keyword == "current" and not is_running and offset < 0)
        place = begun + offset if is_ahead else begun - 1 + offset - (keyword == "previous" and is_running)
        if not 0 <= place < len(starts):
            return date.max if place >= len(starts) else date.min
        return starts[place]


def is_like(text: str, pattern: str) -> bool:
    """Whether a text matches the pattern, in which `*` stands for anything, ignoring case.

    In linear time, since titles come from strangers.
    """
    text, (head, *parts) = composed(text).casefold(), composed(pattern).casefold().split("*")
    if not parts:
        return text == head
    *middle, tail = parts
    if not text.startswith(head):
        return False
    at = len(head)
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - len(tail) >= at and text.endswith(tail)


def _is_within(value: Value, mine: FieldValue, moment: _Moment) -> bool:
    """Whether a number, date or iteration lies within all bounds of a value."""
    if mine.kind == "iteration" and value.is_word and not value.word.startswith("@"):
        return is_like(mine.values[0], value.word)
    day = mine.start if mine.kind == "iteration" else mine.values[0][:10]
    here = Decimal(mine.values[0]) if mine.kind == "number" else date.fromisoformat(day)
    there = [(bound.relation, _measure(mine.kind, bound.operand, moment)) for bound in value.bounds]
    return all(limit is not None and _RELATIONS[relation](here, limit) for relation, limit in there)


def _measure(kind: str, operand: str, moment: _Moment) -> Decimal | date | None:
    """Return the number or day that an operand means; None where it means none."""
    if kind == "number":
        return Decimal(operand) if _NUMBER.fullmatch(operand) else None
    if kind == "date":
        return _day(operand, moment.today)
    return moment.first_day(operand)


def _day(operand: str, today: date) -> date | None:
    """Return the day that an operand means; None where it means none."""
    if keyword := _TODAY.fullmatch(operand):
        return today + timedelta(days=int(keyword[1] or 0))
    if not _DATE.fullmatch(operand):
        return None
    try:
        return date.fromisoformat(operand)
    except ValueError:
        return None


def parse(text: str, *, where: str, status_field: str = STATUS_FIELD) -> Filter:
    """Return what a filter text asks, by syntax and by GitHub's own qualifiers; `sort:` is dropped.

    Any other qualifier may be a field of the board: `Filter.check` tells, once the board is known. `where` is the
    text's place for errors; an InputError names the column in the text besides.
    """
    status = slug(status_field)
    terms = [term for term in _Reader(text, where).terms() if term.qualifier != "sort"]
    return Filter(tuple(_understood(term, status) for term in terms), status, text)


@dataclass(slots=True)
class _Reader:
    """Reads a filter text from left to right, with no meaning yet."""

    text: str
    where: str
    at: int = 0

    def terms(self) -> list[Term]:
        """Return all terms. Raises InputError where the text is none."""
        found = []
        self._skip_blanks()
        while self.at < len(self.text):
            found.append(self._term())
            self._skip_blanks()
        return found

    def _skip_blanks(self) -> None:
        while self._ahead().isspace():
            self.at += 1

    def _ahead(self) -> str:
        return self.text[self.at : self.at + 1]

    def _term(self) -> Term:
        start = self.at
        is_negated = self._ahead() == "-"
        self.at += is_negated
        qualifier = _QUALIFIER.match(self.text, self.at)
        self.at = qualifier.end() if qualifier else self.at
        values = self._values() if qualifier else (self._free_text(),)
        name = slug(qualifier[1]) if qualifier else ""
        return Term(name, values, is_negated, self.text[start : self.at], self.where, start + 1)

    def _values(self) -> tuple[Value, ...]:
        values = [self._value()]
        while self._ahead() == ",":
            self.at += 1
            values.append(self._value())
        return tuple(values)

    def _value(self) -> Value:
        match = _VALUE.match(self.text, self.at)
        if match is None:
            raise self._no_value()
        start, self.at = self.at, match.end()
        is_quoted = match[0][0] in _QUOTES
        if self.text.startswith("..", self.at):
            raise self._refused("a range without an end", start, 'Write "*" for an open end: 5..* or *..5.')
        if not self._is_at_end(","):
            raise self._quote_within(start)
        bounds = self._bounds(match, start)
        if any(not bound.operand for bound in bounds):
            raise self._refused("an empty value", start, "To ask for what has no value, write no: and the name.")
        return Value(bounds, is_quoted)

    def _bounds(self, match: re.Match[str], start: int) -> tuple[Bound, ...]:
        first, last = _unquoted(match[2]), _unquoted(match[4] or "")
        if not match[3]:
            return (Bound(cast("Relation", match[1] or "="), first),)
        if match[1]:
            raise self._refused("a comparison and a range in one", start, "Keep one of the two.")
        if match[2] == match[4] == "*":
            raise self._refused("a range with two open ends", start, "To ask for any value, write has: and the name.")
        low = () if match[2] == "*" else (Bound(">=", first),)
        high = () if match[4] == "*" else (Bound("<=", last),)
        return low + high

    def _free_text(self) -> Value:
        match = _FREE_TEXT.match(self.text, self.at)
        if match is None:
            raise self._no_value()
        start, self.at = self.at, match.end()
        if self._ahead() == ":":
            name = slug(_unquoted(match[0]))
            raise self._refused("a qualifier in quotes", start, f'Write it without: "{name}:".')
        if not self._is_at_end():
            raise self._quote_within(start)
        return Value((Bound("=", _unquoted(match[0])),), match[0][0] in _QUOTES)

    def _is_at_end(self, more: str = "") -> bool:
        ahead = self._ahead()
        return not ahead or ahead.isspace() or ahead == more

    def _no_value(self) -> InputError:
        if self._ahead() in _QUOTES:
            return self._refused("a quote that is not closed", self.at, "Close it with the same kind of quote.")
        if self.text.startswith("..", self.at):
            return self._refused("a range without a beginning", self.at, 'Write "*" for an open end: *..5.')
        return self._refused("nothing where a value should be", self.at, "No blank may stand after : or , or -.")

    def _quote_within(self, start: int) -> InputError:
        hint = "Quote the whole value, with the other kind of quotes if it holds one."
        return self._refused("a quote in the middle of a value", start, hint)

    def _refused(self, what: str, at: int, hint: str) -> InputError:
        return _refused(what, self.where, at + 1, hint)


def _refused(what: str, where: str, column: int, hint: str) -> InputError:
    return InputError(f"filter, column {column}: {what}", where=where, hint=hint)


def _unquoted(operand: str) -> str:
    return operand[1:-1] if operand[:1] in _QUOTES else operand


def in_quotes(word: str) -> str:
    """Return a word in quotes, as a filter takes it; empty where no quotes can hold it.

    A word with both kinds of quotes cannot be quoted. Nor can one with a backslash: GitHub does not document what a
    backslash does within quotes.
    """
    mark = next((mark for mark in _QUOTES if mark not in word), "")
    return f"{mark}{word}{mark}" if word and mark and "\\" not in word else ""


def _understood(term: Term, status: str) -> Term:
    """Return a term with the meaning that needs no board. Raises InputError where it has none."""
    for value in term.values:
        if value.word.lower() == "@me" and (not value.is_quoted or term.qualifier in _PEOPLE):
            raise term.refused(
                '"@me" is whoever asks, and a page is for everyone',
                "Write the login, or take the term out.",
            )
    if not term.qualifier:
        return _searching(term)
    if term.qualifier == "parent-issue" != status:
        return _under_parent(term)
    if term.qualifier == "last-updated" != status:
        return replace(term, values=tuple(_of_age(term, value) for value in term.values))
    _check_words(term, status)
    return term


def _searching(term: Term) -> Term:
    """Return free text as a pattern: it may stand anywhere."""
    (value,) = term.values
    if value.word in _OTHER_LANGUAGE and not value.is_quoted:
        raise term.refused(
            f'project filters do not know "{value.word}"',
            "A blank means and, a comma within one qualifier means or, a hyphen means not; a word goes in quotes.",
        )
    return replace(term, values=(Value((Bound("=", f"*{value.word}*"),), value.is_quoted),))


def _under_parent(term: Term) -> Term:
    """Return the term with references as keys; GitHub has been seen to find nothing where they are quoted."""
    parents = [from_name(value.word, "") if value.is_word else None for value in term.values]
    names = [parent.name for parent in parents if parent and not parent.draft]
    if len(names) != len(term.values):
        raise term.refused("parent-issue: takes issues", "Write them as owner/repo#N.")
    values = tuple(Value((Bound("=", name.lower()),)) for name in names)
    return replace(term, values=values, spelled=f"{'-' * term.is_negated}parent-issue:{','.join(names)}")


def _of_age(term: Term, value: Value) -> Value:
    """Return `7days` as what it means: updated seven days ago or before."""
    age = _AGE.fullmatch(value.word)
    if age is None or not value.is_word:
        raise term.refused(
            f'last-updated: takes a number of days, not "{value.word}"',
            "Write last-updated:7days, or updated:>@today-7.",
        )
    return Value((Bound("<=", f"@today-{age[1]}"),))


def _check_words(term: Term, status: str) -> None:
    if term.qualifier in _EMPTINESS:
        _check_values(term, "text")
    elif term.qualifier == status:
        _check_values(term, "single_select")
    elif term.qualifier in QUALIFIERS:
        built_in = QUALIFIERS[term.qualifier]
        _check_values(term, built_in.kind)
        for value in term.values:
            if built_in.words and value.word.lower() not in built_in.words:
                raise term.refused(
                    f'{term.qualifier}: does not take "{value.word}"', _nearest(value.word.lower(), built_in.words)
                )
            if term.qualifier == "repo" and "*" not in value.word and not is_repository(value.word):
                raise term.refused(f'"{value.word}" is not owner/name', "For example repo:octocat/hello.")


def _check_values(term: Term, kind: str) -> None:
    """Check that each value can be compared with what a field of the kind holds."""
    for value in term.values:
        if kind in _WORD_KINDS and not value.is_word:
            raise term.refused(
                f"{term.qualifier}: has no order, so comparisons and ranges say nothing",
                "Put the value in quotes if it is a name.",
            )
        for bound in value.bounds:
            if not _is_comparable(kind, bound):
                raise term.refused(f'{term.qualifier}: cannot be compared with "{bound.operand}"', _FORMS[kind])


def _is_comparable(kind: str, bound: Bound) -> bool:
    if kind == "number":
        return bool(_NUMBER.fullmatch(bound.operand))
    if kind == "date":
        return _day(bound.operand, date(2000, 1, 1)) is not None
    if kind == "iteration" and bound.operand.startswith("@"):
        return bool(_ITERATION.fullmatch(bound.operand))
    return kind != "iteration" or bound.relation == "=" or "*" not in bound.operand


def _nearest(name: str, names: Iterable[str]) -> str:
    """Return the way out for a name that is not among the names."""
    known = sorted(set(names))
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f'Did you mean "{close[0]}"?' if close else f"Known are {', '.join(known)}."
