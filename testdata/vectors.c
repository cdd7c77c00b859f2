/* SIMD vectors: BTF has no kind for them. clang and pahole write arrays. gcc -gbtf writes void, which has no size. */

typedef float float4 __attribute__((vector_size(16)));
typedef unsigned char byte16 __attribute__((vector_size(16)));

struct vectors {
	float4 position;
	byte16 block;
	unsigned int after;
};

struct vectors vectors;
