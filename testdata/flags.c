/* Enums that are flags, and enums that only look like flags. */

enum clear_flags { CLEAR_READ = 1, CLEAR_WRITE = 2, CLEAR_EXECUTE = 4 };
enum sparse_bits { SPARSE_LOW = 1 << 3, SPARSE_MIDDLE = 1 << 9, SPARSE_HIGH = 1 << 30 };
enum tiny_bits { TINY_1 = 0x01, TINY_10 = 0x10, TINY_80 = 0x80 } __attribute__((packed));
enum sign_bit { SIGN_A = 1, SIGN_B = 2, SIGN_TOP = -2147483647 - 1 };

enum zero_and_ors {
	OR_NONE = 0,
	OR_A = 1,
	OR_B = 2,
	OR_C = 4,
	OR_D = 8,
	OR_AB = OR_A | OR_B,
	OR_ALL = OR_A | OR_B | OR_C | OR_D
};

enum equal_bits { SAME_A = 1, SAME_B = 2, SAME_C = 4, SAME_ALIAS_OF_B = 2 };

#define BIT(n) BIT_##n = 1u << n
enum thirty_two_bits {
	BIT(0), BIT(1), BIT(2), BIT(3), BIT(4), BIT(5), BIT(6), BIT(7),
	BIT(8), BIT(9), BIT(10), BIT(11), BIT(12), BIT(13), BIT(14), BIT(15),
	BIT(16), BIT(17), BIT(18), BIT(19), BIT(20), BIT(21), BIT(22), BIT(23),
	BIT(24), BIT(25), BIT(26), BIT(27), BIT(28), BIT(29), BIT(30), BIT(31)
};

/* One bit more than the flags of WIT may have. */
#define WIDE(n) WIDE_##n = 1ull << n
enum thirty_three_bits {
	WIDE(0), WIDE(1), WIDE(2), WIDE(3), WIDE(4), WIDE(5), WIDE(6), WIDE(7),
	WIDE(8), WIDE(9), WIDE(10), WIDE(11), WIDE(12), WIDE(13), WIDE(14), WIDE(15),
	WIDE(16), WIDE(17), WIDE(18), WIDE(19), WIDE(20), WIDE(21), WIDE(22), WIDE(23),
	WIDE(24), WIDE(25), WIDE(26), WIDE(27), WIDE(28), WIDE(29), WIDE(30), WIDE(31),
	WIDE(32)
};

/* Not flags: too few single bits, counters, values that are no OR of the single bits, as many ORs as bits. */
enum two_bits { TWO_A = 1, TWO_B = 2 };
enum from_zero { FROM_ZERO_0, FROM_ZERO_1, FROM_ZERO_2, FROM_ZERO_3, FROM_ZERO_4 };
enum from_one { FROM_ONE_1 = 1, FROM_ONE_2, FROM_ONE_3, FROM_ONE_4 };
enum stray_value { STRAY_A = 1, STRAY_B = 2, STRAY_C = 4, STRAY_NINE = 9 };
enum minus_one { MINUS_ONE = -1, MINUS_A = 1, MINUS_B = 2, MINUS_C = 4 };
enum too_many_ors { MANY_A = 1, MANY_B = 2, MANY_C = 4, MANY_AB = 3, MANY_AC = 5, MANY_ABC = 7 };
enum only_ors { ONLY_AB = 3, ONLY_AC = 5, ONLY_BC = 6 };

struct flags {
	enum clear_flags clear_flags;
	enum sparse_bits sparse_bits;
	enum tiny_bits tiny_bits;
	enum sign_bit sign_bit;
	enum zero_and_ors zero_and_ors;
	enum equal_bits equal_bits;
	enum thirty_two_bits thirty_two_bits;
	enum thirty_three_bits thirty_three_bits;
	enum clear_flags in_bitfield:3;
	enum clear_flags list[2];
};

struct not_flags {
	enum two_bits two_bits;
	enum from_zero from_zero;
	enum from_one from_one;
	enum stray_value stray_value;
	enum minus_one minus_one;
	enum too_many_ors too_many_ors;
	enum only_ors only_ors;
};

struct flags flags;
struct not_flags not_flags;
