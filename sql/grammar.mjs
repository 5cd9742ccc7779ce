// grammar.mjs - writes what follows from common/grammar.json, the grammar of texts:
//   node sql/grammar.mjs classes      the ranges of its classes, from Unicode's data files (Debian's
//                                     package unicode-data, /usr/share/unicode)
//   node sql/grammar.mjs browser      frontend/src/base/grammar.ts
//   node sql/grammar.mjs sql FILE     the SQL functions, between their marks in the migration FILE
// A check (tests/consistency/grammar.mjs) fails while the last two are not what would be written.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const DATA = 'common/grammar.json';
export const BROWSER = 'frontend/src/base/grammar.ts';
export const BEGIN = '-- Written by sql/grammar.mjs from common/grammar.json: begin';
export const END = '-- Written by sql/grammar.mjs: end';

const hex = (code) => code.toString(16).toUpperCase().padStart(4, '0');

// [[first, last], …] of the text of ranges: '30-39 5F'.
const rangesOf = (text) =>
  text
    .split(' ')
    .map((range) => range.split('-').map((code) => parseInt(code, 16)))
    .map(([first, last = first]) => [first, last]);

// --- The classes, from Unicode's data files -------------------------------------------------------

const LAST = 0x10ffff;
const GAP_MAX = 256; // a gap that is longer holds scripts of its own later

class Unicode {
  constructor(folder = '/usr/share/unicode') {
    this.folder = folder;
    this.sets = new Map();
  }

  // The lines of a data file without comments, cut into fields.
  rows(name) {
    const text = fs.readFileSync(path.join(this.folder, name), 'utf8');
    return text
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim())
      .filter(Boolean)
      .map((line) => line.split(';').map((field) => field.trim()));
  }

  version() {
    const [line] = fs.readFileSync(path.join(this.folder, 'DerivedAge.txt'), 'utf8').split('\n');
    return /DerivedAge-([\d.]+)\.txt/.exec(line)[1];
  }

  // The code points with these values of a property's file, as [file, test of the fields].
  select(name, test) {
    const set = new Set();
    for (const [range, ...fields] of this.rows(name)) {
      if (!test(fields)) continue;
      const [first, last = first] = range.split('..').map((code) => parseInt(code, 16));
      for (let code = first; code <= last; code++) set.add(code);
    }
    return set;
  }

  // Long names of scripts by their short ones.
  scriptName(short) {
    this.scripts ??= new Map(
      this.rows('PropertyValueAliases.txt')
        .filter(([property]) => property === 'sc')
        .map(([, code, long]) => [code, long]),
    );
    return this.scripts.get(short);
  }

  // The code points of one item of a class: a range, gc=, sc=, scx= or the name of a property.
  item(text, classes) {
    if (!this.sets.has(text)) this.sets.set(text, this.read(text, classes));
    return this.sets.get(text);
  }

  read(text, classes) {
    const [name, value] = text.split('=');
    if (/^[0-9A-F]{4,6}(-[0-9A-F]+)?$/.test(text)) {
      const set = new Set();
      for (const [first, last] of rangesOf(text)) for (let c = first; c <= last; c++) set.add(c);
      return set;
    }
    if (name === 'class') return this.evaluate(classes[value], classes);
    if (name === 'gc')
      return this.select('extracted/DerivedGeneralCategory.txt', ([gc]) => gc.startsWith(value));
    if (name === 'sc') return this.select('Scripts.txt', ([script]) => script === value);
    if (name === 'scx') {
      const explicit = this.select('ScriptExtensions.txt', () => true);
      const listed = this.select('ScriptExtensions.txt', ([all]) => all.split(' ').includes(value));
      for (const code of this.item(`sc=${this.scriptName(value)}`, classes))
        if (!explicit.has(code)) listed.add(code);
      return listed;
    }
    for (const file of ['PropList.txt', 'DerivedCoreProperties.txt', 'emoji/emoji-data.txt']) {
      const set = this.select(file, ([property]) => property === text);
      if (set.size > 0) return set;
    }
    throw new Error(`${text} is no property`);
  }

  evaluate({ is, and, not = [] }, classes) {
    const union = (items) => new Set(items.flatMap((item) => [...this.item(item, classes)]));
    const within = and && union(and);
    const without = union(not);
    const found = new Set();
    for (const code of union(is))
      if (!without.has(code) && (!within || within.has(code))) found.add(code);
    return found;
  }

  // As evaluate; with `gaps`, also the unassigned code points between two of the class.
  classOf(one, classes) {
    const set = this.evaluate(one, classes);
    if (!one.gaps) return set;
    const unassigned = this.item('gc=Cn', classes);
    const gap = [];
    let last = -1;
    for (let code = 0; code <= LAST; code++) {
      if (set.has(code)) {
        if (last >= 0 && code - last <= GAP_MAX && gap.length === code - last - 1)
          for (const between of gap) set.add(between);
        last = code;
        gap.length = 0;
      } else if (unassigned.has(code)) gap.push(code);
    }
    return set;
  }

  // Lower-case letters whose case folding is another letter, and those letters.
  foldings() {
    const lowered = new Map(
      this.rows('UnicodeData.txt')
        .filter((fields) => fields[13])
        .map((fields) => [fields[0], fields[13]]),
    );
    const pairs = this.rows('CaseFolding.txt').filter(
      ([code, status]) => 'CS'.includes(status) && !lowered.has(code) && !/^(13F|AB[789AB])/.test(code),
    );
    const text = (codes) => codes.map((code) => String.fromCodePoint(parseInt(code, 16))).join('');
    return [text(pairs.map(([code]) => code)), text(pairs.map(([, , folded]) => folded))];
  }
}

function rangesText(set) {
  const parts = [];
  for (let code = 0; code <= LAST; code++) {
    if (!set.has(code)) continue;
    const first = code;
    while (set.has(code + 1)) code++;
    parts.push(first === code ? hex(first) : `${hex(first)}-${hex(code)}`);
  }
  return parts.join(' ');
}

function writeClasses(data) {
  const unicode = new Unicode();
  if (unicode.version() !== data.unicode)
    throw new Error(`${DATA} names Unicode ${data.unicode}, but ${unicode.folder} has ${unicode.version()}`);
  for (const one of Object.values(data.classes)) one.ranges = rangesText(unicode.classOf(one, data.classes));
  for (const [one, two] of [
    ['spaced', 'single'],
    ['word', 'stop'],
  ]) {
    const [a, b] = [one, two].map((name) => rangesOf(data.classes[name].ranges));
    if (a.some(([first, last]) => b.some(([from, to]) => first <= to && from <= last)))
      throw new Error(`${DATA}: ${one} and ${two} have a character in common`);
  }
  [data.case.from, data.case.to] = unicode.foldings();
  return data;
}

// --- The code of both sides -----------------------------------------------------------------------

// The source of a regular expression: the alternatives of a pattern, whose holes are filled.
function sourceOf({ data, limits }, name, classText) {
  return data.patterns[name].any
    .map((one) =>
      one.replace(/\{([a-z_]+)\}/g, (_, hole) => limits[hole] ?? classText(hole, data.classes[hole].ranges)),
    )
    .join('|');
}

// The parts of a class in base 36: the distance from the last character, and how many follow.
function packed(ranges) {
  let last = 0;
  const parts = [];
  for (const [first, end] of rangesOf(ranges)) {
    parts.push((first - last).toString(36) + (end > first ? `.${(end - first).toString(36)}` : ''));
    last = end;
  }
  return parts.join(' ');
}

/** The module of the browser. Its classes are short, because every visitor loads them. */
export function browserModule(grammar) {
  const { classes } = grammar.data;
  const used = new Set(['trim']);
  const keep = (name) => {
    used.add(name);
    return `{${name}}`;
  };
  const patterns = ['address', 'mark'].map((name) => [name, sourceOf(grammar, name, keep)]);
  const lines = (entries) => entries.map(([name, text]) => `  ${name}: String.raw\`${text}\`,`);
  return [
    '/* Written by sql/grammar.mjs from common/grammar.json. base/text.ts explains the forms. */',
    `export const CLASSES: Record<string, string> = {`,
    ...lines([...used].sort().map((name) => [name, packed(classes[name].ranges)])),
    '};',
    '',
    'export const PATTERNS = {',
    ...lines(patterns),
    '};',
    '',
    `export const CUT = '\\u${classes.cut.ranges}';`,
    '',
  ].join('\n');
}

const sqlCode = (code) =>
  code > 0xffff ? `\\U${hex(code).padStart(8, '0')}` : `\\u${hex(code)}`;
const sqlClass = (ranges) =>
  rangesOf(ranges)
    .map(([first, last]) => (first === last ? sqlCode(first) : `${sqlCode(first)}-${sqlCode(last)}`))
    .join('');
const sqlText = (text) => `'${text.replaceAll("'", "''")}'`;

/** The functions of PostgreSQL, with explicit ranges: whatever the locale, they do the same. */
export function sqlFunctions(grammar) {
  const { data } = grammar;
  const ranges = (name) => sqlClass(data.classes[name].ranges);
  // As in regexp_matches, whose results are the groups in brackets.
  const pattern = (name) => sqlText(`(${sourceOf(grammar, name, ranges)})`);
  const base = data.base;
  const pairs = Object.entries(base.pairs).reduce(
    (text, [from, to]) => `replace(${text}, '${from}', '${to}')`,
    `translate(found, '${base.from}', '${base.to}')`,
  );
  return `${BEGIN}

-- The #tags and @handles of a text, each once, in the order of the text. Handles are in lower case;
-- tags in NFC, without case. PostgreSQL's NFC loses U+11A7 after a Hangul syllable (the rule of UAX #15
-- is TIndex > 0), so what is between two of them is composed by itself. In PL/pgSQL, so that the
-- patterns are read once per session.
create or replace function activity_marks(message text) returns text[]
language plpgsql immutable parallel safe
as $$
declare
	found text[];
begin
	if message is null or message !~ '[@＠#＃]' then
		return '{}';
	end if;
	message := regexp_replace(message, ${pattern('address')}, E'\\u${data.classes.cut.ranges}', 'g');
	select array_agg(mark order by place)
	  into found
	  from (select case when said ~ '^[@＠]' then '@' || lower(substr(said, 2))
	               else '#' || translate(lower(translate(array_to_string(
	                       array(select normalize(part, NFC)
	                               from string_to_table(substr(said, 2), E'\\u11A7')
	                                    with ordinality as parts (part, number)
	                              order by number), E'\\u11A7'), 'İ', 'i')),
	                       '${data.case.from}', '${data.case.to}') end as mark,
	               min(place) as place
	          from (select match[1] as said, place
	                  from regexp_matches(message, ${pattern('mark')}, 'g') with ordinality as m (match, place)) as one
	         group by 1) as each;
	return coalesce(found, '{}');
end
$$;

-- The words of a text as a search knows them: without case, accents and signs. An item that begins
-- with U+0001 is a run of characters that are found one by one. The letter v before a number is a
-- word of its own, so that 1.2 finds v1.2.
create or replace function search_words(message text) returns text[]
language plpgsql immutable parallel safe
as $$
declare
	plain constant boolean := octet_length(message) = length(message);
	found text := message;
begin
	if not plain then
		found := normalize(found, NFKD);
	end if;
	found := lower(found);
	if not plain then
		found := normalize(regexp_replace(found, '[${ranges('accent')}]+', '', 'g'), NFC);
		found := ${pairs};
	end if;
	if plain then
		found := regexp_replace(found, '[^a-z0-9]+', ' ', 'g');
	else
		found := regexp_replace(found, '[^${ranges('spaced')}${ranges('single')}]+', ' ', 'g');
		found := regexp_replace(found, '([${ranges('single')}]+)', E' \\x01\\\\1 ', 'g');
	end if;
	if found ~ '(^| )v[0-9]' then
		found := regexp_replace(found, '(^| )v(?=[0-9])', '\\1v ', 'g');
	end if;
	return array_remove(string_to_array(found, ' '), '');
end
$$;

${END}
`;
}

export function readGrammar(root = ROOT) {
  const read = (name) => JSON.parse(fs.readFileSync(path.join(root, name), 'utf8'));
  return { data: read(DATA), limits: read('common/limits.json') };
}

function main(command, file) {
  const grammar = readGrammar();
  const write = (name, text) => fs.writeFileSync(path.join(ROOT, name), text);
  if (command === 'classes') {
    write(DATA, `${JSON.stringify(writeClasses(grammar.data), null, 2)}\n`);
  } else if (command === 'browser') {
    write(BROWSER, browserModule(grammar));
  } else if (command === 'sql' && file) {
    const text = fs.readFileSync(file, 'utf8');
    const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
    if (begin < 0 || end < 0) throw new Error(`${file} does not have the lines ${BEGIN} and ${END}`);
    fs.writeFileSync(file, text.slice(0, begin) + sqlFunctions(grammar) + text.slice(end + END.length + 1));
  } else {
    console.error('usage: node sql/grammar.mjs classes | browser | sql FILE');
    process.exit(2);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(...process.argv.slice(2));
