/* Perf event arrays. Their values are file descriptors in the kernel, and the definitions declare them in several ways. */

#define SEC(name) __attribute__((section(name), used))
#define __uint(name, value) int (*name)[value]
#define __type(name, type) type *name

#define BPF_MAP_TYPE_PERF_EVENT_ARRAY 4

typedef unsigned int u32;
struct event { int pid; };

/* The type of a descriptor. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__type(key, int);
	__type(value, u32);
} of_descriptors SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} of_sizes SEC(".maps");

/* The type of a descriptor, and a declaration of the type of the records as in Inspektor Gadget. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__type(key, int);
	__type(value, u32);
} of_traced SEC(".maps");
const void *gadget_tracer_trace___of_traced___event __attribute__((unused));

/* The type of the records. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__type(key, int);
	__type(value, struct event);
} of_events SEC(".maps");

SEC("xdp")
int program(void *context)
{
	(void)context;
	return 2;
}

char _license[] SEC("license") = "GPL";
