// Prints the processes that start a program or end, as bootstrap.bpf.c reports them. With `--once`, runs the
// program that writes known events.

#include "bootstrap.h"
#include "table.h"
#include <stdlib.h>
#include <string.h>

// If a call failed, prints the message of its error and ends. The type of errors is the same in all interfaces.
static void check(bool ok, bpf_bootstrap_object_error_t *error)
{
	if (ok)
		return;
	fprintf(stderr, "%.*s\n", (int)error->message.len, (char *)error->message.ptr);
	exit(1);
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
	puts(HEADER);
	do {
		check(bpf_bootstrap_events_poll(NULL, &events, &error), &error);
		for (size_t i = 0; i < events.len; i++)
			print(&events.ptr[i]);
		fflush(stdout);
		bpf_bootstrap_events_list_event_free(&events);
	} while (events.len > 0 && !once);
	return 0;
}
