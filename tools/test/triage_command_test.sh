#!/bin/sh
# triage_command_test.sh LEDGE CC: `ledge triage` on what a person really has: a directory of inputs whose target has several
# builds, logs from somewhere else, some of it missing, empty, or failing only now and then. The program under test is
# compiled here, once for each sanitizer.
set -u
ledge=$1
cc=$2
dir=$(mktemp -d "${TMPDIR:-/tmp}/ledge-triage-XXXXXX") || exit 3
trap 'rm -rf "$dir"' EXIT
failures=0
unset LEDGE_MANIFEST NO_COLOR
mkdir "$dir/in" "$dir/logs" "$dir/nowhere" "$dir/bin" && cd "$dir/nowhere" || exit 3

fail() {
    echo "FAILED: $1"
    sed 's/^/    /' "$dir/out"
    failures=$((failures + 1))
}

# check WANTED_CODE 'WANTED TEXT' ARGUMENT…: standard output and errors together.
check() {
    code=$1 text=$2
    shift 2
    "$ledge" triage "$@" >"$dir/out" 2>&1
    got=$?
    [ $got -eq "$code" ] && grep -qF -e "$text" "$dir/out" || fail "ledge triage $*: exit $got, wanted $code with '$text'"
}

# also 'WANTED TEXT', never 'UNWANTED TEXT': of the last check's output.
also() {
    grep -qF -e "$1" "$dir/out" || fail "wanted '$1'"
}
never() {
    grep -qF -e "$1" "$dir/out" && fail "did not want '$1'"
}

cat >"$dir/prog.c" <<'END'
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static int table[8];

__attribute__((noinline)) static void put(int *into, int at)
{
    into[at] = 1;
}

__attribute__((noinline)) static void put_table(int at)
{
    table[at] = 1;
}

__attribute__((noinline)) static void verify(int ok, const char *what)
{
    if (!ok)
        __assert_fail(what, __FILE__, __LINE__, __func__);
}

__attribute__((noinline)) static void one_input(int what)
{
    switch (what) {
    case 'i':
        put_table(what - 'a'); /* table[8] */
        break;
    case 'n':
        put(NULL, 0);
        break;
    case 'x':
        verify(what == 0, "x is empty");
        break;
    case 'y':
        verify(what == 0, "y is sorted");
        break;
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "r");
        if (!file)
            return 2;
        fprintf(stderr, "ledge-run: %s\n", argv[i]);
        one_input(getc(file));
        fclose(file);
    }
    return 0;
}
END

build() { # SANITIZER FLAG
    "$cc" -g -O0 -fno-sanitize-recover=all -fsanitize="$2" "$dir/prog.c" -o "$dir/bin/$1" 2>"$dir/out" || fail "cannot compile for $1"
}
build asan address
build ubsan undefined
build tsan thread

# Fails every second time: it counts its runs.
cat >"$dir/bin/flaky" <<'END'
#!/bin/sh
count=$(cat "$0.count" 2>/dev/null || echo 0)
echo $((count + 1)) >"$0.count"
[ $((count % 2)) -eq "${FIRST:-0}" ] || exit 0
echo '==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000014 at pc 0x1 bp 0x2 sp 0x3
WRITE of size 4 at 0x602000000014 thread T0
    #0 0x55 in sometimes /src/flaky.c:12:3
    #1 0x56 in main /src/flaky.c:20:1' >&2
exit 1
END
cat >"$dir/bin/never" <<'END'
#!/bin/sh
exit 0
END
# Ends as its input says. A status that the library returns is no crash: the program goes on.
cat >"$dir/bin/ends" <<'END'
#!/bin/sh
read -r how <"$1"
case $how in
status) echo 'error: no such item' >&2 ;;
exit) exit 5 ;;
hang) sleep 20 ;;
*) kill -s "$how" $$ ;;
esac
exit 0
END
chmod +x "$dir/bin/flaky" "$dir/bin/never" "$dir/bin/ends"

target() { # NAME BUILDS
    echo "{ \"name\": \"$1\", \"format_version\": 1, \"kit\": false, \"source\": \"$dir/prog.c\", \"corpus\": null,
    \"limits\": { \"timeout_ms\": 5000, \"rss_mb\": 2048, \"max_len\": 64 }, \"builds\": [ $2 ] }"
}
replayer() { # SANITIZER BINARY
    echo "{ \"engine\": \"replay\", \"sanitizer\": \"$1\", \"binary\": \"$dir/bin/$2\" }"
}
symbolizer=$(command -v llvm-symbolizer-19 || echo /usr/bin/llvm-symbolizer)
cat >"$dir/manifest.json" <<END
{ "format": 1, "root": "$dir", "build": "$dir", "crashes": "$dir/crashes", "cmake": "/usr/bin/cmake",
  "symbolizer": "$symbolizer", "afl_fuzz": null, "targets": [
    $(target prog "$(replayer asan asan), $(replayer tsan tsan), $(replayer ubsan ubsan)"),
    $(target flaky "$(replayer asan flaky)"),
    $(target never "$(replayer asan never), $(replayer ubsan never)"),
    $(target ends "$(replayer none ends)" | sed 's/5000/200/') ] }
END
known="--manifest $dir/manifest.json --target prog"

for what in index null x y clean; do
    printf %s "$what" >"$dir/in/$what"
done

# One bug under three sanitizers is one issue, whether they are replayed or only their logs are there.
check 1 '1 issue, 1 root cause' $known "$dir/in/index"
also 'also       ubsan  Index-out-of-bounds'
check 1 '1 issue, 1 root cause' $known "$dir/in/null"
also 'Null-dereference WRITE'
for build in asan ubsan tsan; do
    "$dir/bin/$build" "$dir/in/null" 2>"$dir/logs/a-null-$build.log" && fail "$build: null ran clean"
done
check 1 '3 files, 3 with a crash: 1 issue, 1 root cause' "$dir/logs"
for build in asan ubsan; do
    "$dir/bin/$build" "$dir/in/index" 2>"$dir/logs/index-$build.log" && fail "$build: index ran clean"
done
check 1 '5 files, 5 with a crash: 2 issues, 2 root causes' "$dir/logs"
also 'same as    ubsan  Index-out-of-bounds'
# The write outside of the table comes before the null dereference, although that has more files.
head -n 2 "$dir/out" | grep -qF 'Global-buffer-overflow WRITE 4' || fail 'the worst comes first'

# Two bugs that share a helper are two issues, and two causes.
check 1 '2 issues, 2 root causes' $known --runs 1 "$dir/in/x" "$dir/in/y"
also 'ASSERT   x is empty < verify < one_input'

# A log of a whole night holds more than one crash: that is said.
cat "$dir/logs/a-null-asan.log" "$dir/logs/index-asan.log" "$dir/logs/a-null-asan.log" >"$dir/night.log"
check 1 'night.log: 2 different reports in this log count as one crash; the last is AddressSanitizer: global-buffer' "$dir/night.log"
check 1 '"AddressSanitizer: SEGV ' --json "$dir/night.log"
check 1 '1 file, 1 with a crash' "$dir/logs/index-asan.log"
never 'different reports'

# What fails every second time is said to, with an interval; a first clean run is not the last word.
known="--manifest $dir/manifest.json --target flaky"
check 1 'flaky      10/20 replays under asan crashed: 30 to 70 % of runs' $known "$dir/in/x"
rm "$dir/bin/flaky.count"
export FIRST=1
check 1 'flaky      10/20 replays under asan crashed' $known "$dir/in/x"
unset FIRST
rm "$dir/bin/flaky.count"
check 1 '"flaky": true' $known --json "$dir/in/x"
also '"runs": 20'
also '"reproduced": 10'
also '"interval": ['
rm "$dir/bin/flaky.count"
check 1 'reproduces 1/1 under asan' $known --runs 1 "$dir/in/x"

# What doesn't fail any more is not dropped when its name, or a record beside it, says that it did.
known="--manifest $dir/manifest.json --target never"
artifact=$dir/in/crash-da39a3ee5e6b4b0d3255bfef95601890afd80709
mkdir "$dir/kept"
cp "$dir/in/x" "$artifact"
check 0 '(40 replays), although libFuzzer named it crash' $known "$artifact"
cp "$dir/in/x" "$dir/kept/input"
echo 'not an input' >"$dir/kept/program.txt"
cat >"$dir/kept/report.json" <<'END'
{ "target": "never", "crash_type": "Heap-buffer-overflow\nREAD 1", "crash_state": "gone\nmain", "class": "memory",
  "security": true, "signature": "0123456789abcdef", "sanitizer": "asan", "bytes_before": 9 }
END
check 1 'unseen     0/40 replays crashed: 0 to 9 % of runs' $known "$dir/kept"
also '1 file, 1 with a crash'
check 1 '"signature": "0123456789abcdef"' $known --json "$dir/kept"
also '"confidence": "low"'

sed -i 's/"class"/"expect": "quiet", "class"/' "$dir/kept/report.json"
check 0 'no crash under any build (40 replays)' $known "$dir/kept"
never 'although'

# How a process ends without a word: each in its class, and a status is none.
known="--manifest $dir/manifest.json --target ends"
ends() { # HOW CLASS TYPE
    echo "$1" >"$dir/in/ends"
    wanted=1
    [ "$3" = 0 ] && wanted=0
    check "$wanted" "\"class\": \"$2\"" $known --json --runs 1 "$dir/in/ends"
    [ "$3" = 0 ] || also "\"crash_type\": \"$3\""
}
ends status none 0
ends exit exit Unexpected-exit
ends hang timeout Timeout
ends BUS bus Bus
ends SEGV signal UNKNOWN
ends FPE signal Floating-point-exception
ends ABRT signal Abrt

# Any program is a target: nothing of it has to be in a manifest, and files may be called as they like.
mine="$dir/my crashes"
mkdir "$mine"
cp "$dir/in/index" "$mine/it's \"one\""
cp "$dir/in/null" "$mine/$(printf 'two\nlines')"
cp "$dir/in/clean" "$mine/3"
check 1 '3 files, 2 with a crash: 2 issues, 2 root causes' --cmd "$dir/bin/asan @@" "$mine"
also 'Global-buffer-overflow WRITE 4   put_table < one_input < main'
also 'reproduces 10/10 under command'
also '3: no crash under any build (20 replays)'
check 1 "ledge triage --cmd '$dir/bin/asan @@' '$mine/it'\''s" --cmd "$dir/bin/asan @@" --format markdown "$mine"
check 1 '"crash_type": "Unexpected-exit"' --cmd "sh -c 'exit 5'" --exit-code 5 --json "$mine/3"
check 0 '"class": "none"' --cmd "sh -c 'exit 5'" --runs 1 --json "$mine/3"
check 1 '"crash_type": "Timeout"' --cmd 'sleep 20' --timeout 100 --runs 1 --json "$mine/3"
check 1 '"crash_type": "Abrt"' --cmd "sh -c 'read -r it; [ \$it != clean ] || kill -s ABRT \$\$'" --json --runs 1 "$mine/3"
timeout --preserve-status -s INT 1 "$ledge" triage --cmd 'sleep 5' "$mine" >"$dir/out" 2>&1
[ $? -eq 130 ] || fail 'an interrupt ends it'
also 'only 1 of 3 files were looked at'
leaks="sh -c 'case \$ASAN_OPTIONS in *detect_leaks=1*detect_leaks=0*) exit 5;; esac'"
ASAN_OPTIONS=detect_leaks=0:log_path=$dir/lost/log
export ASAN_OPTIONS
check 1 '"class": "exit"' --cmd "$leaks" --exit-code 5 --runs 1 --json "$mine/3"
check 1 'Global-buffer-overflow WRITE 4' --cmd "$dir/bin/asan @@" --runs 1 "$mine/it's \"one\""
unset ASAN_OPTIONS
check 3 'there is no such program' --cmd "$dir/bin/gone @@" "$mine"
check 2 '--cmd stands instead of' --cmd "$dir/bin/asan @@" --target prog "$mine"
check 2 'belong to --cmd' --timeout 100 "$mine"
check 1 '3 crashes in' --runs 1 --cmd "../bin/asan @@" --state "$dir/kept store" "$mine"
also "ledge show --state '$dir/kept store'"
check 1 '(0 new)' --runs 1 --cmd "$dir/bin/asan @@" --state "$dir/kept store" "$mine"
"$ledge" minimize --cmd "../bin/asan @@" --state "$dir/kept store" "$mine/it's \"one\"" >"$dir/out" 2>&1 || fail 'minimize --cmd --state'
"$ledge" show --state "$dir/kept store" c6d5 >"$dir/out" 2>&1
also '  minimized  '
also "command/command  $dir/nowhere/../bin/asan"
"$ledge" verify --state "$dir/kept store" >"$dir/out" 2>&1 || fail 'the store holds'
"$ledge" show --state "$dir/kept store" 1 >"$dir/out" 2>&1 || fail 'the store shows'
also "$dir/bin/asan"

# Inputs that nobody was named for would pass for logs of fine runs.
check 0 "--cmd 'prog @@'" "$mine"
check 0 'no file here is a report of a crash' "$dir/in/x"

# No manifest, and things that are no reports.
: >"$dir/empty"
mkdir "$dir/void"
printf 'all is well\n' >"$dir/fine.log"
head -c 64 /dev/zero >"$dir/zeros"
check 0 '"class": "none"' --json "$dir/fine.log"
also '"security": false'
check 0 '"class": "none"' --json "$dir/empty"
check 0 '0 files, 0 with a crash' "$dir/void"
check 0 '[]' --json "$dir/void"
check 3 'nothing tells which target this is an input of' "$dir/zeros"
check 3 '"class": "none"' --json "$dir/zeros"
check 3 'cannot open /nowhere' "$dir/logs/a-null-asan.log" /nowhere --json
also '"crash_type": "Null-dereference WRITE"'
check 3 'cannot read /proc/self/mem' /proc/self/mem "$dir/logs/a-null-asan.log"
also '1 issue'
check 3 'No such file or directory' --manifest "$dir/no.json" "$dir/fine.log"
"$ledge" triage --json - <"$dir/logs/index-asan.log" >"$dir/out" 2>&1
also '"file": "-"'
also 'put_table\none_input'

# Offsets get the names of the program that is there, unless the log says that it was another build.
ASAN_OPTIONS=symbolize=0 "$dir/bin/asan" "$dir/in/index" 2>"$dir/raw.log" && fail 'index ran clean'
check 1 'put_table < one_input < main' "$dir/raw.log"
if grep -q 'BuildId: ' "$dir/raw.log"; then
    sed 's/BuildId: [0-9a-f]*/BuildId: 00112233445566778899aabbccddeeff00112233/' "$dir/raw.log" >"$dir/other.log"
    check 1 'asan+0x' "$dir/other.log"
    never 'put_table'
fi
sed "s,(BuildId[^)]*),,; s,$dir/bin/asan,/bin/sh,; s,/sh+0x[0-9a-f]*,/sh+0x8000," "$dir/raw.log" >"$dir/foreign.log"
check 1 'sh+0x8000' "$dir/foreign.log"

# Names that would run wild on a terminal.
wild=$(printf 'wild\033[31m.log')
cp "$dir/fine.log" "$dir/void/$wild"
check 0 'wild?[31m.log: no crash' "$dir/void"

# The other formats, and what doesn't go together.
check 1 '"version": "2.1.0"' --format sarif "$dir/logs"
check 1 '"CrashSeverity"' --format casrep "$dir/logs/index-asan.log"
check 1 '5 casreps' --format casrep --out "$dir/casr" "$dir/logs"
[ -s "$dir/casr/index-asan.log.casrep" ] || fail 'a casrep for each file'
check 3 'cannot make the directory' --format casrep --out "$dir/empty/casr" "$dir/logs"
check 1 '## `Global-buffer-overflow WRITE 4` in `put_table`' --format markdown "$dir/logs"
check 1 '>    14 |     table[at] = 1;' --explain "$dir/logs/index-asan.log"
also 'because    type:'
also '#1 one_input'
check 2 "there is no format 'yaml'" --format yaml "$dir/logs"
check 2 'exclude each other' --json --format sarif "$dir/logs"
check 2 '--out goes with' --out "$dir/casr" "$dir/logs"
check 1 'and 1 more root cause' --top 1 "$dir/logs"
never '#2'

TMPDIR="$dir/gone" "$ledge" triage --json "$dir/logs" >"$dir/out" 2>&1
[ $? -eq 3 ] || fail 'no place for what waits on disk'
also 'set TMPDIR to a directory'

# Colour is for a terminal whose user wants it.
escape=$(printf '\033')
coloured() {
    script -qec "'$ledge' triage '$dir/logs/index-asan.log'" /dev/null >"$dir/out" </dev/null
    grep -qF "$escape[" "$dir/out"
}
export TERM=xterm
coloured || fail 'colour on a terminal'
NO_COLOR=1
export NO_COLOR
coloured && fail 'NO_COLOR is honoured'
unset NO_COLOR
TERM=dumb
coloured && fail 'no colour on a dumb terminal'
check 1 'critical' "$dir/logs/index-asan.log"
never "$escape["

# The benchmark says what it measured. How fast that is, no test can say; and a ledge built with ASan keeps what it frees.
"$ledge" bench triage --files 10 --json >"$dir/out" 2>&1
[ $? -le 1 ] || fail 'ledge bench triage'
also '"memory_growth"'
also '"times_as_long_as_grep"'

[ $failures -eq 0 ] && echo 'all as it should be'
exit $((failures > 0))
