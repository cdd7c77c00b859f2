// A handler that never returns.

#include "handler.h"

void exports_handler_handle_events(handler_list_event_t *events)
{
	for (volatile int forever = 1; forever;)
		;
}
