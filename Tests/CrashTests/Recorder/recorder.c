/* Records, in their order, the calls by which a process changes files in one directory, and what it says on its standard
   output; and lets one of these calls fail. For LD_PRELOAD.

   WAYBILL_RECORD_DIR   the directory
   WAYBILL_RECORD_LOG   the record, to which is appended
   WAYBILL_RECORD_FAIL  CALL:SUFFIX:COUNT:ERRNO: the COUNT-th CALL (sync or write) on a file whose name ends with SUFFIX
                        fails once with ERRNO, and does nothing
   WAYBILL_RECORD_FREE  a file with a number: so many percent of each disk are said to be free

   A record is a line, and the bytes that it announces:
     C inode name            a file is made           W inode offset count   bytes are written, they follow
     T inode size            its size is set          S inode result         it is synced: 0, or it failed
     R name name             renamed                  L name name            a second name
     U name                  a name is removed        D result               the directory is synced
     A count                 an answer, it follows                                                                  */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { descriptors = 4096, name_bytes = 256 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char directory[4096];
static size_t directory_bytes;
static int record = -1;
/* The name of each open file of the directory, "" for the directory itself, NULL for anything else. */
static char names[descriptors][name_bytes];
static char known[descriptors];
static char fail_call[16], fail_suffix[64];
static long fail_count;
static int fail_errno;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("WAYBILL_RECORD_DIR");
    const char *log = getenv("WAYBILL_RECORD_LOG");
    const char *fail = getenv("WAYBILL_RECORD_FAIL");
    if (!path || !log || strlen(path) >= sizeof directory) return;
    strcpy(directory, path);
    directory_bytes = strlen(directory);
    if (fail && sscanf(fail, "%15[^:]:%63[^:]:%ld:%d", fail_call, fail_suffix, &fail_count, &fail_errno) != 4)
        fail_count = 0;
    int opened = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (opened >= 0) record = fcntl(opened, F_DUPFD_CLOEXEC, 1000);
    if (opened >= 0) syscall(SYS_close, opened);
}

static void put(const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        ssize_t written = syscall(SYS_write, record, next, count);
        if (written <= 0) return;
        next += written;
        count -= (size_t)written;
    }
}

static void note(const char *format, ...) {
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (count > 0) put(line, (size_t)count);
}

/* The name in the directory, "" for the directory, NULL for what lies elsewhere. */
static const char *inside(const char *path) {
    if (record < 0 || !path || strncmp(path, directory, directory_bytes) != 0) return NULL;
    if (path[directory_bytes] == 0) return "";
    if (path[directory_bytes] != '/') return NULL;
    const char *name = path + directory_bytes + 1;
    return strlen(name) < name_bytes ? name : NULL;
}

/* Shared memory and locks are gone with the power; they are not part of what a disk keeps. */
static int is_kept(const char *name) {
    size_t count = strlen(name);
    return !(count > 4 && (!strcmp(name + count - 4, "-shm") || !strcmp(name + count - 5, ".lock")));
}

static int is_followed(int descriptor) {
    return record >= 0 && descriptor >= 0 && descriptor < descriptors && known[descriptor];
}

static unsigned long inode(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) == 0 ? (unsigned long)status.st_ino : 0;
}

static int fails(const char *call, int descriptor) {
    const char *name = names[descriptor];
    size_t count = strlen(name), suffix = strlen(fail_suffix);
    if (fail_count == 0 || strcmp(call, fail_call) != 0 || count < suffix) return 0;
    if (strcmp(name + count - suffix, fail_suffix) != 0 || --fail_count > 0) return 0;
    errno = fail_errno;
    return 1;
}

static int opened(const char *path, int flags, mode_t mode) {
    const char *name = inside(path);
    if (!name || !is_kept(name)) {
        int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
        if (record >= 0 && descriptor >= 0 && descriptor < descriptors) known[descriptor] = 0;
        return descriptor;
    }
    pthread_mutex_lock(&lock);
    int is_new = (flags & O_CREAT) && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
    int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    int error = errno;
    if (descriptor >= 0 && descriptor < descriptors) {
        known[descriptor] = 1;
        strcpy(names[descriptor], name);
        if (is_new) note("C %lu %s\n", inode(descriptor), name);
        else if (flags & O_TRUNC) note("T %lu 0\n", inode(descriptor));
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return descriptor;
}

#define OPENING(function)                                                                                              \
    int function(const char *path, int flags, ...) {                                                                   \
        va_list arguments;                                                                                             \
        va_start(arguments, flags);                                                                                    \
        mode_t mode = va_arg(arguments, mode_t);                                                                       \
        va_end(arguments);                                                                                             \
        return opened(path, flags, mode);                                                                              \
    }
OPENING(open)
OPENING(open64)

int close(int descriptor) {
    if (descriptor == record && record >= 0) return 0;
    if (descriptor >= 0 && descriptor < descriptors) known[descriptor] = 0;
    return (int)syscall(SYS_close, descriptor);
}

static ssize_t written_at(int descriptor, const void *bytes, size_t count, off_t offset) {
    if (!is_followed(descriptor)) return syscall(SYS_pwrite64, descriptor, bytes, count, offset);
    pthread_mutex_lock(&lock);
    ssize_t result = fails("write", descriptor) ? -1 : syscall(SYS_pwrite64, descriptor, bytes, count, offset);
    int error = errno;
    if (result > 0) {
        note("W %lu %ld %zd\n", inode(descriptor), (long)offset, result);
        put(bytes, (size_t)result);
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    return written_at(descriptor, bytes, count, offset);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    return written_at(descriptor, bytes, count, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    if (descriptor == 1 && record >= 0) {
        pthread_mutex_lock(&lock);
        note("A %zu\n", count);
        put(bytes, count);
        ssize_t result = syscall(SYS_write, descriptor, bytes, count);
        pthread_mutex_unlock(&lock);
        return result;
    }
    if (!is_followed(descriptor)) return syscall(SYS_write, descriptor, bytes, count);
    off_t offset = lseek(descriptor, 0, SEEK_CUR);
    ssize_t result = written_at(descriptor, bytes, count, offset);
    if (result > 0) lseek(descriptor, offset + result, SEEK_SET);
    return result;
}

static int cut(int descriptor, off_t size) {
    if (!is_followed(descriptor)) return (int)syscall(SYS_ftruncate, descriptor, size);
    pthread_mutex_lock(&lock);
    int result = (int)syscall(SYS_ftruncate, descriptor, size);
    if (result == 0) note("T %lu %ld\n", inode(descriptor), (long)size);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate(int descriptor, off_t size) { return cut(descriptor, size); }
int ftruncate64(int descriptor, off64_t size) { return cut(descriptor, size); }

static int synced(int descriptor, long call) {
    if (!is_followed(descriptor)) return (int)syscall(call, descriptor);
    pthread_mutex_lock(&lock);
    int result = fails("sync", descriptor) ? -1 : (int)syscall(call, descriptor);
    int error = errno;
    if (names[descriptor][0] == 0) note("D %d\n", result);
    else note("S %lu %d\n", inode(descriptor), result);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int fsync(int descriptor) { return synced(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return synced(descriptor, SYS_fdatasync); }

int unlink(const char *path) {
    pthread_mutex_lock(&lock);
    int result = (int)syscall(SYS_unlink, path);
    const char *name = inside(path);
    if (result == 0 && name && is_kept(name)) note("U %s\n", name);
    pthread_mutex_unlock(&lock);
    return result;
}

static int named(char kind, const char *from, const char *to, int result) {
    const char *old = inside(from), *new = inside(to);
    if (result == 0 && old && new) note("%c %s %s\n", kind, old, new);
    return result;
}

int rename(const char *from, const char *to) {
    pthread_mutex_lock(&lock);
    int result = named('R', from, to, (int)syscall(SYS_rename, from, to));
    pthread_mutex_unlock(&lock);
    return result;
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned flags) {
    pthread_mutex_lock(&lock);
    long result = syscall(SYS_renameat2, from_directory, from, to_directory, to, flags);
    named('R', from, to, (int)result);
    pthread_mutex_unlock(&lock);
    return (int)result;
}

int link(const char *from, const char *to) {
    pthread_mutex_lock(&lock);
    int result = named('L', from, to, (int)syscall(SYS_link, from, to));
    pthread_mutex_unlock(&lock);
    return result;
}

int statvfs(const char *path, struct statvfs *found) {
    int result = REAL(statvfs)(path, found);
    const char *said = getenv("WAYBILL_RECORD_FREE");
    if (result != 0 || !said) return result;
    char text[16] = {0};
    int opened = (int)syscall(SYS_openat, AT_FDCWD, said, O_RDONLY | O_CLOEXEC);
    if (opened < 0) return result;
    if (syscall(SYS_read, opened, text, sizeof text - 1) > 0)
        found->f_bfree = found->f_bavail = found->f_blocks / 100 * (unsigned long)atoi(text);
    syscall(SYS_close, opened);
    return result;
}
