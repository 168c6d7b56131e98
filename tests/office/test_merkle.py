"""The journal's tree against the RFC's own definition, known roots, and formats others read."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.office import merkle

# The eight leaves and the roots of every size that Certificate Transparency's reference tests use (RFC 6962, 2.1).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
# Audit paths and consistency proofs of the same reference tests: (leaf, size, path) and (old, new, proof).
PATHS = (
    (0, 1, ()),
    (
        0,
        8,
        (
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ),
    ),
    (
        5,
        8,
        (
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
)
PROOFS = (
    (1, 1, ()),
    (
        6,
        8,
        (
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
    (
        2,
        5,
        (
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ),
    ),
)
SEED = bytes(range(32))


def mth(leaves: list[bytes]) -> bytes:
    """The definition in RFC 6962, 2.1, word for word: slow and plainly right."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def some(size: int) -> list[bytes]:
    return [f"line {number}".encode() for number in range(size)]


def fetch_from(leaves: list[bytes]) -> merkle.Fetch:
    return lambda level, index: mth(leaves[index << level : (index + 1) << level])


def head_of(root: bytes, size: int) -> merkle.Head:
    return merkle.Head("example.org/journal", size, root)


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    frontier = merkle.Frontier()
    for leaf in LEAVES[:size]:
        frontier.append(merkle.leaf_hash(leaf))
    assert frontier.root().hex() == ROOTS[size]
    assert merkle.root_of([merkle.leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size]


@pytest.mark.parametrize(("seq", "size", "path"), PATHS)
def test_audit_paths_are_those_of_the_reference(seq: int, size: int, path: tuple[str, ...]) -> None:
    assert [step.hex() for step in merkle.inclusion(seq, size, fetch_from(LEAVES))] == list(path)


@pytest.mark.parametrize(("old", "new", "proof"), PROOFS)
def test_consistency_proofs_are_those_of_the_reference(old: int, new: int, proof: tuple[str, ...]) -> None:
    assert [step.hex() for step in merkle.consistency(old, new, fetch_from(LEAVES))] == list(proof)


def check_everything(size: int, seqs: range | list[int], olds: range | list[int]) -> None:
    leaves = some(size)
    root, fetch = mth(leaves), fetch_from(leaves)
    for seq in seqs:
        path, leaf = merkle.inclusion(seq, size, fetch), merkle.leaf_hash(leaves[seq])
        merkle.check_inclusion(leaf=leaf, seq=seq, size=size, path=path, root=root)
        for wrong in (
            {"leaf": merkle.leaf_hash(b"another")},
            {"root": merkle.EMPTY},
            {"path": [*path, merkle.EMPTY]},
            {"path": [merkle.EMPTY, *path[1:]]} if path else {"path": [merkle.EMPTY]},
            {"path": path[:-1]} if path else {"size": 2},
            {"seq": size},
        ):
            with pytest.raises(merkle.NotProven):
                merkle.check_inclusion(**{"leaf": leaf, "seq": seq, "size": size, "path": path, "root": root, **wrong})
    for old in olds:
        proof, before = merkle.consistency(old, size, fetch), mth(leaves[:old])
        whole = {"old": old, "new": size, "proof": proof, "old_root": before, "new_root": root}
        merkle.check_consistency(**whole)
        for wrong in (
            {"old_root": merkle.EMPTY},
            {"new_root": merkle.EMPTY},
            {"proof": [*proof, merkle.EMPTY]},
            {"proof": proof[:-1]} if proof else {"proof": [merkle.EMPTY]},
            {"old": 0},
            {"new": old - 1},
        ):
            with pytest.raises(merkle.NotProven):
                merkle.check_consistency(**{**whole, **wrong})


def test_every_proof_of_every_size_up_to_seventy_holds_and_every_change_is_found() -> None:
    for size in range(1, 71):
        check_everything(size, range(0, size, 1 + size // 12), range(1, size + 1, 1 + size // 12))


def test_every_single_proof_holds_up_to_seventy() -> None:
    leaves = [merkle.leaf_hash(leaf) for leaf in some(70)]
    roots = [mth(some(size)) for size in range(71)]

    def fetch(level: int, index: int) -> bytes:
        return merkle.root_of(leaves[index << level : (index + 1) << level])

    for size in range(1, 71):
        for seq in range(size):
            merkle.check_inclusion(
                leaf=leaves[seq], seq=seq, size=size, path=merkle.inclusion(seq, size, fetch), root=roots[size]
            )
        for old in range(1, size + 1):
            proof = merkle.consistency(old, size, fetch)
            merkle.check_consistency(old=old, new=size, proof=proof, old_root=roots[old], new_root=roots[size])


@given(st.data())
def test_proofs_hold_in_larger_trees(data: st.DataObject) -> None:
    size = data.draw(st.integers(71, 700))
    check_everything(size, [data.draw(st.integers(0, size - 1))], [data.draw(st.integers(1, size))])


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=600), st.integers(0, 600))
def test_a_frontier_kept_and_read_goes_on_where_it_stopped(hashes: list[bytes], stop: int) -> None:
    first = merkle.Frontier()
    for value in hashes[:stop]:
        first.append(value)
    second = merkle.Frontier.read(first.size, first.kept())
    for value in hashes[stop:]:
        second.append(value)
    assert second.root() == merkle.root_of(hashes)


def test_a_frontier_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(merkle.NotProven):
        merkle.Frontier.read(3, bytes(32))


def test_tile_paths_are_those_of_the_specification() -> None:
    assert merkle.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert merkle.tile_path("entries", 1234067, 8) == "tile/entries/x001/x234/067.p/8"
    assert (merkle.tile_path(1, 0), merkle.tile_path(2, 999, 1)) == ("tile/1/000", "tile/2/999.p/1")
    assert merkle.tile_path(0, 1000) == "tile/0/x001/000"


def test_the_tiles_of_seventy_thousand_lines_are_those_the_specification_names() -> None:
    tiles = merkle.tiles_of(70_000)
    level = {number: [tile for tile in tiles if tile[0] == number] for number in range(4)}
    assert len(level[0]) == 274 and level[0][-1] == (0, 273, 112)
    assert level[1] == [(1, 0, 256), (1, 1, 17)]
    assert level[2] == [(2, 0, 1)] and level[3] == []
    assert merkle.tiles_of(256) == [(0, 0, 256), (1, 0, 1)]
    assert merkle.tiles_of(0) == []


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entry_bundles_give_back_their_lines(leaves: list[bytes]) -> None:
    data = merkle.bundle(leaves)
    assert merkle.unbundle(data) == leaves
    if data and leaves[-1]:
        with pytest.raises(merkle.NotProven):
            merkle.unbundle(data[:-1])


def test_a_line_too_long_for_a_bundle_is_refused() -> None:
    with pytest.raises(ValueError, match="65,535"):
        merkle.bundle([bytes(65_536)])


def test_the_published_example_note_of_another_implementation_opens() -> None:
    """The example of golang.org/x/mod/sumdb/note: key and note made by Go."""
    name, public = merkle.read_verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
        "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    with pytest.raises(merkle.NotProven, match="origin, size, root"):  # signed well, but not a checkpoint
        merkle.open_checkpoint(text, name=name, public=public)
    with pytest.raises(merkle.NotProven, match="changed after"):
        merkle.open_checkpoint(text.replace("answer", "anser"), name=name, public=public)


def test_a_checkpoint_says_origin_size_root_and_is_signed() -> None:
    root, public = bytes(range(32)), merkle.public_key(SEED)
    note = merkle.sign(head_of(root, 7), SEED)
    assert note.startswith(f"example.org/journal\n7\n{base64.b64encode(root).decode()}\n\n— example.org/journal ")
    assert merkle.open_checkpoint(note, name="example.org/journal", public=public) == head_of(root, 7)
    signature = base64.b64decode(note.split(" ")[-1])
    assert len(signature) == 68 and signature[:4] == merkle.key_id("example.org/journal", public)


@given(st.integers(0, 220), st.integers(1, 255))
def test_no_changed_byte_of_a_checkpoint_goes_unnoticed(at: int, by: int) -> None:
    public = merkle.public_key(SEED)
    note = merkle.sign(head_of(bytes(32), 7), SEED).encode()
    at %= len(note)
    changed = note[:at] + bytes([note[at] ^ by]) + note[at + 1 :]
    try:
        text = changed.decode()
    except UnicodeDecodeError:
        return
    try:
        head = merkle.open_checkpoint(text, name="example.org/journal", public=public)
    except merkle.NotProven:
        return
    assert head == head_of(bytes(32), 7) and at >= len(note) - 3  # unused bits of the last base64 digit, or the last newline


def test_signatures_of_witnesses_are_passed_over() -> None:
    note = merkle.sign(head_of(bytes(32), 7), SEED)
    witness = "— witness.example " + base64.b64encode(bytes(72)).decode() + "\n"
    body, signature = note.rsplit("\n\n", 1)
    name, public = "example.org/journal", merkle.public_key(SEED)
    assert merkle.open_checkpoint(f"{body}\n\n{witness}{signature}", name=name, public=public).size == 7
    with pytest.raises(merkle.NotProven, match="no signature"):
        merkle.open_checkpoint(f"{body}\n\n{witness}", name=name, public=public)


def test_verifier_keys_are_read_back_and_checked() -> None:
    public = merkle.public_key(SEED)
    key = merkle.verifier_key("example.org/journal", public)
    assert merkle.read_verifier_key(key) == ("example.org/journal", public)
    for wrong in ("x", "a+b+c", key.replace("example", "exemple"), key[:-4]):
        with pytest.raises(merkle.NotProven):
            merkle.read_verifier_key(wrong)


def test_a_line_is_written_in_one_way_only() -> None:
    at = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
    detail = merkle.stable_json({"b": 1, "a": ["甲", None, True]})
    leaf = merkle.leaf_bytes(seq=3, at=at, by="system:x", act="a.b", subject='s"1', detail=detail)
    assert leaf.decode() == (
        '{"act":"a.b","at":"2026-07-01T04:00:00.000000Z","by":"system:x",'
        '"detail":{"a":["甲",null,true],"b":1},"seq":3,"subject":"s\\"1"}'
    )
    for wrong in ({"a": 0.5}, {"a": [1.0]}, {1: "a"}, {"a": at}):
        with pytest.raises(TypeError):
            merkle.stable_json(wrong)
