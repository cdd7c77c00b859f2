/* Kernel types that a program reads by name: its CO-RE relocations refer to them. */

#define SEC(name) __attribute__((section(name), used))
#ifdef __bpf__
#define KERNEL __attribute__((preserve_access_index))
#else
#define KERNEL
#endif

struct cred { unsigned int uid; } KERNEL;
struct task_struct { int pid; const struct cred *cred; } KERNEL;

/* No relocation refers to these types. */
struct own { int count; };
struct untouched { long word; } KERNEL;

struct own own;
struct untouched *pointer;

SEC("raw_tp")
int program(struct task_struct *task)
{
	own.count += task->pid;
	return task->cred->uid;
}

char _license[] SEC("license") = "GPL";
