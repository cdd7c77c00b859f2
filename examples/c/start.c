// The entry point of a program with `main`, instead of that in the start files of wasi-libc. With the start files of
// Debian 12, the linker would run constructors and destructors around every exported function, even around the one that
// allocates results for a caller. Destructors flush standard output, which a component must not do during an
// allocation. wasi-libc itself has had these lines since 2022.

#include <wasi/api.h>

void __wasm_call_ctors(void);
void __wasm_call_dtors(void);
int __main_void(void);

__attribute__((export_name("_start"))) void _start(void)
{
	int code;

	__wasm_call_ctors();
	code = __main_void();
	__wasm_call_dtors();
	if (code)
		__wasi_proc_exit(code);
}
