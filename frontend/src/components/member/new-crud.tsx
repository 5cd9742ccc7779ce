/* The composer of the home page, and below it the cruds that are not sent yet. */
import { newestCrudAt } from '../../api/crud-changes';
import { useMe } from '../../api/people';
import type { Crud, TimeToLive } from '../../api/types';
import { send, useEntries } from '../../outbox/entries';
import { type Entry, type TextContent, undelivered } from '../../outbox/entry';
import { useDraft } from '../../session/drafts';
import { Composer } from './composer';
import { UnsentTexts } from './unsent';

const TTL_CHOICES: [TimeToLive, string][] = [
  ['30-days', '30 days'],
  ['7-days', '7 days'],
  ['3-days', '3 days'],
  ['1-day', '1 day'],
  ['12-hours', '12 hours'],
  ['3-hours', '3 hours'],
  ['1-hour', '1 hour'],
];

const DEFAULT_TTL: TimeToLive = '7-days';

function Form() {
  const [draft, setDraft] = useDraft('crud');
  const ttl = (draft.ttl ?? DEFAULT_TTL) as TimeToLive;
  return (
    <Composer
      name="crud"
      label="New crud"
      placeholder="What would you like to say?"
      action="Crud"
      onSend={(text) => send({ kind: 'crud', text, ttl, since: newestCrudAt() })}
    >
      <label className="ttl">
        <span>Expires in</span>
        <select value={ttl} onChange={(event) => setDraft({ ...draft, ttl: event.target.value })}>
          {TTL_CHOICES.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </Composer>
  );
}

/** `shown`: the beginning of the home feed. */
export function NewCrud({ shown }: { shown: Crud[] }) {
  const { data: me } = useMe();
  const cruds = useEntries().filter(
    (entry): entry is Entry<TextContent> => entry.content.kind === 'crud',
  );
  return (
    <>
      <Form />
      <UnsentTexts entries={undelivered(cruds, shown, me?.handle)} />
    </>
  );
}
