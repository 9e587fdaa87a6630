"""A number that a contestant counts up and the bench reads, without a word between them: sixteen shared bytes."""

import mmap
import struct
from pathlib import Path
from typing import NamedTuple

_FORMAT = struct.Struct("<qd")


class Counted(NamedTuple):
    """So many observations, and the processor time they took where the contestant tells that itself (else 0)."""

    observations: int
    own_s: float


class Counting:
    """Both ends of it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("r+b")
        self._shared = mmap.mmap(self._file.fileno(), _FORMAT.size)

    @classmethod
    def fresh(cls, path: Path) -> "Counting":
        """A new one, at nothing."""
        path.write_bytes(_FORMAT.pack(0, 0.0))
        return cls(path)

    def tell(self, observations: int, own_s: float = 0.0) -> None:
        """So far."""
        self._shared[:] = _FORMAT.pack(observations, own_s)

    def read(self) -> Counted:
        """What was told last."""
        return Counted(*_FORMAT.unpack(self._shared[:]))

    def close(self) -> None:
        """Let go of the file."""
        self._shared.close()
        self._file.close()
