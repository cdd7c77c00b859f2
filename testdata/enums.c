/* Enums: values of every sort, sizes, several names for one value. */

enum dense { DENSE_A, DENSE_B, DENSE_C };
enum sparse { SPARSE_A = 3, SPARSE_B = 700, SPARSE_C = 65536 };
enum unordered { UNORDERED_HIGH = 9, UNORDERED_LOW = 5, UNORDERED_MIDDLE = 7 };
enum negative { NEGATIVE_FAIL = -1, NEGATIVE_OK, NEGATIVE_MIN = -2147483647 - 1 };
enum single { SINGLE_ONLY = 42 };

enum equal_values {
	EQUAL_FIRST,
	EQUAL_SECOND,
	EQUAL_ALIAS = EQUAL_SECOND,
	EQUAL_THIRD,
	EQUAL_LAST = EQUAL_THIRD
};

enum big_unsigned { BIG_LOW = 1, BIG_HIGH = 0xffffffffu };
enum tiny { TINY_A, TINY_B, TINY_C = 200 } __attribute__((packed));
enum tiny_signed { TINY_MINUS = -100, TINY_PLUS = 100 } __attribute__((packed));
enum two_bytes { TWO_A = 1, TWO_B = 40000 } __attribute__((packed));

/* pahole writes these as ENUM64. clang 14 and gcc 12 do not know this kind, and cut or drop the values. */
enum wide_unsigned { WIDE_LOW = 1, WIDE_HIGH = 0x8000000000000001ull };
enum wide_signed { WIDE_MINUS = -1ll, WIDE_FAR = -0x100000000ll };

typedef enum { ANONYMOUS_A, ANONYMOUS_B } anonymous_enum;
typedef enum dense dense_t;

/* GNU C: an enum without a list of enumerators, so BTF has no enumerators either. */
enum declared_only;

struct enums {
	enum dense dense;
	enum sparse sparse;
	enum unordered unordered;
	enum negative negative;
	enum single single;
	enum equal_values equal_values;
	enum big_unsigned big_unsigned;
	enum tiny tiny;
	enum tiny_signed tiny_signed;
	enum two_bytes two_bytes;
	enum wide_unsigned wide_unsigned;
	enum wide_signed wide_signed;
	anonymous_enum anonymous_enum;
	dense_t dense_t;
	enum declared_only *declared_only;
	enum { INLINE_A, INLINE_B } in_place;
};

struct enums enums;
