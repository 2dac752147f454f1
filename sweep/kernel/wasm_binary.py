"""Makes a module of WebAssembly out of the object that LLVM writes for a linker.

It needs no linker: what this project emits calls nothing and keeps neither data nor a stack. The object is a module
once its memory has a name of ours, its function is exported, and what was left for a linker is dropped
(https://webassembly.github.io/spec/core/binary/modules.html).
"""

from collections.abc import Iterator

_CUSTOM, _IMPORTS, _EXPORTS, _CODE = 0, 2, 7, 10
"""Kinds of sections, which stand in this order, but for custom ones."""
_ANY_MEMORY = b"\x02\x00\x00"
"""An import's kind and its limits: a memory from 0 pages on."""


def link(module: bytes, entry: str) -> bytes:
    """The object as a module that imports `env.memory` and exports its one function by the name `entry`."""
    linked = module[:8]
    for kind, content in _sections(module):
        if kind == _CUSTOM:
            assert not content[1:].startswith(b"reloc."), "it has no addresses of its own"
            continue
        if kind == _IMPORTS:
            assert content == b"\x01" + _text("env") + _text("__linear_memory") + _ANY_MEMORY, "it calls nothing"
            content = b"\x01" + _text("env") + _text("memory") + _ANY_MEMORY
        if kind == _CODE:
            exports = b"\x01" + _text(entry) + b"\x00\x00"
            linked += bytes((_EXPORTS,)) + _size(len(exports)) + exports
        linked += bytes((kind,)) + _size(len(content)) + content
    return linked


def _sections(module: bytes) -> Iterator[tuple[int, bytes]]:
    place = 8
    while place < len(module):
        kind, size, shift = module[place], 0, 0
        while True:
            place += 1
            size |= (module[place] & 127) << shift
            shift += 7
            if module[place] < 128:
                break
        yield kind, module[place + 1 : place + 1 + size]
        place += 1 + size


def _text(text: str) -> bytes:
    return _size(len(text)) + text.encode()


def _size(n: int) -> bytes:
    """A number as WebAssembly writes it: seven bits a byte, the lowest first (LEB128)."""
    return bytes((n,)) if n < 128 else bytes((n & 127 | 128,)) + _size(n >> 7)
