// Replaces functions for files, to which snprintf of wasi-libc refers. Without these replacements, every guest that
// formats a line would import WASI preview 1. A guest with this file uses neither files nor WASI, so the functions are
// never called.

#include <wasi/api.h>

__wasi_errno_t __wasi_fd_close(__wasi_fd_t fd)
{
	return __WASI_ERRNO_BADF;
}

__wasi_errno_t __wasi_fd_seek(__wasi_fd_t fd, __wasi_filedelta_t offset, __wasi_whence_t whence,
			      __wasi_filesize_t *at)
{
	return __WASI_ERRNO_BADF;
}

__wasi_errno_t __wasi_fd_write(__wasi_fd_t fd, const __wasi_ciovec_t *parts, size_t count,
			       __wasi_size_t *written)
{
	return __WASI_ERRNO_BADF;
}
