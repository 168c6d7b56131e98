"""The journal's tree: RFC 6962/9162 hashes and proofs, C2SP tiles and signed checkpoints. Bytes in, bytes out."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring as encode
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

TILE = 256  # hashes in a full tile
LONGEST = 0xFFFF  # bytes of a line in an entry bundle
EMPTY = hashlib.sha256().digest()  # the root of a tree without leaves
ED25519 = b"\x01"  # signature type of C2SP signed-note

Fetch = Callable[[int, int], bytes]
"""(level, index) → the hash of the complete subtree of 2**level leaves that starts at leaf index * 2**level."""


class NotProven(Exception):
    """A proof, a signature or a leaf does not hold; the text says which step failed."""


# ---- leaves -------------------------------------------------------------------------------------------------------------


def stable_json(value: Any) -> str:
    """Write a value as JSON in exactly one way: sorted keys, no spaces, no fractions (they print differently elsewhere).

    :raises TypeError: a float, or something JSON does not know
    """
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r}: fractions are not written in the journal; use whole numbers or text")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{key!r}: keys in the journal are text")
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)


def stamp(moment: datetime) -> str:
    """Write an aware moment in UTC to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def leaf_bytes(*, seq: int, at: datetime, by: str, act: str, subject: str, detail: str) -> bytes:
    """The exact bytes of one line: JSON with sorted keys; `detail` comes in as stable JSON already."""
    text = (
        f'{{"act":{encode(act)},"at":"{stamp(at)}","by":{encode(by)},"detail":{detail},"seq":{seq},"subject":{encode(subject)}}}'
    )
    return text.encode()


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


# ---- trees --------------------------------------------------------------------------------------------------------------


def split(size: int) -> int:
    """The largest power of two smaller than `size` (RFC 6962, 2.1): where a tree of this size divides."""
    return 1 << ((size - 1).bit_length() - 1)


class Frontier:
    """The complete subtrees of a growing tree, largest first: all that appending needs (one hash per 1-bit of the size)."""

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        self.size, self.nodes = size, list(nodes)
        if len(self.nodes) != size.bit_count():
            raise NotProven(f"a frontier of {size} leaves has {size.bit_count()} nodes, not {len(self.nodes)}")

    @classmethod
    def read(cls, size: int, kept: bytes) -> Frontier:
        """Read what `kept` wrote.

        :raises NotProven: not as many nodes as the size needs
        """
        return cls(size, [kept[at : at + 32] for at in range(0, len(kept), 32)])

    def kept(self) -> bytes:
        return b"".join(self.nodes)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self.nodes.pop(), node)
            size >>= 1
        self.nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The Merkle tree hash of all leaves so far."""
        if not self.nodes:
            return EMPTY
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The Merkle tree hash over these leaf hashes, level by level."""
    if not hashes:
        return EMPTY
    level = list(hashes)
    while len(level) > 1:
        above = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        if len(level) & 1:
            above.append(level[-1])
        level = above
    return level[0]


def range_root(start: int, end: int, fetch: Fetch) -> bytes:
    """The hash of the leaves start…end-1, a range the tree's own division makes."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return fetch(level, start >> level)
    middle = start + split(size)
    return node_hash(range_root(start, middle, fetch), range_root(middle, end, fetch))


def inclusion(seq: int, size: int, fetch: Fetch) -> list[bytes]:
    """The audit path of leaf `seq` in the tree of `size` leaves (RFC 9162, 2.1.3.1).

    :raises ValueError: no such leaf in a tree of this size
    """
    if not 0 <= seq < size:
        raise ValueError(f"line {seq} is not in a journal of {size} lines")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if seq < middle:
            path.append(range_root(middle, end, fetch))
            end = middle
        else:
            path.append(range_root(start, middle, fetch))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, fetch: Fetch) -> list[bytes]:
    """The proof that the tree of `old` leaves is the beginning of the tree of `new` leaves (RFC 9162, 2.1.4.1).

    :raises ValueError: not 0 < old ≤ new
    """
    if not 0 < old <= new:
        raise ValueError(f"there is no proof from {old} to {new} lines; sizes grow and start at 1")
    proof: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + split(end - start)
        if old <= middle:
            proof.append(range_root(middle, end, fetch))
            end = middle
        else:
            proof.append(range_root(start, middle, fetch))
            start, whole = middle, False
    if not whole:
        proof.append(range_root(start, end, fetch))
    return proof[::-1]


def check_inclusion(*, leaf: bytes, seq: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check an audit path (RFC 9162, 2.1.3.2); `leaf` is the leaf hash.

    :raises NotProven: the path does not lead to the root
    """
    if not 0 <= seq < size:
        raise NotProven(f"line {seq} cannot be in a journal of {size} lines")
    number, last, node = seq, size - 1, leaf
    for step in path:
        if last == 0:
            raise NotProven("the path is too long")
        if number & 1 or number == last:
            node = node_hash(step, node)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            node = node_hash(node, step)
        number, last = number >> 1, last >> 1
    if last:
        raise NotProven("the path is too short")
    if node != root:
        raise NotProven(f"line {seq} does not lead to the signed root")


def check_consistency(*, old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that the tree of `old` leaves is the beginning of the tree of `new` leaves (RFC 9162, 2.1.4.2).

    :raises NotProven: it is not, or the proof does not say so
    """
    if not 0 < old <= new:
        raise NotProven(f"there is no proof from {old} to {new} lines")
    if old == new:
        if proof or old_root != new_root:
            raise NotProven("two signed roots for one size")
        return
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    if not steps:
        raise NotProven("the proof is empty")
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old_node = new_node = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise NotProven("the proof is too long")
        if number & 1 or number == last:
            old_node, new_node = node_hash(step, old_node), node_hash(step, new_node)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new_node = node_hash(new_node, step)
        number, last = number >> 1, last >> 1
    if last:
        raise NotProven("the proof is too short")
    if old_node != old_root:
        raise NotProven(f"the journal of {old} lines had another root")
    if new_node != new_root:
        raise NotProven(f"the journal of {new} lines has another root")


# ---- tiles (C2SP tlog-tiles) --------------------------------------------------------------------------------------------


def tile_path(level: int | str, number: int, width: int = TILE) -> str:
    """Where a tile is served: `tile/0/x001/x234/067`, a partial one with `.p/<width>`; level "entries" for entry bundles."""
    parts = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        parts.insert(0, f"x{number % 1000:03d}")
    return f"tile/{level}/{'/'.join(parts)}" + ("" if width == TILE else f".p/{width}")


def tiles_of(size: int) -> list[tuple[int, int, int]]:
    """Every tile of a tree of this size: (level, number, width); the last of a level may be partial, none is empty."""
    tiles, level, hashes = [], 0, size
    while hashes:
        full, rest = divmod(hashes, TILE)
        tiles += [(level, number, TILE) for number in range(full)]
        if rest:
            tiles.append((level, full, rest))
        level, hashes = level + 1, full
    return tiles


def bundle(leaves: Iterable[bytes]) -> bytes:
    """An entry bundle: each leaf with its length before it, two bytes, big-endian.

    :raises ValueError: a leaf longer than 65,535 bytes
    """
    parts = []
    for leaf in leaves:
        if len(leaf) > LONGEST:
            raise ValueError(f"a line of {len(leaf)} bytes does not fit an entry bundle (65,535)")
        parts += [len(leaf).to_bytes(2, "big"), leaf]
    return b"".join(parts)


def unbundle(data: bytes) -> list[bytes]:
    """The leaves of an entry bundle.

    :raises NotProven: it ends in the middle of a leaf
    """
    leaves, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data):
            raise NotProven("an entry bundle ends in the middle of a line")
        leaves.append(data[at + 2 : end])
        at = end
    return leaves


# ---- checkpoints (C2SP signed-note, tlog-checkpoint) --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint says: whose journal, how long, and its root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def public_key(seed: bytes) -> bytes:
    """The 32 public bytes for a 32-byte private seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def verifier_key(name: str, public: bytes) -> str:
    """The key others configure, as Go's sumdb/note writes it: name+id+base64(type || public)."""
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def read_verifier_key(text: str) -> tuple[str, bytes]:
    """Name and public bytes of a verifier key.

    :raises NotProven: not an Ed25519 verifier key, or its id does not fit
    """
    try:
        name, number, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except ValueError as wrong:
        raise NotProven("not a verifier key: name+id+base64") from wrong
    if raw[:1] != ED25519 or len(raw) != 33 or key_id(name, raw[1:]).hex() != number:
        raise NotProven("not an Ed25519 verifier key, or its id does not fit")
    return name, raw[1:]


def sign(head: Head, seed: bytes) -> str:
    """Write a signed checkpoint; the key's name is the origin."""
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(head.text().encode())
    line = base64.b64encode(key_id(head.origin, public_key(seed)) + signature).decode()
    return f"{head.text()}\n— {head.origin} {line}\n"


def open_checkpoint(note: str, *, name: str, public: bytes) -> Head:
    """Read a checkpoint and check that this key signed it; signatures of other keys are passed over.

    :raises NotProven: not a checkpoint, not signed by this key, or changed after signing
    """
    text, gap, signatures = note.rpartition("\n\n")
    if not gap:
        raise NotProven("not a signed note: no blank line before the signatures")
    text += "\n"
    _check_signature(text, signatures, name, public)
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not lines[1].isascii() or not lines[1].isdigit() or str(int(lines[1])) != lines[1]:
        raise NotProven("not a checkpoint: origin, size, root expected")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except ValueError as wrong:
        raise NotProven("not a checkpoint: the root is not base64") from wrong
    if len(root) != 32:
        raise NotProven("not a checkpoint: the root has not 32 bytes")
    return Head(lines[0], int(lines[1]), root)


def _check_signature(text: str, signatures: str, name: str, public: bytes) -> None:
    wanted = key_id(name, public)
    for line in signatures.splitlines():
        dash, _, rest = line.partition(" ")
        signer, _, encoded = rest.partition(" ")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except ValueError as wrong:
            raise NotProven("a signature line is not base64") from wrong
        if dash != "—" or signer != name or raw[:4] != wanted:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text.encode())
        except InvalidSignature as wrong:
            raise NotProven("the checkpoint was changed after it was signed") from wrong
        return
    raise NotProven(f"no signature by {name}")


# ---- proofs to hand on --------------------------------------------------------------------------------------------------


def write_proof(*, seq: int, path: Sequence[bytes], note: str) -> str:
    """A C2SP tlog-proof: index, audit path, checkpoint; whoever holds the line and the key can check it offline."""
    steps = "".join(base64.b64encode(step).decode() + "\n" for step in path)
    return f"c2sp.org/tlog-proof@v1\nindex {seq}\n{steps}\n{note}"


def read_proof(text: str) -> tuple[int, list[bytes], str]:
    """Index, audit path and checkpoint of a tlog-proof; a line of extra data is passed over.

    :raises NotProven: not a tlog-proof
    """
    top, gap, note = text.partition("\n\n")
    lines = top.split("\n")
    if len(lines) > 1 and lines[1].startswith("extra "):
        del lines[1]
    if not gap or len(lines) < 2 or lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("index "):
        raise NotProven("not a proof of the form c2sp.org/tlog-proof@v1")
    index = lines[1].removeprefix("index ")
    if not index.isascii() or not index.isdigit() or str(int(index)) != index:
        raise NotProven("the proof names no line")
    try:
        path = [base64.b64decode(line, validate=True) for line in lines[2:]]
    except ValueError as wrong:
        raise NotProven("a step of the proof is not base64") from wrong
    if any(len(step) != 32 for step in path):
        raise NotProven("a step of the proof has not 32 bytes")
    return int(index), path, note


def check_proof(proof: dict[str, Any], *, key: str | None = None) -> dict[str, Any]:
    """Check a proof made by `doudi journal prove`, with nothing but the proof and a key.

    :param key: the verifier key trusted; the proof's own when none is given
    :returns: what is proven
    :raises NotProven: the proof does not hold
    """
    try:
        name, public = read_verifier_key(key or proof["key"])
        if "consistency" in proof:
            head = open_checkpoint(proof["checkpoint"], name=name, public=public)
            steps = [bytes.fromhex(step) for step in proof["consistency"]]
            old_root = bytes.fromhex(proof["old_root"])
            check_consistency(old=proof["old"], new=head.size, proof=steps, old_root=old_root, new_root=head.root)
            return {"proven": True, "old": proof["old"], "new": head.size, "origin": head.origin}
        seq, path, note = read_proof(proof["proof"])
        head = open_checkpoint(note, name=name, public=public)
        leaf = proof["leaf"].encode()
        if seq != proof["seq"] or json.loads(leaf).get("seq") != seq:
            raise NotProven("the proof speaks of another line")
    except (KeyError, TypeError, AttributeError, ValueError) as wrong:
        raise NotProven(f"not a proof made by `doudi journal prove`: {wrong}") from wrong
    check_inclusion(leaf=leaf_hash(leaf), seq=seq, size=head.size, path=path, root=head.root)
    return {"proven": True, "seq": seq, "size": head.size, "origin": head.origin, "line": json.loads(leaf)}
