"""Owns changing single places of an answer while it is made; must not know which faults there are."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

Source = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Touch:
    """A change of one field, `Type.field` with `*` allowed.

    `value` changes what the world answered (or raises a `Problem`), before the schema completes it; `late`
    changes the JSON that came of it, past the schema. `only` is asked with the field's source; `at` picks one of
    the places that are left, counted from 0 in one answer.
    """

    where: str
    value: Callable[[Any], Any] | None = None
    late: Callable[[Any], Any] | None = None
    only: Source | None = None
    at: int | None = None


class Touching:
    """The touches due in one answer, with the places counted so far and those to change at the end."""

    def __init__(self, touches: tuple[Touch, ...]) -> None:
        self.touches = touches
        self.counts = [0] * len(touches)
        self.later: list[tuple[list[str | int], Callable[[Any], Any]]] = []

    def apply(self, kind: str, name: str, path: Any, source: Any, make: Callable[[], Any]) -> Any:
        """Return what a field answers, touched; `path` is the executor's."""
        due = [touch for n, touch in enumerate(self.touches) if self._is_due(n, touch, f"{kind}.{name}", source)]
        value = make()
        for touch in due:
            if touch.value is not None:
                value = touch.value(value)
            if touch.late is not None:
                self.later.append((path.as_list(), touch.late))
        return value

    def _is_due(self, index: int, touch: Touch, coordinate: str, source: Any) -> bool:
        if not fnmatchcase(coordinate, touch.where) or (touch.only is not None and not touch.only(source)):
            return False
        self.counts[index] += 1
        return touch.at is None or touch.at == self.counts[index] - 1

    def finish(self, data: Any) -> None:
        """Change the JSON where a touch asked for it; a place that an error took away stays away."""
        for path, change in self.later:
            holder = data
            for key in path[:-1]:
                holder = holder[key] if holder is not None else None
            if holder is not None:
                holder[path[-1]] = change(holder[path[-1]])
