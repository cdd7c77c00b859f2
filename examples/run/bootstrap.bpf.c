// Reports every process that starts a program or ends.

#include "bpf.h"
#include "event.h"

struct task_struct {
	int pid;
	int tgid;
	int exit_code;
	struct task_struct *real_parent;
} KERNEL;

struct linux_binprm {
	const char *filename;
} KERNEL;

// The filters, which a guest sets before it loads the object.
const volatile struct settings settings;

// Start times by process id, in nanoseconds since boot.
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, int);
	__type(value, __u64);
} start SEC(".maps");

// The names of the processes that are not reported.
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct name);
	__type(value, __u8);
} ignored SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1024 * 1024);
} events SEC(".maps");

// The number of events for which the ring buffer had no room. The kernel does not count them.
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} lost SEC(".maps");

// Without this pointer, clang leaves the type out of the BTF, since no map and no argument has it.
const struct event *unused __attribute__((unused));

static struct event *begin_event(const char *comm)
{
	struct name name;
	struct event *event;
	__u64 *count;

	__builtin_memcpy(name.comm, comm, COMM_LEN);
	if (bpf_map_lookup_elem(&ignored, &name))
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		count = bpf_map_lookup_elem(&lost, &(__u32){0});
		if (count)
			__sync_fetch_and_add(count, 1);
		return 0;
	}
	// The memory of the ring buffer has the bytes of older events, which must not get into this one.
	__builtin_memset(event, 0, sizeof(*event));
	__builtin_memcpy(event->comm, comm, COMM_LEN);
	return event;
}

static int wanted(unsigned exit_code, __u64 duration_ns)
{
	return duration_ns >= settings.min_duration_ns && (exit_code || !settings.failures_only);
}

// Returns whether starts of programs are reported. The filters need an exit code and a duration, which a start does not
// have.
static int execs_wanted(void)
{
	return !settings.min_duration_ns && !settings.failures_only;
}

SEC("tp_btf/sched_process_exec")
int handle_exec(__u64 *arguments)
{
	struct task_struct *task = (void *)arguments[0];
	struct linux_binprm *binprm = (void *)arguments[2];
	char comm[COMM_LEN] = {};
	struct event *event;
	int pid = task->tgid;
	__u64 now = bpf_ktime_get_ns();

	bpf_map_update_elem(&start, &pid, &now, 0);
	if (!execs_wanted())
		return 0;
	bpf_get_current_comm(comm, sizeof(comm));
	event = begin_event(comm);
	if (!event)
		return 0;
	event->pid = pid;
	event->ppid = task->real_parent->tgid;
	bpf_probe_read_kernel_str(event->filename, sizeof(event->filename), binprm->filename);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int handle_exit(__u64 *arguments)
{
	struct task_struct *task = (void *)arguments[0];
	char comm[COMM_LEN] = {};
	struct event *event;
	int pid = task->tgid;
	unsigned exit_code;
	__u64 duration_ns = 0, *began;

	// Only the end of a process's main thread is reported, and not that of its other threads.
	if (task->pid != pid)
		return 0;
	began = bpf_map_lookup_elem(&start, &pid);
	if (began)
		duration_ns = bpf_ktime_get_ns() - *began;
	bpf_map_delete_elem(&start, &pid);
	exit_code = (task->exit_code >> 8) & 0xff;
	if (!wanted(exit_code, duration_ns))
		return 0;
	bpf_get_current_comm(comm, sizeof(comm));
	event = begin_event(comm);
	if (!event)
		return 0;
	event->pid = pid;
	event->ppid = task->real_parent->tgid;
	event->exit_code = exit_code;
	event->duration_ns = duration_ns;
	event->exit_event = 1;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

static void known_exec(int pid, const char *comm, const char *filename)
{
	struct event *event;

	if (!execs_wanted())
		return;
	event = begin_event(comm);
	if (!event)
		return;
	event->pid = pid;
	event->ppid = 1;
	__builtin_memcpy(event->filename, filename, 32);
	bpf_ringbuf_submit(event, 0);
}

static void known_exit(int pid, const char *comm, unsigned exit_code, __u64 duration_ns)
{
	struct event *event;

	if (!wanted(exit_code, duration_ns))
		return;
	event = begin_event(comm);
	if (!event)
		return;
	event->pid = pid;
	event->ppid = 1;
	event->exit_code = exit_code;
	event->duration_ns = duration_ns;
	event->exit_event = 1;
	bpf_ringbuf_submit(event, 0);
}

// These constants are not static, since loaders do not tell the kernel the offsets of static variables.
const char TRUE[COMM_LEN] = "true", SLEEP[COMM_LEN] = "sleep", NOISE[COMM_LEN] = "noise",
	   LONG[COMM_LEN] = "a-name-of-15-ch";
const char BIN_TRUE[32] = "/bin/true", BIN_SLEEP[32] = "/usr/bin/sleep",
	   NOT_UTF8[32] = "/tmp/\xff\xfe/caf\xc3\xa9";

// Writes the same events each time. The section names no tracepoint: a guest runs the program, or `--attach` gives it a
// target.
SEC("raw_tp")
int once(__u64 *arguments __attribute__((unused)))
{
	known_exec(4242, TRUE, BIN_TRUE);
	known_exit(4242, TRUE, 0, 1999999);
	known_exec(4243, SLEEP, BIN_SLEEP);
	known_exec(4244, NOISE, BIN_TRUE);
	known_exit(4243, SLEEP, 255, 1500000000);
	known_exec(2147483647, LONG, NOT_UTF8);
	known_exit(2147483647, LONG, 3, 0);
	return 0;
}

// If a function is neither static nor inlined, the kernel verifies it once, and not once for each turn of a loop.
__attribute__((noinline)) int flood_one(int pid)
{
	known_exec(pid, SLEEP, BIN_SLEEP);
	return 0;
}

// Writes as many events as the first argument of the program says, at most 1,000.
SEC("raw_tp")
int flood(__u64 *arguments)
{
	__u64 count = arguments[0];

	for (__u32 i = 0; i < 1000 && i < count; i++)
		flood_one(i);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
