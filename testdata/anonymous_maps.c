/* Anonymous types of maps and variables: they are named after the map or the variable. */

#define SEC(name) __attribute__((section(name), used))
#define __uint(name, value) int (*name)[value]
#define __type(name, type) __typeof__(type) *name
#define __array(name, type) __typeof__(type) *name[]

#define BPF_MAP_TYPE_HASH 1
#define BPF_MAP_TYPE_ARRAY 2
#define BPF_MAP_TYPE_ARRAY_OF_MAPS 12
#define BPF_MAP_TYPE_ARENA 33

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 3);
	__type(key, struct { unsigned int pid; unsigned long long cookie; });
	__type(value, struct { unsigned long long count; unsigned int last; });
} stats SEC(".maps");

/* The same two types in another map: each map gets items of its own. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 3);
	__type(key, struct { unsigned int pid; unsigned long long cookie; });
	__type(value, struct { unsigned long long count; unsigned int last; });
} totals SEC(".maps");

/* A key without an item of its own, a value that is an array, and anonymous types inside the value. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, char[16]);
	struct {
		enum { IDLE, BUSY } state;
		union { int number; char text[4]; } content;
		struct { short x, y; } points[2];
	} (*value)[2];
} by_name SEC(".maps");

/* A typedef names the type, so the item has the name of the typedef. */
typedef struct { int seconds; } elapsed_t;
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, unsigned int);
	__type(value, elapsed_t);
} timer SEC(".maps");

/* Maps in a map. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, unsigned int);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_HASH);
		__uint(max_entries, 8);
		__type(key, struct { unsigned int cpu; });
		__type(value, union { int number; unsigned char raw[8]; });
	});
} outer SEC(".maps");

/* A map without key and value. Its map_extra is a number in an anonymous enum, as libbpf's __ulong() writes it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(max_entries, 100);
	enum { unique_value0 = 1 << 20 } map_extra;
} arena SEC(".maps");

/* Named types already have the labels that the anonymous types of the map `taken` would get. */
struct taken { int is; };
struct taken_key { int is; };
struct taken_value_struct { int is; };
struct taken taken_itself;
struct taken_key taken_by;
struct taken_value_struct taken_too;
union taken_value { int is; } taken_as_well;
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct { int key; });
	__type(value, struct { int value; });
} taken SEC(".maps");

/* Variables of every kind. self is a keyword in generated code. stats_key has the label of the key of the map stats. */
const volatile struct { unsigned int target; char comm[8]; } cfg = { 7, "abc" };
struct { int own; } self = { 1 };
struct { int mine; } stats_key = { 1 };
enum { OFF, ON, AUTO } mode = ON;
enum { RED = 1, GREEN = 2, BLUE = 4 } colours;
union { int integer; float real; } either;
struct { int left; struct { int x; } right; } pairs[2][3];
static volatile struct { int hidden; } internal;
struct { int pointed_to; } *pointer;
struct { } nothing;

SEC("xdp")
int program(void *context)
{
	(void)context;
	return cfg.target + internal.hidden;
}
