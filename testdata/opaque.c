/* Structs and unions with a size but no members, since BTF drops unnamed bitfields. They become bytes. */

/* struct bpf_timer of Linux 6.1. */
struct bpf_timer {
	unsigned long long :64;
	unsigned long long :64;
} __attribute__((aligned(8)));

union opaque_union {
	unsigned int :32;
};

struct has_timer {
	unsigned int id;
	struct bpf_timer timer;
	union opaque_union hidden;
	struct {
		unsigned int :32;
	} in_place;
	struct bpf_timer timers[2];
};

struct has_timer has_timer;
