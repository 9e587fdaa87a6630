"""Age and what follows from it. Ages are whole completed months and years, as the bedside card counts them."""

from datetime import UTC, date, datetime

from services.grader.engine.durations import DAY_MS
from services.grader.engine.value import Value

YEAR_MS = round(365.25 * DAY_MS)


class Person(Value, frozen=True):
    """What is known about a patient's age; both None means age unknown: adult thresholds, and a flag."""

    birth_date: str | None = None
    age_years: float | None = None
    age_charted_ms: int = 0
    weight_kg: float | None = None

    def age_months(self, at_ms: int) -> int | None:
        """Completed months of life, None where nobody charted an age."""
        if self.birth_date is not None:
            return _months_since(date.fromisoformat(self.birth_date), at_ms)
        if self.age_years is None:
            return None
        grown = max(0, at_ms - self.age_charted_ms) / YEAR_MS
        # A charted 6 is six completed years; 1e-9 keeps 0.5 a from becoming 5.999 months.
        return int((self.age_years + grown) * 12 + 1e-9)

    def age_months_then(self, at_ms: int) -> int | None:
        """The same of a moment that may lie before the age was charted: who is 12 since was not 12 for certain."""
        if self.birth_date is not None or self.age_years is None or at_ms >= self.age_charted_ms:
            return self.age_months(at_ms)
        return max(0, int((self.age_years - (self.age_charted_ms - at_ms) / YEAR_MS) * 12))


def _months_since(birth: date, at_ms: int) -> int:
    today = datetime.fromtimestamp(at_ms / 1000, UTC).date()
    months = (today.year - birth.year) * 12 + today.month - birth.month
    return max(0, months - (today.day < birth.day))
