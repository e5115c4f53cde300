#!/usr/bin/env bash
# Has a real systemd start the unit of the archive: as process 1 of namespaces that go with it, with folders that hide
# those of the machine. Prints a line for each thing that is seen.
#   systemd.sh WAYBILL UNIT FOLDER
set -euo pipefail
program=$(readlink -f "$1") unit=$(readlink -f "$2") folder=$(readlink -f "$3")

mkdir -p "$folder/units/waybill.service.d" "$folder/bin"
cp "$program" "$folder/bin/waybill"
chmod 0755 "$folder/bin/waybill"
cp "$unit" "$folder/units/waybill.service"
cat >"$folder/units/waybill.service.d/test.conf" <<'END'
[Service]
# A test does not wait ten seconds for it.
RestartSec=100ms
# Runs when the server has said that it is ready.
ExecStartPost=/bin/sh -c 'echo ready >/run/told'
END
for name in sysinit basic shutdown umount final local-fs; do
    printf '[Unit]\nDescription=%s\nDefaultDependencies=no\n' $name >"$folder/units/$name.target"
done
cat >"$folder/units/default.target" <<'END'
[Unit]
Description=a shop, and who looks at it
Wants=look.service
END
cat >"$folder/units/look.service" <<END
[Unit]
Description=what is seen of the shop
[Service]
Type=oneshot
ExecStart=/bin/bash $folder/look.sh
END
cat >"$folder/look.sh" <<'END'
told() { echo "$@" >>"$(dirname "$0")/told"; }
property() { systemctl show waybill --property "$1" --value; }
owner() { runuser -u waybill -- curl -sS --max-time 20 --unix-socket /var/lib/waybill/shop.db.sock "$@"; }
{
    mkfifo -m 666 /run/told
    exec 3<>/run/told
    systemctl start waybill
    read -r -t 60 -u 3
    told "started: $(property ActiveState) $(property SubState)"
    told "user: $(ps -o user= -p "$(property MainPID)")"
    told "file: $(stat -c '%U %a' /var/lib/waybill/shop.db)"
    told "ready: $(curl -sS --max-time 20 -o /dev/null -w '%{http_code}' http://127.0.0.1:7070/readyz)"
    told "received: $(owner -H 'Content-Type: application/json' -d '{"quantity":7}' http://w/v1/stock/mug/receive)"

    kill -KILL "$(property MainPID)"
    read -r -t 60 -u 3
    told "again: $(property ActiveState) $(property NRestarts)"
    told "kept: $(owner http://w/v1/stock/mug)"

    systemctl stop waybill
    told "stopped: $(property ActiveState) $(property Result) $(property ExecMainStatus)"

    printf '[Service]\nEnvironment=WAYBILL_HTTP=nowhere\n' >"$(dirname "$0")/units/waybill.service.d/wrong.conf"
    systemctl daemon-reload
    systemctl start waybill || true
    told "wrong: $(property ActiveState) $(property ExecMainStatus) $(property NRestarts)"
} 2>&1 | sed 's/^/said: /' >>"$(dirname "$0")/told"
told end
systemctl exit --force --force
END

# A server that never says that it is ready is waited for without end.
timeout -k 5 90 unshare --mount --pid --fork --uts --ipc --net --cgroup --kill-child bash -c '
set -e
folder=$1
mount -t proc proc /proc
ip link set lo up
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /var/lib
mount --bind "$folder/bin" /usr/local/bin
mount -t cgroup2 none /sys/fs/cgroup
grep -v "^waybill:" /etc/passwd >"$folder/passwd"
echo "waybill:x:991:991::/var/lib/waybill:/usr/sbin/nologin" >>"$folder/passwd"
grep -v "^waybill:" /etc/group >"$folder/group"
echo "waybill:x:991:" >>"$folder/group"
mount --bind "$folder/passwd" /etc/passwd
mount --bind "$folder/group" /etc/group
export container=test SYSTEMD_UNIT_PATH="$folder/units"
exec /lib/systemd/systemd --system --log-target=console --show-status=no --log-level=notice
' bash "$folder" >"$folder/systemd.log" 2>&1 </dev/null || true
cat "$folder/told"
