# Builds the private tree of one rehearsed host and stays as its first process until its input ends.
# Started by unshare as root, in namespaces of its own; see hosts.py for the arguments.
set -eu
read -r pid _ </proc/self/stat # the number that this process has outside: /proc is still the machine's
root=$1 name=$2 packages=$3

mount --make-rprivate /
mount -t tmpfs -o mode=755 tree "$root"
mkdir "$root/upper" "$root/work" "$root/host"
mount -t overlay -o "lowerdir=/,upperdir=$root/upper,workdir=$root/work" host "$root/host"
host=$root/host

# Installed packages stay; homes, sites, code and whatever else this machine keeps for itself are not there.
for top in "$host"/*; do
    case ${top##*/} in
        bin | etc | lib | lib32 | lib64 | libx32 | sbin | usr | var) ;;
        *) [ -h "$top" ] || [ ! -d "$top" ] || mount -t tmpfs -o mode=755 empty "$top" ;;
    esac
done
mkdir -p "$host/old"
chmod 1777 "$host/tmp"
mount -t tmpfs -o mode=1777 empty "$host/var/tmp"

# What services of this machine have written: the directories stay as the packages made them, the data does not.
blank() {
    mode=$(stat -c %a "$1") owner=$(stat -c %u:%g "$1")
    mount -t tmpfs -o "mode=$mode" empty "$1"
    chown "$owner" "$1"
}
for data in "$host"/var/lib/*; do
    if [ ! -h "$data" ] && [ -d "$data" ] && [ "$(stat -c %U "$data")" != root ]; then blank "$data"; fi
done
(cd "$host/var/log" && find . -mindepth 1 -type d -printf '%m %U:%G %p\n') >"$root/logs"
blank "$host/var/log"
while read -r mode owner path; do
    mkdir -p "$host/var/log/$path"
    chown "$owner" "$host/var/log/$path"
    chmod "$mode" "$host/var/log/$path"
done <"$root/logs"
rm -rf "$host"/etc/postgresql/*/* # clusters of this machine

mkdir -p "$host/dev/shm" "$host/dev/pts" "$host/run/lock" "$host/run/rehearsal/packages"
chmod 1777 "$host/dev/shm" "$host/run/lock"
for node in null zero full random urandom fuse; do
    [ ! -e "/dev/$node" ] || { : >"$host/dev/$node" && mount --bind "/dev/$node" "$host/dev/$node"; }
done
for link in fd:fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do ln -s "/proc/self/${link#*:}" "$host/dev/${link%:*}"; done
mount --bind "$packages" "$host/run/rehearsal/packages"
mount -o remount,bind,ro "$host/run/rehearsal/packages"

mount -t proc -o nosuid,nodev,noexec proc "$host/proc"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$host/sys"
# Only what belongs to the network namespace may be set; the rest would be set for the whole machine.
mount --bind "$host/proc/sys" "$host/proc/sys"
mount -o remount,bind,ro "$host/proc/sys"
mount --bind "$host/proc/sys/net" "$host/proc/sys/net"
mount -o remount,bind,rw "$host/proc/sys/net"
[ ! -e "$host/proc/sysrq-trigger" ] || mount --bind "$host/dev/null" "$host/proc/sysrq-trigger"

hostname "$name"
ip link set lo up
cd "$host"
printf '%s\n' "$name" >etc/hostname
: >etc/resolv.conf
pivot_root . old
umount -l old
rmdir old
echo "ready $pid"
exec env --ignore-signal=CHLD cat >/dev/null # reaps what daemons leave behind
