// Prints the processes of the events that it gets.

#include "handler.h"
#include "table.h"

void exports_handler_handle_events(handler_list_event_t *events)
{
	static bool began;

	if (!began)
		puts(HEADER);
	began = true;
	for (size_t i = 0; i < events->len; i++)
		print(&events->ptr[i]);
	fflush(stdout);
	handler_list_event_free(events);
}
