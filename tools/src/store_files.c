/* What crashes lead to: files, programs, campaigns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "binary.h"
#include "capture.h"
#include "files.h"
#include "mem.h"
#include "store_chain.h"
#include "store_parts.h"

enum { LOG_MAX = 256 * 1024 };

/* A program as it was when it was read: reading takes some 10 ms, and crashes come in hundreds. */
struct known_binary {
    char *path;
    struct stat info;
    struct binary binary;
};

void files_forget(struct store *store)
{
    for (size_t i = 0; i < store->binaries_len; i++)
        free(store->binaries[i].path);
    free(store->binaries);
}

char *files_full(const struct store *store, const char *path)
{
    return path ? mem_print("%s/%s", store->directory, path) : NULL;
}

char *files_input_path(const char *kind, const char *target, const void *bytes, size_t len)
{
    char id[33];
    store_id(bytes, len, id);
    return mem_print("%s/%s/%s", kind, target, id);
}

char *files_log_path(const void *log, size_t len)
{
    char id[33];
    store_id(log, len, id);
    return mem_print("logs/%s", id);
}

bool files_is_ours(const char *path)
{
    static const char *const kinds[] = {"crashes/", "minimized/", "logs/"};
    const char *name = path_base(path);
    bool ours = false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        ours |= strncmp(path, kinds[i], strlen(kinds[i])) == 0;
    return ours && !strstr(path, "/../") && strlen(name) == 32 &&
           strspn(name, "0123456789abcdef") == 32;
}

char *files_log(const void *log, size_t len, size_t *kept)
{
    struct capture capture;
    capture_init(&capture, LOG_MAX);
    capture_add(&capture, log, len);
    return capture_take(&capture, kept);
}

/* A file cut short by a power failure, or changed, is not taken for the one that is wanted. */
static bool has_bytes(const char *path, const void *bytes, size_t len)
{
    char *there;
    size_t there_len;
    struct fail why;
    if (!path_is_file(path) || !file_read(path, &there, &there_len, &why))
        return false;
    bool same = there_len == len && (len == 0 || memcmp(there, bytes, len) == 0);
    free(there);
    return same;
}

bool files_write(struct store *store, const char *path, const void *bytes, size_t len,
                 struct fail *why)
{
    char *full = files_full(store, path);
    char *directory = mem_copy(full, (size_t)(path_base(full) - full) - 1);
    bool ok = dir_make(directory, why) &&
              (has_bytes(full, bytes, len) || file_write(full, bytes, len, why));
    free(directory);
    free(full);
    return ok;
}

bool files_artifact(struct store *store, const char *path, const void *bytes, size_t len,
                    int64_t *id, struct fail *why)
{
    char hex[DIGEST_HEX];
    *id =
        store_number(store_prepare(store, "SELECT id FROM artifacts WHERE path = ?", "t", path), 0);
    if (*id)
        return true;
    digest_bytes(bytes, len, hex);
    if (!store_finish(store,
                      store_prepare(store,
                                    "INSERT INTO artifacts(path, size, sha256) VALUES(?, ?, ?)",
                                    "tit", path, (int64_t)len, hex),
                      why))
        return false;
    *id = sqlite3_last_insert_rowid(store->db);
    return chain_note(store, "stored", "artifacts", *id, path, why);
}

static const struct binary *read_binary(struct store *store, const char *path)
{
    struct stat info;
    struct fail why;
    if (stat(path, &info) != 0)
        return NULL;
    for (size_t i = 0; i < store->binaries_len; i++) {
        const struct known_binary *known = &store->binaries[i];
        if (strcmp(known->path, path) == 0 && known->info.st_size == info.st_size &&
            known->info.st_ino == info.st_ino &&
            known->info.st_mtim.tv_sec == info.st_mtim.tv_sec &&
            known->info.st_mtim.tv_nsec == info.st_mtim.tv_nsec)
            return &known->binary;
    }
    struct known_binary known = {.info = info};
    if (!binary_read(path, &known.binary, &why))
        return NULL;
    known.path = mem_text(path);
    store->binaries = mem_resize(store->binaries, store->binaries_len + 1, sizeof *store->binaries);
    store->binaries[store->binaries_len++] = known;
    return &store->binaries[store->binaries_len - 1].binary;
}

bool files_build(struct store *store, const char *target, const char *engine, const char *sanitizer,
                 const char *binary, int64_t *id, struct fail *why)
{
    *id = 0;
    if (!binary)
        return true;
    const struct binary *read = read_binary(store, binary);
    const char *sha256 = read ? read->sha256 : "", *compiler = read ? read->compiler : "";
    *id = store_number(store_prepare(store,
                                     "SELECT id FROM builds WHERE target = ? AND engine = ? AND "
                                     "sanitizer = ? AND binary = ? AND sha256 = ?",
                                     "ttttt", target, engine, sanitizer, binary, sha256),
                       0);
    if (*id)
        return true;
    if (!store_finish(store,
                      store_prepare(store,
                                    "INSERT INTO builds(target, engine, sanitizer, binary, sha256,"
                                    " compiler) VALUES(?, ?, ?, ?, ?, ?)",
                                    "tttttt", target, engine, sanitizer, binary, sha256, compiler),
                      why))
        return false;
    *id = sqlite3_last_insert_rowid(store->db);
    return chain_note(store, "seen", "builds", *id, binary, why);
}

/* How this process was called, as a shell would be told; for free(). */
static char *command_line(void)
{
    char *bytes, *text = NULL;
    size_t len;
    struct fail why;
    if (!file_read("/proc/self/cmdline", &bytes, &len, &why))
        return mem_text("unknown");
    for (size_t at = 0; at < len; at += strlen(bytes + at) + 1) {
        const char *word = bytes + at;
        bool plain = word[0] != '\0' && !strpbrk(word, " \t\n\"'\\$`*?[](){}<>|&;#~");
        char *longer = mem_print("%s%s%s%s%s", text ? text : "", text ? " " : "", plain ? "" : "'",
                                 word, plain ? "" : "'");
        free(text);
        text = longer;
    }
    free(bytes);
    return text ? text : mem_text("unknown");
}

static bool add_campaign(struct store *store, const char *kind, struct fail *why)
{
    struct utsname system;
    bool known = uname(&system) == 0;
    char *command = command_line();
    char *version = mem_print("ledge %s, SQLite %s", LEDGE_VERSION, sqlite3_libversion());
    char *machine = known ? mem_print("%s %s %s", system.sysname, system.release, system.machine)
                          : mem_text("unknown");
    bool ok = store_finish(store,
                           store_prepare(store,
                                         "INSERT INTO campaigns(kind, command, version, machine,"
                                         " started) VALUES(?, ?, ?, ?, unixepoch())",
                                         "tttt", kind, command, version, machine),
                           why);
    int64_t id = sqlite3_last_insert_rowid(store->db);
    ok = ok && chain_note(store, "begun", "campaigns", id, command, why);
    if (ok)
        store->campaign = id;
    free(command);
    free(version);
    free(machine);
    return ok;
}

bool store_campaign(struct store *store, const char *kind, struct fail *why)
{
    if (!store_begin(store, why))
        return false;
    if (store_commit(store, add_campaign(store, kind, why), why))
        return true;
    store->campaign = 0;
    return false;
}

bool files_campaign(struct store *store, struct fail *why)
{
    return store->campaign != 0 || store_campaign(store, "unknown", why);
}

bool store_campaign_end(struct store *store, const char *outcome, uint64_t executions,
                        struct fail *why)
{
    if (store->campaign == 0)
        return true;
    if (!store_begin(store, why))
        return false;
    bool ok = store_finish(store,
                           store_prepare(store,
                                         "UPDATE campaigns SET ended = unixepoch(), outcome = ?,"
                                         " executions = ? WHERE id = ?",
                                         "tii", outcome, (int64_t)executions, store->campaign),
                           why) &&
              chain_note(store, "ended", "campaigns", store->campaign, outcome, why);
    store->campaign = 0;
    return store_commit(store, ok, why);
}
