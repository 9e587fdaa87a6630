from services.ingest.recent import Known, RecentEvents


def test_an_event_is_new_a_duplicate_or_a_conflict():
    recent = RecentEvents(capacity=10)
    recent.remember("a", b"1")

    assert [recent.known(*event) for event in (("a", b"1"), ("a", b"2"), ("b", b"1"))] == [
        Known.DUPLICATE,
        Known.CONFLICT,
        Known.NEW,
    ]


def test_the_oldest_event_is_forgotten_first():
    recent = RecentEvents(capacity=2)
    for event_id in "abc":
        recent.remember(event_id, b"1")

    assert [recent.known(event_id, b"1") for event_id in "abc"] == [Known.NEW, Known.DUPLICATE, Known.DUPLICATE]


def test_without_room_nothing_is_remembered():
    recent = RecentEvents(capacity=0)
    recent.remember("a", b"1")

    assert recent.known("a", b"1") is Known.NEW
