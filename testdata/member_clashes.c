/* Names that clash inside one type, or with the names of anonymous types. */

/* Some fields already have the name that a renamed field would get. */
struct fields {
	int i_nlink;
	int __i_nlink;
	int rx_packets;
	int rxPackets;
	int rxpackets;
	int value;
	int Value;
	int value_alt2;
	int gen;
	int gen_field;
};

enum enumerators { X_OTHER, X_MAX, __X_MAX, X_max_ };
enum bits { BIT_A = 1, bit_a = 2, __BIT_A = 4 };
union arms { int number; float Number; double __number; };

/* Types with the names that anonymous types would get. */
struct parent {
	struct { int value; } member;
	union { int number; float ratio; } choice;
};
struct parent_member { int value; };
struct parent_choice_union { int value; };

struct fields fields;
enum enumerators enumerators;
enum bits bits;
union arms arms;
struct parent parent;
struct parent_member parent_member;
struct parent_choice_union parent_choice_union;
