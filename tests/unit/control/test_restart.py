from services.control.restart import HEALTHY_AFTER_S, LONGEST_DELAY_S, Backoff


def delays(*runs_s: float) -> list[float]:
    backoff, waited = Backoff(), []
    for ran_s in runs_s:
        backoff = backoff.after_run(ran_s)
        waited.append(backoff.delay_s)
    return waited


def test_the_delay_doubles_up_to_five_seconds_and_stays_there():
    assert delays(*[0.1] * 8) == [0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 5.0]


def test_it_never_gives_up_and_never_overflows():
    assert delays(*[0.0] * 5000)[-1] == LONGEST_DELAY_S


def test_a_healthy_run_forgives_earlier_failures():
    assert delays(0.1, 0.1, 0.1, HEALTHY_AFTER_S, 0.1) == [0.25, 0.5, 1.0, 0.25, 0.5]
