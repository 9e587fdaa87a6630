"""Threads wake each other, and end together."""

import threading

from services.notifier.bells import Bell, Threads


def test_who_comes_late_has_not_missed_the_bell():
    bell = Bell()
    bell.ring()

    assert bell.wait(0, timeout_s=0) == 1
    assert bell.wait(1, timeout_s=0) == 1


def test_a_ring_wakes_everybody_who_waits():
    bell, woken = Bell(), threading.Barrier(3)
    waiting = [threading.Thread(target=lambda: (bell.wait(0, timeout_s=30), woken.wait(30))) for _ in range(2)]
    for thread in waiting:
        thread.start()

    bell.ring()

    woken.wait(30)
    for thread in waiting:
        thread.join()


def test_when_one_part_fails_all_stop_and_it_is_remembered():
    stop = threading.Event()
    threads = Threads(stop)

    def fails() -> None:
        raise RuntimeError

    threads.start("good", lambda: stop.wait(30) and None)
    threads.start("bad", fails)
    threads.join(within_s=30)

    assert stop.is_set()
    assert threads.failed
