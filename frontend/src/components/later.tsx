/*
 * Components whose code is loaded when they are shown. A network that fails never takes the rest of the
 * page with it: a part comes when its code has come, and a page says what is wrong.
 */
import { t } from '@lingui/core/macro';
import {
  type ComponentType,
  lazy,
  type ReactNode,
  Suspense,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';

import { pause } from '../base/online';
import { toast } from './toast';

/** Between attempts to load. */
const FIRST_PAUSE_MS = 1000;
const LAST_PAUSE_MS = 30_000;
/** For an answer of the server. */
const ANSWER_MS = 10_000;
/** After this time a person is told why nothing happens. */
const LONG_MS = 3000;

/** A page that has failed can be tried again after this time. */
const AGAIN_MS = 500;

type Load<Props> = () => Promise<{ default: ComponentType<Props> }>;

/*
 * Parts that do not come although the server answers: some browsers never ask again for a script that has failed
 * once, and an update takes scripts away. Only loading the page again brings them.
 */
const missing = new Map<unknown, boolean>();
const listeners = new Set<() => void>();

function setMissing(load: unknown, isMissing: boolean) {
  missing.set(load, isMissing);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether the page has to be loaded again to have all its parts. */
export const usePartMissing = () => useSyncExternalStore(subscribe, () => [...missing.values()].includes(true));

async function serverAnswers(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch('/api/health-check', { cache: 'no-store', signal });
    await answer.text(); // an answer that is not read to its end stays open
    return answer.ok;
  } catch {
    return false;
  }
}

/** Load once; fails if the code does not come. */
export async function once<Loaded>(load: () => Promise<Loaded>): Promise<Loaded> {
  try {
    const loaded = await load();
    setMissing(load, false);
    return loaded;
  } catch (error) {
    void serverAnswers().then((answers) => {
      // It may have come since then.
      if (answers && missing.get(load) !== false) setMissing(load, true);
    });
    throw error;
  }
}

/** For an own `Suspense` around it. Its code is asked for until it has come. */
export const later = <Props,>(load: Load<Props>) =>
  lazy(async () => {
    for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(2 * ms, LAST_PAUSE_MS)) {
      try {
        return await once(load);
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
