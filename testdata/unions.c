/* Unions: arms of every shape. */

union value {
	unsigned char u8;
	unsigned int u32;
	unsigned long long u64;
	char text[8];
	void *address;
};

struct uses_named {
	int kind;
	union value value;
	union value values[2];
};

/* An unnamed struct as an arm, next to plain ones. */
union ipv4_address {
	unsigned int word;
	unsigned char bytes[4];
	struct {
		unsigned short high, low;
	};
	struct {
		unsigned char a, b, c, d;
	} parts;
};

union union_in_union {
	int number;
	union {
		float ratio;
		double precise;
	};
	union {
		int left;
		int right;
	} named;
};

union bitfield_arm {
	unsigned int whole;
	unsigned int low:4;
	struct {
		unsigned int version:4, length:4;
	};
};

struct array_of_anonymous {
	union {
		int number;
		float ratio;
	} cells[4];
};

struct uses_named uses_named;
union ipv4_address ipv4_address;
union union_in_union union_in_union;
union bitfield_arm bitfield_arm;
struct array_of_anonymous array_of_anonymous;
