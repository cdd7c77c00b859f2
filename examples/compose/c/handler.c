// Logs those events that another component selects. By the rules of the component model, the code in this file must
// free the strings and records that it receives, and still owns the strings that it passes.

#include <stdio.h>
#include "handler_c.h"

static unsigned seen, wanted;

static void log_line(const char *line)
{
	handler_c_string_t text;

	handler_c_string_set(&text, line);
	handler_c_log(&text);
}

void exports_handler_c_handle(handler_c_event_t *event)
{
	char line[256];

	seen++;
	if (example_filter_judge_wanted(event)) {
		wanted++;
		snprintf(line, sizeof(line), "%.*s (%d) ended with %u after %llu ms",
			 (int)event->comm.len, event->comm.ptr, event->pid, event->exit_code,
			 event->duration_ns / 1000000);
		log_line(line);
	}
	handler_c_event_free(event);
}

void exports_handler_c_run(void)
{
	char line[64];

	snprintf(line, sizeof(line), "%u of %u events were wanted", wanted, seen);
	log_line(line);
}
