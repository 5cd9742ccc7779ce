# Turns sql/queries/<folder>/<file>.sql into C: one `struct query query_<folder>_<file>` each.
# Run as: awk -v out=build/gen -f sql/embed.awk FILES...
# Writes out/queries.c, out/queries.h, and out/operations.h: the names of the statements, for the metrics.
# A query whose first word is `select` is read-only: db.c may repeat it after a lost connection.
function begin(   parts, n) {
	n = split(FILENAME, parts, "/")
	name = parts[n - 1] "_" parts[n]
	sub(/\.sql$/, "", name)
	text = ""; reads = -1
}
function finish() {
	if (name == "") return
	printf "extern const struct query query_%s;\n", name > header
	printf "const struct query query_%s = {\"%s\", %s, %s};\n", name, name, text, reads ? "true" : "false" > source
	printf " \\\n\tX(DEP_DB, \"%s\")", name > operations
	count++
}
BEGIN {
	source = out "/queries.c"; header = out "/queries.h"; operations = out "/operations.h"
	print "/* Made from sql/queries by sql/embed.awk. */\n#ifndef OPERATIONS_H\n#define OPERATIONS_H" > operations
	printf "/* X(dependency, name) for each statement. */\n#define OPERATIONS_DB(X)" > operations
	print "/* Made from sql/queries by sql/embed.awk. */\n#ifndef QUERIES_H\n#define QUERIES_H\n#include \"db/query.h\"" > header
	print "/* Made from sql/queries by sql/embed.awk. */\n#include \"queries.h\"" > source
}
FNR == 1 { finish(); begin() }
/^[ \t]*--/ || /^[ \t]*$/ { next }
{
	if (reads < 0) reads = ($1 == "select")
	gsub(/\\/, "\\\\"); gsub(/"/, "\\\"")
	sub(/;[ \t]*$/, "")
	text = text "\n\t\"" $0 "\\n\""
}
END {
	finish()
	print "\n#define OPERATIONS_DB_COUNT " count "\n#endif" > operations
	print "#endif" > header
}
