/* Names that are valid WIT, but break the Rust or C code generated from it. */

#define BREAKING(X)								\
	X(self) X(gen) X(ret_area) X(restrict) X(typeof) X(linux) X(unix)	\
	X(static_assert) X(thread_local) X(wchar_t) X(size_t)			\
	X(int8_t) X(int16_t) X(int32_t) X(int64_t)				\
	X(uint8_t) X(uint16_t) X(uint32_t) X(uint64_t)

#define TYPE(name) struct name { int value; };
#define FIELD(name) struct name name;
#define ARM(name) int name;
#define ENUMERATOR(name) name,

BREAKING(TYPE)

struct breaking {
	BREAKING(FIELD)
};

union breaking_arms {
	BREAKING(ARM)
};

enum breaking_enumerators {
	BREAKING(ENUMERATOR)
	harmless
};

/* Flags with these names would hide names of Rust's prelude or of generated code. */
enum some { SOME_A = 1, SOME_B = 2, SOME_C = 4 };
enum none { NONE_A = 1, NONE_B = 2, NONE_C = 4 };
enum ok { OK_A = 1, OK_B = 2, OK_C = 4 };
enum err { ERR_A = 1, ERR_B = 2, ERR_C = 4 };
enum guest { GUEST_A = 1, GUEST_B = 2, GUEST_C = 4 };

/* wit-bindgen generates a trait `Guest`, and wasmtime's `bindgen!` a trait `Host`. */
struct host { int host; };

struct breaking_flags {
	enum some some;
	enum none none;
	enum ok ok;
	enum err err;
	enum guest guest;
	struct host host;
};

/* Names with a meaning in the languages of bindings. The generators escape most, and btf2wit renames the others. */
struct other_languages {
	int crate, super, fn, impl, match, mod, mut, dyn, where, Self;
	int class, template, namespace, public, operator, this, new, delete;
	int _int, _float, _struct, _union, _return, _default;
	int true, false, asm, inline, offsetof, errno, yield, await;
};

struct breaking breaking;
union breaking_arms breaking_arms;
enum breaking_enumerators breaking_enumerators;
struct breaking_flags breaking_flags;
struct other_languages other_languages;
