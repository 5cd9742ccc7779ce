/* Completes @people and #tags in a text area. Its code is loaded when there is something to complete. */
import { type RefObject, Suspense, useEffect, useState } from 'react';

import { optional } from '../optional';

const CompletionList = optional(() => import('./completion-list'));

const SIGN = /[@＠#＃]/;

/** Beside the text area, in its form. */
export function Completion({ field }: { field: RefObject<HTMLTextAreaElement | null> }) {
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    const text = field.current;
    if (!text || wanted) return undefined;
    const look = () => setWanted(SIGN.test(text.value));
    text.addEventListener('input', look);
    return () => text.removeEventListener('input', look);
  }, [field, wanted]);
  if (!wanted) return null;
  return (
    <Suspense fallback={null}>
      <CompletionList field={field} />
    </Suspense>
  );
}
