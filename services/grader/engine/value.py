"""What the engine's values are made of, and their form as plain data."""

from functools import cache
from typing import Any

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields


class Value(Struct, frozen=True, gc=False, omit_defaults=True):
    """An immutable value: made, compared, changed in a copy (`msgspec.structs.replace`) and read from JSON in C.

    None refers to itself, however far around, so the garbage collector need not look at any.
    """


def plain(value: Any) -> Any:
    """A value as plain data for JSON. What is as usual is left out, so that equal values give equal data.

    `omit_defaults` alone leaves out only what is the very default, not what equals it.
    """
    if isinstance(value, Value):
        named = ((name, getattr(value, name), usual) for name, usual in _usual(type(value)))
        return {name: plain(one) for name, one, usual in named if one != usual}
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


@cache
def _usual(kind: type[Value]) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (field.name, field.default if field.default_factory is NODEFAULT else field.default_factory())
        for field in fields(kind)
    )
