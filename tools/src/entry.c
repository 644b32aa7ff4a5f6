#include "entry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "files.h"
#include "mem.h"
#include "owner.h"
#include "record.h"
#include "summaries.h"

enum { READ_MAX = 64 * 1024 * 1024 };

/* --- Reading -------------------------------------------------------------------------------- */

static bool read_bounded(int fd, struct capture *capture)
{
    enum { CHUNK = 64 * 1024 };
    char *chunk = mem_new(CHUNK, 1);
    ssize_t got;
    while ((got = read(fd, chunk, CHUNK)) != 0) {
        if (got > 0)
            capture_add(capture, chunk, (size_t)got);
        else if (errno != EINTR)
            break;
    }
    free(chunk);
    return got == 0;
}

static bool read_long(const char *path, char **bytes, size_t *len, struct fail *why)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_set(why, "check the path and its permissions", "cannot open %s: %s", path,
                        strerror(errno));
    struct capture capture;
    capture_init(&capture, READ_MAX);
    bool ok = read_bounded(fd, &capture);
    int error = errno;
    if (!standard)
        close(fd); /* only read from: nothing to lose */
    if (ok)
        *bytes = capture_take(&capture, len);
    capture_free(&capture);
    return ok || fail_set(why, "", "cannot read %s: %s", path, strerror(error));
}

static bool read_file(const char *path, char **bytes, size_t *len, struct fail *why)
{
    struct stat info;
    bool plain = stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= READ_MAX;
    return plain ? file_read(path, bytes, len, why) : read_long(path, bytes, len, why);
}

/* --- Logs ----------------------------------------------------------------------------------- */

/* Where nothing is found, nothing is proved: the log may have been cut off before the report. */
static bool classify_log(const struct entry_reader *reader, const char *target, const char *bytes,
                         size_t len, struct crash *crash, struct fail *why)
{
    struct crash_evidence evidence = {
        .log = bytes, .log_len = len, .target = target, .symbolizer = reader->symbolizer};
    if (!crash_classify(&evidence, crash, why))
        return false;
    if (!crash->found)
        crash->confidence = "low";
    return true;
}

static bool read_log(const struct entry_reader *reader, struct entry *entry, const char *bytes,
                     size_t len, struct fail *why)
{
    struct triage *triage = &entry->triage;
    entry->kind = ENTRY_LOG;
    if (!classify_log(reader, entry->target, bytes, len, &triage->verdicts[0].crash, why))
        return false;
    triage->verdicts[0].sanitizer = "log";
    summaries_find(bytes, len, &entry->summaries);
    triage->len = 1;
    triage->primary = triage->verdicts[0].crash.found ? 0 : 1;
    return true;
}

/* --- Inputs --------------------------------------------------------------------------------- */

static bool is_hash(const char *text)
{
    return strlen(text) == 40 && strspn(text, "0123456789abcdef") == 40;
}

/* What the engines call what they found. */
static char *promise_of_name(const char *path)
{
    static const char *const libfuzzer[] = {"crash-", "leak-", "timeout-", "oom-"};
    const char *base = path_base(path);
    for (size_t i = 0; i < sizeof libfuzzer / sizeof libfuzzer[0]; i++)
        if (strncmp(base, libfuzzer[i], strlen(libfuzzer[i])) == 0 &&
            is_hash(base + strlen(libfuzzer[i])))
            return mem_print("libFuzzer named it %.*s", (int)strcspn(base, "-"), base);
    const char *sig = strstr(base, ",sig:");
    if (strncmp(base, "id:", 3) == 0 && sig)
        return mem_print("AFL++ saw it end by signal %.*s", (int)strcspn(sig + 5, ","), sig + 5);
    return NULL;
}

/* report.json speaks of the file named input beside it, NAME.log of NAME. */
static bool recorded_crash(const struct entry_reader *reader, const struct entry *entry,
                           struct crash *crash, const char **record)
{
    struct fail unread;
    char *log = mem_print("%s.log", entry->file), *bytes;
    size_t len;
    bool found = false;
    if (path_is_file(log) && read_file(log, &bytes, &len, &unread)) {
        found = classify_log(reader, entry->target, bytes, len, crash, &unread) && crash->found;
        free(bytes);
    }
    free(log);
    *record = found ? "the log beside it" : "the report.json beside it";
    return found ||
           (strcmp(path_base(entry->file), "input") == 0 && record_crash(entry->file, crash));
}

/* An input that ran clean: what else is known of it? */
static void look_beside(const struct entry_reader *reader, struct entry *entry)
{
    struct triage *triage = &entry->triage;
    const char *record;
    struct crash crash = {0};
    if (triage->len < sizeof triage->verdicts / sizeof triage->verdicts[0] &&
        recorded_crash(reader, entry, &crash, &record)) {
        unsigned hits, runs = entry_replays(entry, &hits);
        crash.confidence = "low";
        triage->primary = triage->len++;
        triage->verdicts[triage->primary] =
            (struct verdict){.sanitizer = "record", .crash = crash, .runs = runs};
        entry->expected = mem_print("%s says that it crashed", record);
        return;
    }
    crash_free(&crash);
    entry->expected = promise_of_name(entry->file);
}

static bool run_input(const struct entry_reader *reader, struct entry *entry,
                      const struct target *target, struct fail *why)
{
    entry->kind = ENTRY_INPUT;
    entry->target = target->name;
    entry->replayed = target;
    entry->minimized = record_is_minimized(entry->file);
    if (!triage_repeat(reader->runner, target, entry->file, reader->runs, &entry->triage, why))
        return false;
    if (entry->triage.primary == entry->triage.len)
        look_beside(reader, entry);
    return true;
}

/* --- Both ----------------------------------------------------------------------------------- */

static const struct target *owner(const struct entry_reader *reader, const struct entry *entry,
                                  struct fail *why)
{
    if (reader->command)
        return reader->command;
    if (reader->manifest)
        return owner_of(reader->manifest, entry->file, reader->target, why);
    *why = *reader->manifest_why;
    return NULL;
}

/* By its name, or because no log holds such bytes. */
static bool looks_like_input(const struct entry *entry, const char *bytes)
{
    char *promise = promise_of_name(entry->file);
    bool named = promise != NULL;
    free(promise);
    return named || (entry->size > 0 && memchr(bytes, '\0', entry->size));
}

/* Nobody's input: whatever it is, it is read as a log. */
static bool read_unowned(const struct entry_reader *reader, struct entry *entry, const char *bytes,
                         struct fail *why)
{
    if (!read_log(reader, entry, bytes, entry->size, why))
        return false;
    entry->unowned = !entry_crash(entry)->found && looks_like_input(entry, bytes);
    return true;
}

static bool triage_bytes(const struct entry_reader *reader, struct entry *entry, const char *bytes,
                         struct fail *why)
{
    const struct target *target = owner(reader, entry, why);
    entry->target = target ? target->name : reader->target;
    if (reader->logs || strcmp(entry->file, "-") == 0)
        return read_log(reader, entry, bytes, entry->size, why);
    if (!target && !reader->target && !reader->inputs)
        return read_unowned(reader, entry, bytes, why);
    if (!reader->inputs && !reader->command && looks_like_report(bytes, entry->size))
        return read_log(reader, entry, bytes, entry->size, why);
    return target && run_input(reader, entry, target, why);
}

bool entry_read(const struct entry_reader *reader, const char *path, struct entry *entry,
                struct fail *why)
{
    char *bytes = NULL;
    *entry = (struct entry){.file = mem_text(path)};
    bool ok = read_file(path, &bytes, &entry->size, why);
    if (ok) {
        ok = triage_bytes(reader, entry, bytes, why);
        free(bytes);
    }
    if (!ok)
        entry_free(entry);
    return ok;
}

void entry_free(struct entry *entry)
{
    triage_free(&entry->triage);
    free(entry->file);
    paths_free(&entry->summaries);
    free(entry->expected);
    *entry = (struct entry){0};
}

const struct verdict *entry_verdict(const struct entry *entry)
{
    const struct triage *triage = &entry->triage;
    return triage->primary < triage->len ? &triage->verdicts[triage->primary] : NULL;
}

const struct crash *entry_crash(const struct entry *entry)
{
    static const struct crash clean = {.class_ = "none", .confidence = "low"};
    const struct verdict *verdict = entry_verdict(entry);
    return verdict ? &verdict->crash : &clean;
}

unsigned entry_replays(const struct entry *entry, unsigned *hits)
{
    const struct verdict *verdict = entry_verdict(entry);
    unsigned runs = verdict ? verdict->runs : 0;
    *hits = verdict ? verdict->hits : 0;
    for (size_t i = 0; !verdict && i < entry->triage.len; i++)
        runs += entry->triage.verdicts[i].runs;
    return runs;
}

bool entry_log(const struct entry *entry, char **bytes, size_t *len)
{
    struct fail unread;
    const struct verdict *verdict = entry_verdict(entry);
    if (entry->kind == ENTRY_LOG)
        return strcmp(entry->file, "-") != 0 && read_file(entry->file, bytes, len, &unread);
    if (!verdict || !verdict->log)
        return false;
    *bytes = mem_copy(verdict->log, verdict->log_len);
    *len = verdict->log_len;
    return true;
}

double entry_rate(const struct entry *entry)
{
    if (!entry_crash(entry)->found)
        return 0;
    unsigned hits, runs = entry_replays(entry, &hits);
    if (runs == 0)
        return 1;
    return hits > 0 ? (double)hits / runs : 0.5 / runs;
}
