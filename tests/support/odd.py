"""Makes answers that GitHub's schema does not allow from good ones, and plays them: one thing wrong in each."""

import asyncio
import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from roadmap_sync.reading.answers import Answer

#: What no schema would let stand in place of a value of this type; null comes besides.
_WRONG: dict[type, Any] = {str: 7, int: "7", bool: "yes", dict: [], list: {}}


def operation(text: str) -> str:
    """Return the name of a document's operation."""
    found = re.search(r"^(?:query|mutation) (\w+)", text, re.MULTILINE)
    assert found is not None, text
    return found[1]


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield each place in an answer's data with what stands there."""
    yield path, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in pairs:
        yield from places(inner, (*path, step))


def odd_answers(good: Answer) -> Iterator[tuple[str, Answer]]:
    """Yield what is wrong where, and the answer: null, and a wrong type, at each place in turn."""
    for path, value in places(good.data):
        for wrong in (None, _WRONG.get(type(value), 7)):
            if path:
                data = copy.deepcopy(good.data)
                inner = data
                for step in path[:-1]:
                    inner = inner[step]
                inner[path[-1]] = wrong
                yield f"{'.'.join(map(str, path))} = {wrong!r}", replace(good, data=data)


@dataclass
class Recorder:
    """Sends through a client, and keeps each operation's answers in their order."""

    client: Any
    answers: dict[str, list[Answer]] = field(default_factory=dict)

    @property
    def mutations(self) -> int:
        """Return how many mutations were sent."""
        return self.client.mutations

    async def send(self, text: str, variables: Mapping[str, object], **options: Any) -> Answer:
        """Send, and keep the answer."""
        answer = await self.client.send(text, variables, **options)
        self.answers.setdefault(operation(text), []).append(answer)
        return answer


@dataclass
class Replay:
    """Answers as was recorded, the last answer of an operation again and again; `odd` is played in place of its own."""

    answers: Mapping[str, list[Answer]]
    odd: Mapping[str, Answer] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    mutations: int = 0

    async def send(self, text: str, _variables: Mapping[str, object], **_options: Any) -> Answer:
        """Answer without a network."""
        await asyncio.sleep(0)
        name = operation(text)
        self.mutations += text.startswith("mutation")
        known = self.answers.get(name, [Answer({})])
        number = self.asked.get(name, 0)
        self.asked[name] = number + 1
        return self.odd.get(name, known[min(number, len(known) - 1)])
