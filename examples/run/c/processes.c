// Prints the processes that start a program or end, as the BPF program of examples/bootstrap reports them. With `--once`,
// runs the program that writes known events.

#include "bootstrap.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Ends with the message of an error, whose type is the same in all interfaces.
static void check(bool ok, bpf_bootstrap_object_error_t *error)
{
	if (ok)
		return;
	fprintf(stderr, "%.*s\n", (int)error->message.len, (char *)error->message.ptr);
	exit(1);
}

static void print(bpf_bootstrap_events_event_t *event)
{
	printf("%-4s %-16.*s %-7d %-7d ", event->exit_event ? "EXIT" : "EXEC", (int)event->comm.len,
	       (char *)event->comm.ptr, event->pid, event->ppid);
	if (event->exit_event)
		printf("[%u] (%llums)\n", event->exit_code, event->duration_ns / 1000000);
	else
		printf("%.*s\n", (int)event->filename.len, (char *)event->filename.ptr);
}

int main(int argc, char **argv)
{
	bool once = argc > 1 && !strcmp(argv[1], "--once");
	bpf_bootstrap_programs_run_input_t input = {};
	bpf_bootstrap_programs_run_output_t output;
	bpf_bootstrap_events_list_event_t events;
	bpf_bootstrap_programs_link_t link;
	bpf_bootstrap_object_error_t error;

	check(bpf_bootstrap_object_load(&error), &error);
	if (once) {
		check(bpf_bootstrap_programs_run(BPF_BOOTSTRAP_PROGRAMS_PROGRAM_ONCE, &input, &output, &error), &error);
	} else {
		check(bpf_bootstrap_programs_attach(BPF_BOOTSTRAP_PROGRAMS_PROGRAM_HANDLE_EXEC, &link, &error), &error);
		check(bpf_bootstrap_programs_attach(BPF_BOOTSTRAP_PROGRAMS_PROGRAM_HANDLE_EXIT, &link, &error), &error);
	}
	printf("%-4s %-16s %-7s %-7s %s\n", "", "COMM", "PID", "PPID", "FILENAME/EXIT CODE");
	do {
		check(bpf_bootstrap_events_poll(NULL, &events, &error), &error);
		for (size_t i = 0; i < events.len; i++)
			print(&events.ptr[i]);
		fflush(stdout);
		bpf_bootstrap_events_list_event_free(&events);
	} while (events.len > 0 && !once);
	return 0;
}
