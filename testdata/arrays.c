/* Arrays: dimensions, element types, const and typedef'd arrays. */

struct point {
	int x, y;
};

enum axis { AXIS_X, AXIS_Y, AXIS_Z };

typedef unsigned char mac_address[6];
typedef mac_address mac_table[4];
typedef char name_t[16];

/* clang nests the dimensions, pahole multiplies them, gcc 12 reverses them. */
struct dimensions {
	int one[4];
	int two[2][3];
	int three[2][3][5];
	int single_element[1];
};

struct characters {
	char plain[16];
	signed char signed_bytes[16];
	unsigned char digest[32];
	char lines[2][80];
	name_t named;
};

struct elements {
	struct point points[3];
	struct point grid[2][2];
	struct point *pointers[3];
	enum axis axes[3];
	_Bool truths[8];
	double samples[4];
	mac_address address;
	mac_table addresses;
};

struct const_arrays {
	const int numbers[4];
	const char *const names[2];
	volatile unsigned int registers[8];
};

/* The array is larger than a WIT list of fixed length may be (2^28 bytes). */
struct enormous {
	unsigned char bytes[(1ul << 28) + 1];
};

struct dimensions dimensions;
struct characters characters;
struct elements elements;
struct const_arrays const_arrays;
const struct enormous *enormous;
