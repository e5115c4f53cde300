#!/usr/bin/env bash
# Makes an archive with one program that needs no Swift, and tries it where there is none.
#   make.sh DIRECTORY    where the archive goes, and what is built on the way
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$1
dist=Sources/Dist

# The build has its own folder: a static program is compiled in another way.
swift build -c release --product waybill --static-swift-stdlib --scratch-path "$out/build"
program=$out/build/release/waybill
version=$("$program" --version | cut -d' ' -f1)
name=waybill-$version-linux-$(uname -m)

rm -rf "${out:?}/$name"
mkdir -p "$out/$name"
# Names of functions stay, for backtraces; what only debuggers need goes.
strip --strip-debug -o "$out/$name/waybill" "$program"
chmod 0755 "$out/$name/waybill"
install -m 0644 $dist/README.md $dist/waybill.service "$out/$name/"

$dist/check.sh "$out/$name"

# The same sources give the same archive: no times and no names of this machine.
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime='2026-01-01 00:00:00Z' -C "$out" -c "$name" \
    | gzip -n -9 >"$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" | tee "$name.tar.gz.sha256")
echo "made $out/$name.tar.gz"
