#!/bin/sh
# command_test.sh LEDGE: what `ledge` says and returns when it is given something bad. Each case checks the exit code and a
# part of the message; nothing but the shell is needed.
set -u
ledge=$1
. "$(dirname "$0")/command_fixture.sh"

script() {
    { echo '#!/bin/sh'; cat; } >"$dir/$1"
    chmod +x "$dir/$1"
}

script replayer <<'END'
for path; do
    echo "ledge-run: $path" >&2
    case $(cat "$path") in
    boom)
        echo '==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000014 at pc 0x1' >&2
        echo 'WRITE of size 4 at 0x602000000014 thread T0' >&2
        echo '    #0 0x55 in deep /src/fake.c:12:3' >&2
        exit 1;;
    esac
done
END
# An engine that fills the disk and then loses its input, as libFuzzer does.
script engine <<'END'
for a; do case $a in -artifact_prefix=*) prefix=${a#*=};; esac; done
echo '#5 NEW    cov: 7 ft: 9' >&2
head -c 100000000 /dev/zero >"${prefix}filler" 2>/dev/null
: >"${prefix}crash-0000000000000000000000000000000000000002"
echo 'Base64: Ym9vbQ==' >&2
exit 77
END

manifest() { # NAME REPLAYER CORPUS
    cat >"$dir/$1" <<END
{ "format": 1, "root": "$dir", "build": "$dir/build", "crashes": "$dir/crashes", "cmake": "/usr/bin/cmake",
  "symbolizer": "/nowhere/llvm-symbolizer", "afl_fuzz": null,
  "targets": [ { "name": "fake", "format_version": 1, "kit": false, "source": "$dir/fake.c", "corpus": "$3",
    "limits": { "timeout_ms": 1000, "rss_mb": 512, "max_len": 64 },
    "builds": [ { "engine": "replay", "sanitizer": "asan", "binary": "$2" },
                { "engine": "libfuzzer", "sanitizer": "asan", "binary": "$dir/engine" } ] } ] }
END
}

mkdir -p "$dir/corpus/fake" "$dir/small"
manifest good.json "$dir/replayer" "$dir/corpus/fake"
manifest unbuilt.json "$dir/nothing" "$dir/corpus/fake"
manifest lost.json "$dir/replayer" "$dir/corpus/lost"
printf fine >"$dir/corpus/fake/seed"
printf boom >"$dir/boom"
: >"$dir/empty"
printf 'hello\n' >"$dir/hello"
cat >"$dir/log" <<'END'
==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000014 at pc 0x1 bp 0x2 sp 0x3
WRITE of size 4 at 0x602000000014 thread T0
    #0 0x55 in deep /src/fake.c:12:3
    #1 0x56 in main /src/fake.c:20:1
END
head -c 120 "$dir/log" >"$dir/truncated"
good="--manifest $dir/good.json"

# The command line.
check 2 'a command is missing'
check 2 'did you mean `ledge replay`?' repaly
check 2 'unknown option --nope' targets --nope
check 2 '--seconds wants a whole number' fuzz --seconds soon
check 2 "there is no engine or sanitizer 'afll'" fuzz $good --engine afll
check 2 'which files?' triage
check 2 'which inputs?' replay
check 0 'usage: ledge fuzz' fuzz --help
check 0 'Exit codes' --help
check 0 'usage: ledge triage' help triage
check 0 '--in-place' help corpus min
check 2 'there is no command' help nonsense

# The manifest.
check 3 'No such file or directory' targets --manifest "$dir/none.json"
printf '{' >"$dir/broken.json"
check 3 'broken.json: line 1' targets --manifest "$dir/broken.json"
check 3 'the targets are: fake' targets $good nope
check 0 'replay     asan' targets $good

# Replay.
check 0 'all clean' replay $good --regress
check 1 'deep' replay $good "$dir/boom" --target fake
check 3 'nothing tells which target' replay $good "$dir/boom"
check 3 'cannot be run' replay --manifest "$dir/unbuilt.json" --regress
check 3 "cannot open $dir/corpus/lost" replay --manifest "$dir/lost.json" --regress
check 3 'cannot open /nowhere' replay $good /nowhere --target fake

# Triage.
check 1 'Heap-buffer-overflow WRITE 4' triage $good "$dir/log"
check 1 'Heap-buffer-overflow' triage $good "$dir/truncated"
check 1 '"crash_state": "deep' triage $good "$dir/log" --json
check 1 '1 issue' triage $good "$dir/boom" --target fake
check 0 'no crash in this log' triage $good --log "$dir/empty"
check 0 'no crash under any build' triage $good --input --target fake "$dir/empty"
check 0 'no crash in this log' triage $good "$dir/empty"
check 3 'cannot open' triage $good "$dir/none" "$dir/log"
check 3 'cannot open a?[31m' triage $good "$(printf 'a\033[31m')"
check 3 "--cmd 'prog @@'" minimize $good "$dir/boom"

# A program that goes by what a file's name ends with.
printf 'one\ntwo boom\n' >"$dir/some.png"
script 'decode it' <<'END'
case $1 in *.png) grep -q boom "$1" && kill -s SEGV $$;; esac
END
check 0 '13 bytes -> 4 bytes' minimize --cmd "'$dir/decode it' @@" "$dir/some.png"
[ "$(cat "$dir/some.png.min/input")" = boom ] || fail 'the smallest that decodes'
check 0 '-> 4 bytes' minimize --cmd "sh -c 'grep -q boom @@ && exit 9'" --exit-code 9 "$dir/some.png"

# A place that takes nothing is told before the search, not after it.
check 3 "cannot write in $dir/boom/small" minimize --cmd "sh -c 'echo ran >>$dir/ran; kill -s SEGV \$\$'" "$dir/hello" \
    --out "$dir/boom/small"
said 'name another place'
[ ! -e "$dir/ran" ] || fail 'minimize ran before it looked where the result can go'
check 3 'no binary to replay with' triage --manifest "$dir/unbuilt.json" --target fake "$dir/boom"

# Frames that users leave out of the names: by option, by environment, by the manifest.
printf 'deep\n' >"$dir/ignored.txt"
printf 'deep and wide\n' >"$dir/wrong.txt"
check 1 '"crash_state": "main"' triage $good "$dir/log" --json --ignore "$dir/ignored.txt"
check 3 'wrong.txt: line 1' triage $good "$dir/log" --ignore "$dir/wrong.txt"
check 3 'cannot open' triage $good "$dir/log" --ignore "$dir/nothing.txt"
export LEDGE_IGNORE="$dir/ignored.txt"
check 1 '"crash_state": "main"' triage $good "$dir/log" --json
unset LEDGE_IGNORE
sed "s|\"format\": 1,|\"format\": 1, \"ignore\": \"$dir/ignored.txt\",|" "$dir/good.json" >"$dir/ignoring.json"
check 1 '"crash_state": "main"' triage --manifest "$dir/ignoring.json" "$dir/log" --json

# A campaign.
check 3 'the targets are: fake' fuzz $good nope --seconds 1
check 3 "cannot open $dir/corpus/lost" fuzz --manifest "$dir/lost.json" --seconds 1 --state "$dir/s1"
check 3 'cannot make the directory' fuzz $good --seconds 1 --state "$dir/boom/state"
mkdir "$dir/s2"
head -c 5000 /dev/urandom >"$dir/s2/store.db"
cp "$dir/s2/store.db" "$dir/before"
check 3 'is corrupt' fuzz $good --seconds 1 --state "$dir/s2"
cmp -s "$dir/before" "$dir/s2/store.db" || fail 'a corrupt store was changed'

# An engine that goes away while it is needed: the rest of the time isn't used, which is said.
script vanishing <<'END'
rm -f "$0"
END
sed "s|$dir/engine|$dir/vanishing|" "$dir/good.json" >"$dir/vanishing.json"
check 3 'no engine can go on' fuzz --manifest "$dir/vanishing.json" --seconds 20 --state "$dir/s4"
check 0 '"issues": []' show --manifest "$dir/vanishing.json" --state "$dir/s4" --json

# A target that is new has neither a corpus nor a dictionary: the one has to be made, engines do without the other.
script choosy <<'END'
for a; do case $a in -dict=*) echo 'ParseDictionaryFile: file does not exist or is empty'; exit 1;; -artifact_prefix=*) prefix=${a#*=};; esac; done
printf boom >"${prefix}crash-0000000000000000000000000000000000000002"
exit 77
END
sed "s|$dir/engine|$dir/choosy|; s|\"corpus\"|\"dictionary\": \"$dir/new.dict\", &|" "$dir/good.json" >"$dir/new.json"
check 1 "fake: there is no dictionary $dir/new.dict" fuzz --manifest "$dir/new.json" --seconds 2 --state "$dir/s5"
check 3 'make it (mkdir)' fuzz --manifest "$dir/lost.json" --seconds 1 --state "$dir/s1"

# Planted bugs: they are built all at once; when that fails, one by one shows which. A row that takes longer keeps its place.
script cmake <<'END'
echo "$*" | sed 's/.*--target //' >>"${0%cmake}builds"
case $* in *bug-odd* | *' bugs') echo 'odd.c:1: error: odd' >&2; exit 1;; esac
END
script quick <<'END'
for a; do case $a in -artifact_prefix=*) prefix=${a#*=};; esac; done
printf boom >"${prefix}crash-0000000000000000000000000000000000000002"
exit 77
END
sed "s|$dir/engine|$dir/quick|" "$dir/good.json" >"$dir/quick.json"
next="next:  ledge minimize --manifest $dir/quick.json --state '$dir/s 3' '$dir/s 3/crashes/fake/"
check 1 "$next" fuzz --manifest "$dir/quick.json" --seconds 2 --state "$dir/s 3"
{ cat "$dir/quick" | sed '1a sleep 2'; } >"$dir/slow"
chmod +x "$dir/slow"
bug() { # ID ENGINE
    printf '{ "row": "A1", "title": "%s", "class": ["Heap-buffer-overflow"] }' "$1" >"$dir/$1.json"
    sed -n '/"name": "fake"/,$p' "$dir/good.json" | sed "s|\"targets\": \[ ||; s|$dir/engine|$dir/$2|; s|} \] } \] }\$|} ] }|" |
        sed "1s|^|{ \"id\": \"$1\", \"build_target\": \"bug-$1\", \"file\": \"$dir/$1.json\", \"variant\": |; \$s|\$| }|"
}
planted() { # NAME [ID ENGINE]…
    name=$1
    shift
    sed 's|"/usr/bin/cmake"|"'"$dir"'/cmake"|; $s|}$|, "bugs": [|' "$dir/good.json" >"$dir/$name"
    while [ $# -gt 0 ]; do
        bug "$1" "$2" >>"$dir/$name"
        shift 2
        [ $# -eq 0 ] || echo , >>"$dir/$name"
    done
    echo '] }' >>"$dir/$name"
}
mkdir -p "$dir/build"
planted bugs.json even slow odd quick other quick
check 1 '0 of 3 hold' bugs run --manifest "$dir/bugs.json" --seconds 9
rows=$(awk '/^(even|odd|other) .*(libfuzzer.asan|NOT BUILT: the build of bug-odd failed)/ { printf "%s ", $1 }' "$dir/out")
[ "$rows" = "even odd other " ] || fail "the rows are: $rows"
check 1 '0 of 2 hold' bugs run odd other --manifest "$dir/bugs.json" --seconds 9
builds=$(grep -v '^/' "$dir/builds" | tr '\n' ',')
all=bugs,bug-even,bug-odd,bug-other,
[ "$builds" = "${all}bug-odd bug-other,bug-odd,bug-other," ] || fail "the builds were: $builds"

# A row whose process dies has its place all the same.
script killer <<'END'
kill -9 $PPID
sleep 9
END
mkdir "$dir/rows"
export TMPDIR="$dir/rows"
planted killed.json gone killer even quick
check 1 'NOT FOUND: its process was ended by signal 9' bugs run --manifest "$dir/killed.json" --seconds 9
said '0 of 2 hold'
check 1 '"id": "gone"' bugs run --manifest "$dir/killed.json" --seconds 9 --json
said '"problem": "its process was ended by signal 9"' '"id": "even"'
planted none.json
check 3 'has no planted bugs' bugs run --manifest "$dir/none.json"
check 0 "[]" bugs list --manifest "$dir/none.json" --json

# Under nohup a hangup ends nothing.
(trap '' HUP && exec "$ledge" bugs run --manifest "$dir/bugs.json" --seconds 9 >"$dir/out" 2>&1) &
sleep 1
kill -HUP $!
wait $!
got=$?
[ $got -eq 1 ] || fail "a hangup that is ignored: exit $got"
said '0 of 3 hold' 'other '
unset TMPDIR

# Temporary files.
export TMPDIR="$dir/gone"
check 1 "cannot make a temporary directory $dir/gone/" doctor $good
unset TMPDIR

# A full disk: what the engine lost is found in its output, and what the store can't take goes elsewhere.
if mount -t tmpfs -o size=6m tmpfs "$dir/small" 2>/dev/null; then
    mounted=1
    mkdir "$dir/tmp"
    export TMPDIR="$dir/tmp"
    check 3 'free some space' fuzz $good --seconds 5 --state "$dir/small/state"
    check 3 "saved as $dir/tmp/ledge-rescued-" minimize --cmd "sh -c 'kill -s SEGV \$\$'" "$dir/hello" --out "$dir/small/min"
    mkdir "$dir/small/casr" && check 3 'No space left' triage "$dir/log" --format casrep --out "$dir/small/casr"
    said '0 casreps'
    [ -z "$(ls "$dir/small/casr")" ] || fail 'half a casrep was left'
    if ! grep -qF boom "$dir"/tmp/ledge-rescued-* 2>/dev/null &&
        ! grep -rqF boom "$dir/small/state/crashes" 2>/dev/null; then
        fail 'the full disk lost an input'
    fi
else
    echo 'skipped: the full disk (no right to mount a tmpfs)'
fi

finish
