import type { ReactNode } from 'react';

/** The heading of a page; on a phone it stays at the top. */
export function PageHead({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <header className="page-head">
      <h1>{title}</h1>
      {children}
    </header>
  );
}
