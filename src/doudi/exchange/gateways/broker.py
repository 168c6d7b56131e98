"""A broker of messages (MQTT 5): heard with QoS 1 in a session that outlives us, acknowledged only when we say so."""

from __future__ import annotations

import queue
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

KEPT_FOR = 7 * 24 * 3600  # seconds the broker keeps what we have not heard yet
_WAIT = 15  # seconds for the first answer


class BrokerTrouble(Exception):
    """A broker that does not let us in, in words."""


@dataclass(frozen=True)
class Message:
    """What was said, under which topic; `mid` and `qos` are for acknowledging it."""

    topic: str
    payload: bytes
    mid: int
    qos: int


class Listener:
    """A session with a broker. Connections that break are made anew; what was not acknowledged comes again."""

    def __init__(self, client: mqtt.Client, waiting: queue.Queue[Message]) -> None:
        self._client, self._waiting = client, waiting

    def next(self, seconds: float) -> Message | None:
        """The next message, or None when there is none for so long."""
        try:
            return self._waiting.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            return None

    def acknowledge(self, messages: list[Message]) -> None:
        """Tell the broker that these need not come again."""
        for message in messages:
            self._client.ack(message.mid, message.qos)


@contextmanager
def listening(url: str, topic: str, *, client_id: str, at_once: int, password: str = "", ca: str = "") -> Iterator[Listener]:
    """Listen to a topic at `mqtt://user@host:1883` or `mqtts://…`.

    at_once: how many messages may be on their way unacknowledged

    :raises BrokerTrouble: it cannot be reached, or does not let us in
    """
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise BrokerTrouble("地址要写成 mqtt://主机:端口 或 mqtts://主机:端口。")
    waiting: queue.Queue[Message] = queue.Queue()  # the broker itself holds back what goes beyond at_once
    first: queue.Queue[str] = queue.Queue()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5, manual_ack=True)
    if parts.username:
        client.username_pw_set(unquote(parts.username), password or unquote(parts.password or ""))
    if parts.scheme == "mqtts":
        client.tls_set(ca_certs=ca or None, tls_version=ssl.PROTOCOL_TLS_CLIENT)

    def on_connect(client: mqtt.Client, _data: object, _flags: object, code: mqtt.ReasonCode, _more: object) -> None:
        if code.is_failure:
            first.put(f"消息代理没有让进：{code}。")
        else:
            client.subscribe(topic, qos=1)

    def on_subscribe(_client: object, _data: object, _mid: int, codes: list[mqtt.ReasonCode], _more: object) -> None:
        refused = next((code for code in codes if code.is_failure), None)
        first.put(f"消息代理不让听 {topic}：{refused}。" if refused else "")

    def on_message(_client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        waiting.put(Message(message.topic, message.payload, message.mid, message.qos))

    client.on_connect, client.on_subscribe, client.on_message = on_connect, on_subscribe, on_message
    session = Properties(PacketTypes.CONNECT)
    session.SessionExpiryInterval, session.ReceiveMaximum = KEPT_FOR, at_once
    port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
    try:
        client.connect(parts.hostname, port, keepalive=30, clean_start=False, properties=session)
    except OSError as why:
        raise BrokerTrouble(f"连不上消息代理 {parts.hostname}:{port}：{why}。") from None
    client.loop_start()
    try:
        problem = first.get(timeout=_WAIT)
        if problem:
            raise BrokerTrouble(problem)
        yield Listener(client, waiting)
    except queue.Empty:
        raise BrokerTrouble(f"消息代理 {parts.hostname}:{port} {_WAIT} 秒没有回答。") from None
    finally:
        client.disconnect()
        client.loop_stop()
