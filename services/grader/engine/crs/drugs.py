"""Which drug is what. Names are generic names in lower case; what is not listed is not guessed.

Which drugs count as vasopressors is a rule (`grading_rules.py`), for a site has to sign it.
"""

VASOPRESSIN = "vasopressin"  # one vasopressor, but never one of several (ASTCT)
NO_VASOPRESSOR = "none"

SYNONYMS = {
    "noradrenaline": "norepinephrine",
    "adrenaline": "epinephrine",
    "angiotensin_ii": "angiotensin ii",
    "angiotensin-ii": "angiotensin ii",
    "argipressin": VASOPRESSIN,
}

DRUG_CLASSES = {
    "antipyretic": {"acetaminophen", "paracetamol", "ibuprofen", "metamizole", "naproxen", "ketorolac", "aspirin"},
    "steroid": {"dexamethasone", "methylprednisolone", "hydrocortisone", "prednisone", "prednisolone"},
    "anticytokine": {"tocilizumab", "siltuximab", "anakinra", "ruxolitinib", "emapalumab"},
    "anticonvulsant": {"levetiracetam", "lacosamide", "phenytoin", "fosphenytoin", "valproate"},
}


def generic_name(drug: str) -> str:
    """The one name this drug goes by here."""
    name = drug.strip().lower()
    return SYNONYMS.get(name, name)


def drug_class(drug: str) -> str | None:
    """antipyretic, steroid, anticytokine or anticonvulsant; None where we do not know the drug."""
    name = generic_name(drug)
    return next((kind for kind, names in DRUG_CLASSES.items() if name in names), None)


def masks_fever(drug: str) -> bool:
    """Whether a normal temperature soon after this drug proves nothing (`clinical.md` 10.1(2))."""
    return drug_class(drug) == "antipyretic"
