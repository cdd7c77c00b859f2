/* Structs: nested, packed, aligned, const members. */

struct inner {
	unsigned char tag;
	unsigned int value;
};

struct nested {
	struct inner first;
	const struct inner second;
	struct declared_inside {
		short a, b;
	} third;
	struct {
		int x, y;
	} unnamed_type;
};

struct packed {
	unsigned char tag;
	unsigned int at_one;
	unsigned long long at_five;
} __attribute__((packed));

struct packed_member {
	unsigned char tag;
	unsigned int at_one __attribute__((packed));
	unsigned int at_eight;
};

struct aligned {
	unsigned char tag;
	unsigned char at_sixteen __attribute__((aligned(16)));
	struct inner at_sixty_four __attribute__((aligned(64)));
} __attribute__((aligned(64)));

struct tail_padding {
	unsigned long long first;
	unsigned char last;
};

struct one_field {
	int only;
};

struct nested nested;
struct packed packed;
struct packed_member packed_member;
struct aligned aligned;
struct tail_padding tail_padding;
struct one_field one_field;
