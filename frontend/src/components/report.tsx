/* Reporting something to the moderators: a menu of what can be reported, then the form. */
import '../styles/report.css';

import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { type SubmitEvent, useState } from 'react';

import { type Subject, useReport } from '../api/reports';
import type { NewReport } from '../api/types';
import { cleanText } from '../base/characters';
import { limits, textLength } from '../base/limits';
import { randomUuid } from '../base/uuid';
import { CharactersLeft } from './characters-left';
import { Dialog } from './dialog';
import { Field } from './field';
import { Icon } from './icons';
import { FLAG } from './icon-paths';
import { problemText } from './problem-text';
import { toast } from './toast';

export const REASONS: Record<NewReport['reason'], MessageDescriptor> = {
  spam: msg`Spam`,
  harassment: msg`Harassment`,
  impersonation: msg`Pretends to be someone else`,
  illegal: msg`Against the law`,
  other: msg`Something else`,
};

function titleOf(subject: Subject): string {
  if ('handle' in subject) {
    const { handle } = subject;
    return t`Report @${handle}`;
  }
  if ('activity_uuid' in subject) return t`Report this crud`;
  return 'message_uuid' in subject ? t`Report this message` : t`Report this conversation`;
}

function ReportForm({ subject, onClose }: { subject: Subject; onClose: () => void }) {
  const [key] = useState(randomUuid);
  const [reason, setReason] = useState<NewReport['reason']>();
  const [note, setNote] = useState('');
  const { mutate, isPending, error } = useReport(subject, key);
  const length = textLength(note);
  const why = error && problemText(error);
  const ready = reason !== undefined && length <= limits.report_note && !isPending;
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    if (!ready) return;
    mutate(
      { reason, note: cleanText(note) || null },
      {
        onSuccess: () => {
          toast(t`Thank you. A moderator will look at it.`);
          onClose();
        },
      },
    );
  };
  return (
    <Dialog title={titleOf(subject)} onClose={onClose}>
      <form onSubmit={send}>
        <fieldset className="reasons">
          <legend>{t`What is wrong with it?`}</legend>
          {Object.entries(REASONS).map(([name, label]) => (
            <label key={name}>
              <input
                type="radio"
                name="reason"
                value={name}
                checked={reason === name}
                onChange={() => setReason(name as NewReport['reason'])}
              />
              {i18n._(label)}
            </label>
          ))}
        </fieldset>
        <Field
          label={t`Anything else?`}
          hint={t`Moderators see who reports. The other person does not.`}
        >
          {(attributes) => (
            <textarea
              {...attributes}
              dir="auto"
              rows={3}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
        <CharactersLeft length={length} max={limits.report_note} />
        {why && (
          <p className="error" role="alert">
            {t`Not sent. ${why}`}
          </p>
        )}
        <footer>
          <button type="button" className="button" onClick={onClose}>
            {t`Cancel`}
          </button>
          <button type="submit" className="button primary" disabled={!ready}>
            {t({ message: 'Report', context: 'verb' })}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

interface ReportMenuProps {
  title: string;
  /** The things that can be reported. */
  subjects: { label: string; subject: Subject }[];
  /** The form alone, for a menu that has an entry of its own. */
  direct?: boolean;
  onClose: () => void;
}

export default function ReportMenu({ title, subjects, direct = false, onClose }: ReportMenuProps) {
  const [subject, setSubject] = useState(direct ? subjects[0]?.subject : undefined);
  if (subject) return <ReportForm subject={subject} onClose={onClose} />;
  return (
    <Dialog title={title} className="menu" onClose={onClose}>
      {subjects.map((one) => (
        <button
          key={one.label}
          type="button"
          className="nav-item"
          onClick={() => setSubject(one.subject)}
        >
          <Icon path={FLAG} />
          <span className="nav-label">{one.label}</span>
        </button>
      ))}
    </Dialog>
  );
}
