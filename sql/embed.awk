# Turns sql/queries/<folder>/<file>.sql into C: one `struct query query_<folder>_<file>` each.
# Run as: awk -v out=build/gen -f sql/embed.awk FILES...
# Writes out/queries.c and out/queries.h.
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
	printf "const struct query query_%s = {\"%s\", %s, OPERATION_%s, %s};\n", name, name, text, toupper(name), reads ? "true" : "false" > source
}
BEGIN {
	source = out "/queries.c"; header = out "/queries.h"
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
	print "#endif" > header
}
