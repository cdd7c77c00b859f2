/* Bitfields: types, widths, positions and padding. */

enum color { RED, GREEN, BLUE };
enum sign { MINUS = -1, ZERO, PLUS };

typedef unsigned int u32;

struct kinds {
	unsigned int flag:1;
	unsigned int small:3;
	signed int number:5;
	unsigned int byte:8;
	unsigned int more_than_byte:9;
	_Bool truth:1;
	enum color color:2;
	enum sign sign:2;
	unsigned char in_char:4;
	u32 through_typedef:6;
	const unsigned int constant:2;
	unsigned int whole:32;
};

struct wide {
	unsigned long long w33:33;
	unsigned long long w31:31;
	unsigned long long w63:63;
	signed long long s48:48;
	unsigned long long w64:64;
};

/* Bitfields that cross the boundary of an aligned unit of their type. */
struct straddling {
	unsigned int a:24;
	unsigned int b:24;
	unsigned long long c:40;
	unsigned char after;
} __attribute__((packed));

/* Unnamed bitfields move the members after them. BTF does not record unnamed bitfields. */
struct padding {
	unsigned int first:3;
	unsigned int :5;
	unsigned int second:4;
	unsigned int :0;
	unsigned int third:1;
	unsigned short plain;
	unsigned short last:2;
};

#ifdef __SIZEOF_INT128__
struct beyond_64 {
	unsigned __int128 head:56;
	unsigned __int128 rest:72;
};
struct beyond_64 beyond_64;
#endif

struct kinds kinds;
struct wide wide;
struct straddling straddling;
struct padding padding;
