/* Types whose labels would be equal or too similar. The type with the plainest C name keeps its label. */

/* These differ in capitals, and are different kinds of type. */
struct context { int value; };
enum Context { CONTEXT_A, CONTEXT_B };
union irte { int low; long long whole; };
struct IRTE { int value; };

/* The labels of these would differ only in a hyphen, so bindings would give them one name. */
struct io_apic { int value; };
struct ioapic { int value; };
struct shm_info { int value; };
struct shminfo { int value; };

/* These differ in leading underscores. */
struct sk_buff { int value; };
struct __sk_buff { int value; };
struct ___sk_buff { int value; };

/* These differ in capitals. */
struct zstd_cctx { int value; };
typedef struct ZSTD_CCtx_s { int value; } ZSTD_CCtx;

/* A typedef with the name of a struct, but for another type. */
struct job { int value; };
typedef int job;

/* Three names of one integer type. */
typedef unsigned int u_int;
typedef unsigned int uint;
typedef unsigned int uInt;

struct types {
	struct context context;
	enum Context Context_enum;
	union irte irte;
	struct IRTE IRTE_struct;
	struct io_apic io_apic;
	struct ioapic ioapic_2;
	struct shm_info shm_info;
	struct shminfo shminfo_2;
	struct sk_buff sk_buff;
	struct __sk_buff sk_buff_2;
	struct ___sk_buff sk_buff_3;
	struct zstd_cctx zstd_cctx;
	ZSTD_CCtx zstd_cctx_2;
	struct job job;
	job job_typedef;
	u_int first;
	uint second;
	uInt third;
};

struct types types;
