/* Kfuncs: functions that the kernel lets BPF programs call. A tag marks them, if the compiler knows the attribute. */

struct foo { int value; };

#if __has_attribute(btf_decl_tag)
#define __kfunc __attribute__((btf_decl_tag("bpf_kfunc")))
#else
#define __kfunc
#endif

__kfunc int bpf_foo_acquire(struct foo *foo, int flags) { return foo->value & flags; }
__kfunc void bpf_foo_release(struct foo *foo) { foo->value = 0; }

/* This function has no tag, so it is no kfunc. */
int foo_value(struct foo *foo) { return foo->value; }
