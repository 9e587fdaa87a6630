"""A kind of stored data whose form has changed over time: it says which form it has, and one step leads to the next.

Whoever changes a form raises its number and adds the step from the one before. Steps are never changed afterwards:
somewhere there is a checkpoint, a handover or evidence of every form that was released.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Plain = dict[str, Any]
Step = Callable[[Plain], Plain]


@dataclass(frozen=True, slots=True)
class Forms:
    """Every form of one kind of data.

    Attributes:
        field: which field holds the number of the form.
        newest: the number that this version of the grader writes and reads.
        steps: by number, what makes the next form of it; it need not set the field.
    """

    field: str
    newest: int
    steps: Mapping[int, Step]

    def knows(self, number: object) -> bool:
        """Whether this is an earlier form from which steps lead to the newest."""
        if not isinstance(number, int) or number >= self.newest:
            return False
        return all(place in self.steps for place in range(number, self.newest))

    def upgraded(self, stored: Plain) -> Plain:
        """The same in the newest form. What has no form known here stays as it is: reading it will say so."""
        number = stored.get(self.field)
        if not isinstance(number, int) or not self.knows(number):
            return stored
        for place in range(number, self.newest):
            stored = {**self.steps[place](stored), self.field: place + 1}
        return stored
