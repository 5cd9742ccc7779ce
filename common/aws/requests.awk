# Turns DynamoDB requests, files OPERATION/NAME.json, into C: for each one a struct with a member for
# each hole and a `struct request_form` (request.h), for the macro REQUEST(OPERATION, NAME, …).
# Run as: awk -v out=build/gen -v name=requests -f common/aws/requests.awk HOLES... FILES...
# Writes out/NAME.c and out/NAME.h. `-v commands=1`: of operators' commands, which count as "other".
#
# A file is one JSON object, with
#	${hole}			a hole, declared in a file `holes`, in a string or as a value
#	// text			a comment, on a line of its own
#	… // with hole		a part that is sent only if the hole has a value
#	… // without hole	a part that is sent only if it has none
#	… // each name		a part that is repeated, with a comma between; its holes are those of one element
# A part begins with its line and ends with the line in which all that it opened is closed. A part
# that is left out takes the comma at its end along.
#
# Each document that the parts can make must be JSON without double keys; else the build fails with
# file and line.

function fail_at(line, message) {
	printf "%s:%d: %s\n", file, line, message > "/dev/stderr"
	failed = 1
	exit 1
}
function fail(message) { fail_at(FNR, message) }

# --- holes ---------------------------------------------------------------------------------------
function declare() {
	if ($1 !~ /^[a-z][a-z_]*$/) fail("`" $1 "` is not a name of a hole")
	if ($1 in type) fail("`" $1 "` is declared twice")
	if ($2 !~ /^(text|integer|json|flag|table|token|constant)$/) fail("`" $2 "` is not a type of holes")
	if ($2 == "constant" && $3 !~ /^[A-Za-z0-9_.-]+$/) fail("a constant needs a value, and no escapes")
	type[$1] = $2
	value[$1] = $3
	declared_in[$1] = file
	declared_at[$1] = FNR
	last_holes = file
	if ($2 == "constant")
		printf "#define REQUEST_%s \"%s\"\n", toupper($1), $3 > header
}
function use(hole, line) {
	if (!(hole in type)) fail_at(line, "there is no hole `" hole "`; the file `holes` lists them")
	used[hole] = 1
}

# --- tokens: what[i] is one of { } [ ] , : string bare --------------------------------------------
function add(kind, text) {
	tokens++
	what[tokens] = kind; spelled[tokens] = text; line_of[tokens] = FNR; part_of[tokens] = part
	if (kind ~ /[{[]/) depth++
	if (kind == "}" || kind == "]") depth--
}
# The string at the beginning of `rest`, with its quotes.
function read_string(rest,   i, c) {
	for (i = 2; i <= length(rest); i++) {
		c = substr(rest, i, 1)
		if (c == "\"") return substr(rest, 1, i)
		if (c == "\\" && substr(rest, i + 1, 1) !~ /["\\\/bfnrtu]/) fail("invalid escape in a string")
		if (c == "\\") i++
	}
	fail("a string does not end")
}
function check_holes(text) {
	while (match(text, /[$]/)) {
		text = substr(text, RSTART)
		if (!match(text, /^[$][{][a-z_]+[}]/)) fail("`$` begins a hole: ${name}, small letters and _")
		use(substr(text, 3, RLENGTH - 3), FNR)
		text = substr(text, RLENGTH + 1)
	}
}
function read_line(rest,   text) {
	while (sub(/^[ \t]+/, "", rest) || rest != "") {
		if (rest == "") return
		if (rest ~ /^[]{}[,:]/) {
			add(substr(rest, 1, 1), substr(rest, 1, 1))
			rest = substr(rest, 2)
			continue
		}
		if (rest ~ /^"/) {
			text = read_string(rest)
			check_holes(text)
			add("string", text)
		} else if (match(rest, /^[$][^ \t,}]*[}]/) || match(rest, /^[^] \t,:{}["]+/)) {
			text = substr(rest, 1, RLENGTH)
			check_holes(text)
			if (text !~ /^([$].*|true|false|null|-?(0|[1-9][0-9]*)([.][0-9]+)?)$/)
				fail("`" text "` is no JSON value")
			add("bare", text)
		} else {
			fail("unexpected `" substr(rest, 1, 1) "`")
		}
		rest = substr(rest, length(text) + 1)
	}
}

# --- parts ---------------------------------------------------------------------------------------
function begin_part(words,   n, word) {
	n = split(words, word, " ")
	if (part) fail("a part within a part")
	part = ++parts
	part_kind[part] = word[n - 1]
	part_hole[part] = word[n]
	part_depth[part] = depth
	if (word[n - 1] == "each") return
	use(word[n], FNR)
	if (type[word[n]] !~ /^(text|json|flag)$/) fail("a part depends on a text, json, or flag")
	if (!(word[n] in condition)) condition_name[++conditions] = word[n]
	condition[word[n]] = 1
}
function end_part() {
	if (depth < part_depth[part]) fail("a part closes more than it opens")
	if (depth > part_depth[part]) return
	if (part_kind[part] == "each" && what[tokens] == ",") part_of[tokens] = 0
	part = 0
}

# --- validity: the document under one choice of conditions -----------------------------------------
function is_chosen(p) {
	if (!p || part_kind[p] == "each") return 1
	return chosen[part_hole[p]] == (part_kind[p] == "with")
}
function unexpected(i,   n, text) {
	for (n = 1; n <= conditions; n++)
		text = text (chosen[condition_name[n]] ? " with " : " without ") condition_name[n]
	fail_at(line_of[i], "unexpected `" spelled[i] "`" (text ? " (" substr(text, 2) ")" : ""))
}
function check_document(   i, level, open, ids, state, w) {
	state = "value"
	for (i = 1; i <= tokens; i++) {
		w = what[i]
		if (!is_chosen(part_of[i])) continue
		if (level == 0 && (state == "after" || w != "{")) unexpected(i)
		if (w == "{" || w == "[") {
			if (state !~ /^value/) unexpected(i)
			open[++level] = w
			ids[level] = ++objects
			state = w == "{" ? "key or end" : "value or end"
		} else if (w == "}" || w == "]") {
			if (open[level] != (w == "}" ? "{" : "[") || state !~ /^after|or end$/) unexpected(i)
			level--
			state = "after"
		} else if (w == ",") {
			if (state != "after") unexpected(i)
			state = open[level] == "{" ? "key" : "value"
		} else if (w == ":") {
			if (state != "colon") unexpected(i)
			state = "value"
		} else if (w == "string" && state ~ /^key/) {
			if ((ids[level], spelled[i]) in keys) fail_at(line_of[i], "the key " spelled[i] " a second time")
			keys[ids[level], spelled[i]] = 1
			state = "colon"
		} else {
			if (state !~ /^value/) unexpected(i)
			state = "after"
		}
	}
	if (level > 0 || state != "after") fail_at(line_of[tokens], "the document does not end")
}
function check_documents(   choice, n, rest) {
	if (conditions > 8) fail_at(1, "more than 8 conditions")
	for (choice = 0; choice < 2 ^ conditions; choice++) {
		rest = choice
		for (n = 1; n <= conditions; n++) {
			chosen[condition_name[n]] = rest % 2
			rest = int(rest / 2)
		}
		check_document()
	}
}

# --- C -------------------------------------------------------------------------------------------
# A hole becomes a member of the struct of the request, or of one element of it.
function member(hole, owner,   t) {
	t = type[hole]
	if ((hole, owner) in members || t == "table" || t == "token") return
	members[hole, owner] = 1
	struct[owner] = struct[owner] "\t" (t == "integer" ? "int64_t" : t == "flag" ? "bool" : "struct slice") \
		" " hole ";\n"
}
function emit(hole, kind, owner, size) {
	gsub(/\\/, "\\\\", literal)
	gsub(/"/, "\\\"", literal)
	emitted++
	code[emitted] = "\tPART(\"" literal "\", REQUEST_" kind ", "
	tail[emitted] = (owner ? "offsetof(struct " owner ", " hole ")" : "0") ", " (size ? size : "0") "),"
	skip[emitted] = 0
	literal = ""
}
# A token: text to the literal, holes to parts of the form.
function emit_token(text, owner,   hole, t) {
	while (match(text, /[$][{][a-z_]+[}]/)) {
		hole = substr(text, RSTART + 2, RLENGTH - 3)
		literal = literal substr(text, 1, RSTART - 1)
		text = substr(text, RSTART + RLENGTH)
		t = type[hole]
		if (t == "flag") fail_at(1, "`" hole "` is a flag, it has no value")
		if (t == "constant") {
			literal = literal value[hole]
			continue
		}
		member(hole, owner)
		emit(hole, toupper(t), t == "table" || t == "token" ? "" : owner)
	}
	literal = literal text
}
function emit_part(p, owner,   hole, element) {
	hole = part_hole[p]
	if (part_kind[p] == "each") {
		element = owner "_" hole
		struct[owner] = struct[owner] "\tconst struct " element " *" hole ";\n\tsize_t " hole "_count;\n"
		emit(hole, "EACH", owner, "sizeof(struct " element ")")
		return element
	}
	member(hole, owner)
	emit(hole, (part_kind[p] == "with" ? "IF_" : "UNLESS_") (type[hole] == "flag" ? "FLAG" : "TEXT"), owner)
	return owner
}
function symbol(text) {
	gsub(/[A-Z]/, "_&", text)
	return toupper(substr(text, 2))
}
function finish(   i, now, owner, form, at, path, n, operation) {
	if (!tokens) return
	if (part) fail_at(line_of[tokens], "a part does not end")
	check_documents()
	n = split(file, path, "/")
	operation = path[n - 1]
	form = operation "_" path[n]
	sub(/\.json$/, "", form)
	owner = "request_" form
	literal = ""
	for (i = 1; i <= tokens + 1; i++) {
		if (now && (i > tokens || part_of[i] != now)) {
			if (literal != "") emit("", "END", "")
			skip[at] = emitted - at
			owner = "request_" form
			now = 0
		}
		if (i > tokens) break
		if (part_of[i] && !now) {
			now = part_of[i]
			owner = emit_part(now, owner)
			at = emitted
		}
		emit_token(spelled[i], owner)
	}
	emit("", "END", "")
	owner = "request_" form
	for (i = 1; i <= parts; i++)
		if (part_kind[i] == "each")
			printf "struct %s_%s {\n%s};\n", owner, part_hole[i], struct[owner "_" part_hole[i]] > header
	printf "struct %s {\n%s};\n", owner, owner in struct ? struct[owner] : "\tbool nothing;\n" > header
	printf "extern const struct request_form request_form_%s;\n", form > header
	printf "static const struct request_part parts_%s[] = {\n", form > source
	for (i = 1; i <= emitted; i++)
		print code[i] skip[i] ", " tail[i] > source
	printf "};\nconst struct request_form request_form_%s = {\"%s\", OPERATION_%s, parts_%s, %d};\n", form, \
		operation, commands ? "DYNAMODB_OTHER" : symbol(operation), form, emitted > source
}
function begin() {
	tokens = parts = part = conditions = depth = emitted = 0
	file = FILENAME
	split("", condition)
}

BEGIN {
	source = out "/" name ".c"; header = out "/" name ".h"; guard = toupper(name) "_H"
	print "/* Made by common/aws/requests.awk. */\n#include \"" name ".h\"\n" > source
	print "#include <stddef.h>\n" > source
	print "#define PART(text, hole, skip, ...) {text, sizeof(text) - 1, hole, skip, __VA_ARGS__}\n" > source
	printf "/* Made by common/aws/requests.awk. */\n#ifndef %s\n#define %s\n#include \"aws/request.h\"\n", guard, guard > header
}
FNR == 1 { finish(); begin() }
FILENAME ~ /\/holes$/ {
	if ($1 != "" && $1 !~ /^#/) declare()
	next
}
/^[ \t]*\/\// { next }
{
	line = $0
	if (match(line, /[ \t]*\/\/ (with|without|each) [a-z_]+$/)) {
		begin_part(substr(line, RSTART))
		line = substr(line, 1, RSTART - 1)
	}
	read_line(line)
	if (part) end_part()
}
END {
	if (failed) exit 1
	finish()
	if (failed) exit 1
	for (hole in type)
		if (declared_in[hole] == last_holes && !(hole in used)) {
			file = last_holes
			fail_at(declared_at[hole], "no request has the hole `" hole "`")
		}
	print "#endif" > header
}
