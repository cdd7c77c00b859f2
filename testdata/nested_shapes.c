/* Nested declarators, which the doc comments of the WIT must show correctly. */

struct node {
	int value;
};

typedef int row_t[3];
typedef row_t matrix_t[2];
typedef int (*handler_t)(struct node *node);
typedef handler_t handlers_t[4];

struct nested_arrays {
	row_t rows[2];
	matrix_t matrix;
	matrix_t matrices[2];
	struct node nodes[2][3][4];
};

struct nested_pointers {
	struct node **two;
	struct node ***three;
	struct node *const *const volatile mixed;
	struct node *list[3];
	struct node *table[2][3];
	struct node (*to_array)[3];
	struct node *(*to_array_of_pointers)[3];
	struct node (**to_pointer_to_array)[2][3];
};

struct function_pointers {
	int (*simple)(int value);
	int (*array[2])(int value);
	int (*table[2][3])(int value);
	int (**to_pointer)(int value);
	int (*takes_function)(int (*inner)(int value), int value);
	int (*takes_cube)(int cube[2][3][5], const char (*names)[16]);
	int (*(*returns_function)(int value))(long argument);
	int (*(*returns_array)(void))[3];
	const struct node *(*returns_const)(const struct node *const node);
	handler_t handler;
	handlers_t handlers;
	void (*callbacks[2])(handler_t handler, handlers_t *all);
};

struct nested_arrays nested_arrays;
struct nested_pointers nested_pointers;
struct function_pointers function_pointers;
struct node node;
