/* Asks for another code, at most once in half a minute. */
import type { MessageDescriptor } from '@lingui/core';
import { t } from '@lingui/core/macro';
import { useEffect, useState } from 'react';

import { useSubmit } from '../components/submit';

const WAIT_MS = 30_000;

/** Whole seconds until `time`. */
function useSecondsUntil(time: number): number {
  const [now, setNow] = useState(Date.now);
  const waits = now < time;
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [waits]);
  return Math.max(0, Math.ceil((time - now) / 1000));
}

interface ResendProps {
  /** When the page before has sent one, in milliseconds. */
  sentAt?: number | undefined;
  disabled?: boolean;
  send: () => Promise<void>;
  reasons?: Record<string, MessageDescriptor>;
}

export function Resend({ sentAt = 0, disabled = false, send, reasons }: ResendProps) {
  const [last, setLast] = useState({ at: sentAt, here: false });
  // Not longer by what `now` is late, or by a clock that was set back.
  const seconds = Math.min(useSecondsUntil(last.at + WAIT_MS), WAIT_MS / 1000);
  const { busy, error, submit } = useSubmit(async () => {
    await send();
    setLast({ at: Date.now(), here: true });
  }, reasons);
  return (
    <div className="resend">
      <button
        type="button"
        className="link"
        disabled={busy || disabled || seconds > 0}
        onClick={submit}
      >
        {seconds > 0 ? t`Send a new code in ${seconds} s` : t`Send a new code`}
      </button>
      <span role="status">{last.here && t`A new code is on its way.`}</span>
      {error && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
