"""Tables that are taken as they were published, or that name things: no limits of ours, but part of what grades.

They are part of the rule set's hash, so that an output says by which of them it was made.
"""

from typing import Any

from schemas.fields import QUANTITIES
from services.grader.engine.crs.drugs import DRUG_CLASSES, SYNONYMS
from services.grader.engine.risk.products import PRODUCTS
from services.grader.engine.scores.score_charts import charts


def cited_tables() -> dict[str, Any]:
    """Every table by name, as JSON."""
    return {
        "plausible": {name: quantity.plausible for name, quantity in QUANTITIES.items()},
        "drug_classes": {name: sorted(drugs) for name, drugs in DRUG_CLASSES.items()},
        "synonyms": SYNONYMS,
        "score_charts": charts(),
        "products": PRODUCTS,
    }
