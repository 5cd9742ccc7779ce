/* A part of a long list, which is in the page only while it is near the screen. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

/** The part is in the page up to so far from the edges of what scrolls. */
const NEAR = '1500px';

/** Far from the screen, a gap of the same height is in the place of the children. */
export default function Chunk({ children }: { children: ReactNode }) {
  const part = useRef<HTMLDivElement>(null);
  const [gap, setGap] = useState<number>();
  useEffect(() => {
    const element = part.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const last = entries.at(-1);
        if (last?.isIntersecting) setGap(undefined);
        else if (last && !element.contains(document.activeElement))
          setGap(last.boundingClientRect.height);
      },
      { root: element.closest('[data-scroller]'), rootMargin: NEAR },
    );
    observer.observe(element);
    const onPrint = () => flushSync(() => setGap(undefined));
    window.addEventListener('beforeprint', onPrint);
    return () => {
      observer.disconnect();
      window.removeEventListener('beforeprint', onPrint);
    };
  }, []);
  return (
    <div ref={part} className="chunk" style={{ height: gap }}>
      {gap === undefined && children}
    </div>
  );
}
