"""Steps that apps register in `ready()`; our `migrate` runs them as the owner once every migration is applied."""

from collections.abc import Callable

Step = Callable[[], object]
steps: list[Step] = []


def register(step: Step) -> None:
    """Run `step()` at the end of every complete `migrate`. It must be harmless when repeated."""
    if step not in steps:
        steps.append(step)


def run() -> None:
    """Run the steps in the order of the installed apps."""
    for step in steps:
        step()
