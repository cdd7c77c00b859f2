"""Runs commands and measures their CPU time, memory and output.

Imports little, since Linux counts the memory of the process that starts a command in the peak of the command. So no
measured peak is lower than that of this process, and a peak that is equal to it is only an upper bound.
"""

import os


class Failed(Exception):
    """The error for something that could not be measured. The message says what it is."""


class Command:
    """A command. `{out}` among the arguments stands for the path of the output file. Without `{out}`, standard output
    goes to the output file, or nowhere if `discard` is true. `status` is the exit code of success. `silent` means that
    the command writes nothing."""

    def __init__(self, *argv, status=0, silent=False, discard=False):
        self.argv, self.status, self.discard = argv, status, discard
        self.silent = silent or discard


class Figures:
    """The costs of all runs of one command. Times are in milliseconds of CPU, user and system. Sizes are in bytes."""

    def __init__(self):
        self.times, self.peak, self.output = [], 0, None

    @property
    def least(self):
        return min(self.times)

    @property
    def median(self):
        ordered, middle = sorted(self.times), len(self.times) // 2
        return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def run(command, out, errors):
    """Runs a command once. Returns its CPU time in ms, and its peak memory and the size of its output in bytes."""
    if os.path.lexists(out):
        os.unlink(out)
    no_output = command.discard or "{out}" in command.argv
    argv = [out if argument == "{out}" else argument for argument in command.argv]
    child = os.fork()
    if child == 0:
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(os.open(os.devnull if no_output else out, flags, 0o600), 1)
            os.dup2(os.open(errors, flags, 0o600), 2)
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    _, status, usage = os.wait4(child, 0)
    if not os.WIFEXITED(status) or os.WEXITSTATUS(status) != command.status:
        with open(errors, errors="replace") as said:
            raise Failed(f"{' '.join(argv)}: status {status:#x}: {said.read(2000)}")
    size = os.path.getsize(out) if os.path.exists(out) else 0
    if not size and not command.silent:
        raise Failed(f"{' '.join(argv)}: wrote nothing")
    return (usage.ru_utime + usage.ru_stime) * 1e3, usage.ru_maxrss * 1024, size


def interleaved(commands, runs, folder):
    """Runs all commands in turn, `runs` times, so that other work on the machine slows all of them alike. Takes a
    dictionary of commands, and returns their figures by the same names."""
    figures = {name: Figures() for name in commands}
    out, errors = os.path.join(folder, "out"), os.path.join(folder, "errors")
    for _ in range(runs):
        for name, command in commands.items():
            time, peak, size = run(command, out, errors)
            of = figures[name]
            if of.output not in (None, size):
                raise Failed(f"{name}: wrote {of.output} bytes, then {size}")
            of.times.append(time)
            of.peak, of.output = max(of.peak, peak), size
    return figures
