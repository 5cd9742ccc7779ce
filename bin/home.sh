# shellcheck shell=bash
# home.sh - a home: its sockets, its processes, its database; shared by the commands that need them, which
# source it.
#
# A number does not identify a process: the kernel gives that of an ended process to another one. bin/record
# therefore writes into run/started/NAME, on one line: the number; the start time in clock ticks since the
# boot, field 22 of /proc/PID/stat (proc(5)); and the boot.

# run_of HOME: print the folder of its sockets, HOME/run or a folder that HOME/run leads to. A socket path
# has at most 107 bytes. For root: /run is usually in memory.
run_of() {
	local run=$1/run
	if [ ${#run} -gt 70 ] || { [ "$(id -u)" -eq 0 ] && [ ! -d "$run" ]; }; then
		if [ "$(id -u)" -eq 0 ]; then run=/run; else run=${XDG_RUNTIME_DIR:-/tmp}; fi
		run=$run/cruddur-$(id -u)-$(cksum <<<"$1" | cut -d ' ' -f 1)
	fi
	echo "$run"
}

# own_database HOME PORT: print the connection URL of the local run's database, as its owner. The owner
# logs in without a password, by the socket.
# shellcheck disable=SC2154 # bin/constants has the role
own_database() {
	local run
	run=$(realpath -m "$(run_of "$1")")
	echo "postgresql://$local_owner@/cruddur?host=${run//+/%2B}&port=$2"
}

# --- processes -----------------------------------------------------------------------------------
boot_id() {
	cat /proc/sys/kernel/random/boot_id
}

# Print the start time of a process. Fails for one that has ended, also when it is still a zombie.
started_at() {
	local stat fields
	# Not $(<…): when the file is gone, bash ends a script with `set -e`, even in a condition.
	stat=$(cat "/proc/$1/stat" 2>/dev/null) || return
	read -ra fields <<<"${stat##*)}" # the name before it may contain anything; this is field 3
	[[ ${fields[0]} != [ZX] ]] && echo "${fields[19]}"
}

# owned PID USER: whether the process runs as this user (a number).
owned() {
	[ "$(awk '/^Uid:/ { print $2 }' "/proc/$1/status" 2>/dev/null)" = "$2" ]
}

# The number of the user that serves.
serving_uid() {
	if [ "$(id -u)" -eq 0 ]; then id -u cruddur; else id -u; fi
}

# recorded HOME NAME: print the process that bin/record started as NAME, if it still runs.
recorded() {
	local pid start boot
	{ read -r pid start boot <"$1/run/started/$2"; } 2>/dev/null || return
	[[ $pid =~ ^[1-9][0-9]*$ ]] && [ "$boot" = "$(boot_id)" ] &&
		[ "$(started_at "$pid")" = "$start" ] && owned "$pid" "$(serving_uid)" && echo "$pid"
}

# leftovers HOME: print the processes that outlived a killed supervisord. nginx and PostgreSQL overwrite
# their environment with their titles, but are recorded; that of the others has the address of supervisord.
leftovers() {
	local run pid file uid
	run=$(realpath "$1/run")
	uid=$(serving_uid)
	for file in "$run"/started/*; do
		recorded "$1" "${file##*/}" || true
	done
	{ grep -lsxzF "SUPERVISOR_SERVER_URL=unix://$run/supervisor.sock" /proc/[0-9]*/environ || true; } |
		cut -d / -f 3 | while read -r pid; do
		if owned "$pid" "$uid"; then echo "$pid"; fi
	done
}

# stop_leftovers HOME: end them, and wait until they have ended. PostgreSQL would wait for its clients on
# SIGTERM. Fails when one does not end.
stop_leftovers() {
	local pid begun=$SECONDS postgres
	local -A started=()
	for pid in $(leftovers "$1"); do
		started[$pid]=$(started_at "$pid") || unset "started[$pid]"
	done
	if postgres=$(recorded "$1" postgres); then kill -INT "$postgres"; fi
	[ ${#started[@]} -eq 0 ] || kill -TERM "${!started[@]}" 2>/dev/null || true
	while [ ${#started[@]} -gt 0 ]; do
		for pid in "${!started[@]}"; do
			if [ "$(started_at "$pid")" != "${started[$pid]}" ]; then
				unset "started[$pid]"
			elif [ $((SECONDS - begun)) -gt 60 ]; then
				echo "process $pid does not stop" >&2
				return 1
			elif [ $((SECONDS - begun)) -gt 20 ]; then
				kill -KILL "$pid" 2>/dev/null || true
			fi
		done
		sleep 0.1
	done
	rm -f "$1/run/supervisor.sock" "$1"/run/started/*
}
