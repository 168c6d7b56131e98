"""The way out to people's phones and letter boxes: a module chosen by the setting NOTICES, with one function `send`."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings

from doudi.office.core import CouldNotSend, Message


def send(message: Message) -> None:
    """Hand a message to the module that sends it.

    :raises CouldNotSend: no module is chosen, or it could not take the message over
    """
    if not settings.NOTICES:
        raise CouldNotSend("DOUDI_NOTICES names no module that sends messages")
    import_module(settings.NOTICES).send(message)
