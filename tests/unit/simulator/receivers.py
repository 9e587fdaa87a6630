"""A receiver in place of ingest: keeps what comes, and answers as it was told to."""

import json

import httpx


class Receiver:
    """Answers with each code of `answers` once, then always 202; a code of 0 is a connection that fails."""

    def __init__(self, answers=(), clock=None):
        self.requests, self.received, self.clock = [], [], clock
        self._answers = iter(answers)

    def __call__(self, request):
        self.requests.append(request)
        events = self.events(-1)
        self.received.append((self.clock.now_ms() if self.clock else None, events))
        code = next(self._answers, 202)
        if code == 0:
            raise httpx.ConnectError("refused")
        return httpx.Response(code, json={"received": len(events), "accepted": len(events), "rejected": 0})

    def events(self, place):
        return [json.loads(line) for line in self.requests[place].content.splitlines()]
