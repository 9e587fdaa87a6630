"""What each part of the CRS table says at one moment: pressure, oxygen saturation, vasopressors, device, fever.

Every part is an interval; what is stale, lost, never charted or pending widens it and never narrows it.
"""

from typing import NamedTuple

from services.grader.engine.chart import Chart
from services.grader.engine.crs.grading import FINDING, FINDING_UNKNOWN, NONE, grade_device, grade_pressors
from services.grader.engine.durations import hours
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import PRESSURES, SPO2, SPO2_HOME, SUSPECT, TEMPERATURE, freshness_limits
from services.grader.engine.signs.track import Track, freshness, is_established, is_normal, is_pending, newest_ms

Tracks = dict[str, Track]
PRESSURE, SATURATION, PRESSOR, DEVICE = "pressure", "saturation", "pressor", "device"
COMPONENTS = (PRESSURE, SATURATION, PRESSOR, DEVICE)
MEASURED = (PRESSURE, SATURATION)
FINDING_OF = {PRESSURE: "hypotension", PRESSOR: "hypotension", SATURATION: "hypoxia", DEVICE: "hypoxia"}
INPUT_OF = {PRESSURE: "sbp_mmhg", SATURATION: "spo2_pct", PRESSOR: "vasopressor", DEVICE: "oxygen_device"}


class Part(NamedTuple):
    """One component now: its interval, and the newest reading that supports clearing it."""

    low: int
    high: int
    clear_ms: int | None = None


def pressure(tracks: Tracks, chart: Chart, at_ms: int, rules: RuleSet) -> Part:
    """Either fresh source establishes hypotension; each is cleared by its own readings (`settled.md` 2)."""
    sources = [(tracks[name], freshness(tracks[name], at_ms, rules)) for name in PRESSURES if name in tracks]
    if any(age == "fresh" and is_established(track) for track, age in sources):
        return Part(*FINDING)
    normal = [newest_ms(track, at_ms) for track, age in sources if age == "fresh" and is_normal(track)]
    open_low = any(age != "lost" and not is_normal(track) for track, age in sources)
    if not normal or open_low:
        return Part(*FINDING_UNKNOWN)
    # A low source speaks until it is lost: what the other said before that supports nothing.
    silenced = any(
        track.last_ms + freshness_limits(track.manner, rules)[1] > max(normal)
        for track, age in sources
        if age == "lost" and not is_normal(track)
    )
    return Part(*NONE, None if silenced else _clearing_ms(chart, max(normal)))


def _clearing_ms(chart: Chart, newest: int) -> int | None:
    """A pressure that a vasopressor holds up says nothing about the patient without it (`settled.md` 8)."""
    off_ms = chart.pressors_off_ms
    held_up = bool(chart.pressors) or (off_ms is not None and newest <= off_ms)
    return None if held_up else newest


def saturation(tracks: Tracks, chart: Chart, at_ms: int, rules: RuleSet) -> Part:
    """Hypoxia by measurement, against the patient's own target on the home device."""
    track = tracks.get(saturation_series(tracks, chart, rules))
    if track is None or freshness(track, at_ms, rules) != "fresh":
        return Part(*FINDING_UNKNOWN)
    if is_established(track):
        return Part(*FINDING)
    if is_pending(track):
        return Part(*FINDING_UNKNOWN)
    return Part(*NONE, newest_ms(track, at_ms))


def saturation_series(tracks: Tracks, chart: Chart, rules: RuleSet) -> str:
    """Against which limit SpO2 counts now."""
    return SPO2_HOME if SPO2_HOME in tracks and at_home_level(chart, rules) else SPO2


def at_home_level(chart: Chart, rules: RuleSet) -> bool:
    """Whether the device in use is the one the patient uses at home (a cannula at low flow only)."""
    oxygen, home = chart.oxygen, chart.baseline.oxygen_device
    if oxygen is None or home is None or oxygen.device != home:
        return False
    cannula = oxygen.device == "nasal_cannula"
    return not cannula or (oxygen.flow_l_min is not None and oxygen.flow_l_min <= rules.low_flow_l_min)


def pressor(chart: Chart, at_ms: int, rules: RuleSet) -> Part:
    """Never charted excludes nothing; unconfirmed keeps its level and excludes nothing above (`settled.md` 1)."""
    bounds = grade_pressors(chart.running(), rules)
    most = max(bounds.low, rules.ceilings(chart.stay.unit)[0])
    return Part(bounds.low, bounds.high if pressors_confirmed(chart, at_ms, rules) else most)


def pressors_confirmed(chart: Chart, at_ms: int, rules: RuleSet) -> bool:
    """Whether the list of vasopressors was charted recently enough."""
    return chart.pressors_ms is not None and at_ms - chart.pressors_ms < hours(rules.pressor_confirmed_h)


def device(chart: Chart, at_ms: int, rules: RuleSet) -> Part:
    """The same for the oxygen device."""
    oxygen = chart.oxygen
    most = rules.ceilings(chart.stay.unit)[1]
    if oxygen is None:
        return Part(0, most)
    bounds = NONE if at_home_level(chart, rules) else grade_device(oxygen.device, oxygen.flow_l_min, rules)
    return Part(bounds.low, bounds.high if device_confirmed(chart, at_ms, rules) else max(bounds.low, most))


def device_confirmed(chart: Chart, at_ms: int, rules: RuleSet) -> bool:
    """Whether the device was charted recently enough."""
    return chart.oxygen is not None and at_ms - chart.oxygen.at_ms < hours(rules.device_confirmed_h)


def febrile(tracks: Tracks, chart: Chart, at_ms: int, rules: RuleSet) -> bool | None:
    """Whether there is fever now, latched or not; None where nobody can tell."""
    track = tracks.get(TEMPERATURE)
    if track is None:
        return None
    if track.category == SUSPECT:  # it says nothing itself, and takes nothing back that was about to count
        return True if is_established(track) else None
    if freshness(track, at_ms, rules) != "fresh":
        # A patch goes stale at the very moment at which its one reading has lasted long enough to count.
        stale_now = at_ms - track.last_ms == freshness_limits(track.manner, rules)[0]
        counts_now = stale_now and track.finding is not None and track.finding.due_ms == at_ms
        return True if counts_now and is_established(track) else None
    if is_established(track):
        return True
    if is_pending(track) or _is_masked(chart, at_ms, rules):
        return None
    return False


def _is_masked(chart: Chart, at_ms: int, rules: RuleSet) -> bool:
    given = chart.antipyretic_ms
    return given is not None and at_ms - given < hours(rules.antipyretic_mask_h)


def is_quiet(tracks: Tracks, chart: Chart, at_ms: int, rules: RuleSet) -> bool:
    """No sign of CRS: what must last 24 h before an episode closes; unconfirmed does not block (`settled.md` 19)."""
    track = tracks.get(TEMPERATURE)
    if track is None or not is_normal(track) or freshness(track, at_ms, rules) == "lost":
        return False
    support = (
        (pressor(chart, at_ms, rules), pressors_confirmed(chart, at_ms, rules)),
        (
            device(chart, at_ms, rules),
            device_confirmed(chart, at_ms, rules),
        ),
    )
    measured = pressure(tracks, chart, at_ms, rules), saturation(tracks, chart, at_ms, rules)
    return not any(part.low and known for part, known in support) and not any(part.low for part in measured)


def parts_of(tracks: Tracks, chart: Chart, at_ms: int, rules: RuleSet) -> dict[str, Part]:
    """All four components."""
    return {
        PRESSURE: pressure(tracks, chart, at_ms, rules),
        SATURATION: saturation(tracks, chart, at_ms, rules),
        PRESSOR: pressor(chart, at_ms, rules),
        DEVICE: device(chart, at_ms, rules),
    }
