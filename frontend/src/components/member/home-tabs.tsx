/* The two feeds of Home. */
import { t } from '@lingui/core/macro';

import { NavLink } from '../../base/router';

export function HomeTabs() {
  return (
    <nav className="tabs" aria-label={t`Feeds`}>
      <NavLink to="/" end>
        {t`Everybody`}
      </NavLink>
      <NavLink to="/following">{t`Following`}</NavLink>
    </nav>
  );
}
