// glossary.mjs - words that this repository does not use, and what to write instead. A word is a
// regular expression, whatever its case; `code` is a text that looks like it and is a program's.
export const WORDS = [
  { word: 'anew', write: 'again, a new' },
  { word: 'of ours', write: 'our, or the name of what it is' },
  { word: 'none of ours', write: 'not one of ours, or the name of what it is' },
  { word: 'for want of', write: 'without' },
  { word: 'lest', write: 'so that … not' },
  { word: 'meanwhile', write: 'in the meantime, since then; usually delete it' },
  { word: 'whoever', write: 'the client, the person, the process that' },
  { word: 'is none', write: 'is missing, is empty, is not a …', code: 'is None' },
  { word: 'comes round', write: 'runs again, is called again' },
  { word: '(?:as|so) long as the other', write: 'without a limit of time' },
  { word: 'left alone', write: 'circuit breaker open' },
];

// A sentence must not begin with a clause as its subject: `Who is refused …`, `What is 0 …`.
export const CLAUSE = {
  word: '(?:Who|What) ',
  write: 'a noun: a client that is refused, a limit of 0',
};

// Files that may hold a word, with the reason.
export const EXCEPTIONS = [
  { file: 'frontend/src/api/schema.ts', reason: 'generated from docs/openapi.yaml, which is checked' },
  { file: 'tests/consistency/glossary.mjs', reason: 'the list itself' },
  { file: 'tests/consistency.test.mjs', reason: 'shows that the check finds them' },
];
