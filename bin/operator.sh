# shellcheck shell=bash
# operator.sh - shared by the operators' commands, which source it first.
#
# --help prints the comment at the top of a command, up to the first empty line.
set -euo pipefail

name=$(basename "$0")
bin=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
root=$(dirname "$bin")
# shellcheck source-path=SCRIPTDIR source=constants
. "$bin/constants"
# shellcheck source-path=SCRIPTDIR source=home.sh
. "$bin/home.sh"

die() {
	echo "$name: $*" >&2
	exit 1
}

usage() {
	sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
}

misused() {
	echo "$name: $*" >&2
	usage >&2
	exit 2
}

# Read the arguments $2… of a command that takes at most $1 operands. flags and valued: the names of its own
# options, without and with a value, separated by spaces; option gets those that are given, a flag as true.
prod=false
yes=false
serving=false
operands=()
flags=""
valued=""
declare -A option=()
# shellcheck disable=SC2034 # the commands read option
read_arguments() {
	local most=$1 argument
	shift
	while [ $# -gt 0 ]; do
		argument=$1
		shift
		case $argument in
		-h | --help) usage && exit ;;
		prod) prod=true ;;
		--yes) yes=true ;;
		-*)
			if [[ " $flags " == *" $argument "* ]]; then
				option[$argument]=true
			elif [[ " $valued " == *" $argument "* ]] && [ $# -gt 0 ]; then
				option[$argument]=$1
				shift
			else
				misused "unknown option $argument, or one without its value"
			fi
			;;
		*) operands+=("$argument") ;;
		esac
	done
	[ ${#operands[@]} -le "$most" ] || misused "unexpected argument ${operands[$most]}"
}

# Run "$@". If it fails, die with the first line of its standard error; otherwise discard that.
try() {
	local said status=0
	{ said=$("$@" 2>&1 >&3 3>&-) || status=$?; } 3>&1
	said=${said#Error: }
	[ $status -eq 0 ] || die "${said%%$'\n'*}"
}

# read_secrets NAME…: set each variable that is given as NAME_FILE to the text of that file, as the
# programs do (common/base/env.h).
read_secrets() {
	local name file text
	for name; do
		file=${name}_FILE
		[ -n "${!file:-}" ] || continue
		[ -z "${!name:-}" ] || die "$name and $file are both set"
		{ [ -f "${!file}" ] && [ -r "${!file}" ]; } || die "$file names a file that cannot be read"
		text=$(<"${!file}")
		text=${text%$'\r'}
		[ -n "$text" ] || die "$file names a file that is empty"
		[[ $text != *$'\n'* ]] || die "$file names a file that has more than one line of text"
		export "$name=$text"
		unset "$file"
	done
}

# Set home, and the ports of the local run in it, unless the environment sets them.
load_ports() {
	local line variable
	home=$root/.run
	[ "$(id -u)" -ne 0 ] || home=/var/lib/cruddur
	home=$(realpath -m "${CRUDDUR_HOME:-$home}")
	[ -r "$home/etc/run.env" ] || return 0
	while IFS= read -r line; do
		variable=${line%%=*}
		variable=CRUDDUR_${variable^^}
		[ -n "${!variable:-}" ] || export "$variable=${line#*=}"
	done <"$home/etc/run.env"
}

# --- PostgreSQL ----------------------------------------------------------------------------------
# Percent-decoding: %41 is A.
decode() {
	local text=${1//\\/\\\\}
	printf '%b' "${text//%/\\x}"
}

# is_own HOST PARAMETERS: whether these parts of a connection URL name the socket in the folder of this
# home, and the port of its last start.
is_own() {
	local folder socket='^\?host=([^,&]+)&port=([0-9]+)$'
	[[ -z $1 && $2 =~ $socket ]] || return
	folder=$(decode "${BASH_REMATCH[1]}")
	[ "$folder" -ef "$home/run" ] && grep -qsx "postgres_port=${BASH_REMATCH[2]}" "$home/etc/run.env"
}

# Choose the database, as its owner or, with serving=true, with the role of the workers; where there is no
# other, the owner is that role. Sets secret_url, and from it: url, without the password; server, the same
# for the database `postgres`, which always exists; database, its name; the parts scheme, user, path and
# parameters; here: whether it is on this machine; and own: whether it is that of this home's local run. An
# address like 127.0.0.1 does not show that: a tunnel has it, too. The password is passed in the
# environment, because every user can see the arguments of a command.
# shellcheck disable=SC2034 # server is used by the commands
choose_database() {
	local owner port
	load_ports
	# shellcheck disable=SC2086 # several names each
	read_secrets $secrets_db $secrets_operators
	own=false
	if $prod; then
		secret_url=${PROD_CONNECTION_URL:-} owner=${PROD_OWNER_CONNECTION_URL:-}
		[ -n "$secret_url$owner" ] || die "PROD_CONNECTION_URL is not set"
	else
		# Those of the shell are meant for other servers.
		[ -n "${CONNECTION_URL:-}${OWNER_CONNECTION_URL:-}" ] || unset "${!PG@}"
		secret_url=${CONNECTION_URL:-} owner=${OWNER_CONNECTION_URL:-}
		if [ -z "$secret_url" ]; then
			port=${CRUDDUR_POSTGRES_PORT:-$postgres_port}
			secret_url=postgresql://$local_serving_role:$local_password@127.0.0.1:$port/cruddur
			owner=${owner:-$(own_database "$home" "$port")}
		fi
	fi
	$serving || secret_url=${owner:-$secret_url}
	[ -n "$secret_url" ] || die "PROD_CONNECTION_URL is not set"
	#        scheme             user      :password    @  host and port  database  parameters
	[[ $secret_url =~ ^(postgres(ql)?://)(([^:@/?]*)(:([^@/?]*))?@)?([^@/?]*)/([^/?]+)(\?.*)?$ ]] ||
		die "the connection URL is not like postgresql://user:password@host:5432/database"
	scheme=${BASH_REMATCH[1]} user=${BASH_REMATCH[4]:+${BASH_REMATCH[4]}@}
	host=${BASH_REMATCH[7]} parameters=${BASH_REMATCH[9]}
	path=${BASH_REMATCH[8]} database=$(decode "${BASH_REMATCH[8]}")
	url=$scheme$user$host/$path$parameters
	server=$scheme$user$host/postgres$parameters
	# The other URL may have been chosen before, and have had a password.
	given_password=${given_password-${PGPASSWORD:-}}
	PGPASSWORD=$given_password
	if [ -n "$owner" ] && ! $serving; then PGPASSWORD=${OWNER_PGPASSWORD:-$PGPASSWORD}; fi
	[ -z "${BASH_REMATCH[6]}" ] || PGPASSWORD=$(decode "${BASH_REMATCH[6]}")
	[ -z "$PGPASSWORD" ] || export PGPASSWORD
	here=false
	local one='(127\.[0-9.]+|localhost|\[::1\])?(:[0-9]+)?'
	if [[ $host =~ ^$one(,$one)*$ && $parameters != *host* ]]; then
		here=true
	fi
	if ! $prod && is_own "$host" "$parameters" && [ "$database" = cruddur ]; then
		own=true
		unset "${!PG@}"
	fi
	# Of several servers, that which writes; a parameter of the URL takes precedence.
	export PGTARGETSESSIONATTRS=${PGTARGETSESSIONATTRS:-read-write}
	export PGAPPNAME=$name PGCONNECT_TIMEOUT=10
}

# use_database NAME: another database of the same server from now on. The name needs no percent-encoding.
use_database() {
	database=$1 path=$1
	url=$scheme$user$host/$path$parameters
}

# Run SQL, -c TEXT or -f FILE, in the chosen database; server_sql: in the database `postgres`.
sql() {
	try psql -Xqw -v ON_ERROR_STOP=1 -d "$url" "$@"
}
server_sql() {
	try psql -Xqw -v ON_ERROR_STOP=1 -d "$server" "$@"
}

# Create the chosen database, empty, in UTF-8 and with a locale that knows the letters of all scripts.
create_database() {
	local create=(createdb -w --maintenance-db="$server" --encoding=UTF8 --template=template0) said
	if ! said=$("${create[@]}" --locale=C.UTF-8 -- "$database" 2>&1); then
		[[ $said == *"invalid locale name"* ]] || die "${said%%$'\n'*}"
		try "${create[@]}" --locale-provider=icu --icu-locale=und --locale=C -- "$database"
	fi
	# A standby that the URL names before the writer has the database a moment later; until then libpq
	# does not ask the writer.
	for _ in {1..100}; do
		if psql -Xqw -d "$url" -c 'select' >/dev/null 2>&1; then break; fi
		sleep 0.1
	done
}

# Set role to that of the workers and serving_password to its password; then choose the database as its
# owner.
choose_serving_role() {
	serving=true
	choose_database
	role=$(decode "${user%@}")
	[ -n "$role" ] || die "the connection URL names no role"
	serving_password=${PGPASSWORD:-}
	serving=false
	choose_database
}

# Whether the role of choose_serving_role owns the database as well.
owner_serves() {
	[ "$role" = "$(decode "${user%@}")" ]
}

# grant_serving_role any|new: give the role of choose_serving_role its rights in the chosen database, create
# it if it is missing, and set its password: of any role, or only of a new one. The password is neither an
# argument nor a line of the script. A worker's statements end by themselves, also behind a pooler, which
# does not pass on the workers' options.
grant_serving_role() {
	if owner_serves; then
		sql -c 'call grant_serving()'
		return
	fi
	SERVING_ROLE=$role SERVING_PASSWORD=$serving_password sql -At -v whose="$1" -f - <<-'END'
		\getenv role SERVING_ROLE
		\getenv password SERVING_PASSWORD
		select exists (select from pg_roles where rolname = :'role') and :'whose' = 'new' as is_kept \gset
		select format('create role %I', :'role')
		 where not exists (select from pg_roles where rolname = :'role') \gexec
		select format('alter role %I login', :'role')
		       || case when :'password' <> '' and not :'is_kept'::boolean then format(' password %L', :'password') else '' end \gexec
		select format('alter role %I set %s', :'role', setting)
		  from unnest(array[$$statement_timeout = '1500ms'$$, $$timezone = 'UTC'$$]) as setting \gexec
		call grant_serving();
		select format('grant cruddur_serving to %I', :'role') \gexec
	END
}

# Refuse a database whose encoding or locale does not know the letters of all scripts: searches would
# miss words, and two people could have handles that differ only in case.
require_locale() {
	local encoding locale
	encoding=$(sql -Atc "show server_encoding")
	[ "$encoding" = UTF8 ] ||
		die "$database has the encoding $encoding instead of UTF8; bin/db/create makes one that suits"
	locale=$(sql -Atc "
		select coalesce(to_jsonb(d) ->> 'daticulocale', to_jsonb(d) ->> 'datlocale', datctype)
		  from pg_database d
		 where datname = current_database()
		   and lower(U&'I\00CC\00C9\0416\0394') <> U&'i\00EC\00E9\0436\03B4'")
	[ -z "$locale" ] ||
		die "$database has the locale $locale, which does not turn all letters into lower case;" \
			"bin/db/create makes one that suits"
}

# Print the connection URL for dbmate, which knows one host and few of libpq's parameters. psql finds the
# server. Unlike psql, dbmate requires TLS by default, and does not know the modes allow and prefer.
dbmate_url() {
	local found host port tls list parameter kept=() mode=""
	# Its lines: host and port, then whether the connection has TLS.
	found=$(sql -At -c '\echo :HOST' -c '\echo :PORT' \
		-c 'select ssl from pg_stat_ssl where pid = pg_backend_pid()') || exit
	{ read -r host && read -r port && read -r tls; } <<<"$found"
	IFS='&' read -ra list <<<"${parameters#\?}"
	for parameter in "${list[@]}"; do
		case ${parameter%%=*} in
		sslmode) mode=${parameter#*=} ;;
		user | password | sslrootcert | sslcert | sslkey | options) kept+=("$parameter") ;;
		esac
	done
	if [[ $mode =~ ^(allow|prefer)$ ]] || { $here && [ -z "$mode" ]; }; then
		mode=disable
		[ "$tls" != t ] || mode=require
	fi
	[ -z "$mode" ] || kept+=("sslmode=$mode")
	case $host in
	/*)
		kept+=("host=${host//+/%2B}")
		host=""
		mode=disable
		;;
	*:*) host="[$host]" ;;
	esac
	echo "$scheme$user$host:$port/$path?$(IFS='&' && echo "${kept[*]}")"
}

# migrations COMMAND: run dbmate.
migrations() {
	local dbmate=$bin/dbmate database_url # as installed
	[ -x "$dbmate" ] || dbmate=$root/node_modules/.bin/dbmate
	[ -x "$dbmate" ] || dbmate=$(command -v dbmate) ||
		die "dbmate is missing; in a checkout run: bin/install-tools"
	database_url=$(dbmate_url) || exit
	DATABASE_URL=$database_url try env -u PGTARGETSESSIONATTRS "$dbmate" --env-file /dev/null \
		--no-dump-schema --migrations-dir "$root/sql/migrations" "$1"
}

# confirm EFFECT: ask before data is lost, except that of this home's local run.
confirm() {
	local answer
	if $yes || $own; then return; fi
	[ -t 0 ] || die "this $1; there is no terminal to ask for confirmation, so pass --yes"
	read -rp "This $1. Type $database to continue: " answer
	[ "$answer" = "$database" ] || die "nothing was changed"
}

# is_own_table TABLE: whether the messages table of that name is in the DynamoDB of this home, which runs.
is_own_table() {
	local endpoint address
	load_ports
	address=http://127.0.0.1:$(sed -n 's/^dynamodb_port=//p' "$home/etc/run.env" 2>/dev/null)
	endpoint=${AWS_ENDPOINT_URL_DYNAMODB:-${AWS_ENDPOINT_URL:-}}
	[ "$1" = "$local_messages_table" ] &&
		[ "${endpoint:-http://127.0.0.1:${CRUDDUR_DYNAMODB_PORT:-}}" = "$address" ] &&
		recorded "$home" supervisord >/dev/null
}

# --- AWS -----------------------------------------------------------------------------------------
# Replace this process by cruddur-aws, the commands written in C (bin/aws).
run_aws() {
	local program=$bin/cruddur-aws # as installed; in a checkout it is in the build folder
	[ -x "$program" ] || program=$root/build${VARIANT:+/$VARIANT}/bin/cruddur-aws
	[ -x "$program" ] || die "cruddur-aws is not built; run: make build"
	load_ports
	exec "$program" "$@"
}
