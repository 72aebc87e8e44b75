"""Figures in sentences: factors from basis points, whole numbers with their groups."""

from django.utils.formats import number_format

ONE = 10_000
"""A factor of 1 in basis points."""


def factor(basis_points: int) -> str:
    """12,500 reads 1.25, 20,000 reads 2: as many decimals as it needs."""
    whole_part, rest = divmod(basis_points, ONE)
    decimals = f"{rest:04d}".rstrip("0")
    return number_format(f"{whole_part}.{decimals}" if decimals else whole_part, use_l10n=True)


def times(basis_points: int) -> str:
    """×1.25."""
    return f"×{factor(basis_points)}"


def whole(figure: int) -> str:
    """12,480."""
    return str(number_format(figure, use_l10n=True, force_grouping=True))
