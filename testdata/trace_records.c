/* Records that end in text: one string, or several as the kernel's trace events have them. */

struct trace_entry {
	unsigned short type;
	unsigned char flags;
	unsigned char preempt_count;
	int pid;
};

struct trace_exec {
	struct trace_entry ent;
	char comm[8];
	/* Offset and length of each string in __data. */
	unsigned int filename, interpreter;
	char __data[0];
};

/* The array begins in the padding at the end of the struct. */
struct named_inode {
	unsigned long long inode;
	unsigned char kind;
	char name[];
};

struct trace_exec trace_exec;
struct named_inode named_inode;
