// requests.test.mjs - the generator of requests to DynamoDB, common/aws/requests.awk: it names file and
// line of each mistake, and the build fails.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const AWK = fileURLToPath(new URL('../common/aws/requests.awk', import.meta.url));
const HOLES = `# comment
group   text      uuid of a conversation
limit   integer
named   flag
start   json
table   table
token   token
index   constant  by-time
`;
// Uses every hole.
const ALL = `{
  "T": "\${table}", "I": "\${index}", "C": "\${token}", "L": \${limit}, "G": "\${group}",
  "S": \${start}, // with named
  "end": true
}
`;

let folder;
before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-requests-'));
});
after(() => fs.rmSync(folder, { recursive: true, force: true }));

// Run the generator on a file of holes and requests, { 'Query/one.json': text }.
function generate(requests, holes = HOLES) {
  const names = ['holes', ...Object.keys(requests)];
  for (const [name, text] of Object.entries({ holes, ...requests })) {
    fs.mkdirSync(path.dirname(path.join(folder, 'in', name)), { recursive: true });
    fs.writeFileSync(path.join(folder, 'in', name), text);
  }
  const { status, stderr } = spawnSync(
    'awk',
    ['-v', `out=${folder}`, '-v', 'name=made', '-f', AWK, ...names.map((name) => `in/${name}`)],
    { cwd: folder, encoding: 'utf8' },
  );
  const made = (end) => fs.readFileSync(path.join(folder, `made.${end}`), 'utf8');
  return { status, stderr, header: made('h'), source: made('c') };
}

test('a request becomes a struct of its holes and a form', () => {
  const { status, stderr, header, source } = generate({ 'Query/all.json': ALL });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  assert.match(header, /#define REQUEST_INDEX "by-time"\n/);
  assert.match(
    header,
    /struct request_Query_all \{\n\tint64_t limit;\n\tstruct slice group;\n\tbool named;\n\tstruct slice start;\n\};/,
  );
  assert.match(source, /request_form_Query_all = \{"Query", OPERATION_QUERY, /);
  assert.match(source, /PART\("\\",\\"I\\":\\"by-time\\",\\"C\\":\\"", REQUEST_TOKEN, 0, 0, 0\)/);
});

test('a part may have several lines, be repeated, and be left out with its comma', () => {
  const { status, stderr, header, source } = generate({
    'Query/all.json': ALL,
    'Query/parts.json': `// A comment.
{
  // Another one: "http://x" is a string.
  "A": "http://x", // without group
  "B": [
    {"C": { // each item
      "D": "\${group}"
    }}
  ]
}
`,
  });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  assert.match(
    header,
    /struct request_Query_parts_item \{\n\tstruct slice group;\n\};\nstruct request_Query_parts \{\n\tstruct slice group;\n\tconst struct request_Query_parts_item \*item;\n\tsize_t item_count;\n\};/,
  );
  assert.match(source, /PART\("\{", REQUEST_UNLESS_TEXT, 1, /);
  assert.match(source, /PART\("\\"A\\":\\"http:\/\/x\\",", REQUEST_END, 0, 0, 0\)/);
  assert.match(source, /PART\("\\"B\\":\[", REQUEST_EACH, 2, [^\n]*, sizeof\(struct \w+_item\)\)/);
});

test('each mistake is an error that names file and line', () => {
  for (const [text, line, message] of [
    ['{"A": "${grup}"}', 1, 'there is no hole `grup`; the file `holes` lists them'],
    ['{\n"A": "$group"}', 2, '`$` begins a hole: ${name}, small letters and _'],
    ['{"A": ${Group}}', 1, '`$` begins a hole: ${name}, small letters and _'],
    ['{"A": "${named}"}', 1, '`named` is a flag, it has no value'],
    ['{"A": 1,\n"A": 2}', 2, 'the key "A" a second time'],
    ['{"A": 1\n"B": 2}', 2, 'unexpected `"B"`'],
    ['{"A": 1,\n}', 2, 'unexpected `}`'],
    ['{"A": [1, 2}\n', 1, 'unexpected `}`'],
    ['{"A" 1}', 1, 'unexpected `1`'],
    ['{"A": "x}', 1, 'a string does not end'],
    ['{"A": "\\x"}', 1, 'invalid escape in a string'],
    ['{"A": 01}', 1, '`01` is no JSON value'],
    ['{"A": yes}', 1, '`yes` is no JSON value'],
    ['[1]', 1, 'unexpected `[`'],
    ['{}\n{}', 2, 'unexpected `{`'],
    ['{"A": [1', 1, 'the document does not end'],
    ['{\n"A": 1, // with group\n"B": 2 // without group\n}', 4, 'unexpected `}` (with group)'],
    ['{\n"A": 1, // with grup\n"B": 2\n}', 2, 'there is no hole `grup`; the file `holes` lists them'],
    ['{\n"A": 1, // with limit\n"B": 2\n}', 2, 'a part depends on a text, json, or flag'],
    ['{\n"A": { // with group\n"B": 1, // with named\n"C": 2},\n"D": 3}', 3, 'a part within a part'],
    ['{\n"A": [\n1] // with group\n}', 3, 'a part closes more than it opens'],
    ['{\n"A": [ // with group\n1', 3, 'a part does not end'],
  ]) {
    const { status, stderr } = generate({ 'Query/all.json': ALL, 'Query/wrong.json': `${text}\n` });
    assert.equal(stderr, `in/Query/wrong.json:${line}: ${message}\n`, text);
    assert.equal(status, 1, text);
  }
});

test('each mistake in the list of holes is an error', () => {
  for (const [more, message] of [
    ['group text\n', 'in/holes:9: `group` is declared twice\n'],
    ['Group text\n', 'in/holes:9: `Group` is not a name of a hole\n'],
    ['other string\n', 'in/holes:9: `string` is not a type of holes\n'],
    ['other constant\n', 'in/holes:9: a constant needs a value, and no escapes\n'],
    ['other text\n', 'in/holes:9: no request has the hole `other`\n'],
  ]) {
    const { status, stderr } = generate({ 'Query/all.json': ALL }, HOLES + more);
    assert.equal(stderr, message);
    assert.equal(status, 1, more);
  }
});
