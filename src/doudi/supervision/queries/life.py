"""What in the rules can never speak, decides nothing, or soon stops: numbers of people, never who."""

from __future__ import annotations

from datetime import date

from doudi.engine.life import Life
from doudi.office.core import Viewer
from doudi.rulebook import queries as rulebook
from doudi.supervision.gateways import life as counted


def rules_life(viewer: Viewer, *, today: date) -> Life:
    """Rules with no life, for everybody who may read rules.

    :raises NotAllowed: the post does not allow it
    :raises NotPublished: the objects of the cycle are not there
    """
    viewer.need("rules.read")
    return counted.look(rulebook.pack(), today)
