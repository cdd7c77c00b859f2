"""Prints the processes of the events that it gets."""

import wit_world
from table import HEADER, line

print_header = True


class WitWorld(wit_world.WitWorld):
    def handle_events(self, events):
        global print_header
        if print_header:
            print(HEADER)
            print_header = False
        for event in events:
            print(line(event), flush=True)
