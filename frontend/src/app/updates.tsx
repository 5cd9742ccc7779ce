/*
 * The service worker (service-worker/main.ts): registers it, and says when it has another build than the one of
 * this page. It also says when a part of the page does not come. Nothing is loaded again but by the person's
 * click: a text may be in a field. Drafts and what is not sent are on the device, so they survive it.
 */
import '../styles/update.css';

import { t } from '@lingui/core/macro';
import { useEffect, useState } from 'react';

import { pause } from '../base/online';
import { usePartMissing } from '../components/later';
import { currentAccount, loadDevice } from '../session/session';

const WORKER = '/service-worker.js';
/** The browser looks for a new worker when a page is opened; an open page looks after this time. */
const LOOK_AGAIN_MS = 3_600_000;
/** A worker of an earlier release, or one that removes itself, does not answer. */
const ANSWER_MS = 3_000;
/** For the last keys. */
const WRITTEN_MS = 5_000;

interface TrustedTypes {
  createPolicy: (
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ) => { createScriptURL: (url: string) => string };
}

/** The only policy that the server allows, for the only script that is named by a text. */
const trustedUrl = () => {
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('service-worker', { createScriptURL: () => WORKER });
  return policy?.createScriptURL(WORKER) ?? WORKER;
};

/** Whether the worker has the build of this page: the name of this file differs with each build. */
function hasThisBuild(worker: ServiceWorker): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ ask: 'has', path: new URL(import.meta.url).pathname }, [port2]);
  return new Promise((resolve) => {
    setTimeout(() => resolve(true), ANSWER_MS);
    port1.onmessage = ({ data }) => resolve(data === true);
  });
}

let registering: Promise<ServiceWorkerRegistration> | undefined;

/** Tell `onReady` when another build is on the device. Returns how to end it. */
function watch(onReady: () => void): () => void {
  const { serviceWorker } = navigator;
  const ended = new AbortController();
  const { signal } = ended;
  let lookedAt = performance.now();
  const compare = (worker: ServiceWorker | null) => {
    if (worker)
      void hasThisBuild(worker).then((same) => {
        if (!same && !signal.aborted) onReady();
      });
  };
  const begin = async () => {
    // Names no other address for the same script: its policy is made once.
    registering ??= serviceWorker.register(trustedUrl(), { updateViaCache: 'none' });
    const registration = await registering;
    compare(registration.waiting);
    registration.addEventListener(
      'updatefound',
      () => {
        const { installing } = registration;
        installing?.addEventListener('statechange', () => {
          if (installing.state === 'installed') compare(installing);
        });
      },
      { signal },
    );
    const look = () => {
      if (document.hidden || performance.now() - lookedAt < LOOK_AGAIN_MS) return;
      lookedAt = performance.now();
      registration.update().catch(() => {}); // offline
    };
    document.addEventListener('visibilitychange', look, { signal });
  };
  // Another tab has chosen the new build.
  serviceWorker.addEventListener('controllerchange', () => compare(serviceWorker.controller), { signal });
  begin().catch(() => {}); // no network, or a browser that keeps nothing: the page works without
  return () => ended.abort();
}

/** Load the page again, with the new build. */
async function reload() {
  // The last keys may still be on their way to the device, whose code may be what is missing.
  if (currentAccount() !== null)
    await Promise.race([
      loadDevice().then((device) => device.written()).catch(() => {}),
      pause(WRITTEN_MS),
    ]);
  const registration = 'serviceWorker' in navigator ? await navigator.serviceWorker.getRegistration() : undefined;
  const waiting = registration?.waiting;
  if (!waiting) {
    window.location.reload();
    return;
  }
  waiting.addEventListener('statechange', () => {
    if (waiting.state === 'activated') window.location.reload();
  });
  waiting.postMessage({ ask: 'activate' });
}

export default function Updates() {
  const [ready, setReady] = useState(false);
  const [busy, setBusy] = useState(false);
  const partMissing = usePartMissing();
  useEffect(() => {
    // Only on HTTPS and on this machine.
    if (!('serviceWorker' in navigator)) return;
    return watch(() => setReady(true));
  }, []);
  return (
    <div role="status">
      {(ready || partMissing) && (
        <p className="update">
          {ready ? t`Update ready` : t`A part of this page didn’t load`}{' '}
          <button
            type="button"
            disabled={busy}
            onClick={() => {
              setBusy(true);
              void reload();
            }}
          >
            {t`Reload`}
          </button>
        </p>
      )}
    </div>
  );
}
