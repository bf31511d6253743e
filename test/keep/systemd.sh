#!/bin/sh
# sh test/keep/systemd.sh UNITS SHARED: runs systemd's system manager as PID 1 of namespaces of its own, in the network namespace of the
# caller. UNITS is a folder of unit files, SHARED one that is /run/shared for the services. As root. Ends when that PID 1 is killed, or
# the process that started this.
#
# Nothing of the machine can be written from there: its file system is read-only, and what systemd writes is private memory.
set -eu

if [ "${3-}" != inside ]; then
  exec setpriv --pdeathsig KILL unshare --mount sh "$0" "$1" "$2" inside
fi
mount --make-rprivate /

# A control group for it, below the one that we are in, through a view of our own.
mount -t tmpfs none /mnt
mkdir /mnt/cgroup
mount -t cgroup2 none /mnt/cgroup
group="/mnt/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/mfc-test-$$"
mkdir "$group"
trap 'find "$group" -depth -type d -exec rmdir {} \;' EXIT
trap 'exit 1' INT TERM HUP

cat >/mnt/boot <<'BOOT'
set -eu
# The folders, before what is above them is covered.
mkdir /mnt/units /mnt/shared
mount --bind "$1" /mnt/units
mount --bind "$2" /mnt/shared
mkdir /mnt/checkout /mnt/dev
mount --bind "$PWD" /mnt/checkout
for device in null zero full random urandom tty; do
  : >"/mnt/dev/$device"
  mount --bind "/dev/$device" "/mnt/dev/$device"
done
mount -t tmpfs none /run
mkdir -p /run/systemd/system /run/shared
cp /mnt/units/* /run/systemd/system
mount --move /mnt/shared /run/shared
for folder in /tmp /var /etc/systemd/system; do mount -t tmpfs none "$folder"; done
mkdir -p "$PWD"
mount --move /mnt/checkout "$PWD"
umount -l /sys
mount -t sysfs none /sys
mount -t cgroup2 none /sys/fs/cgroup
mount --rbind /mnt/dev /dev
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
mount -o remount,bind,ro /
exec env -i container=mfc-test PATH="$PATH" /lib/systemd/systemd --system --unit=idle.target --log-target=console --show-status=no
BOOT

sh -c 'echo 0 >"$1/cgroup.procs" && shift && exec "$@"' sh "$group" \
  setpriv --pdeathsig KILL unshare --pid --cgroup --ipc --uts --fork --kill-child --mount-proc sh /mnt/boot "$1" "$2" || true
