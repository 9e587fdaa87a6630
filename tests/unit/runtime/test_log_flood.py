import logging

from services.runtime.log_flood import BURST, WINDOW_S, FloodFilter


def record(message="Unable connect to node", name="aiokafka", level=logging.ERROR):
    return logging.LogRecord(name, level, __file__, 1, message, None, None)


def test_a_flood_is_cut_to_a_burst_and_counted_when_it_passes_again():
    now = [0.0]
    flood = FloodFilter(clock=lambda: now[0])

    passed = [flood.filter(record()) for _ in range(600)]
    now[0] = WINDOW_S
    later = record()

    assert passed == [True] * BURST + [False] * (600 - BURST)
    assert flood.filter(later)
    assert later.suppressed == 600 - BURST


def test_another_line_is_not_held_back_by_a_flood():
    flood = FloodFilter(clock=lambda: 0.0)
    for _ in range(100):
        flood.filter(record())

    assert flood.filter(record("Heartbeat failed"))
    assert flood.filter(record(name="kafka"))
    assert flood.filter(record(level=logging.WARNING))


def test_a_quiet_line_carries_no_count():
    now = [0.0]
    flood = FloodFilter(clock=lambda: now[0])
    flood.filter(record())
    now[0] = WINDOW_S
    later = record()

    assert flood.filter(later)
    assert not hasattr(later, "suppressed")


def test_errors_of_our_own_always_pass_and_its_warnings_do_not():
    flood = FloodFilter(clock=lambda: 0.0)

    errors = [flood.filter(record(name="services.notifier.app")) for _ in range(50)]
    warnings = [flood.filter(record(name="services.ingest.app", level=logging.WARNING)) for _ in range(50)]

    assert all(errors)
    assert sum(warnings) == BURST


def test_lines_that_differ_in_a_number_are_one_flood():
    flood = FloodFilter(clock=lambda: 0.0)

    assert (
        sum(flood.filter(record(f"Timer woke up too late, by +0.{late}", name="mode")) for late in range(90)) == BURST
    )
