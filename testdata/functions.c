/* Functions: parameters of every sort, and names that clash with those of types. */

typedef unsigned int uint32_t;

struct foo { int value; };
struct packet { int length; };
struct empty { };
enum verdict { VERDICT_DROP, VERDICT_PASS };

/* wit-bindgen's C generator makes foo_t and foo_free for the type foo. */
int foo_t(struct foo *foo) { return foo->value; }
void foo_free(struct foo *foo) { foo->value = 0; }

/* A function with the name of a type. */
int packet(struct packet *packet) { return packet->length; }

/* Two functions whose names become one WIT name. */
int do_work(int value) { return value + 1; }
int __do_work(int value) { return value + 2; }

/* Every kernel has a function of this name, which is also the WIT name of the alias for addresses. */
int pointer(void *pointer) { return pointer != 0; }

void nothing(void) { }
enum verdict judge(const struct packet *packet, enum verdict otherwise)
{
	return packet->length ? VERDICT_PASS : otherwise;
}
int scalars(_Bool b, char c, unsigned long long u, int array[4], int (*callback)(int, long))
{
	return b + c + (int)u + array[0] + callback(1, 2);
}
struct foo *returns_pointer(struct foo *foo) { return foo; }

/* Parameters whose names are keywords of WIT, break C, or clash. */
int parameters(int from, int list, int self, int size_t, uint32_t uint8_t)
{
	return from + list + self + size_t + (int)uint8_t;
}
int clash(int value, int Value, int __value) { return value + Value + __value; }

static __attribute__((noinline, used)) int hidden(int value) { return value * 2; }

/* A BPF function takes no variable arguments, and takes or returns a struct by value only if it is inlined. */
#ifndef __bpf__
struct foo by_value(struct foo foo, struct empty empty, int after)
{
	foo.value += after;
	(void)empty;
	return foo;
}
int log_message(const char *format, ...) { return format[0]; }
#else
static __inline struct foo by_value(struct foo foo, struct empty empty, int after)
{
	foo.value += after;
	(void)empty;
	return foo;
}
int calls_by_value(struct foo *foo, struct empty *empty)
{
	return by_value(*foo, *empty, 1).value;
}
#endif

/* Unnamed parameters exist in prototypes only. */
struct operations {
	int (*open)(struct foo *, int flags, unsigned long);
	struct foo (*copy)(struct foo);
	int (*print)(const char *, ...);
};
struct operations operations;
