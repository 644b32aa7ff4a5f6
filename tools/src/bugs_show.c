/* Planted bugs in a table and in JSON. */
#include <stdlib.h>
#include <string.h>

#include "bugs.h"
#include "describe.h"
#include "json.h"
#include "mem.h"

int bugs_width(const struct bug_info *infos, size_t len)
{
    int widest = 3;
    for (size_t i = 0; i < len; i++) {
        int width = (int)strlen(infos[i].bug->id);
        widest = width > widest ? width : widest;
    }
    return widest;
}

char *bug_header_text(int width)
{
    return mem_print("%-*s %-4s %-16s %7s %8s  %-32s %-10s %-11s %-6s %-5s %-5s %-6s %s", width,
                     "bug", "row", "found by", "seconds", "execs", "class", "ops", "bytes", "fails",
                     "1-min", "quiet", "C same", "C clean");
}

static const char *show(enum check check)
{
    return check == CHECK_UNTRIED ? "-" : check == CHECK_HOLDS ? "ok" : "NO";
}

static json_t *check_json(enum check check)
{
    return check == CHECK_UNTRIED ? json_null() : json_boolean(check == CHECK_HOLDS);
}

/* What stands in the columns that come after the finding. */
static char *result_text(const struct bug_row *row)
{
    const struct minimized *m = &row->minimized;
    char *type = describe_type(row->got.type);
    char *class_ = mem_print("%s%s", row->named == CHECK_HOLDS ? "" : "NOT ", type);
    char *ops = mem_print("%zu->%zu", m->ops_before, m->program.ops_len);
    char *bytes = mem_print("%zu->%zu", m->bytes_before, m->bytes_len);
    char *fails = mem_print("%u/%u", m->hits, m->tries);
    char *text =
        mem_print("%-32s %-10s %-11s %-6s %-5s %-5s %-6s %s", class_, ops, bytes, fails,
                  show(row->minimal), show(row->quiet), show(row->c_same), show(row->c_clean));
    free(type);
    free(class_);
    free(ops);
    free(bytes);
    free(fails);
    return text;
}

char *bug_row_text(const struct bug_row *row, int width)
{
    char count[16];
    char *found = row->engine ? mem_print("%s/%s", row->engine, row->sanitizer) : mem_text("-");
    char *result = row->got.found
                       ? result_text(row)
                       : mem_print("NOT %s: %s", row->built ? "FOUND" : "BUILT", row->why.what);
    char *text =
        mem_print("%-*s %-4s %-16s %7.1f %8s  %s", width, row->info.bug->id, row->info.row, found,
                  row->seconds, describe_number((double)row->executions, count), result);
    free(found);
    free(result);
    return text;
}

json_t *bug_info_json(const struct bug_info *info)
{
    json_t *object = json_object(), *classes = json_array();
    for (const char **at = info->classes; *at; at++)
        json_append(classes, json_text(*at));
    json_put(object, "id", json_text(info->bug->id));
    json_put(object, "row", json_text(info->row));
    json_put(object, "title", json_text(info->title));
    json_put(object, "target", json_text(info->bug->variant.name));
    json_put(object, "expected", classes);
    return object;
}

static json_t *if_found(const struct bug_row *row, json_t *value)
{
    if (row->got.found)
        return value;
    json_decref(value);
    return json_null();
}

json_t *bug_row_json(const struct bug_row *row)
{
    const struct minimized *m = &row->minimized;
    json_t *object = bug_info_json(&row->info), *got = json_object();
    describe_json(got, &row->got);
    json_put(object, "built", json_boolean(row->built));
    json_put(object, "found", json_boolean(row->got.found));
    json_put(object, "engine", json_text(row->engine));
    json_put(object, "engine_sanitizer", json_text(row->sanitizer));
    json_put(object, "seconds", json_real(row->seconds));
    json_put(object, "executions", json_integer((json_int_t)row->executions));
    json_put(object, "build", json_text(row->build));
    json_put(object, "got", if_found(row, got));
    json_put(object, "class_ok", check_json(row->named));
    json_put(object, "ops_before", json_integer((json_int_t)m->ops_before));
    json_put(object, "ops", json_integer((json_int_t)m->program.ops_len));
    json_put(object, "bytes_before", json_integer((json_int_t)m->bytes_before));
    json_put(object, "bytes", json_integer((json_int_t)m->bytes_len));
    json_put(object, "runs", json_integer(m->runs));
    json_put(object, "other_failures", json_integer(m->others));
    json_put(object, "minimize_seconds", json_real(m->seconds));
    json_put(object, "hits", json_integer(m->hits));
    json_put(object, "tries", json_integer(m->tries));
    json_put(object, "reproduces", check_json(row->fails));
    json_put(object, "minimal", check_json(row->minimal));
    json_put(object, "minimal_attempts", json_integer((json_int_t)row->proof.len));
    json_put(object, "clean_quiet", check_json(row->quiet));
    json_put(object, "c_same", check_json(row->c_same));
    json_put(object, "c_clean", check_json(row->c_clean));
    json_put(object, "directory", json_text(row->directory));
    json_put(object, "holds", json_boolean(row->holds));
    json_put(object, "problem", row->holds ? json_null() : json_text(row->why.what));
    return object;
}
