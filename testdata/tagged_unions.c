/* Tagged unions: a number in the union, beside it or in an outer struct says which arm is active. */

struct any {
	unsigned short family;
	unsigned char data[14];
};

struct in4 {
	unsigned short family, port;
	unsigned int address;
};

struct in6 {
	unsigned short family, port;
	unsigned int flow;
	unsigned char address[16];
	unsigned int scope;
};

union address {
	struct any any;
	struct in4 in4;
	struct in6 in6;
};

/* The number is in the union itself. */
struct connection {
	unsigned long long time;
	union address local;
};

struct header {
	unsigned char type, length;
};

union body {
	unsigned int num;
	unsigned char mac[6];
	unsigned long long big;
};

/* The number is in an array of structs beside the union. */
struct packet {
	struct header headers[2];
	union body body;
};

struct inside {
	union body body;
};

/* The number is in an outer struct. */
struct outer {
	unsigned int kind;
	struct inside in;
};

/* The number is in an outer struct, and the union is in an array. */
struct several {
	unsigned short kind;
	struct inside items[2];
};

/* Each element of the array has a number of its own, which selects the arm of the union in this element. */
struct batch {
	unsigned int count;
	struct outer items[2];
};

struct in_bits {
	unsigned int kind:4, rest:28;
	union body body;
};

enum which { WHICH_NUM = -1, WHICH_MAC, WHICH_BIG };

/* The number is after the union. */
struct by_enum {
	union body body;
	enum which which;
	enum which narrow:2;
};

struct by_bool {
	_Bool big;
	union body body;
};

struct by_sign {
	signed char kind;
	union body body;
};

/* The number and the union are in unnamed members. */
struct unnamed {
	union {
		struct {
			unsigned short low, kind;
		};
		unsigned int word;
	};
	union {
		struct {
			unsigned int id;
			union body body;
		};
		unsigned long long raw;
	};
};

struct connection connection;
struct packet packet;
struct outer outer;
struct several several;
struct batch batch;
struct in_bits in_bits;
struct by_enum by_enum;
struct by_bool by_bool;
struct by_sign by_sign;
struct unnamed unnamed;
