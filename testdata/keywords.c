/* WIT keywords as names of types, fields and enumerators: each needs a % in front, or a suffix as in from-type. */

/* Keywords of C have an underscore in front, which WIT names drop. */
#define KEYWORDS(X)								\
	X(use) X(type) X(func) X(u8) X(u16) X(u32) X(u64) X(s8) X(s16) X(s32)	\
	X(s64) X(f32) X(f64) X(_char) X(resource) X(own) X(borrow) X(record)	\
	X(flags) X(variant) X(_enum) X(bool) X(string) X(option) X(result)	\
	X(future) X(stream) X(error_context) X(list) X(map) X(as) X(from)	\
	X(_static) X(interface) X(tuple) X(world) X(import) X(export)		\
	X(package) X(constructor) X(include) X(with) X(async)

#define TYPE(name) struct name { int value; };
#define FIELD(name) struct name name;
#define ARM(name) int name;
#define ENUMERATOR(name) name,

KEYWORDS(TYPE)

struct keywords {
	KEYWORDS(FIELD)
};

union keyword_arms {
	KEYWORDS(ARM)
};

enum keyword_enumerators {
	KEYWORDS(ENUMERATOR)
	no_keyword
};

enum keyword_flags { Use = 1, Type = 2, Func = 4, Record = 8, Flags = 16 };

struct keywords keywords;
union keyword_arms keyword_arms;
enum keyword_enumerators keyword_enumerators;
enum keyword_flags keyword_flags;
