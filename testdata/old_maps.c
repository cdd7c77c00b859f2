/* Map definitions without types or with types in older forms, and sections that loaders fill in. */

#define SEC(name) __attribute__((section(name), used))
#define __uint(name, value) int (*name)[value]
#define __type(name, type) type *name

struct bpf_map_def {
	unsigned int type;
	unsigned int key_size;
	unsigned int value_size;
	unsigned int max_entries;
	unsigned int map_flags;
};

/* Maps as in libbpf before 1.0, and in gobpf. */
struct bpf_map_def SEC("maps") counts = { 1, 4, 8, 64, 0 };
struct bpf_map_def SEC("maps/flows") flows = { 1, 4, 8, 64, 0 };

/* The expansion of BPF_ANNOTATE_KV_PAIR, by which bpftool knows the types of such a map. */
struct flow { unsigned int from, to; };
struct bpf_map_def SEC("maps") annotated = { 1, 8, 8, 64, 0 };
struct ____btf_map_annotated {
	struct flow key;
	unsigned long long value;
};
struct ____btf_map_annotated ____btf_map_annotated SEC(".maps.annotated");

/* A map whose type is a number instead of a pointer to an array, and a variable that is no struct. */
struct {
	unsigned int type;
	int *key;
	unsigned long long *value;
} plain SEC(".maps") = { 2 };
int number SEC(".maps");

/* A map that has only sizes. */
struct {
	__uint(type, 1);
	__uint(key_size, 4);
	__uint(value_size, 24);
	__uint(max_entries, 8);
} sized SEC(".maps");

/* A map of a type that is newer than btf2wit's table. */
struct {
	__uint(type, 1000);
	__uint(max_entries, 8);
	__type(key, struct flow);
	__uint(value_size, 16);
} future SEC(".maps");

struct operations { int (*run)(void); int priority; };
struct operations scheduler SEC(".struct_ops") = { 0, 1 };
struct operations linked SEC(".struct_ops.link") = { 0, 2 };
struct operations optional SEC("?.struct_ops.link") = { 0, 3 };
struct flow in_arena SEC(".addr_space.1") = { 1, 2 };
struct flow first = { 1, 2 };
int second = 3;
struct flow custom SEC(".data.custom") = { 1, 2 };
static volatile int internal = 4;
static volatile int zeroed;
long zero;

#ifdef __bpf__
extern const int CONFIG_HZ __attribute__((section(".kconfig")));
#endif

SEC("xdp")
int program(void *context)
{
	static volatile int local = 5;

	(void)context;
#ifdef __bpf__
	local += CONFIG_HZ;
#endif
	return local + internal + zeroed;
}

char _license[] SEC("license") = "GPL";
