/* Completes @people and #tags in a text area. Its code is loaded when there is something to complete. */
import { type RefObject, useEffect, useState } from 'react';

import { part } from '../later';

const CompletionList = part(() => import('./completion-list'));

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
  return wanted && <CompletionList field={field} />;
}
