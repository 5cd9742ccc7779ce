/*
 * Components whose code is loaded when they are shown. A network that fails never takes the rest of the
 * page with it: a part comes when its code has come, and a page says what is wrong.
 */
import { t } from '@lingui/core/macro';
import { type ComponentType, lazy, type ReactNode, Suspense, useEffect, useState } from 'react';

import { pause } from '../base/online';
import { toast } from './toast';

/** Between attempts to load. */
const FIRST_PAUSE_MS = 1000;
const LAST_PAUSE_MS = 30_000;
/** After this time a person is told why nothing happens. */
const LONG_MS = 3000;

/** A page that has failed can be tried again after this time. */
const AGAIN_MS = 500;

type Load<Props> = () => Promise<{ default: ComponentType<Props> }>;

/** For an own `Suspense` around it. Its code is asked for until it has come. */
export const later = <Props,>(load: Load<Props>) =>
  lazy(async () => {
    for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(2 * ms, LAST_PAUSE_MS)) {
      try {
        return await load();
      } catch {
        await pause(ms);
      }
    }
  });

/** A part of a page; `before` is in its place until its code has come. */
export function part<Props extends object>(load: Load<Props>, before: ReactNode = null) {
  const Part = later(load);
  return (props: Props) => (
    <Suspense fallback={before}>
      <Part {...props} />
    </Suspense>
  );
}

function Long() {
  useEffect(() => {
    const timer = setTimeout(() => toast(t`This is taking long. Check your connection.`), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return null;
}

/** A part that somebody has asked for and waits for. */
export const dialog = <Props extends object>(load: Load<Props>) => part(load, <Long />);

/** A page: without its code the boundary around it says so. When it is shown again, it is asked for again. */
export function page<Props extends object>(load: Load<Props>) {
  const attempt = (): ComponentType<Props> =>
    lazy(() =>
      load().catch((error: unknown) => {
        // Not at once: React renders a second time before the boundary shows the error.
        setTimeout(() => {
          latest = attempt();
        }, AGAIN_MS);
        throw error;
      }),
    );
  let latest = attempt();
  return function Page(props: Props) {
    const [Content] = useState(() => latest);
    return <Content {...props} />;
  };
}
