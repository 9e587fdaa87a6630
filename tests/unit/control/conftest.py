"""The command line, run in this process."""

import pytest

from services.control.__main__ import main


@pytest.fixture
def crswatch(capsys):
    """Run a command line here: exit code, standard output, standard error."""

    def run(*words: str) -> tuple[int, str, str]:
        try:
            code = main(words)
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
