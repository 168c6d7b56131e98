"""How many random examples a test takes that names a number of its own."""

from hypothesis import settings

LONG = 30  # times as many in a long run


def some(count: int) -> int:
    """So many in every run; many more under the profile `thorough`."""
    return count * (LONG if settings.get_current_profile_name() == "thorough" else 1)
