"""The topics of this installation, by what the grader calls them."""

from schemas import topics


def topic_names(prefix: str) -> dict[str, str]:
    """Short name to the full name on the broker."""
    named = {
        "bedside": topics.BEDSIDE,
        "estimates": topics.ESTIMATES,
        "escalations": topics.ESCALATIONS,
        "evidence": topics.EVIDENCE,
        "rejected": topics.REJECTED,
        "state": topics.GRADER_STATE,
    }
    return {short: prefix + topic.name for short, topic in named.items()}
