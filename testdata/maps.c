/* BPF maps and data sections: types that only a map uses, and variables of the usual sections. */

#define SEC(name) __attribute__((section(name), used))
#define __uint(name, value) int (*name)[value]
#define __type(name, type) type *name

#define BPF_MAP_TYPE_HASH 1
#define BPF_MAP_TYPE_ARRAY 2

struct key {
	unsigned int address;
	unsigned short port;
};

struct counters {
	unsigned long long packets;
	unsigned long long bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct key);
	__type(value, struct counters);
} connections SEC(".maps");

/* The value is a type without a name. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, unsigned int);
	__type(value, struct { int level; });
} settings SEC(".maps");

struct config {
	int verbose;
	int target;
};

const volatile struct config config = { 1, 2 };
struct counters initialized = { 1, 2 };
struct counters zeroed;
static volatile int internal;
char _license[] SEC("license") = "GPL";

#ifdef __bpf__
/* The loader fills these in from the running kernel. */
extern const int CONFIG_HZ __attribute__((section(".kconfig")));
extern int bpf_kernel_function(struct key *key) __attribute__((section(".ksyms")));
#endif

SEC("xdp")
int program(void *context)
{
	struct key key = { 0, 0 };

	(void)context;
	internal += config.verbose;
#ifdef __bpf__
	internal += CONFIG_HZ + bpf_kernel_function(&key);
#endif
	return internal + key.port;
}
