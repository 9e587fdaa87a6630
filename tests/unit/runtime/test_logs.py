"""Nothing that a patient said, and nobody's identifier, reaches a log line."""

import json
import logging
import subprocess
import sys

import pytest

from services.runtime.logs import FIELDS, JsonLines

PATIENT, VALUE = "bed-7-canary", "39.7431"


class Lines(logging.Handler):
    """Keeps what would have been written."""

    def __init__(self):
        super().__init__()
        self.setFormatter(JsonLines("grader"))
        self.lines: list[str] = []

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def written():
    handlers = {}

    def to(name: str) -> tuple[logging.Logger, list[str]]:
        logger = logging.getLogger(name)
        handlers[logger] = Lines()
        logger.addHandler(handlers[logger])
        logger.setLevel(logging.INFO)
        logger.propagate = False  # pytest's own handler formats arguments
        return logger, handlers[logger].lines

    yield to
    for logger, handler in handlers.items():
        logger.removeHandler(handler)
        logger.propagate = True


def raised(text: str) -> Exception:
    try:
        raise KeyError(text)
    except KeyError as cause:
        try:
            raise ValueError(f"temperature {VALUE} of {PATIENT}") from cause
        except ValueError as fault:
            return fault


def test_a_line_is_one_json_object_with_the_listed_fields(written):
    log, lines = written("services.grader.app")

    log.warning("record rejected", extra={"topic": "crs.bedside.v1", "partition": 3, "offset": 17, "reason": "unit"})

    line = json.loads(lines[0])
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "warning",
        "service": "grader",
        "logger": "services.grader.app",
        "message": "record rejected",
        "topic": "crs.bedside.v1",
        "partition": 3,
        "offset": 17,
        "reason": "unit",
    }


@pytest.mark.parametrize("name", ["services.grader.app", "faust.agents", "aiokafka.producer", "asyncio", "sqlalchemy"])
@pytest.mark.parametrize(
    "misuse",
    [
        pytest.param(lambda log: log.error("bad reading %s of %s", float(VALUE), {"id": PATIENT}), id="arguments"),
        pytest.param(lambda log: log.error("x", exc_info=raised(PATIENT)), id="exception text and its cause"),
        pytest.param(lambda log: log.error("failed: %s", raised(PATIENT)), id="exception as argument"),
        pytest.param(lambda log: log.error(raised(PATIENT)), id="exception as message"),
        pytest.param(lambda log: log.error("x", extra={"patient_id": PATIENT, "temperature_c": VALUE}), id="extra"),
        pytest.param(lambda log: log.error("x", extra={"reason": {"id": PATIENT}}), id="an object in a listed field"),
        pytest.param(lambda log: log.error("x", extra={"reason": f"{{{PATIENT}}}"}), id="JSON in a listed field"),
        pytest.param(lambda log: log.error("x", stack_info=True, extra={"topic": [PATIENT]}), id="stack"),
        pytest.param(lambda log: log.error("bad %d", PATIENT), id="arguments that do not fit"),
        pytest.param(lambda log: log.error({"id": PATIENT, "t": VALUE}), id="an event as message"),
    ],
)
def test_a_canary_never_gets_out(written, name, misuse):
    log, lines = written(name)

    misuse(log)

    assert len(lines) == 1
    # A client library's plain numbers are ports and offsets; ours and other people's never appear.
    assert PATIENT not in lines[0]
    assert VALUE not in lines[0] or name.startswith("aiokafka")


def test_a_number_formatted_into_our_own_sentence_is_masked(written):
    log, lines = written("services.ingest.app")

    log.error(f"HL7 temperature {VALUE} refused")

    assert json.loads(lines[0])["message"] == "HL7 temperature # refused"


def test_an_exception_keeps_its_type_and_its_place(written):
    log, lines = written("services.grader.app")

    log.error("step failed", exc_info=raised(PATIENT))

    error = json.loads(lines[0])["error"]
    assert error["type"] == "ValueError"
    assert error["frames"][0].split(":")[1] == "raised"
    assert error["cause"]["type"] == "KeyError"


def test_a_client_library_keeps_its_short_arguments(written):
    log, lines = written("aiokafka.conn")

    log.error("Unable connect to node with id %s: %s", 1, raised(PATIENT))

    assert json.loads(lines[0])["message"] == "Unable connect to node with id 1: <ValueError>"


def test_faust_says_what_happened_without_its_label(written):
    log, lines = written("faust.worker")

    log.error(f"[^--Agent*: grade]: Crashed reason=ValueError({PATIENT})")

    assert json.loads(lines[0])["message"] == "Crashed reason"


def test_no_listed_field_could_name_a_patient():
    assert not FIELDS & {"patient_id", "event_id", "bed", "unit", "value", "text", "path", "url", "detail"}


def test_whatever_a_field_holds_a_line_comes_out(written):
    log, lines = written("services.grader.app")

    log.error("odd", extra={"count": 2**80, "reason": "half \ud800"})

    assert json.loads(lines[0])["count"] == 2**80


@pytest.mark.parametrize(
    "crash",
    [
        "raise ValueError('{c}')",
        "import threading; t = threading.Thread(target=lambda: int('{c}')); t.start(); t.join()",
        "import logging; logging.getLogger('services.x').error('%d', '{c}')",
        "import warnings; warnings.warn('{c}')",
        "import asyncio\nasync def f():\n  t = asyncio.create_task(g()); await asyncio.sleep(0); del t\n"
        "async def g(): raise ValueError('{c}')\nasyncio.run(f())",
    ],
)
def test_a_configured_process_writes_only_json_lines(crash):
    program = "from services.runtime import logs; logs.configure('grader')\n" + crash.format(c=PATIENT)

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)

    lines = ended.stderr.splitlines()
    assert lines
    assert all(json.loads(line)["service"] == "grader" for line in lines)
    assert PATIENT not in ended.stderr + ended.stdout
