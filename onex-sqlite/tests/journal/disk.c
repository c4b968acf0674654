/* A disk that fails, for tests: preloaded into a process, it stands between SQLite and the operating system for the files
 * whose path begins with ONEX_DISK_JOURNAL. ONEX_DISK says what it does:
 *
 *   lose:N:0     at the N-th write or sync the power fails: what was written and not synced is undone, and the process ends
 *   lose:N:SEED  the same, but of what was not synced each write is there, gone or half there, as the seed says
 *   eio:N        the N-th sync fails, once
 *   full         writes fail with ENOSPC while the file ONEX_DISK_FULL exists
 *
 * A sync that succeeds is not passed on: the process is killed, the machine is not.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct change {
    char *path;
    off_t at, size;          /* where it begins; how long the file was */
    size_t length, had;      /* how many bytes it touched, and how many of them there were */
    unsigned char *before;
    int cuts;                /* it made the file shorter */
    struct change *earlier;
};

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static struct change *unsynced;
static long events, syncs;

static ssize_t real_pwrite(int fd, const void *bytes, size_t length, off_t at) {
    static ssize_t (*real)(int, const void *, size_t, off_t);
    if (!real) real = dlsym(RTLD_NEXT, "pwrite");
    return real(fd, bytes, length, at);
}

static int real_ftruncate(int fd, off_t size) {
    static int (*real)(int, off_t);
    if (!real) real = dlsym(RTLD_NEXT, "ftruncate");
    return real(fd, size);
}

static int tracked(int fd, char *path) {
    const char *journal = getenv("ONEX_DISK_JOURNAL");
    char link[64];
    ssize_t length;
    if (!journal || !getenv("ONEX_DISK")) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, journal, strlen(journal)) == 0 && !strstr(path, "-shm");
}

static long number_after(const char *mode) {
    const char *disk = getenv("ONEX_DISK");
    size_t length = strlen(mode);
    return strncmp(disk, mode, length) == 0 ? atol(disk + length) : 0;
}

static void undo(struct change *change, unsigned *seed) {
    size_t had = change->had, from = 0;
    unsigned char *zeros;
    int fd;
    if (*seed) {
        switch (rand_r(seed) % 3) {
        case 0: return;                                             /* it came to the disk */
        case 1: from = rand_r(seed) % (change->length / 512 + 1) * 512; /* half of it did */
        }
    }
    fd = open(change->path, O_RDWR);
    if (fd < 0) return;
    if (change->cuts) real_ftruncate(fd, change->size);
    if (from < had) real_pwrite(fd, change->before + from, had - from, change->at + from);
    if (!*seed) {
        if (!change->cuts && had < change->length) real_ftruncate(fd, change->size);
    } else if (!change->cuts && had < change->length) {
        /* The file is as long as it was made, and nothing came to its end. */
        size_t start = from > had ? from : had;
        if (start < change->length && (zeros = calloc(1, change->length - start))) {
            real_pwrite(fd, zeros, change->length - start, change->at + start);
        }
    }
    close(fd);
}

static void event(void) {
    const char *disk = getenv("ONEX_DISK");
    unsigned seed;
    struct change *change;
    const char *colon;
    if (++events != number_after("lose:")) return;
    colon = strrchr(disk, ':');
    seed = colon ? (unsigned)atol(colon + 1) : 0;
    for (change = unsynced; change; change = change->earlier) undo(change, &seed);
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static int is_full(void) {
    const char *full = getenv("ONEX_DISK_FULL");
    return full && strcmp(getenv("ONEX_DISK"), "full") == 0 && access(full, F_OK) == 0;
}

static void remember(int fd, const char *path, off_t at, size_t length, int cuts) {
    struct stat stat;
    struct change *change = calloc(1, sizeof *change);
    ssize_t had;
    if (!change || fstat(fd, &stat) != 0) return;
    change->path = strdup(path);
    change->at = at;
    change->size = stat.st_size;
    change->length = length;
    change->before = malloc(length ? length : 1);
    had = pread(fd, change->before, length, at);
    change->had = had < 0 ? 0 : (size_t)had;
    change->cuts = cuts;
    change->earlier = unsynced;
    unsynced = change;
}

static ssize_t write_at(int fd, const char *path, const void *bytes, size_t length, off_t at) {
    ssize_t written;
    pthread_mutex_lock(&guard);
    if (is_full()) {
        pthread_mutex_unlock(&guard);
        errno = ENOSPC;
        return -1;
    }
    remember(fd, path, at, length, 0);
    written = real_pwrite(fd, bytes, length, at);
    event();
    pthread_mutex_unlock(&guard);
    return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    char path[PATH_MAX];
    return tracked(fd, path) ? write_at(fd, path, bytes, length, at) : real_pwrite(fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at) {
    return pwrite(fd, bytes, length, at);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    static ssize_t (*real)(int, const void *, size_t);
    char path[PATH_MAX];
    if (!real) real = dlsym(RTLD_NEXT, "write");
    if (fd > 2 && tracked(fd, path)) {
        ssize_t written = write_at(fd, path, bytes, length, lseek(fd, 0, SEEK_CUR));
        if (written > 0) lseek(fd, written, SEEK_CUR);
        return written;
    }
    return real(fd, bytes, length);
}

int ftruncate(int fd, off_t size) {
    char path[PATH_MAX];
    struct stat stat;
    int done;
    if (!tracked(fd, path) || fstat(fd, &stat) != 0) return real_ftruncate(fd, size);
    pthread_mutex_lock(&guard);
    if (size < stat.st_size) remember(fd, path, size, stat.st_size - size, 1);
    done = real_ftruncate(fd, size);
    event();
    pthread_mutex_unlock(&guard);
    return done;
}

int ftruncate64(int fd, off_t size) {
    return ftruncate(fd, size);
}

static int synced(int fd, const char *path) {
    struct change **at = &unsynced;
    (void)fd;
    pthread_mutex_lock(&guard);
    event();
    if (++syncs == number_after("eio:")) {
        pthread_mutex_unlock(&guard);
        errno = EIO;
        return -1;
    }
    while (*at) {
        struct change *change = *at;
        if (strcmp(change->path, path) == 0) {
            *at = change->earlier;
            free(change->before);
            free(change->path);
            free(change);
        } else {
            at = &change->earlier;
        }
    }
    pthread_mutex_unlock(&guard);
    return 0;
}

int fsync(int fd) {
    static int (*real)(int);
    char path[PATH_MAX];
    if (!real) real = dlsym(RTLD_NEXT, "fsync");
    return tracked(fd, path) ? synced(fd, path) : real(fd);
}

int fdatasync(int fd) {
    static int (*real)(int);
    char path[PATH_MAX];
    if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
    return tracked(fd, path) ? synced(fd, path) : real(fd);
}
