/* Typedefs: some become types, some are left out, some cannot be written. */

typedef unsigned int first_t;
typedef first_t second_t;
typedef second_t third_t;
typedef const second_t const_t;

/* These have the same WIT names as their targets, and are left out. */
struct foo {
	int value;
};
typedef struct foo foo;

typedef struct _bar {
	int value;
} bar;

/* These become records and variants. Where two typedefs share a struct, each becomes a record. */
typedef struct {
	int x, y;
} anonymous_struct;

typedef struct {
	int shared;
} first_name, second_name;

typedef union {
	int number;
	float ratio;
} anonymous_union;

/* Another name for a named type. */
typedef struct foo other_name;

typedef int vector_t[3];
typedef struct {
	int cell;
} cells_t[2];
typedef struct {
	int hidden;
} *handle_t;
typedef int *int_ptr;

/* These types have no values. */
typedef struct never_defined never_defined_t;
typedef void nothing_t;
typedef int callback_t(int argument, void *context);

struct typedefs {
	third_t chain;
	const_t constant;
	foo foo;
	bar bar;
	anonymous_struct anonymous_struct;
	first_name first_name;
	second_name second_name;
	anonymous_union anonymous_union;
	other_name other_name;
	vector_t vector;
	cells_t cells;
	handle_t handle;
	int_ptr int_ptr;
	never_defined_t *never_defined;
	nothing_t *nothing;
	callback_t *callback;
};

struct typedefs typedefs;
