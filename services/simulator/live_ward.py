"""The live ward: past charts first, then everything at its own time, with something to see within five minutes.

The stories are those of the files; the first of them are told in minutes instead of hours. The clock is never hurried:
an event is due when its time has come.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import dropwhile
from typing import NamedTuple

from services.simulator.events import Body, Event
from services.simulator.patient import events
from services.simulator.physiology import HOUR_MS, MINUTE_MS, adult, child
from services.simulator.scenarios import SCENARIOS
from services.simulator.seeds import chance
from services.simulator.stay import Stay
from services.simulator.story import Story
from services.simulator.ward import bed_of

CHARTED_BEFORE_MS = 55 * MINUTE_MS  # the last round, examination and support chart lie this far back, or less
# A monitor last heard a quarter of an hour ago counts as silent: an older first reading would raise an alarm at once.
LONGEST_HISTORY = timedelta(minutes=14)
WAVE = timedelta(minutes=25)  # beds beyond the first cast fall ill so much later


class Role(NamedTuple):
    """Which story a bed plays, when it begins after the start (or before it), and how long its hours last."""

    scenario: str
    onset: timedelta = timedelta()
    pace_ms: int = MINUTE_MS


# What a person at the board sees: fever within a minute, low pressure within three, a vasopressor before four, and
# high-flow oxygen at five; meanwhile ICE falls, a probe is lost for two minutes more, a monitor silent for three.
CAST = (
    Role("well"),
    Role("crs_3", timedelta(seconds=18)),
    Role("hand_charted"),
    Role("icans_alone", timedelta(seconds=75)),
    Role("sensor_falls_off", timedelta(minutes=-13), HOUR_MS),
    Role("well"),
    Role("crs_3_hypoxia", timedelta(seconds=90)),
    Role("monitor_goes_silent", timedelta(minutes=-12), HOUR_MS),
    Role("infection_mimic", timedelta(minutes=6)),
    Role("crs_1_patch", timedelta(minutes=10)),
    Role("crs_2", timedelta(minutes=16), 2 * MINUTE_MS),
    Role("well"),
)


@dataclass(frozen=True, slots=True)
class LivePlan:
    """A live ward: how many beds, from which seed, from when on, and how often its monitors speak."""

    beds: int
    seed: int
    start_ms: int
    every_ms: int = 1000
    history: timedelta = LONGEST_HISTORY


def admit_live(index: int, plan: LivePlan) -> Stay:
    """A patient who came two days ago, had the infusion yesterday, and plays a role from now on."""
    patient_id = f"sim-{plan.seed}-{index + 1:03d}"
    rng = chance(plan.seed, patient_id, "stay")
    wave, place = divmod(index, len(CAST))
    role = CAST[place]
    scenario = SCENARIOS[role.scenario]
    person = child(rng) if scenario.is_paediatric else adult(rng)
    onset_ms = plan.start_ms + round((role.onset + wave * WAVE).total_seconds() * 1000)
    story = Story(person, bed_of(index), onset_ms=onset_ms, pace_ms=role.pace_ms)
    scenario.tell(story)
    return Stay(
        patient_id=patient_id,
        home=story.home,
        person=person,
        product=rng.choice(scenario.products),
        admitted_ms=plan.start_ms - rng.randrange(44 * 60, 50 * 60) * MINUTE_MS,
        infused_ms=plan.start_ms - rng.randrange(20 * 60, 30 * 60) * MINUTE_MS,
        observed_from_ms=plan.start_ms - CHARTED_BEFORE_MS,
        course=story.course(),
        seed=plan.seed,
        start_ms=plan.start_ms,
    )


class LiveWard:
    """The events of a live ward, handed out as they fall due; it asks no clock.

    Args:
        plan: the ward.
        delivered_ms: everything up to here was handed out before, by a process that is gone; None for a new ward.
    """

    def __init__(self, plan: LivePlan, delivered_ms: int | None = None) -> None:
        admitted = [admit_live(index, plan) for index in range(plan.beds)]
        sources = (_happening(stay, plan) for stay in admitted)
        self._happening: Iterator[Event] = heapq.merge(*sources, key=lambda event: event.at_ms)
        if delivered_ms is not None and delivered_ms > plan.start_ms:
            self._happening = dropwhile(lambda event: event.at_ms <= delivered_ms, self._happening)
        self._next: Event | None = next(self._happening, None)
        self._start_ms = plan.start_ms
        self._held_back: list[Body] = []

    def due(self, now_ms: int) -> list[Body]:
        """Everything whose time has come since the last call; at the first call also what was charted before.

        Past infusions follow one call later: they enrol, and whoever is enrolled with no sign on record is alarmed for.
        """
        bodies, self._held_back = self._held_back, []
        while self._next is not None and self._next.at_ms <= now_ms:
            at_ms, body = self._next
            enrols = body.get("kind") == "immunotherapy" and at_ms < self._start_ms
            (self._held_back if enrols else bodies).append(body)
            self._next = next(self._happening, None)
        return bodies


def _happening(stay: Stay, plan: LivePlan) -> Iterator[Event]:
    history_ms = round(plan.history.total_seconds() * 1000)
    return events(
        stay, every_ms=plan.every_ms, monitor_from_ms=plan.start_ms - history_ms, coarse_until_ms=plan.start_ms
    )
