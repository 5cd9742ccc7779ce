// english.mjs - comments, documents, messages and names of tests use the words of the glossary.
import path from 'node:path';

import { CLAUSE, EXCEPTIONS, WORDS } from './glossary.mjs';
import { Tree } from './tree.mjs';

const ENDS = /\.(c|h|mjs|js|ts|tsx|css|html|sql|sh|awk|lua|py|md|ya?ml|in|example|Dockerfile)$/;
const NAMES = ['Makefile', 'Dockerfile', 'nginx/routes', 'nginx/problems'];

function isText(tree, name) {
  if (ENDS.test(name) || NAMES.some((end) => name.endsWith(end))) return true;
  return !path.extname(name) && tree.read(name).startsWith('#!');
}

// Where the comments of a kind of file begin.
function comments(name) {
  if (/\.(c|h|mjs|js|ts|tsx|css)$/.test(name)) return /^\s*(\/\/|\/?\*+\/?)\s?/;
  if (/\.(sql|lua)$/.test(name)) return /^\s*--\s?/;
  return /^\s*#\s?/;
}

// The sentences of a file, as { line, text }: of its comments, the names of its tests, the prose of
// Markdown and the descriptions of YAML.
function* sentences(name, text) {
  const start = comments(name);
  const isMarkdown = name.endsWith('.md');
  let block = [];
  let code = false;
  let indent = -1; // of a `description:` whose text follows
  const lines = [...text.split('\n'), ''];
  for (const [i, line] of lines.entries()) {
    let prose;
    if (isMarkdown) {
      if (/^\s*```/.test(line)) code = !code;
      if (!code && !/^\s*(```|#|\||$)/.test(line)) prose = line.replace(/^\s*([-*]|\d+\.)\s/, '');
      if (/^\s*([-*]|\d+\.)\s/.test(line)) {
        yield* cut(block);
        block = [];
      }
    } else if (/^\s*description: [>|]-?$/.test(line)) {
      indent = line.search(/\S/);
    } else if (indent >= 0 && line.search(/\S/) > indent) {
      prose = line;
    } else {
      indent = -1;
      prose =
        /^\s*description: (.*)/.exec(line)?.[1] ??
        (start.test(line) && !line.startsWith('#!') ? line.replace(start, '') : undefined);
      const [, title, unit] =
        /\b(?:test|describe|it)\(\s*['"`](.*?)['"`],|^static void (\w+)\(void \*\*/.exec(line) ??
        [];
      const whole = (title ?? unit)?.replaceAll('_', ' ');
      if (whole) yield { line: i + 1, text: whole[0].toUpperCase() + whole.slice(1) };
    }
    prose = prose?.replace(/\*\/\s*$/, '').trim();
    if (prose) {
      block.push({ line: i + 1, text: prose });
    } else {
      yield* cut(block);
      block = [];
    }
  }
}

// A paragraph's lines, cut into sentences.
function* cut(block) {
  let sentence;
  for (const { line, text } of block)
    for (const part of text.split(/(?<=[.?!:]['"`)]?)\s+/)) {
      if (sentence) sentence.text += ` ${part}`;
      else sentence = { line, text: part };
      if (/[.?!:]['"`)]?$/.test(part)) {
        yield sentence;
        sentence = undefined;
      }
    }
  if (sentence) yield sentence;
}

// The words of an expression may stand in an identifier, or on two lines of a comment.
const SPACE = '(?:_|\\s+(?:(?:\\*|//|#|--)\\s+)?)';
const PATTERNS = WORDS.map(({ word, ...more }) => ({
  pattern: new RegExp(`(?<![A-Za-z0-9-])(?:${word.replaceAll(' ', SPACE)})(?![A-Za-z0-9-])`, 'gi'),
  ...more,
}));

// The findings of a text, as { line, word, write }.
export function findingsIn(name, text) {
  const matches = PATTERNS.flatMap(({ pattern, write, code }) =>
    [...text.matchAll(pattern)]
      .filter(([word]) => word !== code)
      .map((match) => ({ from: match.index, to: match.index + match[0].length, write })),
  );
  // Of two that overlap, the longer one counts.
  const covers = (one, other) => one !== other && one.from <= other.from && one.to >= other.to;
  const found = matches
    .filter((match) => !matches.some((other) => covers(other, match)))
    .map(({ from, to, write }) => ({
      line: Tree.line(text, from),
      word: text.slice(from, to).replace(/\s+/g, ' '),
      write,
    }));
  const clause = new RegExp(`^(?:${CLAUSE.word})`);
  for (const { line, text: sentence } of sentences(name, text))
    if (clause.test(sentence) && !sentence.endsWith('?'))
      found.push({
        line,
        word: `${sentence.split(/\s+/).slice(0, 4).join(' ')} …`,
        write: CLAUSE.write,
      });
  return found.sort((a, b) => a.line - b.line);
}

export default function english(tree, check) {
  const excused = new Set(EXCEPTIONS.map(({ file }) => file));
  for (const { file, reason } of EXCEPTIONS)
    check(
      tree.exists(file) && reason,
      `tests/consistency/glossary.mjs excuses ${file}, which is not there or without a reason`,
    );
  const names = tree.files().filter((name) => isText(tree, name) && !excused.has(name));
  check(names.length > 0, 'no text is found');
  for (const name of names) {
    const found = findingsIn(name, tree.read(name));
    for (const { line, word, write } of found)
      check(false, `${name}:${line}: “${word}”; write: ${write}`);
    if (found.length === 0) check(true);
  }
}
