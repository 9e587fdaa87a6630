import os

import pytest

from services.runtime import broker_data
from services.runtime.broker_data import LEFT_OVER_AFTER_S, PREFIX, BrokerDidNotStart, alone_in, temporary_data


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(broker_data.tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left_behind(parent, name, *, age_s):
    folder = parent / f"{PREFIX}{name}"
    folder.mkdir()
    (folder / "in-use").touch()
    then = (folder / "in-use").stat().st_mtime - age_s
    os.utime(folder / "in-use", (then, then))
    return folder


def test_what_a_killed_run_left_is_swept(temporary):
    old = left_behind(temporary, "old", age_s=LEFT_OVER_AFTER_S)

    with temporary_data() as fresh:
        assert fresh.is_dir()
        assert not old.exists()

    assert not fresh.exists()


def test_what_is_in_use_young_or_strange_is_left_alone(temporary):
    in_use, young = (left_behind(temporary, name, age_s=LEFT_OVER_AFTER_S) for name in ("in-use", "young"))
    strange = temporary / f"{PREFIX}strange"
    strange.mkdir()
    os.utime(young / "in-use")

    with alone_in(in_use):
        os.utime(in_use / "in-use", (0, 0))
        with temporary_data():
            pass

    assert in_use.exists()
    assert young.exists()
    assert strange.exists()


def test_two_brokers_never_share_a_folder(tmp_path):
    with alone_in(tmp_path), pytest.raises(BrokerDidNotStart, match="another Kafka is using"), alone_in(tmp_path):
        pytest.fail("both are in")
