// Does something that must not harm the host. The argument is `trap`, `loop`, `memory`, `file` or `print`. With
// `print`, the guest prints an escape sequence that clears a terminal.

#include "maps.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	if (!strcmp(how, "trap"))
		__builtin_trap();
	if (!strcmp(how, "loop"))
		for (volatile int i = 0;; i++)
			;
	if (!strcmp(how, "memory"))
		for (volatile char *bytes;;) {
			bytes = malloc(1 << 20);
			if (!bytes)
				abort();
			*bytes = 1;
		}
	if (!strcmp(how, "file") && !fopen("/etc/passwd", "r"))
		return 3;
	if (!strcmp(how, "print"))
		return !printf("\x1b[2J");
	return 0;
}
