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

work=$(mktemp -d)
server=''
trap 'if [ -n "$server" ]; then kill -KILL "$server" 2>/dev/null || true; fi; rm -rf "$work"' EXIT

# A root that has nothing but the program and what README.md names: no Swift, no shell, no files of this machine.
root=$work/root
mkdir -p "$root"/{dev,proc,tmp,shop}
cp "$program" "$root/waybill"
ldd "$program" | grep -oE '/[^ ]+' | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
done
alone=()
for how in 'unshare --mount' 'unshare --map-root-user --mount'; do
    enter=($how bash -c 'mount --rbind /dev "$0/dev" && mount --rbind /proc "$0/proc" && exec chroot "$0" "$@"' "$root")
    if "${enter[@]}" /waybill --version >/dev/null 2>&1; then
        alone=("${enter[@]}")
        break
    fi
done
if [ ${#alone[@]} -gt 0 ]; then
    try() { "${alone[@]}" /waybill "$@"; }
    file=/shop/shop.db
elif unshare --mount true 2>/dev/null || unshare --map-root-user --mount true 2>/dev/null; then
    echo "the program does not run in a root without Swift:" >&2
    "${enter[@]}" /waybill --version >&2 || true
    exit 1
else
    echo 'note: no namespaces here; the program is not tried without Swift' >&2
    try() { "$program" "$@"; }
    file=$root/shop/shop.db
fi

try --version
try stock receive mug 10 --db $file >"$work/said"
mkfifo "$work/announced"
if [ ${#alone[@]} -gt 0 ]; then start=("${alone[@]}" /waybill); else start=("$program"); fi
"${start[@]}" serve --db $file --http 127.0.0.1:0 >"$work/announced" &
server=$!
exec 3<"$work/announced"
read -r line <&3
echo "$line"
curl -sS --fail --unix-socket "$root/shop/shop.db.sock" http://waybill/v1/stock/mug | grep -q '"free":10'
kill -TERM "$server"
wait "$server"
server=''
try verify $file

if command -v systemd-analyze >/dev/null; then
    # It looks for the program where the unit says; here that is the one of the archive.
    sed "s#/usr/local/bin/waybill#$program#" "$dir/waybill.service" >"$work/waybill.service"
    systemd-analyze verify "$work/waybill.service"
else
    echo 'note: systemd-analyze is not here; the unit is not checked' >&2
fi
echo "the program needs $(ldd "$program" | sed -E 's/^\s*//; s/ .*//; s#.*/##' | tr '\n' ' ')"
