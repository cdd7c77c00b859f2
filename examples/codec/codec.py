"""Reads events with the codec, and prints them: codec.py CODEC FILE"""

import sys

from wasmtime import Engine, Store
from wasmtime.component import Component, Linker

engine = Engine()
store = Store(engine)
codec = Linker(engine).instantiate(store, Component.from_file(engine, sys.argv[1]))
interface = codec.get_export_index(store, "bpf:event/codec")
read_events = codec.get_func(store, codec.get_export_index(store, "read-events", interface))

with open(sys.argv[2], "rb") as file:
    events = read_events(store, file.read())
if not isinstance(events, list):
    sys.exit(f"{events.path}: {events.message}")
for event in events:
    print(f"Python: {event.comm} ({event.pid}) {event.filename or getattr(event, 'exit-code')}")
