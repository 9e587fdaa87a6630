"""A signal stops us wherever it finds us, but never between starting a child and noting it."""

import os
import signal

import pytest

from services.control.stopping import Stopped, stop_on_signals, undisturbed


def ask(number: signal.Signals = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_at_once(number):
    reached = []
    with pytest.raises(Stopped), stop_on_signals():
        ask(number)
        reached.append("after the signal")

    assert reached == []


def test_what_is_undisturbed_is_finished_first():
    noted = []
    with pytest.raises(Stopped), stop_on_signals():
        with undisturbed():
            ask()
            noted.append("the child")
        noted.append("something else")

    assert noted == ["the child"]


def test_it_may_be_nested():
    noted = []
    with pytest.raises(Stopped), stop_on_signals(), undisturbed():
        with undisturbed():
            ask()
        noted.append("the outer one")

    assert noted == ["the outer one"]


def test_a_second_signal_does_not_interrupt_the_stopping():
    with stop_on_signals():
        with pytest.raises(Stopped):
            ask()
        ask()
