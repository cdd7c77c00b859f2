/* The parts of a BPF object that components use: maps of most types, variables of most sections, several programs. */

#define SEC(name) __attribute__((section(name), used))
#define __uint(name, value) int (*name)[value]
#define __type(name, type) type *name
#define MAP(name, kind, key_type, value_type, entries) \
	struct { \
		__uint(type, kind); \
		__uint(max_entries, entries); \
		__type(key, key_type); \
		__type(value, value_type); \
	} name SEC(".maps")
#define MAP_OF_SIZES(name, kind, of_key, of_value, entries) \
	struct { \
		__uint(type, kind); \
		__uint(max_entries, entries); \
		__uint(key_size, of_key); \
		__uint(value_size, of_value); \
	} name SEC(".maps")
#define MAP_WITHOUT_KEY(name, kind, value_type, entries) \
	struct { \
		__uint(type, kind); \
		__uint(max_entries, entries); \
		__type(value, value_type); \
	} name SEC(".maps")

typedef unsigned int u32;
typedef unsigned long long u64;

enum state { IDLE, RUNNING, DONE };

struct flow {
	u32 source;
	u32 target;
	unsigned short port;
	unsigned char kind : 3;
	unsigned char flags : 5;
};

struct statistics {
	u64 packets;
	u64 bytes;
	enum state state;
	char name[12];
};

/* This struct has more than 16 values of core WebAssembly, so parameters of this type are passed in memory. */
struct wide {
	u64 word0, word1, word2, word3, word4, word5, word6, word7, word8;
	u64 word9, word10, word11, word12, word13, word14, word15, word16;
};

/* Types with the names of a function and of a type in skeletons. */
struct lookup { int depth; };
struct error { int number; };

MAP(hashed, 1, struct flow, struct statistics, 1024);
MAP(array, 2, u32, struct wide, 4);
MAP(prog_array, 3, u32, u32, 4);
MAP(percpu_hash, 5, struct flow, struct statistics, 64);
MAP(percpu_array, 6, u32, u32, 1);
MAP_OF_SIZES(stacks, 7, 4, 1016, 256);
MAP(cgroup_array, 8, u32, u32, 4);
MAP(lru_hash, 9, struct wide, struct lookup, 64);
MAP(lru_percpu_hash, 10, u32, struct error, 64);
MAP(trie, 11, struct { u32 prefix; unsigned char address[16]; }, enum state, 64);
MAP(outer, 12, u32, u32, 4);
MAP(devmap, 14, u32, u32, 4);
MAP(sockmap, 15, u32, u32, 4);
MAP(cpumap, 16, u32, u32, 4);
MAP(cgroup_storage, 19, u64, struct statistics, 0);
MAP_WITHOUT_KEY(queue, 22, struct statistics, 16);
MAP_WITHOUT_KEY(stack, 23, u32, 16);
MAP(sk_storage, 24, int, u64, 0);
MAP(inode_storage, 28, int, u64, 0);
MAP(task_storage, 29, int, struct statistics, 0);
MAP_WITHOUT_KEY(filter, 30, struct flow, 64);
MAP_WITHOUT_KEY(commands, 31, struct flow, 4096);
MAP(cgrp_storage, 32, int, u32, 0);
MAP_OF_SIZES(arena, 33, 0, 0, 100);
MAP_OF_SIZES(newer, 99, 4, 4, 1);
MAP_OF_SIZES(by_size, 1, 6, 10, 16);
/* Values that are too large to be passed to a component. */
MAP_OF_SIZES(huge, 5, 4, 0x10000008, 1);

/* Names that other parts of the package have, and two names that become one label. */
MAP(types, 2, u32, u32, 1);
MAP(object, 2, u32, u32, 1);
MAP(skeleton, 2, u32, u32, 1);
MAP(delete, 2, u32, u32, 1);
MAP(Same_name, 2, u32, u32, 1);
MAP(same_name, 2, u32, u32, 1);

/* Maps whose records have one type or no known type. For `perf`, a test chooses several types by a number. */
struct opened { u32 kind; u32 process; char path[24]; };
struct closed { u32 kind; u64 duration; };
struct placed { u64 kind; u32 place; };
struct measured { u32 process; u32 count; u32 values[]; };

MAP_WITHOUT_KEY(events, 27, struct opened, 4096);
MAP_WITHOUT_KEY(samples, 27, struct measured, 4096);
struct { __uint(type, 27); __uint(max_entries, 4096); } unknown SEC(".maps");
MAP_OF_SIZES(perf, 4, 4, 4, 0);

struct closed closed;
struct placed placed;

const volatile u32 limit = 100;
const volatile char prefix[8] = "tool";
struct statistics total;
u64 counts[4][2];
void *address;
static volatile u32 hidden;
int initialized = 7;
u32 apart SEC(".data.apart") = 1;
struct { int level; } unnamed;

SEC("tp/sched/sched_switch")
int on_switch(void *context)
{
	(void)context;
	hidden += limit;
	return 0;
}

SEC("kprobe/do_unlinkat")
int on_unlink(void *context)
{
	(void)context;
	return 0;
}

SEC("xdp")
int self(void *context)
{
	(void)context;
	return 2;
}

__attribute__((noinline)) int helper(int number)
{
	return number + hidden;
}

SEC("xdp")
int drop(void *context)
{
	(void)context;
	return helper(initialized);
}

char _license[] SEC("license") = "GPL";
