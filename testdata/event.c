/* An event that a BPF program puts into a ring buffer for user space to read. */

#define SEC(name) __attribute__((section(name), used))
#define __uint(name, value) int (*name)[value]

#define TASK_COMM_LEN 16
#define MAX_FILENAME_LEN 127
#define BPF_MAP_TYPE_RINGBUF 27

typedef _Bool bool;

struct event {
	int pid;
	int ppid;
	unsigned exit_code;
	unsigned long long duration_ns;
	char comm[TASK_COMM_LEN];
	char filename[MAX_FILENAME_LEN];
	bool exit_event;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} rb SEC(".maps");

/* No map names the type, so clang leaves it out without this line. */
const struct event *unused __attribute__((unused));
