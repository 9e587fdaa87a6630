"""Rules of time: how long a finding must last, when it is too old, how late it may come, how long it is held."""

from dataclasses import dataclass

from services.grader.engine.ruleset.rule_fields import rule


@dataclass(frozen=True)
class TimingRules:
    """How long."""

    # --- when a finding is established -------------------------------------------------------------------------------
    fast_persistence_s: float = rule(
        15,
        unit="s",
        text="High-rate signs: established so long after the first reading.",
        looser="higher",
        within=(0, 60),
    )
    deep_persistence_s: float = rule(
        10, unit="s", text="The same if all readings are far beyond the limit.", looser="higher", within=(0, 60)
    )
    deep_units: float = rule(
        5, unit="units of the sign", text="What far beyond means.", looser="higher", within=(1, 20)
    )
    cuff_persistence_min: float = rule(
        5, unit="min", text="Monitor cuff: so long after one low reading.", looser="higher", within=(0, 15)
    )
    patch_persistence_min: float = rule(
        10, unit="min", text="Temperature by patch or axillary probe.", looser="higher", within=(0, 30)
    )
    critical_persistence_s: float = rule(
        10, unit="s", text="Critical values on monitor streams.", looser="higher", within=(0, 30)
    )

    # --- freshness: stale, lost --------------------------------------------------------------------------------------
    fast_stale_min: float = rule(5, unit="min", text="High-rate signs go stale.", within=(1, 15))
    fast_lost_min: float = rule(15, unit="min", text="High-rate signs are lost.", within=(2, 60))
    cuff_stale_min: float = rule(
        75, unit="min", text="A monitor's cuff goes stale: 1.25 x an hourly interval.", within=(10, 300)
    )
    cuff_lost_min: float = rule(120, unit="min", text="A monitor's cuff is lost.", within=(15, 480))
    spot_stale_min: float = rule(
        270, unit="min", text="Temperature and hand-charted signs: 4 h interval + 30 min.", within=(30, 750)
    )
    spot_lost_min: float = rule(
        480, unit="min", text="Temperature and hand-charted signs: interval x 2.", within=(60, 1440)
    )
    patch_stale_min: float = rule(10, unit="min", text="A temperature patch goes stale.", within=(2, 60))
    patch_lost_min: float = rule(30, unit="min", text="A temperature patch is lost.", within=(5, 120))
    pressor_confirmed_h: float = rule(4, unit="h", text="Charted vasopressors are unconfirmed after.", within=(0.5, 24))
    device_confirmed_h: float = rule(
        12, unit="h", text="A charted oxygen device is unconfirmed after.", within=(0.5, 48)
    )

    # --- lateness ----------------------------------------------------------------------------------------------------
    monitor_lateness_min: float = rule(
        10, unit="min", text="Monitor and wearable readings are placed so late.", looser="lower", within=(1, 60)
    )
    charted_lateness_h: float = rule(
        24, unit="h", text="Manual, interface and charted events are placed so late.", looser="lower", within=(1, 72)
    )
    clock_ahead_min: float = rule(
        10, unit="min", text="So far ahead of the clock an event counts as now.", looser="lower", within=(0, 60)
    )
    late_after_s: float = rule(
        60,
        unit="s",
        text="A rise is `late` when its event is older than the newest by more.",
        looser="lower",
        within=(0, 3600),
    )

    # --- holding and closing -----------------------------------------------------------------------------------------
    hold_min: float = rule(
        30, unit="min", text="A lower grade must be supported so long before the grade falls.", within=(5, 240)
    )
    episode_quiet_h: float = rule(
        24, unit="h", text="An episode closes after so long without any sign of CRS.", within=(6, 96)
    )
