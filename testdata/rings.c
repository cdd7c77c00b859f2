/* The event types of ring buffers and perf event arrays: from the map, or declared as in Inspektor Gadget. */

#define SEC(name) __attribute__((section(name), used))
#define __uint(name, value) int (*name)[value]
#define __type(name, type) type *name
#define UNUSED __attribute__((unused))

#define BPF_MAP_TYPE_PERF_EVENT_ARRAY 4
#define BPF_MAP_TYPE_RINGBUF 27

/* GADGET_TRACER of include/gadget/macros.h, in the form until 2026 and in the form since. */
#define GADGET_TRACER(name, map, event) \
	const void *gadget_tracer_##name##___##map##___##event UNUSED; \
	const struct event *__gadget_tracer_type_##name UNUSED;
#define GADGET_TRACER_BY_TAG(name, map, event) \
	const int __ig_tracer_##name __attribute__(( \
		unused, btf_decl_tag("ig:tracer:" #name "___" #map "___" #event))) = 0; \
	const struct event *__gadget_tracer_type_##name UNUSED;

struct event { int pid; char comm[16]; };
struct opened { int pid; char path[32]; };
struct closed { int pid; int code; };

/* A map whose value has the type of the events. aya and cilium/ebpf load such maps, libbpf 1.1 refuses them. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
	__type(value, struct event);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} opens SEC(".maps");
GADGET_TRACER(open, opens, opened)

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} closes SEC(".maps");
#ifdef __clang__
GADGET_TRACER_BY_TAG(close, closes, closed)
#else
GADGET_TRACER(close, closes, closed)
#endif

/* A tracer of an unknown map, one of an unknown event type, and one for a map that already has an event type. */
GADGET_TRACER(odd, nowhere, closed)
const void *gadget_tracer_lost___opens___missing UNUSED;
GADGET_TRACER(late, events, closed)

SEC("xdp")
int program(void *context)
{
	(void)context;
	return 2;
}

char _license[] SEC("license") = "GPL";
