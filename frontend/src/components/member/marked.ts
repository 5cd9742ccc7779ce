import { marked } from '../../api/crud-changes';
import type { Crud } from '../../api/types';
import { useEntries } from '../../outbox/entries';

/** The crud with the marks that are on their way to the server. */
export function useMarked(crud: Crud): Crud {
  let result = crud;
  for (const { content, state } of useEntries())
    if (content.kind === 'mark' && content.uuid === crud.uuid && state === 'waiting')
      result = marked(result, content.mark, content.on);
  return result;
}
