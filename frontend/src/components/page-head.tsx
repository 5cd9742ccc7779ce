import type { ReactNode } from 'react';

interface PageHeadProps {
  title: ReactNode;
  /** The page has another main heading. */
  second?: boolean;
  children?: ReactNode;
}

/** The heading of a page; on a phone it stays at the top. */
export function PageHead({ title, second = false, children }: PageHeadProps) {
  const Heading = second ? 'h2' : 'h1';
  return (
    <header className="page-head">
      <Heading>{title}</Heading>
      {children}
    </header>
  );
}
