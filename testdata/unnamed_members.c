/* Unnamed members: the members of an unnamed struct join its parent, and an unnamed union is one field. */

struct tagged {
	int from_tagged;
	int also_from_tagged;
};

union choice {
	int number;
	float ratio;
};

typedef struct {
	int from_typedef;
} typedefed;

struct flattened {
	int before;
	struct {
		int x;
		struct {
			int deep;
		};
	};
	int after;
};

/* Unnamed members of named types: -fms-extensions, as in the kernel since 7.0. */
struct flattened_tagged {
	int before;
	struct tagged;
	typedefed;
	int after;
};

struct named_union {
	int kind;
	union choice;
};

struct unnamed_union {
	int kind;
	union {
		int number;
		float ratio;
	};
	union {
		struct {
			int low, high;
		};
		long long whole;
	};
};

/* Two members that would get one WIT name. They are in one struct only after flattening. */
struct meets_when_flattened {
	int value;
	struct {
		int __value;
	};
};

struct flattened flattened;
struct flattened_tagged flattened_tagged;
struct named_union named_union;
struct unnamed_union unnamed_union;
struct meets_when_flattened meets_when_flattened;
