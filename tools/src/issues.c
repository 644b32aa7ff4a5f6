#include "issues.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "cluster.h"
#include "mem.h"

/* --- Signatures to issues ------------------------------------------------------------------- */

static size_t slot_of(const struct issues *issues, const char *signature)
{
    size_t at = XXH3_64bits(signature, 16) % issues->table_cap;
    while (issues->table[at].signature[0] &&
           memcmp(issues->table[at].signature, signature, 16) != 0)
        at = (at + 1) % issues->table_cap;
    return at;
}

static void grow_table(struct issues *issues)
{
    struct issues old = *issues;
    issues->table_cap = old.table_cap ? 2 * old.table_cap : 256;
    issues->table = mem_new(issues->table_cap, sizeof *issues->table);
    for (size_t i = 0; i < old.table_cap; i++)
        if (old.table[i].signature[0])
            issues->table[slot_of(issues, old.table[i].signature)] = old.table[i];
    free(old.table);
}

/* The issue that a signature stands for; it becomes `otherwise` when it is new. */
static size_t issue_of(struct issues *issues, const char *signature, size_t otherwise)
{
    if (2 * (issues->table_len + 1) > issues->table_cap)
        grow_table(issues);
    size_t slot = slot_of(issues, signature);
    if (!issues->table[slot].signature[0]) {
        memcpy(issues->table[slot].signature, signature, 17);
        issues->table[slot].issue = otherwise;
        issues->table_len++;
    }
    return issues->table[slot].issue;
}

/* --- Adding --------------------------------------------------------------------------------- */

static unsigned sanitizer_bit(const char *name)
{
    static const char *const names[] = {"asan", "hwasan",    "ubsan", "tsan",  "msan",
                                        "lsan", "libfuzzer", "libc",  "ledge", "signal"};
    for (unsigned i = 0; name && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return 1u << i;
    return 0;
}

static unsigned confidence_rank(const struct crash *crash)
{
    const char *confidence = crash->confidence ? crash->confidence : "low";
    return strcmp(confidence, "high") == 0 ? 2 : strcmp(confidence, "medium") == 0;
}

static bool shows_better(const struct entry *a, const struct entry *b)
{
    unsigned a_rank = confidence_rank(entry_crash(a)), b_rank = confidence_rank(entry_crash(b));
    if (a_rank != b_rank)
        return a_rank > b_rank;
    if (a->kind != b->kind)
        return a->kind == ENTRY_INPUT; /* it can be replayed */
    return a->kind == ENTRY_INPUT && a->size < b->size;
}

static void add_link(struct issues *issues, size_t a, size_t b)
{
    if (a == b)
        return;
    if (issues->links_len == issues->links_cap) {
        issues->links_cap = issues->links_cap ? 2 * issues->links_cap : 64;
        issues->links = mem_resize(issues->links, issues->links_cap, sizeof *issues->links);
    }
    issues->links[issues->links_len++] = (struct link){a, b};
}

/* What the other builds call the same crash are names of the same issue. */
static void learn_other_names(struct issues *issues, size_t index, const struct entry *entry)
{
    const struct crash *crash = entry_crash(entry);
    for (size_t i = 0; i < entry->triage.len; i++) {
        const struct crash *other = &entry->triage.verdicts[i].crash;
        if (!crash_near(crash, other))
            continue;
        issues->at[index].sanitizers |= sanitizer_bit(other->sanitizer);
        add_link(issues, index, issue_of(issues, other->signature, index));
    }
}

static struct issue *new_issue(struct issues *issues)
{
    if (issues->len == issues->cap) {
        issues->cap = issues->cap ? 2 * issues->cap : 16;
        issues->at = mem_resize(issues->at, issues->cap, sizeof *issues->at);
    }
    struct issue *issue = &issues->at[issues->len++];
    *issue = (struct issue){0};
    return issue;
}

static void count(struct issues *issues, struct issue *issue, const struct entry *entry)
{
    double rate = entry_rate(entry);
    issue->files++;
    issue->failures += rate;
    issues->failures += rate;
    if (issue->examples.len < ISSUE_EXAMPLES)
        paths_add(&issue->examples, mem_text(entry->file));
    if (entry->kind == ENTRY_INPUT)
        issues->minimized = entry->minimized && (issues->minimized || issues->crashes == 0);
    issues->crashes++;
}

size_t issues_add(struct issues *issues, struct entry *entry)
{
    const struct crash *crash = entry_crash(entry);
    issues->files++;
    if (!crash->found)
        return ISSUES_NONE;
    size_t index = issue_of(issues, crash->signature, issues->len);
    bool is_new = index == issues->len;
    struct issue *issue = is_new ? new_issue(issues) : &issues->at[index];
    count(issues, issue, entry);
    learn_other_names(issues, index, entry);
    if (is_new || shows_better(entry, &issue->shown)) {
        struct entry worse = issue->shown;
        issue->shown = *entry;
        *entry = worse;
    }
    return index;
}

/* --- Linking -------------------------------------------------------------------------------- */

static size_t find_root(struct issues *issues, size_t index)
{
    while (issues->at[index].root != index)
        index = issues->at[index].root = issues->at[issues->at[index].root].root;
    return index;
}

static bool speaks_for(const struct issue *a, const struct issue *b)
{
    const struct crash *left = entry_crash(&a->shown), *right = entry_crash(&b->shown);
    unsigned a_vague = crash_vagueness(left), b_vague = crash_vagueness(right);
    if (a_vague != b_vague)
        return a_vague < b_vague;
    return severity_of(left).weight >= severity_of(right).weight;
}

static void unite(struct issues *issues, size_t a, size_t b)
{
    a = find_root(issues, a);
    b = find_root(issues, b);
    if (a == b)
        return;
    if (!speaks_for(&issues->at[a], &issues->at[b])) {
        size_t other = a;
        a = b;
        b = other;
    }
    issues->at[b].root = a;
    issues->at[a].sanitizers |= issues->at[b].sanitizers;
}

/* Where only one sanitizer can say what it is, the same place under two of them is one mistake. A
 * leak's place is where memory came from, a failed check names itself alike everywhere. */
static bool can_be_linked(const struct crash *crash)
{
    static const char *const classes[] = {"memory", "undefined", "uninitialized",
                                          "race",   "signal",    "bus"};
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (strcmp(classes[i], crash->class_) == 0)
            return true;
    return false;
}

/* "file.c:12", or NULL. The directory and the column differ from build to build, and UBSan without
 * stacks knows no function. */
static char *place_key(const struct crash *crash)
{
    const char *file = crash->position ? path_base(crash->position) : "";
    const char *line = strchr(file, ':');
    if (!line || line[1] < '0' || line[1] > '9')
        return NULL;
    return mem_copy(file, (size_t)(line - file) + 1 + strspn(line + 1, "0123456789"));
}

/* The state, when it tells more than a name that many places share. */
static char *state_key(const struct crash *crash)
{
    return strchr(crash->state, '\n') ? mem_text(crash->state) : NULL;
}

struct keyed {
    uint64_t key;
    size_t issue;
};

static int by_key(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->issue < b->issue ? -1 : a->issue > b->issue;
}

/* Unites issues with equal keys, unless one sanitizer gave both of them a name: it knows them
 * apart. */
static void link_by(struct issues *issues, char *(*make_key)(const struct crash *))
{
    struct keyed *keyed = mem_new(issues->len, sizeof *keyed);
    size_t len = 0;
    for (size_t i = 0; i < issues->len; i++) {
        const struct crash *crash = entry_crash(&issues->at[i].shown);
        char *key = can_be_linked(crash) ? make_key(crash) : NULL;
        if (key)
            keyed[len++] = (struct keyed){XXH3_64bits(key, strlen(key)), i};
        free(key);
    }
    if (len)
        qsort(keyed, len, sizeof *keyed, by_key);
    for (size_t i = 0; i < len; i++)
        for (size_t j = i + 1; j < len && keyed[j].key == keyed[i].key; j++) {
            size_t a = find_root(issues, keyed[i].issue), b = find_root(issues, keyed[j].issue);
            if ((issues->at[a].sanitizers & issues->at[b].sanitizers) == 0)
                unite(issues, a, b);
        }
    free(keyed);
}

static void link_issues(struct issues *issues)
{
    for (size_t i = 0; i < issues->len; i++) {
        const struct crash *crash = entry_crash(&issues->at[i].shown);
        issues->at[i].root = i;
        issues->at[i].sanitizers |= sanitizer_bit(crash->sanitizer);
    }
    for (size_t i = 0; i < issues->links_len; i++)
        unite(issues, issues->links[i].a, issues->links[i].b);
    link_by(issues, state_key);
    link_by(issues, place_key);
    for (size_t i = 0; i < issues->len; i++) {
        struct issue *issue = &issues->at[i];
        struct issue *root = &issues->at[issue->root = find_root(issues, i)];
        struct severity severity = severity_of(entry_crash(&issue->shown));
        root->linked++;
        root->security |= entry_crash(&issue->shown)->security;
        if (severity.weight > root->severity.weight)
            root->severity = severity;
        issues->roots += issue == root;
    }
}

/* --- Clusters ------------------------------------------------------------------------------- */

static uint64_t frame_hash(const struct crash_frame *frame)
{
    if (frame->function)
        return XXH3_64bits(frame->function, strlen(frame->function));
    char *place = mem_print("%s+%s", frame->module ? path_base(frame->module) : "",
                            frame->offset ? frame->offset : "");
    uint64_t hash = XXH3_64bits(place, strlen(place));
    free(place);
    return hash;
}

static size_t hash_frames(const struct crash_stack *stack, uint64_t *hashes)
{
    size_t len = 0;
    for (size_t i = 0; i < stack->len && len < SIMILARITY_FRAMES; i++)
        if (!stack->frames[i].dropped)
            hashes[len++] = frame_hash(&stack->frames[i]);
    return len;
}

/* The stack that tells where: the first that names the program; of a race's two sides, which come
 * in any order, the one with the smaller hash. */
static void take_frames(struct issue *issue)
{
    const struct crash *crash = entry_crash(&issue->shown);
    bool race = strcmp(crash->class_, "race") == 0;
    for (size_t i = 0; i < crash->stacks_len; i++) {
        uint64_t hashes[SIMILARITY_FRAMES];
        enum stack_role role = crash->stacks[i].role;
        bool other_side = race && (role == STACK_CRASH || role == STACK_PREVIOUS);
        size_t len = hash_frames(&crash->stacks[i], hashes);
        if (len == 0 || (issue->frames_len > 0 && (!other_side || hashes[0] >= issue->frames[0])))
            continue;
        memcpy(issue->frames, hashes, len * sizeof *hashes);
        issue->frames_len = len;
    }
}

static int by_value(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

/* Crashes of different kinds are different mistakes however alike their stacks: a failed
 * expression says more than the helper that reports it. */
static uint64_t kind_of(const struct issue *issue)
{
    static const char *const apart[] = {"leak", "timeout", "oom", "exit", "deadlock"};
    const struct crash *crash = entry_crash(&issue->shown);
    const char *kind = "";
    char *text;
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++)
        if (strcmp(apart[i], crash->class_) == 0)
            kind = apart[i];
    bool check = strcmp(crash->class_, "assert") == 0 || strcmp(crash->class_, "model") == 0;
    text = mem_print("%d %s %.*s", issue->security, kind,
                     check ? (int)strcspn(crash->state, "\n") : 0, crash->state);
    uint64_t hash = XXH3_64bits(text, strlen(text));
    free(text);
    return hash;
}

static size_t shared_frames(const struct issue *a, const struct issue *b)
{
    size_t shared = 0;
    for (size_t i = 0, j = 0; i < a->frames_len && j < b->frames_len;) {
        shared += a->sorted[i] == b->sorted[j];
        bool left = a->sorted[i] <= b->sorted[j], right = b->sorted[j] <= a->sorted[i];
        i += left;
        j += right;
    }
    return shared;
}

/* What is left to cluster: the roots. */
struct roots {
    const struct issues *issues;
    size_t *at;
    size_t len;
};

static double issue_distance(const void *context, size_t i, size_t j)
{
    const struct roots *roots = context;
    const struct issue *a = &roots->issues->at[roots->at[i]];
    const struct issue *b = &roots->issues->at[roots->at[j]];
    if (a->kind != b->kind)
        return 1;
    if (a->frames_len == 0 || b->frames_len == 0)
        return states_match(entry_crash(&a->shown)->state, entry_crash(&b->shown)->state)
                   ? ISSUES_CUT
                   : 1;
    bool few = a->frames_len <= 2 || b->frames_len <= 2; /* all stacks have main, or the target */
    if (few && a->frames[0] != b->frames[0])
        return 1; /* they are enough to be the same place, not to be on the way to it */
    if (stack_distance_least(a->frames_len, b->frames_len, shared_frames(a, b)) > ISSUES_CUT)
        return 1;
    return stack_distance(a->frames, a->frames_len, b->frames, b->frames_len);
}

static void prepare(struct issue *issue)
{
    take_frames(issue);
    memcpy(issue->sorted, issue->frames, sizeof issue->sorted);
    qsort(issue->sorted, issue->frames_len, sizeof *issue->sorted, by_value);
    issue->kind = kind_of(issue);
}

/* --- Order ---------------------------------------------------------------------------------- */

static int by_score(const void *left, const void *right)
{
    const struct cause *a = left, *b = right;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    return a->roots[0] < b->roots[0] ? -1 : a->roots[0] > b->roots[0];
}

/* The share of failures, and of files, of a root with all that is linked to it. */
static void weigh(struct issues *issues)
{
    for (size_t i = 0; i < issues->len; i++) {
        struct cause *cause = &issues->causes[issues->at[issues->at[i].root].cluster];
        cause->files += issues->at[i].files;
        cause->rate += issues->at[i].failures / issues->failures;
    }
}

static void add_root(struct cause *cause, const struct issues *issues, size_t root)
{
    const struct severity *severity = &issues->at[root].severity;
    cause->roots = mem_resize(cause->roots, cause->len + 1, sizeof *cause->roots);
    size_t at = cause->len++;
    for (; at > 0 && issues->at[cause->roots[at - 1]].severity.weight < severity->weight; at--)
        cause->roots[at] = cause->roots[at - 1];
    cause->roots[at] = root;
    if (severity->weight > cause->severity.weight)
        cause->severity = *severity;
}

static void order_causes(struct issues *issues, const struct roots *roots)
{
    for (size_t i = 0; i < roots->len; i++)
        add_root(&issues->causes[issues->at[roots->at[i]].cluster], issues, roots->at[i]);
    weigh(issues);
    for (size_t i = 0; i < issues->causes_len; i++)
        issues->causes[i].score = issues->causes[i].rate * issues->causes[i].severity.weight;
    if (issues->causes_len)
        qsort(issues->causes, issues->causes_len, sizeof *issues->causes, by_score);
    for (size_t i = 0; i < issues->causes_len; i++)
        for (size_t j = 0; j < issues->causes[i].len; j++)
            issues->at[issues->causes[i].roots[j]].cluster = i + 1;
    for (size_t i = 0; i < issues->len; i++)
        issues->at[i].cluster = issues->at[issues->at[i].root].cluster;
}

void issues_finish(struct issues *issues)
{
    struct roots roots = {issues, mem_new(issues->len, sizeof *roots.at), 0};
    size_t *groups = mem_new(issues->len, sizeof *groups);
    link_issues(issues);
    for (size_t i = 0; i < issues->len; i++)
        if (issues->at[i].root == i) {
            prepare(&issues->at[i]);
            roots.at[roots.len++] = i;
        }
    issues->causes_len = cluster_complete(roots.len, ISSUES_CUT, issue_distance, &roots, groups);
    issues->causes = mem_new(issues->causes_len, sizeof *issues->causes);
    for (size_t i = 0; i < roots.len; i++)
        issues->at[roots.at[i]].cluster = groups[i];
    order_causes(issues, &roots);
    free(groups);
    free(roots.at);
}

void issues_free(struct issues *issues)
{
    for (size_t i = 0; i < issues->len; i++) {
        entry_free(&issues->at[i].shown);
        paths_free(&issues->at[i].examples);
    }
    for (size_t i = 0; i < issues->causes_len; i++)
        free(issues->causes[i].roots);
    free(issues->causes);
    free(issues->at);
    free(issues->table);
    free(issues->links);
    *issues = (struct issues){0};
}

const struct issue *issues_root(const struct issues *issues, size_t index)
{
    return &issues->at[issues->at[index].root];
}

size_t issues_files(const struct issues *issues, size_t root)
{
    size_t files = 0;
    for (size_t i = 0; i < issues->len; i++)
        if (issues->at[i].root == root)
            files += issues->at[i].files;
    return files;
}
