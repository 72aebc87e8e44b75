"""Compiles the contracts beside it into the artefacts that the sandbox deploys. See README.md in this folder."""

import hashlib
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
NAMES = ("Tether", "Spray")


def compiled(name: str) -> dict[str, Any]:
    """The artefact of a contract, made now. Raises ImportError without Vyper."""
    import vyper  # noqa: PLC0415 only who compiles needs it

    source = (FOLDER / f"{name}.vy").read_text()
    made = vyper.compile_code(source, output_formats=["abi", "bytecode"])
    return {
        "compiler": f"vyper {vyper.__version__}",
        "source_sha256": source_hash(name),
        "abi": made["abi"],
        "bytecode": made["bytecode"],
    }


def source_hash(name: str) -> str:
    """SHA-256 of a contract's source as it is now."""
    return hashlib.sha256((FOLDER / f"{name}.vy").read_bytes()).hexdigest()


def main() -> None:
    """Write all artefacts."""
    for name in NAMES:
        (FOLDER / f"{name}.json").write_text(json.dumps(compiled(name), indent=1) + "\n")


if __name__ == "__main__":
    main()
