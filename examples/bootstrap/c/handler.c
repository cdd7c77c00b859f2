// Prints the events that it receives as a table of processes that begin and end.

#include <string.h>
#include "handler.h"
#include "table.h"

static void print(const char *line)
{
	example_bpf_console_print(&(handler_list_u8_t){(uint8_t *)line, strlen(line)});
}

void exports_handler_handle_events(handler_list_event_t *events)
{
	static bool began;
	char line[LINE_LEN];

	if (!began)
		print(HEADER);
	began = true;
	for (size_t i = 0; i < events->len; i++) {
		const handler_event_t *event = &events->ptr[i];

		table_line(line, &(struct row){
			.time_of_day = example_bpf_console_time_of_day(),
			.exit_event = event->exit_event,
			.comm = (const char *)event->comm.ptr,
			.comm_len = event->comm.len,
			.filename = (const char *)event->filename.ptr,
			.filename_len = event->filename.len,
			.pid = event->pid,
			.ppid = event->ppid,
			.exit_code = event->exit_code,
			.duration_ns = event->duration_ns,
		});
		print(line);
	}
	handler_list_event_free(events);
}
