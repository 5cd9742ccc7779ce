import type { ReactNode } from 'react';

import { Icon, type IconName } from './icons';

interface NoticeProps {
  icon?: IconName;
  title: ReactNode;
  children?: ReactNode;
  alert?: boolean;
  /** The page shows nothing else, so the title is its main heading. */
  page?: boolean;
}

/** Replaces a list or a page that is empty or could not be loaded. */
export function Notice({ icon, title, children, alert = false, page = false }: NoticeProps) {
  const Heading = page ? 'h1' : 'h2';
  return (
    <div className="notice" role={alert ? 'alert' : undefined}>
      {icon && <Icon name={icon} />}
      <Heading>{title}</Heading>
      {children}
    </div>
  );
}
