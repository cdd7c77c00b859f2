/* The usual typedefs of fixed-width integers and bool: WIT has these types already, so the typedefs are left out. */

#define SPELLINGS(X)						\
	X(u8, unsigned char)		X(s8, signed char)	\
	X(u16, unsigned short)		X(s16, short)		\
	X(u32, unsigned int)		X(s32, int)		\
	X(u64, unsigned long long)	X(s64, long long)	\
	X(__u8, unsigned char)		X(__s8, signed char)	\
	X(__u16, unsigned short)	X(__s16, short)		\
	X(__u32, unsigned int)		X(__s32, int)		\
	X(__u64, unsigned long long)	X(__s64, long long)	\
	X(uint8_t, u8)			X(int8_t, s8)		\
	X(uint16_t, u16)		X(int16_t, s16)		\
	X(uint32_t, u32)		X(int32_t, s32)		\
	X(uint64_t, u64)		X(int64_t, s64)		\
	X(u_int8_t, u8)						\
	X(u_int16_t, u16)		X(__int16_t, s16)	\
	X(u_int32_t, u32)		X(__int32_t, s32)	\
	X(u_int64_t, u64)					\
	X(__uint8_t, u8)		X(__uint16_t, u16)	\
	X(__uint32_t, u32)		X(__uint64_t, u64)	\
	X(bool, _Bool)

/* These typedefs stay: their target is not what the name says, or their name is not usual. */
#define IMPOSTORS(X)						\
	X(U8, unsigned short)					\
	X(U32, unsigned int)					\
	X(__le32, unsigned int)					\
	X(__int8_t, char)					\
	X(__int64_t, int)

#define TYPEDEF(name, type) typedef type name;
#define FIELD(name, type) name field_##name;

SPELLINGS(TYPEDEF)
IMPOSTORS(TYPEDEF)

struct fixed_width {
	SPELLINGS(FIELD)
};

struct impostors {
	IMPOSTORS(FIELD)
};

struct fixed_width fixed_width;
struct impostors impostors;
