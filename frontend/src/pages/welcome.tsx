/* The first-run page of a new account: the profile, people to follow, the first crud. */
import '../styles/first-run.css';

import { i18n } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type ReactNode, useEffect, useRef, useState } from 'react';

import { newestCrudAt } from '../api/crud-changes';
import { usePeople } from '../api/people-lists';
import type { Me } from '../api/types';
import { pathOfThisSite } from '../base/next';
import { Navigate, useNavigate, useOutletContext, useSearchParams } from '../base/router';
import { useDocumentTitle } from '../components/document-title';
import { Failure } from '../components/failure';
import { Composer } from '../components/member/composer';
import { PageHead } from '../components/page-head';
import { Person } from '../components/people-list';
import { Name } from '../components/person';
import { ProfileForm } from '../components/profile-form';
import { FollowButton } from '../components/relation';
import { Skeleton } from '../components/skeleton';
import { send } from '../outbox/entries';
import { useSession } from '../session/session';
import { closeWelcome, isWelcome, openWelcome } from '../session/welcome';

interface StepProps {
  me: Me;
  onDone: () => void;
}

const ProfileStep = ({ me, onDone }: StepProps) => (
  <ProfileForm
    me={me}
    hints={{
      display_name: t`Others see it beside what you write.`,
      bio: t`Who you are, in a sentence or two.`,
    }}
    onSaved={onDone}
  >
    {(ready) => (
      <Foot onSkip={onDone}>
        <button type="submit" className="button primary" disabled={!ready}>
          {t`Save and continue`}
        </button>
      </Foot>
    )}
  </ProfileForm>
);

const SUGGESTED = 5;

function PeopleStep({ onDone }: StepProps) {
  const { data, error, refetch } = usePeople(`/api/users/suggested?limit=${SUGGESTED}`);
  const people = data?.pages[0]?.value;
  return (
    <>
      {people ? (
        <ul className="people">
          {people.map((profile) => (
            <Person key={profile.uuid} profile={profile} Button={FollowButton} />
          ))}
        </ul>
      ) : error ? (
        <Failure problem={error} retry={() => void refetch()} />
      ) : (
        <Skeleton />
      )}
      {people?.length === 0 && <p className="quiet">{t`There is nobody to suggest yet.`}</p>}
      <Foot onSkip={onDone}>
        <button type="button" className="button primary" onClick={onDone}>
          {t`Continue`}
        </button>
      </Foot>
    </>
  );
}

const FIRST_TTL = '1-day';

function CrudStep({ onDone }: StepProps) {
  const post = (text: string) => {
    send({ kind: 'crud', text, ttl: FIRST_TTL, since: newestCrudAt() });
    onDone();
  };
  return (
    <>
      <Composer
        name="crud"
        label={t`Your first crud`}
        placeholder={t`What would you like to say?`}
        action={t({ message: 'Crud', context: 'verb' })}
        onSend={post}
      >
        <span className="quiet">{t`Gone in 1 day`}</span>
      </Composer>
      <Foot onSkip={onDone} />
    </>
  );
}

/** Every step can be skipped. */
function Foot({ onSkip, children }: { onSkip: () => void; children?: ReactNode }) {
  return (
    <footer className="welcome-foot">
      <button type="button" className="button" onClick={onSkip}>
        {t`Skip`}
      </button>
      {children}
    </footer>
  );
}

const STEPS = [
  { title: msg`Introduce yourself`, Step: ProfileStep },
  { title: msg`Follow some people`, Step: PeopleStep },
  { title: msg`Write your first crud`, Step: CrudStep },
];

function Steps({ me, account }: { me: Me; account: string }) {
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const [number, setNumber] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  useDocumentTitle(t`Welcome`);
  useEffect(() => {
    openWelcome(account);
    return closeWelcome;
  }, [account]);
  // Screen readers say the next step, and the keyboard goes on from there.
  useEffect(() => {
    if (number > 0) heading.current?.focus();
  }, [number]);

  const step = STEPS[number];
  const onDone = () => {
    if (number + 1 < STEPS.length) {
      setNumber(number + 1);
      return;
    }
    closeWelcome(); // the page stays until the next one is loaded
    void navigate(pathOfThisSite(parameters.get('next')), { replace: true });
  };
  if (!step) return null;
  const { title, Step } = step;
  const name = <Name>{me.display_name}</Name>;
  const current = number + 1;
  const steps = STEPS.length;
  return (
    <div className="column">
      <PageHead title={t`Welcome`} />
      <section className="first-run" aria-labelledby="step-heading">
        {number === 0 && (
          <p className="first-run-lead">
            <Trans>Good to have you here, {name}. Three small things to begin with:</Trans>
          </p>
        )}
        <p className="quiet">
          {t`Step ${current} of ${steps}`}
        </p>
        <progress max={steps} value={current} aria-hidden="true" />
        <h2 id="step-heading" ref={heading} tabIndex={-1}>
          {i18n._(title)}
        </h2>
        <Step key={number} me={me} onDone={onDone} />
      </section>
    </div>
  );
}

export default function WelcomePage() {
  const me = useOutletContext<Me>();
  const account = useSession().account ?? '';
  const [shown] = useState(() => isWelcome(account));
  return shown ? <Steps me={me} account={account} /> : <Navigate to="/" replace />;
}
