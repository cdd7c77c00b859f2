// Prints the table of processes, for processes.c and handler.c.

#pragma once

#include <stdio.h>

#define HEADER "     COMM             PID     PPID    FILENAME/EXIT CODE"

static void print(bpf_bootstrap_types_event_t *event)
{
	printf("%-4s %-16.*s %-7d %-7d ", event->exit_event ? "EXIT" : "EXEC", (int)event->comm.len,
	       (char *)event->comm.ptr, event->pid, event->ppid);
	if (event->exit_event)
		printf("[%u] (%llums)\n", event->exit_code, event->duration_ns / 1000000);
	else
		printf("%.*s\n", (int)event->filename.len, (char *)event->filename.ptr);
}
