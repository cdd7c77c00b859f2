// Measures how long an event takes from the ring buffer to this guest, as a value or as bytes. Fills the ring buffer,
// and then measures the time to empty it. Arguments: `types`, `bytes`, or `soak SECONDS`. With `soak`, measures
// nothing: for that many seconds, writes more events than the ring buffer holds, takes them, and begins again. Then
// prints how many events were written, taken, and counted as lost by the BPF program, and how many are neither taken
// nor lost.

#include "bootstrap.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// The ring buffer is filled and emptied ROUNDS times. RUNS runs of the BPF program fill it. host/examples/native.rs has
// the same numbers.
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

static bpf_bootstrap_object_error_t error;

// Runs the BPF program, which writes 1,000 events into the ring buffer in each run.
static void fill(int runs)
{
	unsigned long long argument = 1000;
	bpf_bootstrap_programs_run_input_t input = { .context = { (uint8_t *)&argument, sizeof(argument) } };
	bpf_bootstrap_programs_run_output_t output;

	for (int i = 0; i < runs; i++) {
		check(bpf_bootstrap_programs_run(BPF_BOOTSTRAP_PROGRAMS_PROGRAM_FLOOD, &input, &output, &error), &error);
		bpf_bootstrap_programs_run_output_free(&output);
	}
}

static uint32_t none;

// Takes the events of one poll, and adds a member of each to `sum`. Returns the number of events.
static size_t take_values(unsigned long long *sum)
{
	bpf_bootstrap_events_list_event_t events;
	size_t got;

	check(bpf_bootstrap_events_poll(&none, &events, &error), &error);
	got = events.len;
	for (size_t i = 0; i < got; i++)
		*sum += events.ptr[i].pid;
	bpf_bootstrap_events_list_event_free(&events);
	return got;
}

static size_t take_bytes(unsigned long long *sum)
{
	bootstrap_list_list_u8_t events;
	size_t got;

	check(bpf_bootstrap_events_poll_bytes(&none, &events, &error), &error);
	got = events.len;
	for (size_t i = 0; i < got; i++)
		*sum += *(int *)events.ptr[i].ptr;
	bootstrap_list_list_u8_free(&events);
	return got;
}

static void soak(unsigned long long seconds)
{
	unsigned long long end = now() + seconds * 1000000000, written = 0, taken = 0, sum = 0;
	bootstrap_option_u64_t lost;
	size_t got;

	while (now() < end) {
		// The BPF program makes 8,000 events. The ring buffer holds 5,957, so the others are lost.
		fill(8);
		written += 8000;
		while ((got = take_values(&sum)))
			taken += got;
	}
	check(bpf_bootstrap_lost_lookup(0, &lost, &error), &error);
	printf("%llu events written, %llu taken, %llu lost, %lld unaccounted for\n", written, taken,
	       (unsigned long long)lost.val, (long long)(written - taken - lost.val));
}

int main(int argc, char **argv)
{
	size_t (*take)(unsigned long long *) = argc > 1 && !strcmp(argv[1], "bytes") ? take_bytes : take_values;
	unsigned long long time = 0, count = 0, sum = 0;

	check(bpf_bootstrap_object_load(&error), &error);
	if (argc > 2 && !strcmp(argv[1], "soak")) {
		soak(atoi(argv[2]));
		return 0;
	}
	for (int round = 0; round < ROUNDS; round++) {
		fill(RUNS);
		unsigned long long start = now();
		size_t got;
		while ((got = take(&sum)))
			count += got;
		time += now() - start;
	}
	printf("%-15s %llu events, sum %llu, %llu ns an event\n", take == take_bytes ? "poll-bytes" : "poll", count, sum,
	       time / count);
	return 0;
}
