/* Arrays without a length: at the end of a type, elements follow, and in other places none. */

struct item {
	unsigned int key;
	unsigned int value;
};

struct flexible_last {
	unsigned int count;
	struct item items[];
};

struct zero_length_last {
	unsigned int count;
	unsigned char data[0];
};

/* A marker, as in sk_buff: it holds no data. */
struct zero_length_middle {
	unsigned int before;
	unsigned char marker[0];
	unsigned int after;
};

union zero_length_arm {
	unsigned long long whole;
	unsigned char bytes[0];
};

/* A copy of the kernel's DECLARE_FLEX_ARRAY. */
#define DECLARE_FLEX_ARRAY(TYPE, NAME)		\
	struct {				\
		struct { } __empty_##NAME;	\
		TYPE NAME[];			\
	}

struct wrapped_last {
	unsigned int count;
	DECLARE_FLEX_ARRAY(struct item, items);
};

struct wrapped_in_union {
	unsigned int kind;
	union {
		DECLARE_FLEX_ARRAY(unsigned char, bytes);
		DECLARE_FLEX_ARRAY(unsigned int, words);
	};
};

/* A struct that ends with a struct that has a flexible array. */
struct embeds_flexible {
	unsigned int before;
	struct flexible_last last;
};

struct nested_zero {
	unsigned int count;
	unsigned char rows[0][16];
	unsigned char columns[16][0];
};

struct flexible_last flexible_last;
struct zero_length_last zero_length_last;
struct zero_length_middle zero_length_middle;
union zero_length_arm zero_length_arm;
struct wrapped_last wrapped_last;
struct wrapped_in_union wrapped_in_union;
struct embeds_flexible embeds_flexible;
struct nested_zero nested_zero;
