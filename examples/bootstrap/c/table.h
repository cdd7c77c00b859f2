// The table that users of BPF know from bcc's and libbpf's tools, for both guests in C. Text has a length
// instead of a NUL at its end, as in the component model.

#pragma once

#include <stdio.h>

#define HEADER "TIME     EVENT COMM             PID     PPID    FILENAME/EXIT CODE"
#define LINE_LEN 256

struct row {
	unsigned time_of_day;
	int exit_event;
	int comm_len, filename_len;
	const char *comm, *filename;
	int pid, ppid;
	unsigned exit_code;
	unsigned long long duration_ns;
};

static void table_line(char line[LINE_LEN], const struct row *row)
{
	unsigned long long milliseconds = row->duration_ns / 1000000;
	int at = snprintf(line, LINE_LEN, "%02u:%02u:%02u %-5s %-16.*s %-7d %-7d ",
			  row->time_of_day / 3600, row->time_of_day / 60 % 60, row->time_of_day % 60,
			  row->exit_event ? "EXIT" : "EXEC", row->comm_len, row->comm, row->pid, row->ppid);

	if (!row->exit_event)
		snprintf(line + at, LINE_LEN - at, "%.*s", row->filename_len, row->filename);
	else if (milliseconds)
		snprintf(line + at, LINE_LEN - at, "[%u] (%llums)", row->exit_code, milliseconds);
	else
		snprintf(line + at, LINE_LEN - at, "[%u]", row->exit_code);
}
