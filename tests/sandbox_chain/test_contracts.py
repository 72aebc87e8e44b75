"""What is deployed is what the sources beside it say."""

import re

import pytest

from degentalk.sandbox.chain.contracts import FOLDER, artefact
from degentalk.sandbox.chain.token import compile as compiling


@pytest.mark.parametrize("name", compiling.NAMES)
def test_an_artefact_is_of_the_source_beside_it(name):
    assert artefact(name)["source_sha256"] == compiling.source_hash(name)


@pytest.mark.parametrize("name", compiling.NAMES)
def test_a_source_becomes_its_artefact_again(name):
    vyper = pytest.importorskip("vyper", reason="Vyper is not installed: pip install vyper==0.4.3 in a venv of its own")
    wanted = artefact(name)["compiler"].removeprefix("vyper ")
    if vyper.__version__ != wanted:
        pytest.skip(f"Vyper {vyper.__version__} makes other bytecode than {wanted}")
    assert compiling.compiled(name) == artefact(name)


@pytest.mark.parametrize("name", compiling.NAMES)
def test_every_contract_has_an_artefact(name):
    assert {source.stem for source in FOLDER.glob("*.vy")} == set(compiling.NAMES)
    assert re.fullmatch("0x([0-9a-f]{2})+", artefact(name)["bytecode"])
