/*
 * The English texts stay in the code, where they are read and changed; Lingui would take them out of a
 * build, and a page in English would wait for a catalog. They are compiled here, as catalogs are, so that
 * the page needs no parser of messages.
 */
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { type ESTree, parseSync, type Plugin, Visitor } from 'vite';

function field(object: ESTree.ObjectExpression, name: string): ESTree.Expression | undefined {
  return object.properties
    .filter((property) => property.type === 'Property')
    .find(({ key }) => key.type === 'Identifier' && key.name === name)?.value;
}

/** The texts in `{ id: "…", message: "…" }`, as the macros of Lingui leave them. */
function textsOf(name: string, code: string) {
  const texts: ESTree.StringLiteral[] = [];
  new Visitor({
    ObjectExpression(object) {
      const text = field(object, 'message');
      if (text?.type === 'Literal' && typeof text.value === 'string' && field(object, 'id'))
        texts.push(text);
    },
  }).visit(parseSync(name, code).program);
  return texts.sort((a, b) => b.start - a.start);
}

export const compileMessages: Plugin = {
  name: 'compile-messages',
  apply: 'build',
  enforce: 'post',
  transform: {
    filter: { id: /src.*\.tsx?$/, code: 'message:' },
    handler(code) {
      let compiled = code;
      for (const { start, end, value } of textsOf('code.js', code)) {
        const message: unknown = compileMessage(value);
        const parts = JSON.stringify(Array.isArray(message) ? message : [message]);
        compiled = compiled.slice(0, start) + parts + compiled.slice(end);
      }
      return { code: compiled, map: null };
    },
  },
};
