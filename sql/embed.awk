# Turns sql/queries/<folder>/<file>.sql into C: one `struct query query_<folder>_<file>` each.
# Run as: awk -v out=build/gen/queries -f sql/embed.awk FILES...
# A query whose first word is `select` only reads: db.c may repeat it after a lost connection.
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
	list = list "\t&query_" name ",\n"
	count++
}
BEGIN {
	source = out ".c"; header = out ".h"
	print "/* Made from sql/queries by sql/embed.awk. */\n#ifndef QUERIES_H\n#define QUERIES_H\n#include \"db.h\"" > header
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
	print "/* Every query; the last is NULL. */\n#define QUERIES_COUNT " count > header
	print "extern const struct query *const queries_all[QUERIES_COUNT + 1];\n#endif" > header
	print "const struct query *const queries_all[QUERIES_COUNT + 1] = {\n" list "\tNULL,\n};" > source
}
