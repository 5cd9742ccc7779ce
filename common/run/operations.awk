# Lists what dependencies are called with, from the names of files:
#	sql/queries/users/by_sub.sql			X(DEP_DB, USERS_BY_SUB, "users_by_sub")
#	common/aws/requests/GetItem/row.json		X(DEP_DYNAMODB, GET_ITEM, "GetItem")
# Run as: awk -f common/run/operations.awk FILES... >build/gen/operations.h
function symbol(name) {
	gsub(/[A-Z]/, "_&", name)
	sub(/^_/, "", name)
	return toupper(name)
}
function add(dependency, name) {
	if ((dependency, name) in known) return
	known[dependency, name]
	list[dependency] = list[dependency] sprintf(" \\\n\tX(DEP_%s, %s, \"%s\")", dependency, symbol(name), name)
}
BEGIN {
	for (i = 1; i < ARGC; i++) {
		n = split(ARGV[i], parts, "/")
		file = parts[n]
		if (sub(/\.sql$/, "", file)) add("DB", parts[n - 1] "_" file)
		else add("DYNAMODB", parts[n - 1])
	}
	print "/* Made by common/run/operations.awk. */\n#ifndef OPERATIONS_H\n#define OPERATIONS_H"
	print "/* X(dependency, symbol, name): the statements of sql/queries. */"
	print "#define OPERATIONS_DB(X)" list["DB"]
	print "/* The operations of the requests in common/aws/requests. */"
	print "#define OPERATIONS_DYNAMODB(X)" list["DYNAMODB"]
	print "#endif"
}
