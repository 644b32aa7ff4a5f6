#include "store_chain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "mem.h"

/* "%020lld %s\n": always of one size, so that it is overwritten in place and needs no new room on a
 * full disk. */
enum { HEAD_SIZE = 20 + 1 + 64 + 1 };

const char chain_origin[DIGEST_HEX] =
    "0000000000000000000000000000000000000000000000000000000000000000";

static void put_number(struct digest *digest, uint64_t value)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    digest_field(digest, bytes, sizeof bytes);
}

static void put_column(struct digest *digest, sqlite3_stmt *row, int column)
{
    double real;
    uint64_t bits;
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
        digest_text(digest, "i");
        put_number(digest, (uint64_t)sqlite3_column_int64(row, column));
        break;
    case SQLITE_FLOAT:
        real = sqlite3_column_double(row, column);
        memcpy(&bits, &real, sizeof bits);
        digest_text(digest, "r");
        put_number(digest, bits);
        break;
    case SQLITE_NULL:
        digest_text(digest, "n");
        digest_text(digest, "");
        break;
    default:
        digest_text(digest, "t");
        digest_field(digest, sqlite3_column_blob(row, column),
                     (size_t)sqlite3_column_bytes(row, column));
    }
}

bool chain_row_digest(struct store *store, const char *table, int64_t row, char hex[DIGEST_HEX])
{
    char *sql = mem_print("SELECT * FROM %s WHERE id = ?", table);
    sqlite3_stmt *statement = store_prepare(store, sql, "i", row);
    bool ok = statement && sqlite3_step(statement) == SQLITE_ROW;
    struct digest digest;
    digest_begin(&digest);
    for (int i = 0; ok && i < sqlite3_column_count(statement); i++)
        put_column(&digest, statement, i);
    digest_end(&digest, hex);
    sqlite3_finalize(statement);
    free(sql);
    return ok;
}

void chain_hash(const struct chain_entry *entry, char hex[DIGEST_HEX])
{
    char seq[24];
    struct digest digest;
    snprintf(seq, sizeof seq, "%lld", (long long)entry->seq);
    const char *const fields[] = {seq,        entry->time,   entry->event,  entry->table,
                                  entry->row, entry->remark, entry->digest, entry->previous};
    digest_begin(&digest);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        digest_text(&digest, fields[i]);
    digest_end(&digest, hex);
}

static const char *text_of_column(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text ? text : "";
}

void chain_read(sqlite3_stmt *statement, struct chain_entry *entry)
{
    *entry = (struct chain_entry){
        .seq = sqlite3_column_int64(statement, 0),
        .time = text_of_column(statement, 1),
        .event = text_of_column(statement, 2),
        .table = text_of_column(statement, 3),
        .row = text_of_column(statement, 4),
        .remark = text_of_column(statement, 5),
        .digest = text_of_column(statement, 6),
        .previous = text_of_column(statement, 7),
        .hash = text_of_column(statement, 8),
    };
}

/* The number and hash of the last entry; 0 and the origin when there is none. */
static bool last_entry(struct store *store, int64_t *seq, char hash[DIGEST_HEX], struct fail *why)
{
    sqlite3_stmt *statement =
        store_prepare(store, "SELECT * FROM ledger ORDER BY seq DESC LIMIT 1", "");
    struct chain_entry entry;
    int code = statement ? sqlite3_step(statement) : SQLITE_ERROR;
    *seq = 0;
    memcpy(hash, chain_origin, DIGEST_HEX);
    if (code == SQLITE_ROW) {
        chain_read(statement, &entry);
        *seq = entry.seq;
        snprintf(hash, DIGEST_HEX, "%s", entry.hash);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE || store_complain(store, why);
}

bool chain_note(struct store *store, const char *event, const char *table, int64_t row,
                const char *remark, struct fail *why)
{
    char digest[DIGEST_HEX], previous[DIGEST_HEX], hash[DIGEST_HEX], now[24], id[24];
    struct chain_entry entry = {.time = now,
                                .event = event,
                                .table = table,
                                .row = id,
                                .remark = remark,
                                .digest = digest,
                                .previous = previous};
    int64_t last;
    if (!last_entry(store, &last, previous, why))
        return false;
    if (!chain_row_digest(store, table, row, digest))
        return store_complain(store, why);
    entry.seq = last + 1;
    int64_t when = (int64_t)time(NULL);
    snprintf(now, sizeof now, "%lld", (long long)when);
    snprintf(id, sizeof id, "%lld", (long long)row);
    chain_hash(&entry, hash);
    store->chained = true;
    return store_finish(store,
                        store_prepare(store, "INSERT INTO ledger VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                      "iittitttt", entry.seq, when, event, table, row, remark,
                                      digest, previous, hash),
                        why);
}

bool chain_open_head(struct store *store, struct fail *why)
{
    char *path = mem_print("%s/ledger.head", store->directory);
    store->head = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    int error = errno;
    free(path);
    return store->head >= 0 ||
           fail_set(why, "name another place: --state DIR", "cannot write in %s: %s",
                    store->directory, strerror(error));
}

bool chain_lock(struct store *store, struct fail *why)
{
    const struct timespec nap = {.tv_nsec = 5000000};
    for (unsigned waited = 0; flock(store->head, LOCK_EX | LOCK_NB) != 0; waited += 5) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fail_set(why, "", "cannot lock %s/ledger.head: %s", store->directory,
                            strerror(errno));
        if (waited >= STORE_BUSY_MS)
            return fail_set(why, "run it again when the other process is done",
                            "the store %s is in use: another process has been writing for %d s",
                            store->path, STORE_BUSY_MS / 1000);
        (void)nanosleep(&nap, NULL);
    }
    return true;
}

void chain_unlock(struct store *store)
{
    (void)flock(store->head, LOCK_UN);
}

static bool put_head(struct store *store, int64_t len, const char *hash, struct fail *why)
{
    char line[HEAD_SIZE + 1];
    snprintf(line, sizeof line, "%020lld %s\n", (long long)len, hash);
    if (pwrite(store->head, line, HEAD_SIZE, 0) == HEAD_SIZE && fdatasync(store->head) == 0)
        return true;
    return fail_set(why, errno == ENOSPC ? "free some space there" : "",
                    "cannot write %s/ledger.head: %s", store->directory, strerror(errno));
}

bool chain_write_head(struct store *store, struct fail *why)
{
    char hash[DIGEST_HEX];
    int64_t last;
    return last_entry(store, &last, hash, why) && put_head(store, last, hash, why);
}

bool chain_empty_head(struct store *store, struct fail *why)
{
    return put_head(store, 0, chain_origin, why);
}

static bool parse_head(const char *bytes, size_t len, struct chain_head *head)
{
    char line[HEAD_SIZE + 1];
    if (len != HEAD_SIZE)
        return false;
    head->len = strtoll(bytes, NULL, 10); /* what it makes of no number is not what was written */
    snprintf(head->hash, sizeof head->hash, "%.64s", bytes + HEAD_SIZE - 1 - 64);
    snprintf(line, sizeof line, "%020lld %s\n", (long long)head->len, head->hash);
    return head->len >= 0 && memcmp(line, bytes, HEAD_SIZE) == 0;
}

void chain_read_head(const struct store *store, struct chain_head *head)
{
    char *path = mem_print("%s/ledger.head", store->directory), *bytes;
    size_t len;
    struct fail why;
    *head = (struct chain_head){0};
    /* A writer may be at it: what is no whole line now will be. */
    for (int i = 0; i < 3 && !head->whole && file_read(path, &bytes, &len, &why); i++) {
        head->there = len > 0;
        head->whole = parse_head(bytes, len, head);
        free(bytes);
    }
    free(path);
}

bool chain_check_head(struct store *store, struct fail *why)
{
    struct chain_head head;
    chain_read_head(store, &head);
    int64_t len = store_number(store_prepare(store, "SELECT count(*) FROM ledger", ""), 0);
    if (!head.there && len == 0)
        return chain_empty_head(store, why);
    if (!head.there) {
        store_corrupt(store, why, "ledger.head, which says how long its ledger is, is missing");
        snprintf(why->next, sizeof why->next,
                 "put it back; or, to take the ledger as it is: printf '%%020d %%064d\\n' 0 0 "
                 ">%s/ledger.head",
                 store->directory);
        return false;
    }
    if (!head.whole)
        return store_corrupt(store, why, "ledger.head is damaged");
    int64_t same = store_number(store_prepare(store,
                                              "SELECT count(*) FROM ledger WHERE seq = ? AND "
                                              "hash = ?",
                                              "it", head.len, head.hash),
                                0);
    if (same == 1 || head.len == 0)
        return true;
    return store_corrupt(store, why, "ledger.head knows entry %lld, which the ledger does not have",
                         (long long)head.len);
}
