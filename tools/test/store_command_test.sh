#!/bin/bash
# store_command_test.sh LEDGE REPLAYER: what triage --state, show, verify, minimize --state, curate and the regression test
# say of a store, from the first crash to its end. Each case checks the exit code and a part of the output.
set -u
# A full disk takes the right to mount one; a namespace of our own gives it where it is allowed.
if [ "$(id -u)" -ne 0 ] && [ -z "${UNSHARED-}" ] && unshare -rm true 2>/dev/null; then
    UNSHARED=1 exec unshare -rm "$0" "$@"
fi
ledge=$1 replayer=$2
. "$(dirname "$0")/command_fixture.sh"
s="--state $dir/state" m="--manifest $dir/manifest.json"

mkdir -p "$dir/in" "$dir/corpus" "$dir/small"
printf fine >"$dir/corpus/seed"
cp "$replayer" "$dir/replayer"
cat >"$dir/manifest.json" <<END
{ "format": 1, "root": "$dir", "build": "$dir/build", "crashes": "$dir/crashes", "cmake": "/usr/bin/cmake",
  "symbolizer": "/nowhere/llvm-symbolizer", "afl_fuzz": null,
  "targets": [ { "name": "fake", "format_version": 1, "kit": false, "source": "$dir/fake.c", "corpus": "$dir/corpus",
    "limits": { "timeout_ms": 1000, "rss_mb": 512, "max_len": 64 },
    "builds": [ { "engine": "replay", "sanitizer": "asan", "binary": "$dir/replayer" } ] } ] }
END
printf 'one boomx here' >"$dir/in/one"
printf 'another boomx' >"$dir/in/two"
printf 'boomy' >"$dir/in/three"
cat >"$dir/in/z.log" <<'END'
==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000014 at pc 0x1 bp 0x2 sp 0x3
READ of size 1 at 0x602000000014 thread T0
    #0 0x55 in logged /src/fake.c:12:3
    #1 0x56 in main /src/fake.c:20:1
END

# Nothing is there yet.
check 3 'there is no store' show $s
check 3 'there is no store' verify $s
check 3 'there is no store' show $m
check 2 'one thing at a time' show $s a b
check 2 "and there is 'x'" verify $s x
check 2 'which crash?' curate $m
check 2 'exclude each other' curate $m x --fixed --reopen

# From elsewhere into a store: each once.
check 1 '4 crashes' triage $m $s --target fake "$dir/in"
said '(4 new)'
check 1 '(0 new)' triage $m $s --target fake "$dir/in"
check 0 '3 issues, 4 crashes' show $s
check 0 'all hold' verify $s
check 0 'reproduced' show $s 1
said 'deep_x' 'input' 'log' 'replay/asan' "$dir/replayer" 'sha256' 'triage --manifest' 'history' "read from   $dir/in/one"
check 0 '"crash_state"' show $s issue-1 --json
said '"history"' '"stacks"' '"command"' '"compiler"'
signature=$(sed -n 's/^ *"signature": "\(....\).*/\1/p' "$dir/out" | head -n 1)
check 0 'issue-1' show $s "$signature"
check 0 'crash-' show $s "$(ls -d "$dir"/state/crashes/fake/* | head -n 1)"
check 0 'begun' show $s campaign-1
check 0 'seen' show $s build-1
check 3 "the store has no 'ffff'" show $s ffff
check 3 'there is no issue-77' show $s issue-77
check 3 'there is no crash-77' show $s crash-77

# A changed byte.
victim=$(ls -d "$dir"/state/crashes/fake/* | head -n 1)
cp "$victim" "$dir/before"
printf X | dd of="$victim" bs=1 seek=2 conv=notrunc 2>/dev/null
check 1 "$victim: the file was changed" verify $s
check 1 '"holds": false' verify $s --json
cp "$dir/before" "$victim"
check 0 'last hash' verify $s
hash=$(sed -n 's/^last hash: //p' "$dir/out")
check 1 'no entry has the hash' verify $s --holds 00
check 0 'all hold' verify $s --holds "$hash"

# A campaign at the same time: looking and recording is no matter, another campaign is.
exec 9>>"$dir/state/lock"
flock 9
check 0 '3 issues' show $s
check 0 'all hold' verify $s
check 3 'another campaign is running' fuzz $m $s --seconds 1
exec 9>&-

# Smaller, and curated.
check 0 '14 bytes -> 5 bytes' minimize $m $s --target fake "$dir/in/one" --out "$dir/small/x"
check 0 'minimized' show $s 1
check 0 'deep_x-heap-buffer-overflow-' curate $m $s "$dir/small/x"
check 0 'was there already' curate $m $s "$dir/small/x"
check 0 'was there already' curate $m $s issue-1
slug=$(basename "$dir"/crashes/reproducers/fake/deep_x-*)
check 0 'curated' show $s 1
said "$slug" 'may become  fixed, wontfix or duplicate'
cmp -s "$dir/small/x/input" "$dir/crashes/reproducers/fake/$slug/input" || fail 'another input'
check 1 'deep_x' replay $m --regress
check 1 'is not fixed' curate $m $s "$slug" --fixed
check 3 'is curated, and cannot become reproduced' curate $m $s issue-1 --reopen
said "from 'curated' it can become: fixed, wontfix or duplicate"

# What can't be a reproducer.
sed 's/"minimal": true/"minimal": false/' "$dir/small/x/report.json" >"$dir/report"
mkdir "$dir/small/y"
cp "$dir/report" "$dir/small/y/report.json"
cp "$dir/small/x/input" "$dir/small/y/input"
check 1 'is not minimal' curate $m $s "$dir/small/y"
check 0 'was there already' curate $m $s "$dir/small/y" --force
printf fine >"$dir/small/y/input"
check 1 '0 of 20 runs' curate $m $s "$dir/small/y"
check 1 'does not fail' curate $m $s "$dir/corpus/seed" --target fake
check 3 'known from a log alone' curate $m $s "$("$ledge" show $s | sed -n 's/^\(issue-[0-9]*\) *new.*/\1/p')"
check 3 "the store has no 'nowhere'" curate $m $s nowhere
check 3 'there is no reproducer' curate $m $s nowhere --fixed

# One that stays open.
open=$("$ledge" show $s | sed -n 's/^\(issue-[0-9]*\).*deep_y.*/\1/p')
check 0 'deep_y-heap-buffer-overflow-' curate $m $s "$open" --open
rm -r "$dir/crashes/reproducers/fake/$slug"
check 0 'open  fake/deep_y' replay $m --regress
said '1 known to be open, of which 0 changed'
check 1 "its reproducer $dir/crashes/reproducers/fake/$slug is gone" verify $s
check 0 "$slug" curate $m $s "$dir/small/x"

# The bugs are mended: one of them in another way.
printf '#!/bin/sh\nexit 0\n' >"$dir/quiet"
chmod +x "$dir/quiet"
mv "$dir/quiet" "$dir/replayer"
check 1 'was open, and is quiet now' replay $m --regress
said 'mark it as fixed: ledge curate --fixed fake/deep_y-'
check 0 'is quiet, and has to stay so' curate $m $s "$open" --fixed
check 0 'all clean' replay $m --regress
check 0 'is quiet' curate $m $s "fake/$slug" --fixed
check 0 'fixed' show $s 1
check 0 'all hold' verify $s
cp "$replayer" "$dir/replayer"
check 1 'deep_y' replay $m --regress
check 1 'deep_x' triage $m $s --target fake "$dir/in/one"
printf 'third boomx' >"$dir/in/five"
check 1 '(1 new)' triage $m $s --target fake "$dir/in/five"
check 0 'fixed > reproduced: seen again' show $s 1
check 0 'is reproduced now' curate $m $s "$open" --reopen
check 0 'is duplicate now' curate $m $s "$open" --duplicate-of 1
check 0 'issue-1' show $s "$open"
check 3 'is duplicate, and cannot become wontfix' curate $m $s "$open" --wontfix
check 3 'cannot be a duplicate of itself' curate $m $s issue-1 --duplicate-of issue-1
check 0 '"status": "wontfix"' curate $m $s 1 --wontfix --json
check 0 'all hold' verify $s

# Three at once on one store: each file is one crash all the same.
mkdir "$dir/same"
for i in $(seq 1 12); do printf 'boomz %d' "$i" >"$dir/same/$i"; done
for i in 1 2 3; do
    "$ledge" triage $m --state "$dir/shared" --target fake --runs 1 "$dir/same" >"$dir/out.$i" 2>&1 &
done
wait
check 0 '1 issue, 12 crashes' show --state "$dir/shared"
check 0 'all hold' verify --state "$dir/shared"
new=$(cat "$dir"/out.? | sed -n 's/.*(\([0-9]*\) new).*/\1/p' | awk '{ n += $1 } END { print n }')
[ "$new" = 12 ] || fail "$new new crashes, and there are 12"

# What is no store.
mkdir "$dir/rubbish"
head -c 5000 /dev/urandom >"$dir/rubbish/store.db"
check 3 'is corrupt' show --state "$dir/rubbish"
check 3 'is corrupt' verify --state "$dir/rubbish"
check 3 'is corrupt' triage --state "$dir/rubbish" "$dir/in/z.log"
cp "$dir/rubbish/store.db" "$dir/state/store.db"
check 3 'is corrupt' show $s
check 1 'is corrupt' verify $s # it was a store: its bytes were changed
# What is said to do about it helps.
sed -n 's/.*(\(mkdir .*\)) and run.*/\1/p' "$dir/out" >"$dir/advice"
sh "$dir/advice" || fail 'the advice'
check 1 '(1 new)' triage $m $s "$dir/in/z.log"
check 0 'all hold' verify $s
check 3 'cannot make the directory' triage --state "$dir/in/one/state" "$dir/in/z.log"

# A full disk.
full_disk() {
    s="--state $dir/small/state"
    for i in $(seq 1 400); do
        printf 'boomx %d %0500d' "$i" 0 >"$dir/many/$i"
        echo "$dir/many/$i"
    done >"$dir/list"
    head -c 7M /dev/zero >"$dir/small/filler"
    check 3 'free some space' triage $m $s --target fake --runs 1 "$dir/many"
    [ "$(grep -c 'free some space' "$dir/out")" -eq 1 ] || fail 'it went on'
    check 0 'all hold' verify $s
    find "$dir/small/state" -type f -path '*/crashes/*' -size -500c >"$dir/short"
    [ -s "$dir/short" ] && fail "an input was cut short: $(head -n 1 "$dir/short")"
    rm "$dir/small/filler"
    check 1 '400 crashes' triage $m $s --target fake --runs 1 "$dir/many"
    check 0 'all hold' verify $s

    # Nor can a result or a reproducer be written: it is not there then, rather than half there.
    sed "s|\"crashes\": \"$dir/crashes\"|\"crashes\": \"$dir/small/crashes\"|" "$dir/manifest.json" >"$dir/full.json"
    head -c 9M /dev/zero >"$dir/small/filler" 2>/dev/null
    check 3 'free some space' curate --manifest "$dir/full.json" --state "$dir/state" "$dir/result"
    check 3 'free some space' minimize --manifest "$dir/full.json" --state "$dir/state" --target fake "$dir/in/one"
    [ -z "$(find "$dir/small/crashes" -type f 2>/dev/null)" ] || fail 'something is half there'
    rm "$dir/small/filler"
    check 0 'deep_x' curate --manifest "$dir/full.json" --state "$dir/state" "$dir/result"
    check 0 'all hold' verify --state "$dir/state"

    # What can't be written to can be read, when nobody was in the middle of something.
    cp -r "$dir/state" "$dir/small/frozen #1%"
    rm -f "$dir/small/frozen #1%/store.db-"*
    if mount -o remount,ro "$dir/small" 2>/dev/null; then
        check 0 'deep_x' show --state "$dir/small/frozen #1%"
        check 0 'all hold' verify --state "$dir/small/frozen #1%"
        check 3 'cannot' triage --state "$dir/small/frozen #1%" "$dir/in/z.log"
        mount -o remount,rw "$dir/small"
    fi
}

# A database that was emptied, or taken away, isn't begun anew over what ledger.head knows, unless somebody moves that away.
cp -r "$dir/state" "$dir/emptied"
rm -f "$dir/emptied/store.db"*
check 3 'it is empty, and ledger.head knows of' triage --state "$dir/emptied" "$dir/in/z.log"
check 1 'it is empty' verify --state "$dir/emptied"
mkdir "$dir/worse" && mv "$dir/emptied/store.db"* "$dir/emptied/ledger.head" "$dir/worse"
check 1 '1 crash in' triage --state "$dir/emptied" "$dir/in/z.log"

mkdir "$dir/many"
cp -r "$dir/small/x" "$dir/result"
if mount -t tmpfs -o size=8m tmpfs "$dir/small" 2>/dev/null; then
    mounted=1
    full_disk
else
    echo 'skipped: the full disk (no right to mount a tmpfs)'
fi

finish
