# shellcheck shell=sh
# environment.sh - sets the variables of the file CRUDDUR_ENV_FILE, if there is one; it is sourced.
# Lines are NAME=VALUE, as in an EnvironmentFile of systemd: quotes around a value are removed, other lines
# are ignored. The file is read as text, so it runs nothing.
if [ -n "${CRUDDUR_ENV_FILE:-}" ]; then
	while IFS= read -r line || [ -n "$line" ]; do
		name=${line%%=*}
		value=${line#*=}
		case $name in
		"$line" | "" | [0-9]* | *[!A-Za-z0-9_]*) continue ;;
		esac
		case $value in
		\"*\" | \'*\') value=${value#?} value=${value%?} ;;
		esac
		export "$name=$value"
	done <"$CRUDDUR_ENV_FILE"
	unset line name value
fi
