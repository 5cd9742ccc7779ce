/* The actions on a crud that need a signed-in person. */
import { useState } from 'react';

import { marked } from '../../api/crud-changes';
import { MARKS } from '../../api/cruds';
import { useDelete } from '../../api/mutations';
import type { Crud } from '../../api/types';
import { send, useEntries } from '../../outbox/entries';
import { Action } from '../action';
import { Confirm } from '../dialog';
import { problemText } from '../problem-text';
import { toast } from '../toast';

/** The crud with the marks that are on their way to the server. */
function useMarked(crud: Crud): Crud {
  let result = crud;
  for (const { content, state } of useEntries())
    if (content.kind === 'mark' && content.uuid === crud.uuid && state === 'waiting')
      result = marked(result, content.mark, content.on);
  return result;
}

export function CrudMarks({ crud: read }: { crud: Crud }) {
  const crud = useMarked(read);
  return MARKS.map(({ mark, icon, label, flag, count }) => {
    const on = crud[flag] ?? false;
    return (
      <Action
        key={mark}
        icon={icon}
        label={label}
        count={crud[count]}
        pressed={on}
        onClick={() => send({ kind: 'mark', mark, uuid: crud.uuid, on: !on })}
      />
    );
  });
}

interface CrudDeleteProps {
  crud: Crud;
  onDeleted: (() => void) | undefined;
}

export function CrudDelete({ crud, onDeleted }: CrudDeleteProps) {
  const [asking, setAsking] = useState(false);
  const { mutate, isPending, error } = useDelete(crud);
  const remove = () =>
    mutate(undefined, {
      onSuccess: () => {
        setAsking(false);
        toast('Crud deleted');
        onDeleted?.();
      },
    });
  return (
    <>
      <Action icon="trash" label="Delete" onClick={() => setAsking(true)} />
      {asking && (
        <Confirm
          title="Delete this crud?"
          text="This removes it for everyone and can’t be undone."
          action="Delete"
          busy={isPending}
          error={error ? problemText(error) : undefined}
          onConfirm={remove}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
