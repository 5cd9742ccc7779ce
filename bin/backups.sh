# shellcheck shell=bash disable=SC2154,SC2034 # the variables are those of operator.sh and of the commands
# backups.sh - files of backups: their names, how many are kept, and what a dump of PostgreSQL contains;
# shared by the commands that write and read them, which source it after operator.sh.
#
# A file of the folder is called [prod-]NAME-TIME.KIND: the name of the database or of the table, and the
# time of the backup, 20261127T091500Z.

now_stamp() {
	date -u +%Y%m%dT%H%M%SZ
}

# The folder of the files that get their name here.
backups_folder() {
	load_ports
	folder=$(realpath -m "${CRUDDUR_BACKUPS:-$home/data/backups}")
}

# name_of NAME: print how the names of the backups of a database or table begin.
name_of() {
	! $prod || printf 'prod-'
	echo "${1//[^A-Za-z0-9_.-]/_}"
}

# backups_of NAME KIND: print the backups of a database or table in the folder, the oldest first.
backups_of() {
	local name file time='^[0-9]{8}T[0-9]{6}Z$'
	name=$(name_of "$1")
	for file in "$folder/$name"-*."$2"; do
		file=${file##*/}
		[[ -f $folder/$file && ${file:${#name}+1:-${#2}-1} =~ $time ]] || continue
		echo "$file"
	done
}

# time_of_backup FILE: print the time of a file of the folder, in seconds since 1970; fails for other names.
time_of_backup() {
	local name='-([0-9]{8})T([0-9]{2})([0-9]{2})([0-9]{2})Z\.[a-z.]+$'
	[[ ${1##*/} =~ $name ]] || return
	date -u -d "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}:${BASH_REMATCH[3]}:${BASH_REMATCH[4]}" +%s
}

# choose_file NAME KIND: set file to the operand, or to a new name in the folder, and keep to the number of
# --keep. A backup replaces no file.
choose_file() {
	keep=${option[--keep]:-}
	[[ $keep =~ ^([1-9][0-9]{0,3})?$ ]] || misused "--keep takes a number from 1 to 9999, not $keep"
	if [ ${#operands[@]} -gt 0 ]; then
		[ -z "$keep" ] || misused "--keep removes backups that have names of their own; FILE has another one"
		file=${operands[0]}
	else
		backups_folder
		(umask 077 && mkdir -p "$folder") 2>/dev/null ||
			die "the folder $folder cannot be made; set CRUDDUR_BACKUPS to another one, or name a FILE"
		file=$folder/$(name_of "$1")-$(now_stamp).$2
	fi
	[ ! -e "$file" ] || die "$file exists; a backup does not replace a file"
}

# remove_old NAME KIND: remove all but the newest backups of the folder, and what killed commands have left
# there a day ago.
remove_old() {
	local list old
	[ -n "$keep" ] || return 0
	mapfile -t list < <(backups_of "$1" "$2")
	for old in "${list[@]:0:$((${#list[@]} > keep ? ${#list[@]} - keep : 0))}"; do
		rm -f -- "$folder/$old"
		echo "removed: $old"
	done
	find "$folder" -maxdepth 1 -type f -name '*.part' -mmin +1440 -delete
}

# size_of FILE: print its size in bytes.
size_of() {
	stat -c %s -- "$1"
}

# --- dumps of PostgreSQL ---------------------------------------------------------------------------
# read_dump FILE: read a whole dump, and print for each of its tables `table NAME ROWS`, and for each
# migration that it contains `migration VERSION`. Fails with one line unless it is a dump of Cruddur.
read_dump() {
	[[ -f $1 && -r $1 ]] || die "$1 cannot be read"
	try pg_restore --list -- "$1" >/dev/null
	try pg_restore --data-only --file=- -- "$1" | LC_ALL=C awk '
		!table && /^COPY .* FROM stdin;$/ { table = $2; rows = 0; next }
		table && $0 == "\\." { print "table", table, rows; table = ""; next }
		table { rows++ }
		table == "public.schema_migrations" { print "migration", $1 }' || exit
}

# require_cruddur FILE CONTENTS: die unless the output of read_dump is that of a database of Cruddur.
require_cruddur() {
	[[ $2 == *"table public.users "* && $2 == *"migration "* ]] ||
		die "$1 is a dump of something else: it has no table of people, or no migration"
}

# print_dump CONTENTS: the output of read_dump for people.
print_dump() {
	awk '$1 == "table" && $2 != "public.schema_migrations" { sub(/^public\./, "", $2); printf "  %-28s %9d rows\n", $2, $3 }
		$1 == "migration" && $2 > newest { newest = $2 }
		END { printf "  %-28s %s\n", "migration", newest }' <<<"$1"
}

# restore_dump FILE: restore a dump into the chosen database, which is empty. Everything belongs to the owner.
# Rights are restored as well, except those on tables to come: grant_serving gives them, and in the dump
# they name the owner that it had. The first error ends it.
restore_dump() {
	local said jobs
	# Rights in the dump name the group.
	sql -c "do \$\$ begin
		create role cruddur_serving nologin;
	exception when duplicate_object or unique_violation or insufficient_privilege then null;
	end \$\$"
	jobs=$(nproc)
	if ! said=$(pg_restore -w --exit-on-error --no-owner --jobs=$((jobs < 4 ? jobs : 4)) \
		--use-list=<(pg_restore --list -- "$1" | grep -Ev '^[0-9]+; [0-9]+ [0-9]+ DEFAULT ACL ') \
		--dbname="$url" -- "$1" 2>&1); then
		die "$(grep -m 1 'error: ' <<<"$said" || echo "${said%%$'\n'*}")"
	fi
	sql -c analyze
}

# check_rows CONTENTS: die unless the tables of the chosen database have the rows of the dump.
check_rows() {
	local query found
	query=$(awk '$1 == "table" { printf "%sselect '\''table %s '\'' || count(*) from %s", all, $2, $2; all = " union all " }' <<<"$1")
	found=$(sql -Atc "$query") || exit
	found=$(diff <(grep '^table ' <<<"$1" | sort) <(sort <<<"$found")) ||
		die "restored and dumped rows differ: $(grep -m 1 '^[<>]' <<<"$found")"
}

# Set missing and unknown: the migrations of this release that the chosen database lacks, and those that it has
# and this release does not know.
compare_migrations() {
	local known applied
	known=$(find "$root/sql/migrations" -name '*.sql' -printf '%f\n' | sed 's/_.*//' | LC_ALL=C sort)
	applied=$(sql -Atc 'select version from schema_migrations order by version collate "C"') || exit
	missing=$(comm -23 <(echo "$known") <(echo "$applied") | paste -sd ' ')
	unknown=$(comm -13 <(echo "$known") <(echo "$applied") | paste -sd ' ')
}
