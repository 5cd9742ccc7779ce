# shellcheck shell=bash
# configuration.sh - shared by the commands that write configuration, which source it.

# fill FILE [NAME=VALUE …]: print the template FILE with each @NAME@ replaced by its value. A value may
# have several lines. A line that holds only a @NAME@ is left out when the value is empty.
fill() {
	local file=$1 pair name line rest optional only='^[[:space:]]*@[A-Z_]+@$'
	local -A values=()
	shift
	for pair; do values[${pair%%=*}]=${pair#*=}; done
	while IFS= read -r line; do
		rest=""
		optional=false
		[[ ! $line =~ $only ]] || optional=true
		# From the right, so that a value is never searched for names.
		while [[ $line =~ ^(.*)@([A-Z_]+)@(.*)$ ]]; do
			name=${BASH_REMATCH[2]}
			if [ -z "${values[$name]+set}" ]; then
				echo "${file##*/}: @$name@ has no value" >&2
				return 1
			fi
			rest=${values[$name]}${BASH_REMATCH[3]}$rest
			line=${BASH_REMATCH[1]}
		done
		if $optional && [ -z "$rest" ]; then continue; fi
		printf '%s\n' "$line$rest"
	done <"$file"
}

# routes_of ROOT: the table of routes (bin/routes) of an installed tree or of a checkout.
routes_of() {
	if [ -e "$1/nginx/routes.tsv" ]; then cat "$1/nginx/routes.tsv"; else "$1/bin/routes"; fi
}

# Read the table of routes; print what a program needs: db,dynamodb,cognito, a part of it, or -.
needs_of() {
	awk -F '\t' -v program="$1" '$1 == program && !seen++ { print $3 }'
}

# The names of the variables that a program with these needs does not get: secrets of others.
# shellcheck disable=SC2154 # bin/constants has the lists
withheld() {
	local needs=,$1, name
	local -a names
	read -ra names <<<"$secrets_operators"
	# shellcheck disable=SC2206 # several names
	[[ $needs == *,db,* ]] || names+=($secrets_db)
	# shellcheck disable=SC2206
	[[ $needs == *,dynamodb,* ]] || names+=($secrets_dynamodb)
	for name in "${names[@]}"; do echo "$name ${name}_FILE"; done
	[[ $needs == *,dynamodb,* ]] || echo "$secrets_container"
}

# The same as options of env.
without() {
	local name names
	names=$(withheld "$1")
	# shellcheck disable=SC2086 # several names
	for name in $names; do printf ' -u %s' "$name"; done
}

# Read the table of routes; print program, workers and needs of each pool.
pools_of_routes() {
	awk -F '\t' 'NF && !seen[$1]++ { print $1, $2, $3 }'
}

# queue_of SIZE: how many requests may wait in the socket of a pool of that size.
# shellcheck disable=SC2154 # bin/constants
queue_of() {
	case $1 in
	*-*) echo $((backlog * 4)) ;;
	*) echo $((backlog * $1)) ;;
	esac
}
