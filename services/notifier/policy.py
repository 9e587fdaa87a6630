"""Ward policy as values: who is called when, how long an answer holds, what may be snoozed.

Only `read_policy` reads a file.
The numbers stand in `policy.toml`, where a clinician can read them; `alerting.md` 2.6 is their source, [P] marks ours.
"""

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.encoding import digest

Level = Literal[
    "grade_1",
    "grade_2",
    "grade_3",
    "grade_4",
    "high",
    "medium",
    "low",
    "technical_high",
    "technical_medium",
    "technical_low",
]
GRADED_KINDS = ("crs_rise", "icans_rise")
TECHNICAL_KINDS = ("technical_stale", "technical_silent", "unit_silent")
# A late rise that newer readings refute comes with a lower priority, and is called for as such.
_HIGHEST_GRADE_OF = {"high": 4, "medium": 2, "low": 1}
SHIPPED = Path(__file__).with_name("policy.toml")


class PolicyRefused(ValueError):
    """The policy cannot be kept as written; the message says why. The process must not start with it."""


class Strict(BaseModel):
    """A misspelt setting of a policy is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Hop(Strict):
    """One rung of a ladder: the roles that are called together."""

    after_s: Annotated[int, Field(ge=0, description="Seconds since the alarm was raised without an answer.")]
    roles: Annotated[tuple[str, ...], Field(min_length=1, description="Roles called at that moment.")]
    failsafe: Annotated[bool, Field(description="The hop that always has somebody: required in every ladder.")] = False


class Ladder(Strict):
    """What happens to an alarm nobody answers, and what an answer is worth."""

    hops: Annotated[tuple[Hop, ...], Field(min_length=1, description="In order of time, the first at 0.")]
    repeat_s: Annotated[
        int | None,
        Field(ge=30, description="Seconds after the last hop at which the ladder starts again; absent: never."),
    ] = None
    acknowledged_s: Annotated[
        int | None, Field(ge=60, description="Seconds an acknowledgement holds; absent: until the alarm changes.")
    ] = None
    snooze_max_s: Annotated[int, Field(ge=0, description="Longest snooze in seconds; 0: cannot be snoozed.")] = 0

    @model_validator(mode="after")
    def _climbs_to_a_failsafe(self) -> "Ladder":
        times = [hop.after_s for hop in self.hops]
        if times[0] != 0 or times != sorted(set(times)):
            raise ValueError("hops must start at 0 s and follow each other in time")
        if not self.hops[-1].failsafe:
            raise ValueError("the last hop must be the failsafe hop")
        return self


class Policy(Strict):
    """The whole of `policy.toml`."""

    version: Annotated[str, Field(min_length=1, description="Name of this edition, shown with every alarm it ran.")]
    catch_all: Annotated[str, Field(description="Role called in place of the primary nurse when no unit is known.")]
    latched_reasons: Annotated[
        tuple[str, ...], Field(description="Reasons of `resolved` after which an unanswered alarm stays on the board.")
    ]
    roles: Annotated[dict[str, tuple[str, ...]], Field(description="Channels that reach each role.")]
    ladders: Annotated[dict[Level, Ladder], Field(description="One ladder for each level.")]

    @model_validator(mode="after")
    def _complete(self) -> "Policy":
        if absent := sorted(set(Level.__args__) - set(self.ladders)):  # type: ignore[attr-defined]
            raise ValueError(f"no ladder for {', '.join(absent)}")
        called = {role for ladder in self.ladders.values() for hop in ladder.hops for role in hop.roles}
        if unknown := sorted((called | {self.catch_all}) - set(self.roles)):
            raise ValueError(f"roles that no channel is named for: {', '.join(unknown)}")
        return self

    @property
    def hash(self) -> str:
        """Names exactly this policy; kept with every alarm."""
        return digest(self.model_dump(mode="json"))


def read_policy(path: Path, *, channels: Collection[str]) -> Policy:
    """The policy in `path`, refused when a ladder calls a role that none of the configured channels reaches."""
    try:
        policy = Policy.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise PolicyRefused(f"Cannot read the policy {path}: {error.strerror}.") from None
    except ValidationError as error:
        faults = error.errors(include_input=False, include_context=False, include_url=False)
        wrong = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'policy'}: {fault['msg']}" for fault in faults)
        raise PolicyRefused(f"{path.name}: {wrong}.") from None
    except ValueError as error:
        raise PolicyRefused(f"{path.name}: {error}.") from None
    unreachable = sorted(role for role, by in policy.roles.items() if not set(by) & set(channels))
    if unreachable:
        raise PolicyRefused(f"{path.name}: no configured channel reaches {', '.join(unreachable)}")
    return policy


def level_of(kind: str, priority: str, grade: int | None) -> Level:
    """The ladder for an escalation. A kind nobody here knows is called for by its priority."""
    if kind in GRADED_KINDS and grade:
        return f"grade_{min(grade, _HIGHEST_GRADE_OF[priority])}"  # type: ignore[return-value]
    return f"technical_{priority}" if kind in TECHNICAL_KINDS else priority  # type: ignore[return-value]


def ladder_for(policy: Policy, level: Level, *, unit: str | None) -> Ladder:
    """The ladder an alarm is raised with: where no unit is known, the catch-all stands in for the primary nurse."""
    ladder = policy.ladders[level]
    if unit is not None:
        return ladder
    hops = tuple(hop.model_copy(update={"roles": _with_catch_all(hop.roles, policy.catch_all)}) for hop in ladder.hops)
    return ladder.model_copy(update={"hops": hops})


def _with_catch_all(roles: tuple[str, ...], catch_all: str) -> tuple[str, ...]:
    replaced = (catch_all if role == "primary_nurse" else role for role in roles)
    return tuple(dict.fromkeys(replaced))
