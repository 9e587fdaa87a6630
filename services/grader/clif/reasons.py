"""Why rows of CLIF tables are not used, or not as they stand, counted; never with a value."""

from collections import Counter
from collections.abc import Iterator

# Rows that should have said something and cannot be read: they make the exit code 1.
REFUSED = {
    "no_time": "the time is missing",
    "no_value": "the value is missing",
    "out_of_range": "the value cannot be meant (outside the encodable range)",
    "unknown_word": "the category is not in CLIF's list",
    "unknown_stay": "the hospitalization is not in clif_hospitalization",
}
# Rows that can be read and say nothing to grade by.
UNUSED = {
    "no_vitals": "stays without a single sign",
    "after_discharge": "charted after the discharge",
    "not_graded": "nothing of this kind grades",
    "no_device": "no device charted: never guessed from the settings",
    "not_given": "charted as not given",
}
# Rows that are used, though not for what they say at first sight.
NOTED = {
    "no_flow": "the flow cannot be meant; the device was used without it",
    "no_fio2": "the oxygen fraction cannot be meant; the device was used without it",
    "uncharted_unit": "the unit charts no vitals in these tables; its patients are taken as off the unit",
}
SENTENCES = {**REFUSED, **UNUSED, **NOTED}


class Rows:
    """How many rows of each table were not used, or noted, by reason."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()

    def count(self, table: str, reason: str) -> None:
        """One more row of a table."""
        self.counts[table, reason] += 1

    @property
    def refused(self) -> bool:
        """Whether any row could not be read."""
        return any(reason in REFUSED for _, reason in self.counts)

    def sentences(self) -> Iterator[str]:
        """One for each table and reason, for standard error."""
        for (table, reason), count in sorted(self.counts.items()):
            verb = "refused" if reason in REFUSED else "not used" if reason in UNUSED else "noted"
            yield f"{table}: {count:,} {'row' if count == 1 else 'rows'} {verb}: {SENTENCES[reason]}"
