"""What applies to every patient of a grader: the rules, and for whom a page goes out."""

from collections.abc import Mapping
from typing import NamedTuple

from services.grader.engine.chart import Chart
from services.grader.engine.past.in_force import NONE_ELSE, InForce
from services.grader.engine.risk.risk import enrolled_until_ms
from services.grader.engine.ruleset.rules import DEFAULT_RULES, RuleSet


class Ward(NamedTuple):
    """The rule set in force, and whether everybody is paged for.

    Attributes:
        rules: in force now.
        watch_all: page for everybody, enrolled or not.
        thorough: every record the long way: what the quick way is held against.
        known: by hash the rules that may have been in force before.
        before: those that were, until the activation that is read now, or was read last.
        unnamed: what a stay is called whose admission nobody charted.
    """

    rules: RuleSet = DEFAULT_RULES
    watch_all: bool = False
    thorough: bool = False
    known: Mapping[str, RuleSet] = NONE_ELSE
    before: RuleSet | None = None
    unnamed: str = ""

    @property
    def in_force(self) -> InForce:
        """The rules by which a past is folded."""
        return InForce(self.rules, self.known)

    def is_enrolled(self, chart: Chart) -> bool:
        """An immunotherapy event enrols; a new stay keeps that until the risk window ends (`settled.md` 26).

        However long ago the dose was: what is charted in this stay enrols for this stay.
        """
        dose, admitted_ms = chart.dose, chart.stay.admitted_ms
        if dose is None:
            return False
        known_ms = dose.at_ms if dose.known_ms is None else dose.known_ms
        return admitted_ms <= known_ms or admitted_ms < enrolled_until_ms(dose, self.rules)

    def pages(self, chart: Chart) -> bool:
        """Whether the grade of this patient pages. Critical values and technical kinds always do."""
        return (self.watch_all or self.is_enrolled(chart)) and chart.stay.status != "discharged"
