"""Owns how alike two texts are that people wrote about the same work, a checklist line and a title.

Words that few titles hold say more than those of many. Two texts about one thing may still be about different work on
it: another version, a fix and a removal, a feature and its documentation. Must not know boards, pages or what follows
from a likeness. The endings, empty words and deeds are English; other languages are compared word by word.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import fuzz, process

#: There are at least this many titles for the weight of a word, so that among a few no word is very common.
_FEWEST_TITLES = 50
#: Words of a line and of the titles that are spelled this much alike are one word.
_ALIKE = 88
_SHORTEST_ALIKE = 5
#: Words that nearly every roadmap says weigh half.
_COMMON_WEIGHT = 0.5
#: What of a title's word need not be said by a line whose heading, or whose area's prose, says it.
_SAID_IN_HEADING, _SAID_IN_PROSE = 0.75, 0.3
#: What is left of a likeness where two texts differ in their version, or in the work they tell of.
_OTHER_VERSION, _OTHER_DEED, _OTHER_KIND = 0.6, 0.7, 0.7

_COMMENT = re.compile(r"<!--.*?-->|\{/\*.*?\*/\}", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])(?:\{[^{}]*\})?")
_URL = re.compile(r"https?://[^\s<>)]+")
#: What a text gives as an example is not what it is about.
_EXAMPLES = re.compile(r"\([\s_*]*(?:e\.g\.|for example|such as)[^()]*\)")
_VERSION = re.compile(r"(?<![^\W_])v?(\d+(?:\.(?:\d+|x))*(?:(?:alpha|beta|rc)\d*)?)(?![^\W_])")
_WORD = re.compile(rf"{_VERSION.pattern}|([^\W_]+)")
#: What a conventional title begins with: `fix:`, `feat(scope)!:`.
_PREFIX = re.compile(r"\s*[a-z]+(?:\([^()]*\))?!?:\s")
#: Scripts that put no blanks between words: there two neighbours stand for one.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")

_EMPTY = (
    "a an and are as at be by can for from has have how i if in into is it its of on or our so that the their them "
    "this to via was we what when where which will with you your"
)
_COMMON = "build chore ensure initial issue make mvp option pr provide release request use work"
#: What is done, by its kinds: texts that name different ones are about different work on one thing.
_DEEDS = {
    "add": "add allow create enable feat feature implement implementation include integrate introduce launch new "
    "support",
    "fix": "bug bugfix correct fix repair resolve",
    "change": "adjust change clean cleanup decrease enhance improve increase move optimize reduce refactor rename "
    "reorganize rework rewrite simplify",
    "update": "bump migrate update upgrade",
    "remove": "delete deprecate disable drop remove removal",
    "revert": "revert rollback",
    "tell": "announce blog doc docs document documentation guide tutorial",
    "test": "e2e test",
    "think": "agree decide design discuss discussion explore investigate outline poc proposal prototype research rfc",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A text as words without their endings. `names` are the words between two blanks, so the parts of one name.

    `forms` tell how a stem is first written, in lower case. `deed` is the kind of work that is named first, and
    `is_prefixed` whether only a prefix names it (`fix: …`); `kinds` tell of tests and documentation, the work about
    other work.
    """

    stems: tuple[str, ...]
    names: tuple[frozenset[str], ...] = ()
    versions: frozenset[str] = frozenset()
    deed: str = ""
    is_prefixed: bool = False
    kinds: frozenset[str] = frozenset()
    forms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a line need not say again: the words of its heading, and of its area's prose."""

    heading: frozenset[str] = frozenset()
    prose: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike a line and a title are, from 0 to 100, and on what ground.

    `shared` are the title's words in common, the most telling first. `names` counts the telling ones, the parts of
    one name as one, and `telling` what these say together: 1 is a word that one title alone holds.
    `is_apart` is true where each has telling words that the other lacks: one thing stands in place of another.
    """

    score: float
    shared: tuple[str, ...]
    names: int
    telling: float
    is_apart: bool


class Titles:
    """Titles by a key of the caller's, and how telling each word is among them."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._words = {key: words_of(title) for key, title in titles.items()}
        self._holding: defaultdict[str, list[str]] = defaultdict(list)
        for key, words in self._words.items():
            for stem in dict.fromkeys(words.stems):
                self._holding[stem].append(key)
        self._size = max(len(titles), _FEWEST_TITLES)
        self._spellings: dict[str, str] = {}

    def sharing(self, line: Words) -> tuple[str, ...]:
        """Return the keys of the titles that share a word with a line."""
        stems = (self._spelled(stem) for stem in line.stems)
        return tuple(dict.fromkeys(key for stem in stems for key in self._holding.get(stem, ())))

    def likeness(self, line: Words, key: str, around: Surroundings) -> Likeness:
        """Return how alike a line and a title are that share a word."""
        title = self._words[key]
        mine, held = {self._spelled(stem) for stem in line.stems}, set(title.stems)
        shared = mine & held
        common, missing = self._weigh(shared), held - mine
        said = _SAID_IN_HEADING * self._weigh(missing & around.heading)
        said += _SAID_IN_PROSE * self._weigh((missing & around.prose) - around.heading)
        of_line, of_title = common / self._weigh(mine), common / (self._weigh(held) - said)
        alike = 2 * of_line * of_title / (of_line + of_title)
        spelled = fuzz.token_sort_ratio(" ".join(line.stems), " ".join(title.stems)) / 100
        score = 100 * (0.85 * alike + 0.15 * max(spelled, alike)) * _agreement(line, title)
        names, telling = self._evidence(line, title, shared, is_same=mine == held)
        told = sorted(shared, key=lambda stem: (-self._weight(stem), title.stems.index(stem)))
        is_apart = any(map(_is_telling, mine - held)) and any(map(_is_telling, missing - around.heading))
        return Likeness(score, tuple(title.forms[stem] for stem in told), names, telling, is_apart)

    def _evidence(self, line: Words, title: Words, shared: set[str], *, is_same: bool) -> tuple[int, float]:
        """Return how many telling names both texts share, and their weight; texts of the same words count as two."""
        known = {stem for stem in shared if _is_telling(stem)}
        mine = [frozenset(map(self._spelled, name)) for name in line.names]
        common = [[name & known for name in names if name & known] for names in (mine, title.names)]
        least = min(common, key=len)
        telling = min(sum(max(map(self._weight, name)) for name in names) for names in common)
        return max(len(least), 2 if is_same and known else 0), telling / math.log(1 + self._size)

    def _weigh(self, stems: set[str] | frozenset[str]) -> float:
        return sum(map(self._weight, stems))

    def _weight(self, stem: str) -> float:
        held = max(1, len(self._holding.get(stem, ())))
        return math.log(1 + self._size / held) * (_COMMON_WEIGHT if stem in _COMMON_STEMS else 1)

    def _spelled(self, stem: str) -> str:
        """Return the titles' word that is spelled almost like this word of a line; the word itself if there is none."""
        if stem in self._holding or len(stem) < _SHORTEST_ALIKE or stem[0].isdigit():
            return stem
        if stem not in self._spellings:
            near = process.extractOne(stem, list(self._holding), scorer=fuzz.ratio, score_cutoff=_ALIKE)
            self._spellings[stem] = near[0] if near and near[0][0] == stem[0] else stem
        return self._spellings[stem]


def _is_telling(stem: str) -> bool:
    return stem not in _COMMON_STEMS and not stem.isdecimal()


def _agreement(line: Words, title: Words) -> float:
    """Return the factor for a likeness: below 1 where the texts name different versions or different kinds of work."""
    left = _OTHER_VERSION if line.versions and title.versions and line.versions != title.versions else 1.0
    if line.deed != title.deed and not _may_lack(line, title.deed) and not _may_lack(title, line.deed):
        left *= _OTHER_DEED
    return left if line.kinds == title.kinds else left * _OTHER_KIND


def _may_lack(text: Words, other: str) -> bool:
    """Whether one text may name no kind of work although the other does."""
    return not other and (text.is_prefixed or text.deed in _MAY_BE_LEFT_OUT)


@lru_cache(maxsize=8192)
def words_of(text: str) -> Words:
    """Return a text's words: of links what they show; of comments, addresses and examples none."""
    bare = _URL.sub(" ", _LINK.sub(r"\1", _COMMENT.sub(" ", text)))
    plain = _EXAMPLES.sub(" ", unicodedata.normalize("NFKC", bare).casefold())
    found = [[(stem, word[0]) for word in _WORD.finditer(name) for stem in _stems(word)] for name in plain.split()]
    names = [[stem for stem, _ in name if stem not in _EMPTY_STEMS] for name in found]
    stems = [stem for name in names for stem in name]
    deeds = [_DEED_OF[stem] for stem in stems if stem in _DEED_OF]
    deed = next((deed for deed in deeds if deed not in _KINDS), "")
    return Words(
        stems=tuple(stems),
        names=tuple(frozenset(name) for name in names if name),
        versions=frozenset(match[1] for match in _VERSION.finditer(plain)),
        deed=deed,
        is_prefixed=bool(_PREFIX.match(plain)) and _DEED_OF.get(stems[0]) == deed and deeds.count(deed) == 1,
        kinds=frozenset(deeds) & _KINDS,
        forms={stem: form for name in reversed(found) for stem, form in reversed(name)},
    )


def _stems(word: re.Match[str]) -> Sequence[str]:
    """Return the stems of a word: a version without its `v`; in a script without blanks each pair of characters."""
    if word[1]:
        return [word[1]]
    if _UNSPACED.search(word[2]):
        return [word[2][at : at + 2] for at in range(max(1, len(word[2]) - 1))]
    return [_stem(word[2])]


def _stem(word: str) -> str:
    """Return a word without the endings of English grammar, so that `updated` and `updates` are one word."""
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    for ending in ("ing", "ed", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


_EMPTY_STEMS = frozenset(_EMPTY.split())
_DEED_OF = {_stem(word): deed for deed, words in _DEEDS.items() for word in words.split()}
_MAY_BE_LEFT_OUT = frozenset({"add", "change", "update"})
_KINDS = frozenset({"tell", "test"})
_COMMON_STEMS = frozenset(map(_stem, _COMMON.split())) | frozenset(_DEED_OF)
