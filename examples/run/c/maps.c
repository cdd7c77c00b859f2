// Uses each map of maps.bpf.c, its variables and its program. Ends with a message if the result of a call is not the
// expected one. With an argument, the guest uses only what works without the kernel, too.

#include "maps.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bpf_maps_object_error_t error;

#define CHECK(what) \
	do { \
		if (!(what)) { \
			printf("line %d: %s: %.*s\n", __LINE__, #what, (int)error.message.len, (char *)error.message.ptr); \
			exit(1); \
		} \
	} while (0)
#define FAILS(what, number) \
	do { \
		CHECK(!(what)); \
		CHECK(error.code == (number)); \
	} while (0)
#define ANY BPF_MAPS_OBJECT_UPDATE_MODE_ANY
#define NO_EXIST BPF_MAPS_OBJECT_UPDATE_MODE_NO_EXIST
#define EXIST BPF_MAPS_OBJECT_UPDATE_MODE_EXIST

typedef bpf_maps_types_pair_t pair_t;

static void keyed(void)
{
	pair_t key = { 1, 2 }, other = { 3, 4 };
	maps_option_u64_t value;
	bpf_maps_hash_list_tuple2_pair_u64_t entries;
	bool was_there;

	FAILS(bpf_maps_hash_update(&key, 7, EXIST, &error), 2);
	CHECK(bpf_maps_hash_update(&key, 7, NO_EXIST, &error));
	FAILS(bpf_maps_hash_update(&key, 8, NO_EXIST, &error), 17);
	CHECK(bpf_maps_hash_update(&other, 9, ANY, &error));
	CHECK(bpf_maps_hash_lookup(&key, &value, &error) && value.is_some && value.val == 7);
	CHECK(bpf_maps_hash_entries(&entries, &error) && entries.len == 2);
	CHECK(entries.ptr[0].f1 + entries.ptr[1].f1 == 16);
	CHECK(bpf_maps_hash_lookup_and_delete(&key, &value, &error) && value.is_some && value.val == 7);
	CHECK(bpf_maps_hash_lookup(&key, &value, &error) && !value.is_some);
	CHECK(bpf_maps_hash_delete_key(&other, &was_there, &error) && was_there);
	CHECK(bpf_maps_hash_delete_key(&other, &was_there, &error) && !was_there);
	for (key.b = 0; key.b < 8; key.b++)
		CHECK(bpf_maps_hash_update(&key, 1, ANY, &error));
	// E2BIG: the map is full.
	FAILS(bpf_maps_hash_update(&key, 1, ANY, &error), 7);
	// A map of this type is never full: the kernel removes elements.
	for (uint32_t i = 0; i < 64; i++)
		CHECK(bpf_maps_lru_update(i, &key, ANY, &error));
	CHECK(bpf_maps_numbers_update(3, 5, ANY, &error));
	CHECK(bpf_maps_numbers_lookup(3, &value, &error) && value.is_some && value.val == 5);
	CHECK(bpf_maps_numbers_lookup(0, &value, &error) && value.is_some && value.val == 0);
	CHECK(bpf_maps_numbers_lookup(4, &value, &error) && !value.is_some);
	FAILS(bpf_maps_numbers_update(4, 5, ANY, &error), 7);
	FAILS(bpf_maps_numbers_update(3, 6, NO_EXIST, &error), 17);
	maps_list_tuple2_u32_u64_t numbers;
	CHECK(bpf_maps_numbers_entries(&numbers, &error) && numbers.len == 4 && numbers.ptr[3].f1 == 5);
	puts("hash, lru_hash, array");
}

static void of_cpus(void)
{
	bpf_maps_percpu_option_list_pair_t values;
	maps_option_list_u32_t numbers;
	bpf_maps_percpu_list_pair_t few = { NULL, 0 };

	CHECK(bpf_maps_percpu_numbers_lookup(1, &numbers, &error) && numbers.is_some);
	for (size_t i = 0; i < numbers.val.len; i++)
		numbers.val.ptr[i] = i + 1;
	CHECK(bpf_maps_percpu_numbers_update(1, &numbers.val, ANY, &error));
	CHECK(bpf_maps_percpu_numbers_lookup(1, &numbers, &error) && numbers.val.ptr[numbers.val.len - 1] == numbers.val.len);
	FAILS(bpf_maps_percpu_update(1, &few, ANY, &error), 0);
	few.len = numbers.val.len;
	few.ptr = calloc(few.len, sizeof(*few.ptr));
	few.ptr[0].b = 6;
	CHECK(bpf_maps_percpu_update(1, &few, ANY, &error));
	CHECK(bpf_maps_percpu_lookup_and_delete(1, &values, &error) && values.is_some && values.val.ptr[0].b == 6);
	CHECK(bpf_maps_percpu_lookup(1, &values, &error) && !values.is_some);
	puts("percpu_hash, percpu_array");
}

static void ordered(void)
{
	pair_t first = { 1, 1 }, second = { 2, 2 };
	bool was_added;

	CHECK(bpf_maps_queue_push(&first, &error) && bpf_maps_queue_push(&second, &error));
	bpf_maps_queue_option_pair_t pair;
	CHECK(bpf_maps_queue_peek(&pair, &error) && pair.is_some && pair.val.a == 1);
	CHECK(bpf_maps_queue_pop(&pair, &error) && pair.is_some && pair.val.a == 1);
	CHECK(bpf_maps_queue_pop(&pair, &error) && pair.is_some && pair.val.a == 2);
	CHECK(bpf_maps_queue_pop(&pair, &error) && !pair.is_some);
	for (int i = 0; i < 4; i++)
		CHECK(bpf_maps_queue_push(&first, &error));
	FAILS(bpf_maps_queue_push(&first, &error), 7);
	maps_option_u32_t number;
	CHECK(bpf_maps_stack_push(1, &error) && bpf_maps_stack_push(2, &error));
	CHECK(bpf_maps_stack_pop(&number, &error) && number.is_some && number.val == 2);
	CHECK(bpf_maps_filter_push(&first, &error));
	CHECK(bpf_maps_filter_peek(&first, &was_added, &error) && was_added);
	CHECK(bpf_maps_filter_peek(&second, &was_added, &error) && !was_added);
	puts("queue, stack, bloom_filter");
}

static void others(void)
{
	uint8_t address[] = { 10, 1, 0, 0 }, inside[] = { 10, 1, 2, 3 }, outside[] = { 10, 2, 0, 0 };
	bpf_maps_trie_prefix_t net = { 8, { address, 4 } }, subnet = { 16, { address, 4 } };
	bpf_maps_trie_prefix_t host = { 32, { inside, 4 } }, neighbour = { 32, { outside, 4 } };
	bpf_maps_trie_prefix_t wrong = { 33, { address, 4 } };
	uint8_t command[] = { 1, 2, 3 };
	maps_list_u8_t bytes = { command, 3 };
	maps_option_u32_t number;

	CHECK(bpf_maps_trie_update(&net, 7, ANY, &error));
	CHECK(bpf_maps_trie_update(&subnet, 8, ANY, &error));
	CHECK(bpf_maps_trie_lookup(&host, &number, &error) && number.is_some && number.val == 8);
	CHECK(bpf_maps_trie_lookup(&neighbour, &number, &error) && number.is_some && number.val == 7);
	FAILS(bpf_maps_trie_update(&wrong, 8, ANY, &error), 22);
	CHECK(bpf_maps_commands_push(&bytes, &error));
	puts("lpm_trie, user_ringbuf");
}

static void tasks(void)
{
	pair_t pair = { 5, 6 };
	bpf_maps_of_task_option_pair_t found;
	bool was_there;

	CHECK(bpf_maps_of_task_update(1, &pair, ANY, &error));
	CHECK(bpf_maps_of_task_lookup(1, &found, &error) && found.is_some && found.val.b == 6);
	CHECK(bpf_maps_of_task_delete_key(1, &was_there, &error) && was_there);
	FAILS(bpf_maps_of_task_lookup(4000000, &found, &error), 3);
	puts("task_storage");
}

static void records(void)
{
	uint64_t argument = 4;
	bpf_maps_programs_run_input_t input = { .context = { (uint8_t *)&argument, 8 } };
	bpf_maps_programs_run_output_t output;
	bpf_maps_ring_list_pair_t pairs;
	bpf_maps_perf_list_pair_t samples;
	maps_list_list_u8_t bytes;
	uint32_t none = 0, count;
	pair_t last;

	CHECK(bpf_maps_ring_poll(&none, &pairs, &error) && pairs.len == 0);
	CHECK(bpf_maps_perf_poll(&none, &samples, &error) && samples.len == 0);
	for (int i = 0; i < 3; i++)
		CHECK(bpf_maps_programs_run(BPF_MAPS_PROGRAMS_PROGRAM_WRITE, &input, &output, &error));
	CHECK(output.return_value == 12);
	CHECK(bpf_maps_ring_poll(NULL, &pairs, &error) && pairs.len == 3);
	CHECK(pairs.ptr[2].a == 2 && pairs.ptr[2].b == 12);
	CHECK(bpf_maps_perf_poll(NULL, &samples, &error) && samples.len == 3 && samples.ptr[1].a == 1);
	CHECK(bpf_maps_programs_run(BPF_MAPS_PROGRAMS_PROGRAM_WRITE, &input, &output, &error));
	CHECK(bpf_maps_ring_poll_bytes(NULL, &bytes, &error) && bytes.len == 1 && bytes.ptr[0].len == 8);
	CHECK(bpf_maps_ring_lost() == 0);
	CHECK(bpf_maps_globals_get_runs(&count, &error) && count == 4);
	CHECK(bpf_maps_globals_get_last(&last, &error) && last.a == 3);
	CHECK(bpf_maps_globals_set_runs(40, &error) && bpf_maps_globals_get_runs(&count, &error) && count == 40);
	puts("ringbuf, perf_event_array, variables, a program");
}

static void links(void)
{
	bpf_maps_programs_link_t link;
	maps_string_t target;

	CHECK(!bpf_maps_programs_attach(BPF_MAPS_PROGRAMS_PROGRAM_WRITE, &link, &error));
	maps_string_set(&target, "no_such_tracepoint");
	CHECK(!bpf_maps_programs_attach_to(BPF_MAPS_PROGRAMS_PROGRAM_WRITE, &target, &link, &error));
	maps_string_set(&target, "sched_process_exec");
	CHECK(bpf_maps_programs_attach_to(BPF_MAPS_PROGRAMS_PROGRAM_WRITE, &target, &link, &error));
	CHECK(bpf_maps_programs_detach(link, &error));
	FAILS(bpf_maps_programs_detach(link, &error), 0);
	puts("links");
}

int main(int argc, char **argv)
{
	(void)argv;
	maps_option_u64_t value;
	pair_t key = { 1, 2 };

	FAILS(bpf_maps_hash_lookup(&key, &value, &error), 0);
	CHECK(bpf_maps_globals_set_factor(3, &error));
	CHECK(bpf_maps_object_load(&error));
	FAILS(bpf_maps_object_load(&error), 0);
	keyed();
	of_cpus();
	ordered();
	others();
	FAILS(bpf_maps_globals_set_factor(9, &error), 1);
	if (argc > 1)
		return 0;
	tasks();
	records();
	links();
	return 0;
}
