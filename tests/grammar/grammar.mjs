// grammar.mjs - shared by the tests of the grammar of texts: the table of cases (cases.json: the source
// of a case, a text, and the links, mentions and tags in it), generated texts, and the answers of the
// browser's code and of PostgreSQL.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { registerHooks } from 'node:module';

import { seededRandom } from '../faults/harness/random.mjs';

export const CASES = JSON.parse(fs.readFileSync(new URL('cases.json', import.meta.url), 'utf8'));
const DATA = JSON.parse(
  fs.readFileSync(new URL('../../common/grammar.json', import.meta.url), 'utf8'),
);

// The module of the front end; bundlers find ./grammar without its extension, Node does not.
export async function loadBrowser() {
  const hooks = registerHooks({
    resolve: (name, context, next) => next(name === './grammar' ? './grammar.ts' : name, context),
  });
  const { segments } = await import('../../frontend/src/base/text.ts');
  hooks.deregister();
  return segments;
}

// A tag or mention as the server compares it.
const FOLDED = new Map([...DATA.case.from].map((from, i) => [from, [...DATA.case.to][i]]));
function compared(mark) {
  const name = mark.slice(1);
  if (/^[@＠]/.test(mark)) return `@${name.toLowerCase()}`;
  const lower = name.normalize('NFC').replaceAll('İ', 'i').toLowerCase();
  return `#${lower.replace(/[^\0-\x7f]/gu, (one) => FOLDED.get(one) ?? one)}`;
}

// The browser's links, mentions and tags of a text as they are shown, and the marks as the server
// compares them.
export function foundBy(segments, text) {
  const parts = segments(text);
  assert.equal(parts.map((part) => part.text).join(''), text);
  const found = parts.filter(({ kind }) => kind !== 'text');
  const marks = found.filter(({ kind }) => kind !== 'link').map((part) => compared(part.text));
  return { shown: found.map((part) => part.text), marks: [...new Set(marks)] };
}

// The marks that PostgreSQL finds in each text, by one call of psql. psql: its arguments.
export async function marksBy(texts, psql, env) {
  const child = spawn('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', ...psql], { env });
  const line = (text) =>
    text.replace(/[\\\n\r\t]/g, (sign) => `\\${{ '\n': 'n', '\r': 'r', '\t': 't' }[sign] ?? sign}`);
  child.stdin.write('create temporary table texts (number serial, text text);\n');
  child.stdin.write('copy texts (text) from stdin;\n');
  for (const text of texts) child.stdin.write(`${line(text)}\n`);
  child.stdin.end('\\.\nselect to_json(activity_marks(text)) from texts order by number;\n');
  const [out, error, status] = await Promise.all([
    child.stdout.setEncoding('utf8').toArray(),
    child.stderr.setEncoding('utf8').toArray(),
    new Promise((resolve) => child.on('close', resolve)),
  ]);
  assert.equal(status, 0, error.join(''));
  return out
    .join('')
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row));
}

// --- Generated texts ------------------------------------------------------------------------------

export const SCRIPTS = [
  ...['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Georgian', 'Hebrew', 'Arabic', 'Syriac', 'Thaana'],
  ...['Nko', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada'],
  ...['Malayalam', 'Sinhala', 'Thai', 'Lao', 'Tibetan', 'Myanmar', 'Khmer', 'Ethiopic', 'Cherokee'],
  ...['Mongolian', 'Hangul', 'Hiragana', 'Katakana', 'Han', 'Bopomofo', 'Yi', 'Javanese', 'Adlam'],
];

// Characters of these scripts that came after Unicode 14, which PostgreSQL 15 knows: it neither
// composes them nor puts them in lower case.
const LATER = new RegExp(
  [
    String.raw`[\u088f\u0897\u0c5c\u0cdc\u0cf3\u0ece\u1c89\u1c8a\ua7cb-\ua7cf\ua7d2\ua7d4]`,
    String.raw`[\ua7da-\ua7dc\ua7f1\ufbc3-\ufbd2\ufd90\ufd91\ufdc8-\ufdce\u{10ec2}-\u{10ed8}]`,
    String.raw`[\u{10efa}-\u{10eff}\u{116d0}-\u{116e3}\u{11b00}-\u{11b09}\u{16ff2}-\u{16ff6}]`,
    String.raw`[\u{1b132}\u{1b155}\u{1df25}-\u{1df2a}\u{1e030}-\u{1e08f}]`,
  ].join('|'),
  'u',
);

function charactersOf(script) {
  const expression = new RegExp(`\\p{Script=${script}}`, 'u');
  const found = [];
  for (let code = 0; code < 0x20000; code++) {
    const character = String.fromCodePoint(code);
    if (expression.test(character) && !LATER.test(character)) found.push(character);
  }
  return found;
}

const SIGNS = [
  ...' \n\t.,;:!?\'"()[]{}<>/\\&=+-*~_%$^|`@#＠＃、。！？「」（）・…·—“”‘’«»،؟।༎။៖\u00a0\u3000',
  ...'\u200b\u200c\u200d\u200e\u200f\u202e\u2060\u00ad\ufe0f\u20e3\u0301\u0308\u3099\u093c',
  ...['&#39;', '&amp;', '://', 'www.', '.example', 'me@', '@host', '👩‍🚀', '🇩🇪', '❤️', '1️⃣', '½'],
];

/** `count` texts from a seed, made of words of SCRIPTS, signs, mentions, tags and addresses. */
export function* textsOf(seed, count) {
  const below = seededRandom(seed);
  const pick = (list) => list[below(list.length)];
  const letters = SCRIPTS.map((script) => charactersOf(script));
  const word = (most = 5) => {
    const script = pick(letters);
    return Array.from({ length: 1 + below(most) }, () => pick(script)).join('');
  };
  const handles = ['bayko', 'londo', 'a', 'ab', 'x_1', 'A'.repeat(30), 'a'.repeat(31), 'Q9'];
  const handle = () => pick(handles);
  const host = () => pick(['example.org', 'a.example', 'localhost', 'xn--bcher-kva.example', word()]);
  const mention = () => `${pick('@@@@＠')}${handle()}`;
  const tag = () => `${pick('###＃')}${word()}`;
  const pieces = [
    () => word(),
    () => pick(SIGNS),
    () => ' ',
    mention,
    tag,
    () => ` ${mention()}`,
    () => ` ${tag()}`,
    () => `${pick(['https', 'http', 'HTTPS', 'ftp'])}://${host()}${pick(['', '/', '/a', '?q='])}`,
    () => `https://${host()}/${word()}`,
    () => `${pick([word(2), 'me', 'first.last'])}@${host()}`,
    () => `${host()}/${word(2)}`,
  ];
  for (let number = 0; number < count; number++) {
    const parts = Array.from({ length: 2 + below(9) }, () => pick(pieces)());
    yield parts.join(pick(['', '', ' ', ' '])).replaceAll('\0', '');
  }
}
