"""Makes the lines of the table of processes, for processes.py and handler.py."""

HEADER = "     COMM             PID     PPID    FILENAME/EXIT CODE"


def line(event):
    kind, what = "EXEC", event.filename
    if event.exit_event:
        kind, what = "EXIT", f"[{event.exit_code}] ({event.duration_ns // 1_000_000}ms)"
    return f"{kind:4} {event.comm:16} {event.pid:<7} {event.ppid:<7} {what}"
