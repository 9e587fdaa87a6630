"""Put a mutant in the place of its function: the running function object gets the mutant's code.

Whoever imported the function earlier, under whatever name, runs the mutant from then on. Done in a forked child only.
"""

import functools
import gc
import importlib
from typing import Any

from tests.mutation.mutants import Mutant


def put_in_place(mutant: Mutant) -> None:
    """The function of a mutant runs its code.

    Raises:
        Exception: it could not even be defined.
    """
    module = importlib.import_module(mutant.module)
    names = dict(vars(module))
    exec(compile(mutant.source(), mutant.path, "exec"), names)
    found = _found(mutant)
    function, mutated = _bare(found), names[mutant.function.rpartition(".")[2]]
    function.__code__ = mutated.__code__
    function.__defaults__, function.__kwdefaults__ = mutated.__defaults__, mutated.__kwdefaults__
    _forget(found, mutant)


def is_cached(mutant: Mutant) -> bool:
    """Whether a test before the mutant may have left the right answer in a cache."""
    found = _found(mutant)
    return isinstance(found, functools.cached_property) or hasattr(found, "cache_clear")


def _found(mutant: Mutant) -> Any:
    names = vars(importlib.import_module(mutant.module))
    owner, _, name = mutant.function.rpartition(".")
    return vars(names[owner])[name] if owner else names[name]


def _bare(found: Any) -> Any:
    for wrapper in ("fget", "func", "__func__", "__wrapped__"):
        found = getattr(found, wrapper, found)
    return found


def _forget(found: Any, mutant: Mutant) -> None:
    """What the right code left in a cache."""
    if hasattr(found, "cache_clear"):
        found.cache_clear()
    elif isinstance(found, functools.cached_property):
        owner, _, name = mutant.function.rpartition(".")
        kind = vars(importlib.import_module(mutant.module))[owner]
        gc.unfreeze()  # or what was there before the tests began would not be among the objects
        for item in gc.get_objects():
            if issubclass(type(item), kind):
                vars(item).pop(name, None)
