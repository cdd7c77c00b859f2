/* Anonymous types: they are named after the typedef, member or variable that has them, or left out. */

struct parent {
	struct {
		int x;
		struct {
			int deep;
			enum { DEEP_A, DEEP_B } kind;
		} inner;
	} in_member;
	union {
		int number;
		struct {
			short low, high;
		} halves;
	} choice;
	enum { PARENT_IDLE, PARENT_BUSY } state;
	struct {
		int cell;
	} list[4];
	struct {
		int cell;
	} grid[2][3];
	const struct {
		int fixed;
	} constant;
};

/* The same shape in two members; pahole makes one type of the two. */
struct same_shape {
	struct { int x, y; } from;
	struct { int x, y; } to;
};

/* One type, used by two members. */
struct shared {
	struct { int value; } first, second;
};

typedef struct {
	struct { int value; } nested;
	enum { TYPEDEF_A, TYPEDEF_B } kind;
} in_typedef;

/* Only pointers refer to these types. An address needs no type, so they are left out. */
struct behind_pointer {
	struct { int hidden; } *target;
	struct { int hidden; } *targets[2];
	union { int hidden; } **indirect;
};

/* Only a variable has this type. */
struct { int value; } global;

/* Constants: no type refers to this enum. */
enum { LIMIT_MIN = 1, LIMIT_MAX = 4096 };

int over_limit(int value)
{
	return value > LIMIT_MAX || value < LIMIT_MIN;
}

struct parent parent;
struct same_shape same_shape;
struct shared shared;
in_typedef in_typedef_variable;
struct behind_pointer behind_pointer;
