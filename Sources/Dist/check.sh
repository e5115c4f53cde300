#!/usr/bin/env bash
# Tries what is in an archive as it will be used: the program without Swift, the unit by systemd.
#   check.sh DIRECTORY    the unpacked archive
set -euo pipefail
dir=$(cd "$1" && pwd)
program=$dir/waybill
unset LD_LIBRARY_PATH

# What Debian has in any case, and the two packages that README.md names.
allowed='linux-vdso|ld-linux[-a-z0-9_]*|libc|libm|libdl|librt|libpthread|libgcc_s|libstdc\+\+|libsqlite3|libz'
others=$(ldd "$program" | sed -E 's/^\s*//; s/ .*//; s#.*/##' | grep -Ev "^($allowed)\.so" || true)
if [ -n "$others" ]; then
    echo "the program needs more than README.md says:" $others >&2
    exit 1
fi

# Swift is taken away where that is allowed: in a namespace whose folder of Swift is empty.
alone=()
if swift=$(command -v swift); then
    runtime=$(dirname "$(dirname "$(readlink -f "$swift")")")/lib/swift
    for how in 'unshare --mount' 'unshare --map-root-user --mount'; do
        if $how mount -t tmpfs none "$runtime" 2>/dev/null; then
            alone=($how bash -c 'mount -t tmpfs none "$0" && exec "$@"' "$runtime")
            break
        fi
    done
    if [ ${#alone[@]} -eq 0 ]; then echo 'note: no namespaces here; the program is not tried without Swift' >&2; fi
fi
try() { "${alone[@]}" "$@"; }

work=$(mktemp -d)
server=''
trap 'if [ -n "$server" ]; then kill -KILL "$server" 2>/dev/null || true; fi; rm -rf "$work"' EXIT
try "$program" --version
try "$program" stock receive mug 10 --db "$work/shop.db" >"$work/said"
mkfifo "$work/announced"
"${alone[@]}" "$program" serve --db "$work/shop.db" --http 127.0.0.1:0 >"$work/announced" &
server=$!
exec 3<"$work/announced"
read -r line <&3
echo "$line"
curl -sS --fail --unix-socket "$work/shop.db.sock" http://waybill/v1/stock/mug | grep -q '"free":10'
kill -TERM "$server"
wait "$server"
server=''
try "$program" verify "$work/shop.db"

if command -v systemd-analyze >/dev/null; then
    # It looks for the program where the unit says; here that is the one of the archive.
    sed "s#/usr/local/bin/waybill#$program#" "$dir/waybill.service" >"$work/waybill.service"
    systemd-analyze verify "$work/waybill.service"
else
    echo 'note: systemd-analyze is not here; the unit is not checked' >&2
fi
echo "the program needs $(ldd "$program" | sed -E 's/^\s*//; s/ .*//; s#.*/##' | tr '\n' ' ')"
