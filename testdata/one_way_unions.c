/* Unions whose active arm does not matter: they have one arm, or the same members in every arm. */

union one_arm {
	unsigned long long only;
};

/* The kernel's struct_group(): the same members with and without a name. */
struct struct_group {
	int before;
	union {
		struct {
			int a, b;
		};
		struct {
			int a, b;
		} group;
	};
	int after;
};

struct pair {
	int first, second;
};

union same_arms {
	struct pair one;
	struct pair other;
};

struct uses_them {
	union one_arm one_arm;
	union same_arms same_arms;
	union {
		int inline_only;
	} in_place;
	union {
		int unnamed_only;
	};
};

struct struct_group struct_group;
struct uses_them uses_them;
