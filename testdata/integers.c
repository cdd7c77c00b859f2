/* Integers: every width and sign, bool, char and the sizes that depend on the target. */

typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ssize_t;
typedef __UINTPTR_TYPE__ uintptr_t;

/* Producers disagree on the sign and the encoding of plain char. */
struct integers {
	_Bool truth;
	char plain;
	signed char signed8;
	unsigned char unsigned8;
	short signed16;
	unsigned short unsigned16;
	int signed32;
	unsigned int unsigned32;
	long long signed64;
	unsigned long long unsigned64;
};

/* 4 bytes on i686, 8 elsewhere. */
struct target_sized {
	long signed_word;
	unsigned long unsigned_word;
	size_t size;
	ssize_t signed_size;
	uintptr_t address;
};

/* No 16-byte integer on 32-bit targets. */
#ifdef __SIZEOF_INT128__
struct sixteen_bytes {
	__int128 signed128;
	unsigned __int128 unsigned128;
	unsigned __int128 pair[2];
};
struct sixteen_bytes sixteen_bytes;
#endif

struct integers integers;
struct target_sized target_sized;
