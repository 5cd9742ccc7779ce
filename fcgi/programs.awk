# The programs of the table of routes as initialisers of struct exposition_program (run/exposition.h).
# Run as: awk -f fcgi/programs.awk routes.tsv >build/gen/programs.h
BEGIN {
	FS = "\t"
	split("GET POST PUT DELETE", methods, " ")
	for (i in methods) bit["" methods[i]] = 2 ^ (i - 1)
	need["db"] = "NEEDS_DB"
	need["dynamodb"] = "NEEDS_DYNAMODB"
	need["cognito"] = "NEEDS_COGNITO"
}
NF {
	if (!($1 in sum)) {
		order[++count] = $1
		needs[$1] = $3
	}
	if (!(($1, $4) in seen)) sum[$1] += bit[$4]
	seen[$1, $4]
}
END {
	print "/* Made by fcgi/programs.awk. */\n#ifndef PROGRAMS_H\n#define PROGRAMS_H"
	printf "#define PROGRAMS"
	for (i = 1; i <= count; i++) {
		n = split(needs[order[i]], parts, ",")
		list = "0"
		for (j = 1; j <= n; j++)
			if (parts[j] != "-") list = list " | " need[parts[j]]
		printf " \\\n\t{\"%s\", %s, %d},", order[i], list, sum[order[i]]
	}
	print "\n#endif"
}
