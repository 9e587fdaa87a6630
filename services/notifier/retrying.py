"""When a page that did not get through is tried again. Pure; chance is an argument."""

from services.notifier.channels import Outcome

# A ward cannot wait the minutes and hours that are usual between web services [P].
WAITS_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
# A receiver may ask for patience, but not mute a page with one header [P].
LONGEST_RETRY_AFTER_S = 120.0
# Up to this much longer, so that receivers that come back are not met by everyone at once.
JITTER = 0.25


def wait_s(attempt: int, outcome: Outcome, *, chance: float) -> float:
    """Seconds until the next attempt after attempt number `attempt` (from 1).

    Args:
        attempt: which attempt has just failed.
        outcome: how; what the receiver asked for counts where it is longer than our own wait.
        chance: from 0 to 1, for the jitter.
    """
    own_s = WAITS_S[min(attempt, len(WAITS_S)) - 1]
    asked_s = min(outcome.retry_after_s or 0.0, LONGEST_RETRY_AFTER_S)
    return max(own_s, asked_s) * (1 + JITTER * chance)
