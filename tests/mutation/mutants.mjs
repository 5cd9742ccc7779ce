// mutants.mjs - all small faults that can be put into a C file: each changes one operator, constant,
// condition or statement inside a function.

// The text with comments, strings, characters and preprocessor lines replaced by spaces, so that
// positions stay the same.
export function codeOf(text) {
  const blank = (part) => part.replace(/[^\n]/g, ' ');
  return text.replace(
    /\/\*[^]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|^[ \t]*#(?:\\\n|.)*$/gm,
    blank,
  );
}

// The places [start, end) of function bodies: braces at depth 0 after a `)`.
function bodiesOf(code) {
  const bodies = [];
  let depth = 0;
  let start = -1;
  let last = '';
  for (let at = 0; at < code.length; at++) {
    const c = code[at];
    if (c === '{' && depth++ === 0) start = last === ')' ? at + 1 : -1;
    if (c === '}' && --depth === 0 && start >= 0) bodies.push([start, at]);
    if (!/\s/.test(c)) last = c;
  }
  return bodies;
}

// The name of the function whose body begins at `start`: the last one that begins a line.
const functionName = (code, start) =>
  [...code.slice(0, start).matchAll(/^[a-z][\w *]*?\b(\w+)\(/gm)].at(-1)?.[1] ?? '';

// The operators. Each gives [offset, length, replacement] for every place in a function's code.
const SWAPS = {
  logic: [[/&&/g, '||'], [/\|\|/g, '&&']],
  compare: [
    [/(?<![<=-])<(?![<=])/g, '<='],
    [/<=/g, '<'],
    [/(?<![->])>(?![>=])/g, '>='],
    [/>=/g, '>'],
    [/==/g, '!='],
    [/!=/g, '=='],
  ],
  arithmetic: [
    [/(?<=[\w)\]] )\+(?= )/g, '-'],
    [/(?<=[\w)\]] )-(?= )/g, '+'],
    [/(?<=[\w)\]] )\*(?= )/g, '/'],
    [/(?<=[\w)\]] )\/(?= )/g, '*'],
    [/(?<=[\w)\]] )%(?= )/g, '/'],
    [/(?<=[\w)\]] )\+=/g, '-='],
    [/(?<=[\w)\]] )-=/g, '+='],
    [/\+\+/g, '--'],
    [/(?<=[\w)\]] )&(?= )/g, '|'],
    [/(?<=[\w)\]] )\|(?= )/g, '&'],
    [/(?<=[\w)\]] )<<(?= )/g, '>>'],
    [/(?<=[\w)\]] )>>(?= )/g, '<<'],
  ],
  constant: [
    [/(?<![\w.])0(?![\w.])/g, '1'],
    [/(?<![\w.])1(?![\w.])/g, '2'],
    [/\btrue\b/g, 'false'],
    [/\bfalse\b/g, 'true'],
  ],
};

function* swapsIn(body) {
  for (const [operator, swaps] of Object.entries(SWAPS))
    for (const [pattern, replacement] of swaps)
      for (const match of body.matchAll(pattern))
        yield [operator, match.index, match[0].length, replacement];
}

// The end of the bracket that opens at `at`.
function closing(code, at) {
  let depth = 0;
  for (; at < code.length; at++) {
    if (code[at] === '(') depth++;
    if (code[at] === ')' && --depth === 0) return at;
  }
  return -1;
}

// `if (r < 0)` is only mutated by deleting its `return r`: its other mutants fail at once.
const CHECK = /^\s*r\s*(?:<|==|!=|>=)\s*0\s*$/;

function* conditionsIn(body) {
  for (const match of body.matchAll(/\b(?:if|while)\s*\(/g)) {
    const open = match.index + match[0].length - 1;
    const close = closing(body, open);
    const condition = body.slice(open + 1, close);
    if (close < 0 || CHECK.test(condition)) continue;
    yield ['not', open + 1, condition.length, (text) => `!(${text})`];
  }
  for (const match of body.matchAll(/(?<![\w)\]])!(?!=)/g)) yield ['not', match.index, 1, ''];
}

function* statementsIn(body) {
  for (const match of body.matchAll(/^[ \t]*(\w+(?:\([^;{}]*\)|[^;{}()=]*=[^;{}=][^;{}]*));$/gm)) {
    const text = match[1];
    if (/^(?:return|goto|break|continue|case|default)\b/.test(text)) continue;
    // A declaration is not a statement.
    if (/^(?:const|static|struct|enum|unsigned|int|char|bool|size_t|u?int\d+_t|\w+_auto)\b/.test(text)) continue;
    const at = match.index + match[0].indexOf(text);
    yield ['delete', at, text.length, ''];
  }
  for (const match of body.matchAll(/\breturn\s+r;/g)) yield ['return', match.index, match[0].length, ';'];
}

// Every mutant of a file: {file, line, operator, function, before, after, text}, where `text` is
// the whole changed file.
export function mutantsOf(file, text) {
  const code = codeOf(text);
  const mutants = [];
  for (const [start, end] of bodiesOf(code)) {
    const body = code.slice(start, end);
    const name = functionName(code, start);
    for (const [operator, offset, length, replacement] of [
      ...swapsIn(body),
      ...conditionsIn(body),
      ...statementsIn(body),
    ]) {
      const at = start + offset;
      const line = text.slice(0, at).split('\n').length;
      if (operator !== 'return' && /\bif \(r (?:<|==) 0\)/.test(code.split('\n')[line - 1])) continue;
      const old = text.slice(at, at + length);
      const now = typeof replacement === 'function' ? replacement(old) : replacement;
      const changed = text.slice(0, at) + now + text.slice(at + length);
      const lineOf = (whole) => whole.split('\n')[line - 1].trim();
      mutants.push({
        file,
        line,
        operator,
        function: name,
        before: lineOf(text),
        after: lineOf(changed),
        text: changed,
      });
    }
  }
  return mutants;
}
