"""How XP's figures read: as all figures do."""

from degentalk.core.figures import factor, times, whole

__all__ = ["factor", "times", "whole"]
