/* Pointers: all of them have one alias in WIT, and doc comments show their C types. */

struct target {
	int value;
};

struct never_defined;
union never_defined_union;

typedef struct target *target_ptr;
typedef int (*compare_fn)(const void *left, const void *right);

struct pointers {
	void *anything;
	int *number;
	char *text;
	struct target *target;
	struct target **indirect;
	struct pointers *self_reference;
	struct never_defined *forward;
	union never_defined_union *forward_union;
	target_ptr through_typedef;
};

struct qualified {
	const char *pointer_to_const;
	char *const const_pointer;
	volatile unsigned int *device_register;
	unsigned int *volatile moving;
	int *__restrict restricted;
	const volatile void *const everything;
};

struct function_pointers {
	void (*no_arguments)(void);
	int (*with_arguments)(struct target *target, unsigned long flags);
	compare_fn through_typedef;
	int (*varargs)(const char *format, ...);
	struct target *(*returns_pointer)(int);
	int (**indirect)(void);
};

struct pointers pointers;
struct qualified qualified;
struct function_pointers function_pointers;
struct target target;
