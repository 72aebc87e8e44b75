"""The layers of ARCHITECTURE.md hold, and the contracts that say so really bite."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import ROOT

PACKAGES = ("degentalk", "payments", "paths", "shop", "wallet", "xp")
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINT_IMPORTS, "--no-cache"], cwd=folder, capture_output=True, text=True)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of all packages and their contracts, to plant violations in."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_no_app_imports_beside_or_above_itself() -> None:
    answer = lint_imports(ROOT)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("wallet/planted.py", "xp.apps"),  # upward
        ("degentalk/core/planted.py", "degentalk.accounts.apps"),  # core knows nobody
        ("shop/planted.py", "payments.apps"),  # sideways
        ("degentalk/approvals/planted.py", "degentalk.rulebook.apps"),  # sideways
        ("wallet/planted.py", "paths.apps"),  # sideways
        ("xp/planted.py", "degentalk.settings"),  # the top is not for apps
        ("payments/planted.py", "degentalk.sandbox.stripe"),  # sandboxes are for nobody
        ("payments/planted.py", "eth"),  # nor is what a chain is made of
        ("degentalk/sandbox/planted.py", "payments.apps"),  # and know nobody
    ],
)
def test_a_planted_import_against_the_layers_is_reported(copy: Path, module: str, forbidden: str) -> None:
    plant(copy, module, forbidden)
    answer = lint_imports(copy)
    assert answer.returncode == 1
    assert f"{dotted(module)} -> {forbidden}" in unwrapped(answer.stdout)


def test_a_planted_import_of_django_in_rules_is_reported(copy: Path) -> None:
    plant(copy, "xp/rules.py", "django.utils.timezone")
    answer = lint_imports(copy)
    assert answer.returncode == 1
    assert "xp.rules -> django" in unwrapped(answer.stdout)


def plant(folder: Path, module: str, imported: str) -> None:
    with (folder / module).open("a") as source:
        source.write(f"\nimport {imported}\n")


def dotted(module: str) -> str:
    return module.removesuffix(".py").replace("/", ".")


def unwrapped(text: str) -> str:
    return " ".join(text.split())
