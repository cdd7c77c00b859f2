// Runs the iterator of kinds.bpf.c. Then attaches other programs of that file, and waits for each to run, at most five
// seconds. Arguments: PROGRAM[=TARGET]... Prints the error if a program is not attached.

#include "kinds.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bpf_kinds_object_error_t error;

static const struct {
	const char *name;
	bpf_kinds_programs_program_t program;
	bool (*runs)(uint64_t *, bpf_kinds_object_error_t *);
} KINDS[] = {
#define KIND(name, NAME) { #name, BPF_KINDS_PROGRAMS_PROGRAM_##NAME, bpf_kinds_globals_get_##name##_runs }
	KIND(tracepoint, TRACEPOINT), KIND(other_tracepoint, OTHER_TRACEPOINT), KIND(raw, RAW),
	KIND(user_function, USER_FUNCTION), KIND(user_return, USER_RETURN), KIND(sampled, SAMPLED),
	KIND(kernel_function, KERNEL_FUNCTION), KIND(packets, PACKETS), KIND(ingress, INGRESS),
	KIND(egress, EGRESS), KIND(express, EXPRESS), KIND(of_group, OF_GROUP),
};

// Attaches a program, waits for a run and detaches it.
static bool use(size_t kind, const char *target)
{
	bpf_kinds_programs_program_t program = KINDS[kind].program;
	bpf_kinds_programs_link_t link;
	kinds_string_t to;
	uint64_t runs = 0;

	kinds_string_set(&to, target ? target : "");
	if (target ? !bpf_kinds_programs_attach_to(program, &to, &link, &error)
		   : !bpf_kinds_programs_attach(program, &link, &error))
		return false;
	for (int tenths = 0; tenths < 50 && !runs; tenths++) {
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
		// Some of the programs run when a process writes.
		fprintf(stderr, " \r");
		if (!KINDS[kind].runs(&runs, &error))
			return false;
	}
	printf("%s%s%s: %s\n", KINDS[kind].name, target ? " at " : "", target ? target : "", runs ? "runs" : "never runs");
	if (!runs)
		exit(1);
	return bpf_kinds_programs_detach(link, &error);
}

// Runs the iterator, which lists at least one thread.
static bool iterate(void)
{
	bpf_kinds_programs_run_input_t input = { 0 };
	bpf_kinds_programs_run_output_t output;

	if (!bpf_kinds_programs_run(BPF_KINDS_PROGRAMS_PROGRAM_THREADS, &input, &output, &error))
		return false;
	printf("threads: %s\n", output.data.len >= 4 && output.data.len % 4 == 0 ? "runs" : "never runs");
	return true;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (!bpf_kinds_object_load(&error) || !iterate())
		goto refused;
	for (int i = 1; i < argc; i++) {
		char *target = strchr(argv[i], '=');

		if (target)
			*target++ = 0;
		for (size_t kind = 0; kind < sizeof(KINDS) / sizeof(*KINDS); kind++)
			if (!strcmp(KINDS[kind].name, argv[i]) && !use(kind, target)) {
				printf("%.*s\n", (int)error.message.len, (char *)error.message.ptr);
				failed++;
			}
	}
	return failed;
refused:
	fprintf(stderr, "%.*s\n", (int)error.message.len, (char *)error.message.ptr);
	return 1;
}
