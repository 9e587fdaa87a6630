"""Posts a page, signed. One total deadline for the whole attempt, no redirects, the answer's body is not read."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
from standardwebhooks import Webhook

from services.notifier.channels import Outcome
from services.notifier.channels.webhook.answers import judge


class WebhookChannel:
    """One receiver. Use each instance from one thread only: it keeps a connection of its own.

    Args:
        url: where to post.
        secret: `whsec_...`, shared with the receiver.
        timeout: for the whole attempt, from connecting to the answer's first line, however slowly it drips.
    """

    name = "webhook"

    def __init__(self, url: str, secret: str, *, timeout: timedelta) -> None:
        self._url = url
        self._signer = Webhook(secret)
        self._timeout_s = timeout.total_seconds()
        self._loop = asyncio.Runner()
        # Proxies and certificates of the environment are not for us: a page goes where the settings say.
        self._client = httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=self._timeout_s)

    def send(self, page_id: str, body: str) -> Outcome:
        """Try once. An answer that does not come counts as not received: the receiver tells repeats by the id."""
        try:
            return self._loop.run(self._post(page_id, body))
        except TimeoutError:
            return Outcome("retry", "timeout")
        except httpx.TimeoutException:
            return Outcome("retry", "timeout")
        except httpx.TransportError:
            return Outcome("retry", "no connection")

    def close(self) -> None:
        """Close the connection."""
        self._loop.run(self._client.aclose())
        self._loop.close()

    async def _post(self, page_id: str, body: str) -> Outcome:
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "user-agent": "crswatch-notifier",
            "webhook-id": page_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(page_id, now, body),
        }
        async with asyncio.timeout(self._timeout_s):
            request = self._client.build_request("POST", self._url, content=body.encode(), headers=headers)
            answer = await self._client.send(request, stream=True)
            status, retry_after = answer.status_code, answer.headers.get("retry-after")
            await answer.aclose()
        return judge(status, retry_after, now=now)
