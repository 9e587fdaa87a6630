"""Which drug is what. Names are generic names in lower case; what is not listed is not guessed."""

# Counted by ASTCT as vasopressors (`clinical.md` 10.1(5), sign-off wanted); vasopressin is special and counted apart.
VASOPRESSIN = "vasopressin"
VASOPRESSORS = frozenset({"norepinephrine", "epinephrine", "phenylephrine", "dopamine", "angiotensin ii", VASOPRESSIN})

# Inotropes are not vasopressors: excluded from the count, and said so.
INOTROPES = frozenset({"dobutamine", "milrinone"})

NO_VASOPRESSOR = "none"

_SYNONYMS = {
    "noradrenaline": "norepinephrine",
    "adrenaline": "epinephrine",
    "angiotensin_ii": "angiotensin ii",
    "angiotensin-ii": "angiotensin ii",
    "argipressin": VASOPRESSIN,
}

_CLASSES = {
    "antipyretic": {"acetaminophen", "paracetamol", "ibuprofen", "metamizole", "naproxen", "ketorolac", "aspirin"},
    "steroid": {"dexamethasone", "methylprednisolone", "hydrocortisone", "prednisone", "prednisolone"},
    "anticytokine": {"tocilizumab", "siltuximab", "anakinra", "ruxolitinib", "emapalumab"},
    "anticonvulsant": {"levetiracetam", "lacosamide", "phenytoin", "fosphenytoin", "valproate"},
}


def generic_name(drug: str) -> str:
    """The one name this drug goes by here."""
    name = drug.strip().lower()
    return _SYNONYMS.get(name, name)


def drug_class(drug: str) -> str | None:
    """antipyretic, steroid, anticytokine or anticonvulsant; None where we do not know the drug."""
    name = generic_name(drug)
    return next((kind for kind, names in _CLASSES.items() if name in names), None)


def masks_fever(drug: str) -> bool:
    """Whether a normal temperature soon after this drug proves nothing (`clinical.md` 10.1(2))."""
    return drug_class(drug) == "antipyretic"
