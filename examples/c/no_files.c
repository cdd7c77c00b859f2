// wasi-libc's snprintf refers to functions for files, which would make every guest that formats a line import WASI
// preview 1. These functions replace them, since a guest has no files and no WASI.

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
