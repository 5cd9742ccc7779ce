/* The parts of a card for people who are signed in. */
import { i18n } from '@lingui/core';
import { plural, t } from '@lingui/core/macro';

import { MARKS } from '../../api/cruds';
import { useMyHandle } from '../../api/people';
import type { Crud } from '../../api/types';
import { isInLastHour } from '../../base/fuse';
import { useClock } from '../../base/now';
import { send } from '../../outbox/entries';
import { Action } from '../action';
import { useMarked } from './marked';

export function CrudMarks({ crud: read }: { crud: Crud }) {
  const crud = useMarked(read);
  return MARKS.map(({ mark, icon, label, flag, count }) => {
    const on = crud[flag] ?? false;
    return (
      <Action
        key={mark}
        icon={icon}
        label={i18n._(label)}
        count={crud[count]}
        pressed={on}
        onClick={() => send({ kind: 'mark', mark, uuid: crud.uuid, on: !on })}
      />
    );
  });
}

/** Tells authors that what they began ends within the hour, with what others answered. */
export function EndingHint({ crud }: { crud: Crud }) {
  const { replies_count: replies } = crud;
  const mine = useMyHandle() === crud.handle;
  const last = useClock((now) => isInLastHour(crud, now));
  if (!mine || replies === 0 || !last) return null;
  return (
    <p className="crud-hint">
      {t`Your crud ends within the hour. It has ${plural(replies, { one: 'a reply', other: '# replies' })}.`}
    </p>
  );
}
