"""Makes BTF that no compiler writes: several copies of a kernel's types, a struct with very many members, and very many
structs with the same name.

Reads and writes raw little-endian BTF with a header of 24 bytes, as kernels for amd64 have it.
"""

import struct
from array import array

HEADER = struct.Struct("<HBBIIIII")
MAGIC = 0xEB9F

INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF = range(1, 9)
VOLATILE, CONST, RESTRICT, FUNC, FUNC_PROTO, VAR, DATASEC, FLOAT, DECL_TAG, TYPE_TAG, ENUM64 = range(9, 20)

# The kinds of types whose third word is a type id and not a size.
REFERS = {PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, FUNC_PROTO, VAR, DECL_TAG, TYPE_TAG}

# The words after the first three words of a type, for each kind. MEMBERS has those of each member, and ONCE those of
# the type. `n` is a name, `t` a type id, and `.` a number.
MEMBERS = {STRUCT: "nt.", UNION: "nt.", ENUM: "n.", ENUM64: "n..", FUNC_PROTO: "nt", DATASEC: "t.."}
ONCE = {INT: ".", ARRAY: "tt.", VAR: ".", DECL_TAG: "."}


def words(raw):
    values = array("I")
    values.frombytes(raw)
    return values


class Btf:
    """Raw BTF, and the positions of names and ids in the words of its types."""

    def __init__(self, raw):
        magic, version, _, header, types, types_len, strings, strings_len = HEADER.unpack_from(raw)
        if (magic, version, header) != (MAGIC, 1, HEADER.size) or words(b"\1\0\0\0")[0] != 1:
            raise ValueError("not little-endian BTF with a header of 24 bytes")
        self.types = words(raw[header + types : header + types + types_len])
        self.strings = raw[header + strings : header + strings + strings_len]
        self.names, self.ids, self.count = [], [], 0
        at = 0
        while at < len(self.types):
            at = self._type(at)

    def _type(self, at):
        info = self.types[at + 1]
        kind, vlen = info >> 24 & 0x1F, info & 0xFFFF
        self.names.append(at)
        if kind in REFERS:
            self.ids.append(at + 2)
        at += 3
        each, times = (MEMBERS[kind], vlen) if kind in MEMBERS else (ONCE.get(kind, ""), 1)
        for _ in range(times):
            for what in each:
                if what == "n":
                    self.names.append(at)
                elif what == "t":
                    self.ids.append(at)
                at += 1
        self.count += 1
        return at

    def copies(self, count):
        """Returns BTF with `count` copies of the types. In each copy, the letters of all names are shifted by another
        distance, so that two copies share hardly any names."""
        types, strings = array("I"), bytearray(self.strings)
        for copy in range(count):
            moved = self.types[:]
            if copy:
                base = len(strings) - 1
                for at in self.names:
                    if moved[at]:
                        moved[at] += base
                for at in self.ids:
                    if moved[at]:
                        moved[at] += copy * self.count
                strings += self.strings[1:].translate(other_letters(copy))
            types += moved
        return encode(types, bytes(strings))


def other_letters(by):
    lower = b"abcdefghijklmnopqrstuvwxyz"
    upper = lower.upper()
    turned = lambda letters: letters[by:] + letters[:by]
    return bytes.maketrans(lower + upper, turned(lower) + turned(upper))


def encode(types, strings):
    raw = types.tobytes()
    header = HEADER.pack(MAGIC, 1, 0, HEADER.size, 0, len(raw), len(raw), len(strings))
    return header + raw + strings


def letters(number):
    """Returns a name of five letters for a number."""
    return "".join(chr(97 + number // 26**i % 26) for i in range(5)).encode()


UNSIGNED_INT = [1, INT << 24, 4, 32]


def many_members(count):
    """Returns BTF with a struct that has `count` members."""
    strings, types = bytearray(b"\0unsigned int\0many\0"), array("I", UNSIGNED_INT)
    types.extend([14, STRUCT << 24 | count, 4 * count])
    for number in range(count):
        types.extend([len(strings), 1, 32 * number])
        strings += letters(number) + b"\0"
    return encode(types, bytes(strings))


def same_names(count):
    """Returns BTF with `count` structs of the same name. Each has one member, with a name that no other member has."""
    strings, types = bytearray(b"\0unsigned int\0same\0"), array("I", UNSIGNED_INT)
    for number in range(count):
        types.extend([14, STRUCT << 24 | 1, 4, len(strings), 1, 0])
        strings += letters(number) + b"\0"
    return encode(types, bytes(strings))


def files(folder, what, arguments):
    """Returns an iterator over the files, each with its name and content."""
    if what == "copies":
        with open(arguments[0], "rb") as file:
            kernel = Btf(file.read())
        make, counts = kernel.copies, arguments[1:]
    else:
        make, counts = {"members": many_members, "same": same_names}[what], arguments
    for count in counts:
        yield f"{folder}/{what}-{count}.btf", make(int(count))


if __name__ == "__main__":
    import sys

    for path, content in files(sys.argv[1], sys.argv[2], sys.argv[3:]):
        with open(path, "wb") as file:
            file.write(content)
        print(path)
