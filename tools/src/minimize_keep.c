/* The directory of a result: for people, and for `ledge curate` and the regression tests after
 * them. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "describe.h"
#include "files.h"
#include "json.h"
#include "mem.h"
#include "minimize.h"
#include "wilson.h"
#include "slug.h"

static bool taken_by_another(const char *directory, const struct crash *crash)
{
    char *path = mem_print("%s/report.json", directory);
    json_t *report = json_load_file(path, 0, NULL);
    const char *signature = json_string_value(json_object_get(report, "signature"));
    bool other = signature && strcmp(signature, crash->signature) != 0;
    json_decref(report);
    free(path);
    return other;
}

char *minimize_directory(const struct manifest *manifest, const struct target *target,
                         const struct crash *crash)
{
    size_t len;
    const char *subject = slug_subject(target->name, crash, &len);
    if (len > 40)
        len = 40;
    char *directory = mem_print("%s/new/%s-%.*s-%.4s", manifest->crashes, target->name, (int)len,
                                subject, crash->signature);
    if (!taken_by_another(directory, crash))
        return directory;
    free(directory);
    return mem_print("%s/new/%s-%.*s-%s", manifest->crashes, target->name, (int)len, subject,
                     crash->signature);
}

static bool has_text(const char *text, const char *part)
{
    return text && strstr(text, part);
}

int minimize_failing_line(const struct crash *crash, const char *text)
{
    bool at_close = has_text(crash->state, ".close: ") || has_text(crash->state, "world_close") ||
                    crash_has_function(crash, "world_close");
    if (at_close || strcmp(crash->class_, "leak") == 0)
        return -1;
    int last = -1;
    for (const char *at = text; *at; at++)
        last += *at == '\n';
    return last;
}

/* Writes one file of the directory. */
static bool put(const char *directory, const char *name, const void *bytes, size_t len,
                struct fail *why)
{
    char *path = mem_print("%s/%s", directory, name);
    bool ok = file_write(path, bytes, len, why);
    free(path);
    return ok;
}

static json_t *count_json(struct count count)
{
    struct interval interval = wilson_interval(count.hits, count.tries);
    json_t *object = json_object();
    json_put(object, "hits", json_integer(count.hits));
    json_put(object, "tries", json_integer(count.tries));
    json_put(object, "low", json_real(interval.low));
    json_put(object, "high", json_real(interval.high));
    return object;
}

/* Every single step down, and what came of it. */
static json_t *proof_json(const struct proof *proof)
{
    static const char *const answers[] = {
        [ANSWER_NO] = "no", [ANSWER_YES] = "yes", [ANSWER_STOP] = "not tried"};
    json_t *object = json_object(), *attempts = json_array();
    for (size_t i = 0; i < proof->len; i++) {
        json_t *attempt = json_object();
        json_put(attempt, "step", json_text(proof->attempts[i].step));
        json_put(attempt, "fails_the_same_way", json_text(answers[proof->attempts[i].answer]));
        json_append(attempts, attempt);
    }
    json_put(object, "holds", json_boolean(proof->holds));
    json_put(object, "attempts", attempts);
    return object;
}

static json_t *elsewhere_json(const struct minimized *minimized)
{
    if (!minimized->elsewhere || minimized->there.tries == 0)
        return json_null();
    json_t *object = count_json(minimized->there);
    json_put(object, "engine", json_text(minimized->elsewhere->engine));
    json_put(object, "sanitizer", json_text(minimized->elsewhere->sanitizer));
    return object;
}

static json_t *report_json(const struct target *target, const struct minimized *minimized,
                           const struct kept *kept)
{
    json_t *report = json_object();
    json_put(report, "target", json_text(target->name));
    json_put(report, "format_version", json_integer(target->format_version));
    json_put(report, "build", json_text(minimized->build->sanitizer));
    describe_json(report, &minimized->crash);
    json_put(report, "unit", json_text(target->kit ? "operations" : "bytes"));
    json_put(report, "ops_before", json_integer((json_int_t)minimized->ops_before));
    json_put(report, "ops", json_integer((json_int_t)minimized->program.ops_len));
    json_put(report, "bytes_before", json_integer((json_int_t)minimized->bytes_before));
    json_put(report, "bytes", json_integer((json_int_t)minimized->bytes_len));
    json_put(report, "minimal", json_boolean(minimized->minimal));
    json_put(report, "hits", json_integer(minimized->hits));
    json_put(report, "tries", json_integer(minimized->tries));
    json_put(report, "rate", count_json((struct count){minimized->hits, minimized->tries}));
    json_put(report, "rate_before", minimized->flaky ? count_json(minimized->before) : json_null());
    json_put(report, "elsewhere", elsewhere_json(minimized));
    json_put(report, "runs", json_integer(minimized->runs));
    json_put(report, "asked", json_integer(minimized->asked));
    json_put(report, "seconds", json_real(minimized->seconds));
    json_put(report, "seconds_with_counts", json_real(minimized->seconds_in_all));
    json_put(report, "proof", minimized->proof.len ? proof_json(&minimized->proof) : json_null());
    json_put(report, "c_program",
             kept->has_c ? json_text(kept->c_same ? "same signature" : kept->c_why.what)
                         : json_null());
    return report;
}

static bool put_report(const struct target *target, const struct minimized *minimized,
                       const struct kept *kept, struct fail *why)
{
    json_t *report = report_json(target, minimized, kept);
    char *text = json_dumps(report, JSON_INDENT(2));
    char *lines = mem_print("%s\n", text ? text : "{}");
    bool ok = put(kept->directory, "report.json", lines, strlen(lines), why);
    free(lines);
    free(text);
    json_decref(report);
    return ok;
}

/* Runs a C program that is compiled already again and again: one of a flaky input fails sometimes.
 */
static bool fails_sometimes(struct runner *runner, const struct target *target,
                            const struct minimized *minimized, const char *source,
                            const char *program)
{
    const struct build build = {"replay", minimized->build->sanitizer, program};
    bool same = false;
    for (unsigned i = 0; minimized->flaky && i < minimized->before.tries && !same; i++) {
        struct run_result result;
        struct fail why;
        if (!runner_run(runner, target, &build, source, &result, &why))
            break;
        same = crash_same(&result.crash, &minimized->crash);
        run_result_free(&result);
    }
    return same;
}

/* Compiles and runs the C program in a place of its own. */
static bool check_c(struct runner *runner, const struct target *target,
                    const struct minimized *minimized, const char *source, struct fail *why)
{
    char *place = dir_temporary(why);
    if (!place)
        return false;
    char *program = mem_print("%s/repro", place);
    struct run_result result;
    bool ok = repro_run(runner, target, minimized->build->sanitizer, source, program, &result, why);
    if (ok && !crash_same(&result.crash, &minimized->crash) &&
        !fails_sometimes(runner, target, minimized, source, program)) {
        char *line = describe_crash(minimized->build->sanitizer, &result.crash);
        ok = fail_set(why, "", "the C program does not fail the same way: %s", line);
        free(line);
        run_result_free(&result);
    } else if (ok) {
        run_result_free(&result);
    }
    dir_remove(place);
    free(program);
    free(place);
    return ok;
}

/* The C program under a comment that says how to build it. */
static bool put_c(const struct target *target, const struct minimized *minimized,
                  const struct kept *kept, const char *source, struct fail *why)
{
    char *command = repro_command(target, minimized->build->sanitizer);
    char *text =
        command ? mem_print("/* Build and run:\n *\n *     %s && ./repro\n */\n%s", command, source)
                : mem_text(source);
    bool ok = put(kept->directory, "repro.c", text, strlen(text), why);
    free(text);
    free(command);
    return ok;
}

/* program.txt and repro.c: what only a kit target has. */
static bool keep_program(struct runner *runner, const struct target *target,
                         const struct minimized *minimized, struct kept *kept, struct fail *why)
{
    const struct build *replayer = target_build(target, "replay", minimized->build->sanitizer);
    char *input = mem_print("%s/input", kept->directory);
    char *path = mem_print("%s/repro.c", kept->directory), *source = NULL;
    size_t len;
    bool failed;
    bool ok = replayer_ask(target, replayer, "--print", input, &kept->text, &len, NULL, why) &&
              put(kept->directory, "program.txt", kept->text, len, why) &&
              repro_emit(target, minimized->build->sanitizer, input, &source, &failed, why) &&
              put_c(target, minimized, kept, source, why);
    if (ok) {
        kept->has_c = true;
        kept->c_same = check_c(runner, target, minimized, path, &kept->c_why);
    }
    free(source);
    free(path);
    free(input);
    return ok;
}

bool minimize_keep(struct runner *runner, const struct target *target,
                   const struct minimized *minimized, const char *directory, struct kept *kept,
                   struct fail *why)
{
    *kept = (struct kept){.directory = mem_text(directory)};
    bool ok = dir_make(directory, why) &&
              put(directory, "input", minimized->bytes, minimized->bytes_len, why) &&
              (!target->kit || keep_program(runner, target, minimized, kept, why)) &&
              put_report(target, minimized, kept, why);
    if (!ok)
        kept_free(kept);
    return ok;
}

void kept_free(struct kept *kept)
{
    free(kept->directory);
    free(kept->text);
    *kept = (struct kept){0};
}
