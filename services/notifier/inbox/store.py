"""Pages as they arrived, kept across restarts; the same webhook-id is the same page, however often it comes."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import orjson

from schemas.times import format_time

_TABLE = """
CREATE TABLE IF NOT EXISTS pages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    received_ms INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    body TEXT NOT NULL
)
"""
_KEEP = "INSERT INTO pages (id, received_ms, body) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET times = times + 1"


class Store:
    """The inbox's file. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", _TABLE):
            self._connection.execute(statement)

    def keep(self, page_id: str, body: bytes, received_ms: int) -> bool:
        """On disk when this returns; True for a page that was not here before."""
        with self._lock:
            self._connection.execute(_KEEP, (page_id, received_ms, body.decode()))
            times = self._connection.execute("SELECT times FROM pages WHERE id = ?", (page_id,)).fetchone()
        return bool(times[0] == 1)

    def newest(self, limit: int) -> list[dict[str, Any]]:
        """The pages that arrived last, newest first."""
        query = "SELECT id, received_ms, times, body FROM pages ORDER BY seq DESC LIMIT ?"
        with self._lock:
            rows = self._connection.execute(query, (limit,)).fetchall()
        return [
            {"id": page_id, "received_at": format_time(received_ms), "times": times} | orjson.loads(body)
            for page_id, received_ms, times, body in rows
        ]

    def count(self) -> int:
        """How many different pages there are."""
        with self._lock:
            return int(self._connection.execute("SELECT count(*) FROM pages").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
