#!/usr/bin/env python3
"""Decodes bytes with the layout that btf2wit writes (docs/schema.md). Uses nothing else of btf2wit.

    reader.py LAYOUT.json < RECORDS

Each record is a line of JSON: {"item": LABEL, "bytes": HEX, "arms": [ARM, ...]}. A layout does not say which arms of
unions are active. Therefore "arms" has their positions, in the order in which the unions are read. Writes a line of
JSON for each record, in the form of `btf2wit decode --format json`.
"""

import json
import struct
import sys


def exact(number):
    """Returns an integer, or its text beyond 2^53, where a double does not represent every integer."""
    return number if abs(number) <= 1 << 53 else str(number)


def extended(number, width, signed):
    """Returns the number that `width` bits stand for. `number` is their value without a sign."""
    return number - (1 << width) if signed and number >> (width - 1) else number


class Reader:
    def __init__(self, document):
        self.items = {item["wit"]: item for item in document["items"]}
        self.order = document["source"]["endian"]

    def decode(self, record):
        """Returns the value of a record."""
        self.bytes, self.arms = bytes.fromhex(record["bytes"]), iter(record["arms"])
        return self.item(self.items[record["item"]], 0, None, True)

    def bits(self, at, size, bits):
        """Returns the number in `size` bytes from `at` on, or the number in a bitfield if `bits` is not None."""
        if bits is None:
            return int.from_bytes(self.bytes[at : at + size], self.order)
        end = bits["first"] + bits["width"]
        size = (end + 7) // 8
        number = int.from_bytes(self.bytes[at : at + size], self.order)
        below = bits["first"] if self.order == "little" else 8 * size - end
        return number >> below & (1 << bits["width"]) - 1

    def item(self, item, at, bits, last):
        body = item["body"]
        if body == "alias":
            return self.type(item["type"], at, bits, last)
        if body == "record":
            return self.fields(item["fields"], item["fields"], at, last)
        if body == "variant":
            arms = item["arms"]
            arm = arms[next(self.arms)]
            if arm["type"] is None:
                return {arm["wit"]: None}
            return self.fields(arms, [arm], at, last)
        size = item["size"]
        number = self.bits(at, size, bits)
        if body == "flags":
            labels = [case["wit"] for case in item["cases"] if number & case["value"]]
            rest = number & ~sum(case["value"] for case in item["cases"])
            return labels + [exact(rest)] * (rest != 0)
        signed = item["signed"]
        width = bits["width"] if bits else 8 * size
        # BTF may not record that an enum is signed. A bitfield of such an enum has only the low bits of a negative
        # case, so the number with all bits above the bitfield set is tried as well.
        negative = number | (1 << 8 * size) - (1 << width) if number >> width - 1 else number
        number = extended(number, width, signed)
        for value in (number, negative):
            for case in item["cases"]:
                if case["value"] == value:
                    return case["wit"]
        return exact(number)

    def fields(self, all_of_them, wanted, at, last):
        """Returns the values of the wanted members by label. Only a member that begins last may be flexible."""

        def start(field):
            return 8 * field["offset"] + field.get("bits", {"first": 0})["first"]

        furthest = max(map(start, all_of_them))
        return {
            field["wit"]: self.type(
                field["type"],
                at + field["offset"],
                field.get("bits"),
                last and start(field) == furthest,
            )
            for field in wanted
            if field["type"] is not None
        }

    def type(self, type_, at, bits, last, lengths=None):
        """Returns the value of a type. If the type is an array, returns a list."""
        lengths = type_.get("lengths", []) if lengths is None else lengths
        if not lengths:
            return self.base(type_, at, bits, last)
        length, *inner = lengths
        stride = self.size(type_, inner)
        if length == 0 and last and stride:
            length = (len(self.bytes) - at) // stride
        return [
            self.type(type_, at + index * stride, None, False, inner)
            for index in range(length)
        ]

    def size(self, type_, lengths):
        """Returns the size in bytes of an array of a type, or of the type itself if `lengths` is empty."""
        size = type_["size"] if "size" in type_ else self.items[type_["item"]]["size"]
        for length in lengths:
            size *= length
        return size

    def base(self, type_, at, bits, last):
        base = type_["base"]
        if base == "item":
            return self.item(self.items[type_["item"]], at, bits, last)
        size = type_["size"]
        if base == "string":
            if size == 0 and last:
                text = self.bytes[at:].rstrip(b"\0")
            else:
                text = self.bytes[at : at + size].split(b"\0")[0]
            return text.decode("utf-8", "replace")
        number = self.bits(at, size, bits)
        if base == "bool":
            return number != 0
        if base == "float":
            return self.float(number, size)
        signed = type_.get("signed", False)
        number = extended(number, bits["width"] if bits else 8 * size, signed)
        if size < 16:
            return exact(number)
        return [exact(number & (1 << 64) - 1), exact(number >> 64)]

    @staticmethod
    def float(number, size):
        """Returns a float for JSON. 4 bytes become the shortest number that is parsed to the same bytes."""
        code = {4: "f", 8: "d"}[size]
        value = struct.unpack("<" + code, number.to_bytes(size, "little"))[0]
        if value != value or value in (float("inf"), float("-inf")):
            return "nan" if value != value else str(value)
        for digits in range(6, 10) if size == 4 else ():
            short = float(f"{value:.{digits}g}")
            if struct.pack("<f", short) == struct.pack("<f", value):
                return short
        return value


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        reader = Reader(json.load(file))
    for line in sys.stdin:
        print(json.dumps(reader.decode(json.loads(line))))


if __name__ == "__main__":
    main()
