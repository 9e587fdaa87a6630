"""Pieces that several outgoing events share."""

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from schemas.fields import Name
from schemas.times import Time

WIRE = ConfigDict(strict=True, extra="ignore", hide_input_in_errors=True)

Driver = Annotated[Literal["fever", "hypotension", "hypoxia"], Field(description="A component the data establish.")]
Drivers = Annotated[list[Driver], Field(description="Every established component.")]
Missing = Annotated[list[str], Field(description="Inputs whose absence widens the interval, by their wire names.")]
Count = Annotated[int, Field(ge=0, description="A whole number from 0.")]
Offset = Annotated[int, Field(ge=0, description="Kafka offset.")]
Priority = Annotated[Literal["high", "medium", "low"], Field(description="How soon somebody must look.")]
OpaqueId = Annotated[str, Field(min_length=1, max_length=200, description="Opaque: compare, never take apart.")]


class Because(TypedDict):
    """One reason for what is said: the rule, the value it met, where the limit comes from."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    rule: Annotated[str, Field(description="Rule id within the rule set.")]
    text: NotRequired[Annotated[str, Field(description="The reason as a sentence for the bedside.")]]
    value: NotRequired[Annotated[float | int | str | bool, Field(description="What was found, in the input's unit.")]]
    threshold: NotRequired[Annotated[float | int | str | bool, Field(description="What it was held against.")]]
    unit: NotRequired[Annotated[str, Field(description="UCUM unit of both.")]]
    observed_at: NotRequired[Annotated[Time, Field(description="Bedside time of the deciding input.")]]
    citation: NotRequired[Annotated[str, Field(description="Source of the rule.")]]
    would_change: NotRequired[Annotated[str, Field(description="What would change the outcome.")]]


class RuleSet(TypedDict):
    """Which rules spoke."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    id: Annotated[Name, Field(description="Name and version of the rule set.")]
    hash: Annotated[str, Field(description="SHA-256 of its canonical form.")]
    signed_off_by: NotRequired[Annotated[Name, Field(description="Who signed that limits are looser than built in.")]]


class Provenance(TypedDict):
    """Where the deciding records stand in Kafka."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    topic: Annotated[str, Field(description="Topic of the records; in a replay of a file, `replay`.")]
    partition: Annotated[int, Field(ge=0, description="Partition of the records.")]
    first_offset: Offset
    last_offset: Offset
