// Measures what an event takes from the ring buffer to this guest: with the type, or as bytes. Fills the ring, then takes the
// time of what empties it.

#include "bootstrap.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// As in host/examples/native.rs.
#define ROUNDS 200
#define RUNS 5

static unsigned long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static void check(bool ok, bpf_bootstrap_object_error_t *error)
{
	if (ok)
		return;
	fprintf(stderr, "%.*s\n", (int)error->message.len, (char *)error->message.ptr);
	exit(1);
}

int main(int argc, char **argv)
{
	bool as_bytes = argc > 1 && !strcmp(argv[1], "bytes");
	unsigned long long time = 0, count = 0, sum = 0, argument = 1000;
	bpf_bootstrap_programs_run_input_t input = { .context = { (uint8_t *)&argument, sizeof(argument) } };
	bpf_bootstrap_programs_run_output_t output;
	bpf_bootstrap_object_error_t error;
	uint32_t none = 0;
	size_t got;

	check(bpf_bootstrap_object_load(&error), &error);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < RUNS; i++) {
			check(bpf_bootstrap_programs_run(BPF_BOOTSTRAP_PROGRAMS_PROGRAM_FLOOD, &input, &output, &error), &error);
			bpf_bootstrap_programs_run_output_free(&output);
		}
		unsigned long long start = now();
		do {
			if (as_bytes) {
				bootstrap_list_list_u8_t events;
				check(bpf_bootstrap_events_poll_bytes(&none, &events, &error), &error);
				for (size_t i = 0; i < events.len; i++)
					sum += *(int *)events.ptr[i].ptr;
				got = events.len;
				bootstrap_list_list_u8_free(&events);
			} else {
				bpf_bootstrap_events_list_event_t events;
				check(bpf_bootstrap_events_poll(&none, &events, &error), &error);
				for (size_t i = 0; i < events.len; i++)
					sum += events.ptr[i].pid;
				got = events.len;
				bpf_bootstrap_events_list_event_free(&events);
			}
			count += got;
		} while (got > 0);
		time += now() - start;
	}
	printf("%-15s %llu events, sum %llu, %llu ns an event\n", as_bytes ? "poll-bytes" : "poll", count, sum, time / count);
	return 0;
}
