"""Apache Kafka on this machine, from its published jars: no Docker, no root, nothing preinstalled.

    with local_kafka() as broker:
        ...  # broker.bootstrap_servers

One broker in KRaft mode on random loopback ports. `python -m services.runtime.broker [FOLDER]` runs one until Ctrl-C.
"""

import base64
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from services.runtime import processes
from services.runtime.asked_to_stop import asked_to_stop
from services.runtime.broker_config import Ports, fresh_ports, ports_for, write_properties
from services.runtime.broker_data import BrokerDidNotStart, alone_in, temporary_data
from services.runtime.broker_ready import NoAnswer, await_answer
from services.runtime.jars import kafka_classpath
from services.runtime.java import find_java
from services.runtime.ports import LOOPBACK
from services.runtime.speech import Say, silent

__all__ = ["Broker", "BrokerDidNotStart", "local_kafka"]

READY_WITHIN_S = 60.0
STOP_WITHIN_S = 15.0
TRIES = 5
# Compiling less makes Kafka ready with half the processor time, and still serves far more than a ward sends.
JVM_OPTIONS = (
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
)


class Broker:
    """A local Kafka. It keeps its ports and its data from start to start."""

    def __init__(self, data: Path, *, java: Path, classpath: str, ports: Ports) -> None:
        self.data = data
        self._java, self._classpath, self._ports = java, classpath, ports
        self._process: subprocess.Popen[bytes] | None = None
        self._log_before = 0  # its size when the last start began

    @property
    def bootstrap_servers(self) -> str:
        """The address for clients; the same after a restart."""
        return f"{LOOPBACK}:{self._ports.clients}"

    @property
    def pid(self) -> int:
        """Process id of the running broker."""
        return self._running_process().pid

    @property
    def running(self) -> bool:
        """Whether its process lives, paused or not."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> Path:
        """What Kafka says, warnings and worse."""
        return self.data / "kafka.log"

    def start(self) -> None:
        """Start on the same ports with the same data, and return once Kafka itself answers."""
        if self.running:
            raise RuntimeError("the broker is running already")
        self._log_before = self.log.stat().st_size if self.log.exists() else 0
        properties = write_properties(self.data, self._ports)
        self._format(properties)
        with self.log.open("ab") as log:
            command = self._command("-Xms256m", "-Xmx512m", "kafka.Kafka", str(properties))
            self._process = processes.start(command, cwd=self.data, stdout=log, stderr=log)
        try:
            await_answer(self.bootstrap_servers, within_s=READY_WITHIN_S, running=lambda: self.running)
        except NoAnswer as why:
            self.kill()
            taken = f": one of its ports {tuple(self._ports)} is taken" if self.port_was_taken() else ""
            raise BrokerDidNotStart(f"{why}{taken}. {self._last_words()}") from None
        except BaseException:  # Ctrl-C while we wait: nothing half started stays
            self.kill()
            raise

    def stop(self) -> None:
        """Shut down in order; killed when that takes longer than fifteen seconds."""
        if self._process is not None:
            processes.stop(self._process, within_s=STOP_WITHIN_S)
            self._process = None

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            processes.kill(self._process)
            self._process = None

    def pause(self) -> None:
        """Freeze it: connections stay open, nothing answers."""
        processes.pause(self._running_process())

    def resume(self) -> None:
        """Let it go on after `pause`."""
        processes.resume(self._running_process())

    def move(self) -> None:
        """Take other ports, because one was taken before Kafka could listen on it."""
        self._ports = fresh_ports()

    def port_was_taken(self) -> bool:
        """Whether the last start failed because somebody else had one of the ports."""
        return "Address already in use" in self._said()

    def _running_process(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the broker is not running")
        return self._process

    def _command(self, *arguments: str) -> list[str]:
        return [str(self._java), *JVM_OPTIONS, "-cp", self._classpath, *arguments]

    def _format(self, properties: Path) -> None:
        if (self.data / "log" / "meta.properties").exists():
            return
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        command = self._command("kafka.tools.StorageTool", "format")
        with self.log.open("ab") as log:
            formatting = processes.start(
                [*command, f"--cluster-id={cluster}", "-c", str(properties)], stdout=log, stderr=log
            )
        try:
            code = formatting.wait(READY_WITHIN_S)
        finally:
            processes.kill(formatting)
        if code != 0:
            raise BrokerDidNotStart(f"Kafka could not prepare {self.data} (exit code {code}). {self._last_words()}")

    def _said(self) -> str:
        """What it logged since the last start began."""
        return self.log.read_bytes()[self._log_before :].decode(errors="replace") if self.log.exists() else ""

    def _last_words(self) -> str:
        """For the error itself: a temporary folder and the log in it are gone by the time somebody reads that."""
        said = self._said().splitlines()
        wrong = [line for line in said if "ERROR" in line or "xception" in line] or said
        return "Its last words: " + " | ".join(wrong[-3:]) if wrong else "It said nothing."


@contextmanager
def local_kafka(data: Path | None = None, *, say: Say = silent) -> Iterator[Broker]:
    """A running broker; on leaving it is stopped for certain, also when this process is killed.

    Args:
        data: a folder to keep topics in from run to run; without one they go into a temporary folder and away with it.
        say: is told what is being done.

    Raises:
        NoJava, NoJars, WrongChecksum, BrokerDidNotStart: with a sentence for the person who waits.
    """
    java, classpath = find_java(), kafka_classpath(say=say)
    with ExitStack() as leaving:
        if data is None:
            data = leaving.enter_context(temporary_data())
        data = data.resolve()
        data.mkdir(parents=True, exist_ok=True)
        leaving.enter_context(alone_in(data))
        broker = Broker(data, java=java, classpath=classpath, ports=ports_for(data))
        leaving.callback(broker.stop)
        say("Starting Apache Kafka")
        start_somewhere(broker)
        say(f"Apache Kafka answers on {broker.bootstrap_servers}")
        yield broker


def start_somewhere(broker: Broker) -> None:
    """Start a broker whose clients do not know its ports yet: when one is taken, try others."""
    for attempt in range(1, TRIES + 1):
        try:
            return broker.start()
        except BrokerDidNotStart:
            if attempt == TRIES or not broker.port_was_taken():
                raise
            broker.move()


def main(argv: list[str] | None = None) -> int:
    """Run a broker until Ctrl-C or SIGTERM; its address is the only line on standard output."""
    arguments = sys.argv[1:] if argv is None else argv
    stopped = asked_to_stop()
    with local_kafka(Path(arguments[0]) if arguments else None, say=_to_stderr) as broker:
        sys.stdout.write(f"{broker.bootstrap_servers}\n")
        sys.stdout.flush()
        stopped.wait()
    return 0


def _to_stderr(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
