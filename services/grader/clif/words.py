"""What CLIF's words mean on our wire. Closed tables: a word that is not here is refused, never guessed."""

# vital_category -> the sign. Weight belongs to the stay; height grades nothing.
SIGNS = {
    "temp_c": "temperature_c",
    "heart_rate": "heart_rate_bpm",
    "respiratory_rate": "resp_rate_bpm",
    "spo2": "spo2_pct",
    "sbp": "sbp_mmhg",
    "dbp": "dbp_mmhg",
    "map": "map_mmhg",
}
WEIGHT = "weight_kg"
NOT_GRADED_VITALS = frozenset({"height_cm"})
PRESSURES = frozenset({"sbp_mmhg", "dbp_mmhg", "map_mmhg"})

# meas_site_name is free text at each site; these are the words seen. A site that is not here stays "unknown".
SITES = {
    "oral": "oral",
    "axillary": "axillary",
    "tympanic": "tympanic",
    "temporal": "temporal",
    "rectal": "rectal",
    "blood": "core",
    "esophageal": "core",
    "esophogeal": "core",  # as the MIMIC demo spells it
    "bladder": "core",
    "core": "core",
}

# device_category -> the device. IMV is a tube in the trachea, whatever its mode; a collar on one is no ventilator.
DEVICES = {
    "imv": "ventilator",
    "nippv": "bipap",
    "cpap": "cpap",
    "high flow nc": "high_flow_nasal_cannula",
    "face mask": "face_mask",
    "trach collar": "other",
    "nasal cannula": "nasal_cannula",
    "room air": "room_air",
    "other": "other",
}

# med_category of vasoactive infusions -> the drug. Which of them count is the engine's business.
VASOACTIVES = {
    "norepinephrine": "norepinephrine",
    "epinephrine": "epinephrine",
    "phenylephrine": "phenylephrine",
    "dopamine": "dopamine",
    "vasopressin": "vasopressin",
    "angiotensin": "angiotensin ii",
    "dobutamine": "dobutamine",
    "milrinone": "milrinone",
    "isoproterenol": "isoproterenol",
}
RUNNING = frozenset({"start", "dose_change", "going", "verify"})
STOP = "stop"
GIVEN = "given"


def word(text: str | None) -> str | None:
    """As the tables above spell it; None where nothing was written."""
    return None if text is None or not text.strip() else text.strip().lower()


def bp_source(vital_name: str | None) -> str:
    """Cuff or arterial, by what the site calls the sign; unknown where it does not say."""
    name = (word(vital_name) or "").replace("-", " ")
    if any(hint in name for hint in ("non invasive", "noninvasive", "nibp", "cuff", "manual")):
        return "cuff"
    arterial = any(hint in name.split() for hint in ("arterial", "art", "abp", "invasive"))
    return "arterial" if arterial else "unknown"


def source_of(vital_name: str | None) -> str:
    """Charted by hand where the name says so; else a value that came over an interface and was charted.

    Never `monitor`: CLIF holds what was charted, hourly at best, and the short persistence of a stream would let one
    charted value expire before the next.
    """
    return "manual" if "manual" in (word(vital_name) or "") else "interface"
