"""`crswatch bench`: wrong use, help, and what only a bench needs."""

import pytest

from services.control.bench import optional_packages

MEASUREMENTS = ("throughput", "latency", "recovery", "memory")


@pytest.mark.parametrize("measurement", MEASUREMENTS)
def test_every_measurement_has_help_with_an_example(crswatch, measurement):
    code, out, _ = crswatch("bench", measurement, "--help")

    assert code == 0
    assert f"crswatch bench {measurement}" in out[out.index("Example:") :]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("speed",),
        ("throughput", "--patients", "0"),
        ("throughput", "--contestants", "step,flink"),
        ("throughput", "--seconds", "0.1"),
        ("throughput", "--plot", "figure.doc"),
        ("latency", "--rates", "1000,many"),
        ("latency", "--patients", "100", "--rates", "5000"),
        ("recovery", "--patients", "100", "--rate", "5000"),
        ("memory", "--minutes", "1.5"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(crswatch, words):
    code, out, err = crswatch("bench", *words)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("crswatch")


@pytest.mark.parametrize(
    ("words", "package"),
    [
        (("throughput", "--contestants", "quix"), "quixstreams"),
        (("memory", "--plot", "memory.svg"), "matplotlib"),
    ],
)
def test_without_what_only_a_bench_needs_it_says_how_to_get_it(crswatch, monkeypatch, tmp_path, words, package):
    monkeypatch.setattr(optional_packages, "FOLDER", tmp_path)

    code, _, err = crswatch("bench", *words)

    assert code == 2
    assert f"needs {package}, which is not installed" in err
    assert "make peers" in err
