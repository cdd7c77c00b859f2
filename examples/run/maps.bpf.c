// Maps of many types that a component can use, for the script `check`. The numbers of the types are those in
// linux/bpf.h.

#include "bpf.h"

#define MAP_WITHOUT_KEY(name, kind, entries, value_type) \
	struct { \
		__uint(type, kind); \
		__uint(max_entries, entries); \
		__type(value, value_type); \
	} name SEC(".maps")

struct pair { __u32 a, b; };
struct prefix { __u32 length; __u8 address[4]; };

MAP(hash, 1, 8, struct pair, __u64);
MAP(lru, 9, 8, __u32, struct pair);
MAP(numbers, 2, 4, __u32, __u64);
MAP(percpu, 5, 8, __u32, struct pair);
MAP(percpu_numbers, 6, 2, __u32, __u32);
MAP_WITHOUT_KEY(queue, 22, 4, struct pair);
MAP_WITHOUT_KEY(stack, 23, 4, __u32);
MAP_WITHOUT_KEY(filter, 30, 16, struct pair);
struct {
	__uint(type, 11);
	__uint(max_entries, 8);
	// BPF_F_NO_PREALLOC
	__uint(map_flags, 1);
	__type(key, struct prefix);
	__type(value, __u32);
} trie SEC(".maps");
struct {
	__uint(type, 29);
	__uint(map_flags, 1);
	__type(key, int);
	__type(value, struct pair);
} of_task SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } ring SEC(".maps");
struct { __uint(type, 31); __uint(max_entries, 4096); } commands SEC(".maps");
struct {
	__uint(type, 4);
	__uint(key_size, 4);
	__uint(value_size, 4);
} perf SEC(".maps");

const volatile __u32 factor = 1;
__u32 runs;
struct pair last = { 1, 2 };
const struct pair *unused __attribute__((unused));

static long (*const bpf_perf_event_output)(void *context, void *map, __u64 flags, void *data,
					   __u64 size) = (void *)25;

// Writes a record to the ring buffer and to the perf event array: the number of runs before this one, and the argument
// multiplied by `factor`.
SEC("raw_tp")
int write(__u64 *context)
{
	struct pair pair = { runs, context[0] * factor };

	runs++;
	last = pair;
	bpf_ringbuf_output(&ring, &pair, sizeof(pair), 0);
	bpf_perf_event_output(context, &perf, 0xffffffff, &pair, sizeof(pair));
	return pair.b;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
