"""Runs a guest that is composed with the codec: describe.py COMPONENT FILE"""

import sys

from wasmtime import Engine, Store
from wasmtime.component import Component, Linker

engine = Engine()
store = Store(engine)
guest = Linker(engine).instantiate(store, Component.from_file(engine, sys.argv[1]))
describe = guest.get_func(store, "describe")
with open(sys.argv[2], "rb") as file:
    print(describe(store, file.read()), end="")
