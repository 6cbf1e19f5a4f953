# Builds the private tree of a sandbox and stays as its first process until its input ends.
# Started by unshare as root of a user namespace of its own; see sandbox.py for the arguments.
set -eu
read -r pid _ </proc/self/stat # the number that this process has outside: /proc is still the machine's
root=$1 staged=$2 copy=$3 name=$4
shift 4

mount --make-rprivate /
mount -t tmpfs -o size=512m,mode=755,nosuid,nodev tree "$root"
for entry in bin sbin lib lib32 lib64 libx32; do
    if [ -h "/$entry" ]; then cp -P "/$entry" "$root/$entry"; elif [ -d "/$entry" ]; then set -- "$@" "/$entry"; fi
done

# Programs and libraries, read-only with everything that is mounted below them.
for directory in "$@"; do
    mkdir -p "$root$directory"
    mount --rbind "$directory" "$root$directory"
done
while read -r _ _ _ _ point _; do
    case $point in "$root"/*) mount -o remount,bind,ro "$point" ;; esac
done </proc/self/mountinfo

# The bundle's tree over a copy of what everybody may read in /etc; the rest of the machine is not there.
cp -R "$copy/skeleton/." "$root/"
for top in "$staged"/*; do
    case $top in
        */etc) ;;
        */usr) mount -t overlay -o "ro,lowerdir=$top:/usr" usr "$root/usr" ;;
        *) cp -R "$top" "$root/" ;;
    esac
done
mkdir -p "$root/etc" "$root/dev/shm" "$root/proc" "$root/sys" "$root/run/lock" "$root/run/validate" "$root/tmp" \
    "$root/var/tmp" "$root/old"
chmod 1777 "$root/dev/shm" "$root/tmp" "$root/var/tmp"
mount -t overlay -o "ro,lowerdir=$staged/etc:$copy/etc" etc "$root/etc"

for node in null zero full random urandom; do
    : >"$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
done
ln -s /proc/self/fd "$root/dev/fd"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys" 2>/dev/null || :

hostname "$name"
ip link set lo up
echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
for entry in sys sysrq-trigger; do
    [ ! -e "$root/proc/$entry" ] || {
        mount --bind "$root/proc/$entry" "$root/proc/$entry"
        mount -o remount,bind,ro "$root/proc/$entry"
    }
done

cd "$root"
pivot_root . old
umount -l old
rmdir old
echo "ready $pid"
exec env --ignore-signal=CHLD cat >/dev/null # reaps what the checked programs leave behind
