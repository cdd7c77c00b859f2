"""Prints the same as c/processes.c."""

import sys

from componentize_py_types import Err
from table import HEADER, line
from wit_world import exports
from wit_world.imports import environment, events, object, programs
from wit_world.imports.programs import Program, RunInput


def drive(once):
    object.load()
    if once:
        programs.run(Program.ONCE, RunInput(b"", b"", 0))
    else:
        programs.attach(Program.HANDLE_EXEC)
        programs.attach(Program.HANDLE_EXIT)
    print(HEADER)
    while found := events.poll(None):
        for event in found:
            print(line(event))
        sys.stdout.flush()
        if once:
            break


class Run(exports.Run):
    def run(self):
        try:
            # sys.argv has the arguments of the build, which imports this module.
            drive("--once" in environment.get_arguments())
        except Err as error:
            print(error.value.message, file=sys.stderr)
            raise Err(None)
