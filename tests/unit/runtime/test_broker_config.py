import socket

from services.runtime.broker_config import Ports, ports_for, write_properties
from services.runtime.ports import LOOPBACK, free_port


def test_a_data_folder_keeps_its_ports(tmp_path):
    before = ports_for(tmp_path)
    write_properties(tmp_path, before)

    assert ports_for(tmp_path) == before


def test_ports_that_somebody_took_meanwhile_are_replaced(tmp_path):
    with socket.create_server((LOOPBACK, 0)) as somebody:
        taken = Ports(somebody.getsockname()[1], free_port())
        write_properties(tmp_path, taken)

        assert ports_for(tmp_path).clients != taken.clients


def test_clients_are_served_on_the_loopback_address_only(tmp_path):
    properties = write_properties(tmp_path, Ports(15_001, 15_002)).read_text()

    assert "listeners=PLAINTEXT://127.0.0.1:15001,CONTROLLER://127.0.0.1:15002\n" in properties
    assert "auto.create.topics.enable=false\n" in properties
