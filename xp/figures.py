"""How multipliers and points are written, everywhere the same."""

from django.utils.formats import number_format

from xp.rules import ONE


def factor(basis_points: int) -> str:
    """12,500 reads 1.25, 20,000 reads 2: as many decimals as it needs."""
    whole_part, rest = divmod(basis_points, ONE)
    decimals = f"{rest:04d}".rstrip("0")
    return number_format(f"{whole_part}.{decimals}" if decimals else whole_part, use_l10n=True)


def times(basis_points: int) -> str:
    """×1.25."""
    return f"×{factor(basis_points)}"


def whole(points: int) -> str:
    """12,480."""
    return str(number_format(points, use_l10n=True, force_grouping=True))
