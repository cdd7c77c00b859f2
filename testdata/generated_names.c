/* Names that are valid WIT, but that bindings generators also make for something else. */

/* The alias for addresses has this name. */
struct pointer {
	void *pointer;
};

/* The C generator calls list<head> list_head, and tuple<u64, u64> tuple2_u64_u64. */
struct head { int value; };
struct list_head { struct list_head *next, *prev; };
struct list_u8 { int value; };
struct option_head { struct head head; };
struct result_head_head { struct head head; };
struct tuple2_u64_u64 { int value; };

struct helpers {
	struct head heads[2];
	struct list_head link;
	char bytes[4];
	struct list_u8 list_u8;
	struct tuple2_u64_u64 tuple;
#ifdef __SIZEOF_INT128__
	unsigned __int128 wide;
#endif
};

/* In C bindings, each of these enums would get a macro MACRO_BAR_BAZ. */
enum macro { MACRO_NONE, BAR_BAZ };
enum macro_bar { MACRO_BAR_NONE, BAZ };

struct pointer pointer;
struct option_head option_head;
struct result_head_head result_head_head;
struct helpers helpers;
enum macro macro;
enum macro_bar macro_bar;
