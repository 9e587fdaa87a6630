import hashlib
import multiprocessing
import os
import re

import pytest

from services.runtime.jars import ATTEMPTS, Jar, NoJars, WrongChecksum, cache_folder, kafka_classpath, pinned_jars

BODY = b"not really a jar"
JARS = tuple(Jar("org.example", name, "1.0", hashlib.sha256(BODY).hexdigest()) for name in ("alpha", "beta"))


class Registry:
    """Hands out one body and remembers what was asked for."""

    def __init__(self, body=BODY, fails=0):
        self.asked, self.body, self.fails = [], body, fails

    def __call__(self, jar, folder):
        self.asked.append(jar.artifact)
        if len(self.asked) <= self.fails:
            raise ConnectionError("no route")
        folder.mkdir(parents=True)
        (folder / "body").write_bytes(self.body)
        return folder / "body"


def test_the_pins_are_whole():
    jars = pinned_jars()

    assert len({jar.file for jar in jars}) == len(jars) > 40
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) for jar in jars)
    assert any(jar.artifact == "kafka_2.13" and jar.version.startswith("4.3.") for jar in jars)


def test_the_first_call_downloads_and_says_so_and_the_next_one_does_not(tmp_path):
    registry, said = Registry(), []

    first = kafka_classpath(jars=JARS, folder=tmp_path, fetch=registry, say=said.append)
    second = kafka_classpath(jars=JARS, folder=tmp_path, fetch=registry, say=said.append)

    assert first == second == os.pathsep.join([str(tmp_path / "alpha-1.0.jar"), str(tmp_path / "beta-1.0.jar")])
    assert sorted(registry.asked) == ["alpha", "beta"]
    assert len(said) == 1
    assert said[0].startswith("Downloading Apache Kafka, once: 2 of 2 jars")


def test_a_changed_jar_in_the_cache_is_refused_by_name(tmp_path):
    kafka_classpath(jars=JARS, folder=tmp_path, fetch=Registry())
    (tmp_path / "beta-1.0.jar").write_bytes(b"something else")

    with pytest.raises(WrongChecksum, match=r"beta-1\.0\.jar is not .* Delete that file"):
        kafka_classpath(jars=JARS, folder=tmp_path, fetch=Registry())


def test_a_wrong_download_is_refused_and_not_kept(tmp_path):
    with pytest.raises(WrongChecksum, match="it was thrown away"):
        kafka_classpath(jars=JARS, folder=tmp_path, fetch=Registry(body=b"half a j"))

    assert [file.name for file in tmp_path.iterdir()] == ["lock"]


def test_a_download_that_fails_is_tried_again(tmp_path):
    registry = Registry(fails=ATTEMPTS - 1)

    kafka_classpath(jars=JARS[:1], folder=tmp_path, fetch=registry)

    assert len(registry.asked) == ATTEMPTS


def test_a_download_that_never_works_ends_in_a_sentence(tmp_path):
    with pytest.raises(NoJars, match="could not be downloaded in 3 tries \\(ConnectionError\\)"):
        kafka_classpath(jars=JARS[:1], folder=tmp_path, fetch=Registry(fails=99))


def fetch_and_count(jar, folder):
    """A module function, so that other processes can be given it."""
    (folder.parent.parent / f"fetched-{os.getpid()}-{jar.artifact}").touch()
    return Registry()(jar, folder)


def classpath_in(folder):
    kafka_classpath(jars=JARS, folder=folder, fetch=fetch_and_count)


def test_processes_at_once_download_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=classpath_in, args=(tmp_path,)) for _ in range(3)]
    for other in others:
        other.start()
    for other in others:
        other.join(60)

    assert [other.exitcode for other in others] == [0, 0, 0]
    assert len(list(tmp_path.glob("fetched-*"))) == len(JARS)


def test_the_cache_is_the_users(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert cache_folder() == tmp_path / "crswatch"
