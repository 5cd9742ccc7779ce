/* For moderators: what was reported, and what is decided about it. */
import '../styles/moderation.css';

import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type SubmitEvent, useState } from 'react';

import { readReportsAgain, type State, useReports, useResolve } from '../api/reports';
import type { Report, ReportDecision, ReportedText } from '../api/types';
import { cleanText } from '../base/characters';
import { limits, textLength } from '../base/limits';
import { useTimeZone } from '../base/now';
import { Link, NavLink, useParams } from '../base/router';
import { fullTime } from '../base/time';
import { CharactersLeft } from '../components/characters-left';
import { Dialog } from '../components/dialog';
import { useDocumentTitle } from '../components/document-title';
import { Field } from '../components/field';
import { NOT_FOUND_TITLE, NotFoundPage } from '../components/not-found';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';
import { Handle, Name } from '../components/person';
import { problemText } from '../components/problem-text';
import { RelativeTime } from '../components/relative-time';
import { REASONS } from '../components/report';
import { toast } from '../components/toast';

type Action = ReportDecision['action'];

interface Decision {
  button: MessageDescriptor;
  title: MessageDescriptor;
  text: MessageDescriptor;
  done: MessageDescriptor;
}

const DECISIONS: Record<Action, Decision> = {
  dismiss: {
    button: msg`Dismiss`,
    title: msg`Dismiss this report?`,
    text: msg`Nothing else changes, and nobody is told.`,
    done: msg`Dismissed`,
  },
  remove: {
    button: msg`Remove`,
    title: msg`Remove what is reported?`,
    text: msg`It’s deleted for everyone, as if its author had deleted it. This can’t be undone.`,
    done: msg`Removed`,
  },
  suspend: {
    button: msg`Suspend`,
    title: msg`Suspend this person?`,
    text: msg`They can’t use Cruddur any longer, and nobody sees their profile and cruds. Operators can undo this.`,
    done: msg`Suspended`,
  },
};

function Person({ person }: { person: Report['reporter'] }) {
  if (!person) return <span className="quiet">{t`a deleted person`}</span>;
  return (
    <Link className="who" to={`/@${person.handle}`}>
      <Name>{person.display_name}</Name> <Handle>{person.handle}</Handle>
    </Link>
  );
}

/** Texts of others are shown without links, so that nobody follows one by mistake. */
function Text({ text, reported = false }: { text: ReportedText; reported?: boolean }) {
  useTimeZone();
  return (
    <li className="reported-text" data-reported={reported || undefined}>
      <p className="quiet">
        {reported && <b className="reported-mark">{t`Reported`}</b>}
        <Name>{text.display_name}</Name> <Handle>{text.handle}</Handle>{' '}
        <time dateTime={text.created_at}>{fullTime(text.created_at)}</time>
      </p>
      <p className="reported-words" dir="auto">
        {text.message ?? <i>{t`Deleted before the report`}</i>}
      </p>
    </li>
  );
}

function Texts({ report }: { report: Report }) {
  const reported = report.activity ?? report.message;
  if (!reported && report.context.length === 0)
    return report.kind === 'person' ? null : (
      <p className="quiet">{t`The copy has been erased.`}</p>
    );
  return (
    <ol className="reported-texts" aria-label={t`What is reported`}>
      {report.context.map((text) => (
        <Text key={text.uuid} text={text} />
      ))}
      {reported && <Text text={reported} reported />}
    </ol>
  );
}

function DecisionForm({
  report,
  action,
  onClose,
}: {
  report: Report;
  action: Action;
  onClose: () => void;
}) {
  const [note, setNote] = useState('');
  const { mutate, isPending, error } = useResolve(report);
  const { title, text, button, done } = DECISIONS[action];
  const who = action === 'suspend' ? report.reported?.handle : undefined;
  const length = textLength(note);
  const ready = length <= limits.report_note && !isPending;
  const late = error?.has('report_resolved') || error?.status === 404;
  const close = () => {
    onClose();
    if (late) void readReportsAgain();
  };
  const decide = (event: SubmitEvent) => {
    event.preventDefault();
    if (!ready) return;
    mutate(
      { action, note: cleanText(note) || null },
      {
        onSuccess: () => {
          toast(i18n._(done));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog title={who === undefined ? i18n._(title) : t`Suspend @${who}?`} onClose={close}>
      <form onSubmit={decide}>
        <p>{i18n._(text)}</p>
        <Field
          label={t`Note`}
          hint={t`For other moderators. Your name and your decision are recorded.`}
        >
          {(attributes) => (
            <textarea
              {...attributes}
              dir="auto"
              rows={2}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
        <CharactersLeft length={length} max={limits.report_note} />
        {error && (
          <p className="error" role="alert">
            {late ? t`Another moderator has resolved this report.` : problemText(error)}
          </p>
        )}
        <footer>
          <button type="button" className="button" onClick={close}>
            {late ? t`Close` : t`Cancel`}
          </button>
          {!late && (
            <button
              type="submit"
              className={action === 'dismiss' ? 'button primary' : 'button danger'}
              disabled={!ready}
            >
              {i18n._(button)}
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}

function Decisions({ report }: { report: Report }) {
  const [action, setAction] = useState<Action>();
  const possible: Action[] = ['dismiss'];
  if (report.kind === 'crud' || report.kind === 'message') possible.push('remove');
  if (report.reported) possible.push('suspend');
  return (
    <footer>
      {possible.map((one) => (
        <button key={one} type="button" className="button" onClick={() => setAction(one)}>
          {i18n._(DECISIONS[one].button)}
        </button>
      ))}
      {action && (
        <DecisionForm report={report} action={action} onClose={() => setAction(undefined)} />
      )}
    </footer>
  );
}

/** The reporter, the reported person, and the reported thing. */
function People({ report }: { report: Report }) {
  const reporter = <Person person={report.reporter} />;
  const reported = <Person person={report.reported} />;
  switch (report.kind) {
    case 'crud':
      return (
        <Trans>
          {reporter} reports a crud of {reported}
        </Trans>
      );
    case 'message':
      return (
        <Trans>
          {reporter} reports a message of {reported}
        </Trans>
      );
    case 'conversation':
      return (
        <Trans>
          {reporter} reports a conversation of {reported}
        </Trans>
      );
    case 'person':
      return (
        <Trans>
          {reporter} reports a person: {reported}
        </Trans>
      );
  }
}

/** The decision, and by whom. */
function Decided({ action, by }: { action: Action; by: Report['resolved_by'] }) {
  const moderator = <Person person={by} />;
  switch (action) {
    case 'dismiss':
      return (
        <Trans>
          <b>Dismissed</b> by {moderator}
        </Trans>
      );
    case 'remove':
      return (
        <Trans>
          <b>Removed</b> by {moderator}
        </Trans>
      );
    case 'suspend':
      return (
        <Trans>
          <b>Suspended</b> by {moderator}
        </Trans>
      );
  }
}

function ReportCard({ report }: { report: Report }) {
  const { note, action, action_note, resolved_at } = report;
  const reason = i18n._(REASONS[report.reason]);
  return (
    <article className="report" aria-label={t`Report: ${reason}`}>
      <h2>{reason}</h2>
      <p className="report-people">
        <People report={report} />{' '}
        <span className="quiet">
          <RelativeTime at={report.created_at} />
        </span>
      </p>
      {note !== null && (
        <blockquote className="reported-words" dir="auto">
          {note}
        </blockquote>
      )}
      <Texts report={report} />
      {action && resolved_at !== null ? (
        <div className="report-decision">
          <p>
            <Decided action={action} by={report.resolved_by} />{' '}
            <span className="quiet">
              <RelativeTime at={resolved_at} />
            </span>
          </p>
          {action_note !== null && (
            <p className="reported-words" dir="auto">
              {action_note}
            </p>
          )}
        </div>
      ) : (
        <Decisions report={report} />
      )}
    </article>
  );
}

const EMPTY = { open: msg`No open reports`, resolved: msg`Nothing has been resolved yet` };

function Reports({ state }: { state: State }) {
  const query = useReports(state);
  const missing = query.error?.status === 403;
  useDocumentTitle(missing ? i18n._(NOT_FOUND_TITLE) : t`Moderation`);
  if (missing) return <NotFoundPage />;
  return (
    <div className="column">
      <PageHead title={t`Moderation`} />
      <nav className="tabs" aria-label={t`Reports`}>
        <NavLink to="/moderation" end replace>
          {t`Open`}
        </NavLink>
        <NavLink to="/moderation/resolved" replace>
          {t`Resolved`}
        </NavLink>
      </nav>
      <PagedList query={query}>
        {(pages) => {
          const reports = pages.flat();
          if (reports.length === 0) return <Notice icon="clock" title={i18n._(EMPTY[state])} />;
          return reports.map((report) => <ReportCard key={report.uuid} report={report} />);
        }}
      </PagedList>
    </div>
  );
}

/** `/moderation`, `/moderation/resolved` */
export default function ModerationPage() {
  const { state = 'open' } = useParams();
  if (state !== 'open' && state !== 'resolved') return <NotFoundPage />;
  return <Reports key={state} state={state} />;
}
