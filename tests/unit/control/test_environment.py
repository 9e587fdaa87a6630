from pathlib import Path

import pytest

from services.control.demo_script import SIGN_IN, STORY, live_text
from services.control.env_file import read_env_file
from services.control.environment import DEMO_USERS, service_urls, ward_environment
from services.control.ports import choose_ports
from services.control.refusal import Refusal
from services.control.running import wanted_ports
from services.control.settings_listing import settings_model
from services.control.ward import SERVICES
from services.dashboard.users import password_matches, read_users
from services.simulator.live_ward import CAST
from services.simulator.ward import bed_of

PORTS = {name: service.port for name, service in SERVICES.items()}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_accepts_the_environment_of_a_local_ward(monkeypatch, name, tmp_path):
    environment = ward_environment(kafka="127.0.0.1:9092", ports=PORTS, folder=tmp_path, secret="whsec_AAAA")
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)

    settings = settings_model(SERVICES[name])()

    assert settings.port == SERVICES[name].port
    assert settings.host == "127.0.0.1"


def test_ports_have_no_service_in_common():
    assert len(set(PORTS.values())) == len(PORTS)


def test_a_taken_port_is_replaced_and_a_free_one_kept():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        chosen = choose_ports({"dashboard": port, "ingest": 0, "inbox": 0})

    assert port not in chosen.values()
    assert len(set(chosen.values())) == 3


def test_a_port_of_the_environment_wins():
    assert wanted_ports({"INGEST_PORT": "9000"}) == PORTS | {"ingest": 9000}


def test_an_env_file_is_read_as_compose_reads_it(tmp_path):
    file = tmp_path / "env"
    file.write_text("# a comment\n\nINGEST_PORT=9000\nNOTIFIER_BOARD_URL='http://ward/?a=b'\nEMPTY=\n")

    assert read_env_file(file) == {"INGEST_PORT": "9000", "NOTIFIER_BOARD_URL": "http://ward/?a=b", "EMPTY": ""}


def test_a_bad_line_of_an_env_file_is_named_without_its_content(tmp_path):
    file = tmp_path / "env"
    file.write_text("INGEST_PORT=9000\nexport hunter2\n")

    with pytest.raises(Refusal) as refused:
        read_env_file(file)

    assert "line 2" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_the_demo_sign_in_is_one_of_the_demo_users():
    user = read_users(DEMO_USERS)[SIGN_IN.username]

    assert user.may_answer
    assert password_matches(SIGN_IN.password, user.password)


def test_the_demo_tells_of_beds_that_play_those_parts():
    parts = {bed_of(index).bed: role.scenario for index, role in enumerate(CAST)}

    assert {bed: parts[bed] for _, bed, _ in STORY} == {
        "1-02": "crs_3",
        "1-07": "crs_3_hypoxia",
        "1-04": "icans_alone",
    }


def test_the_demo_ends_with_what_a_person_needs():
    urls = service_urls(PORTS)

    said = live_text(urls, Path("ward"), kept=False)

    for needed in (urls["dashboard"], urls["inbox"], SIGN_IN.password, "not a diagnosis", "Ctrl-C"):
        assert needed in said
