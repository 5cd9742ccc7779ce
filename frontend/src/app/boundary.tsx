/* Catches errors of a page. Most often its code could not be loaded, offline or after an update. */
import { t } from '@lingui/core/macro';
import { Component, type ReactNode } from 'react';

import { useLocation } from '../base/router';
import { Notice } from '../components/notice';

interface Props {
  /** Key of the location; a new one tries again. */
  locationKey: string;
  children: ReactNode;
}

interface State {
  locationKey: string;
  failed: boolean;
}

class Catcher extends Component<Props, State> {
  override state: State = { locationKey: this.props.locationKey, failed: false };

  static getDerivedStateFromError(): Partial<State> {
    return { failed: true };
  }

  static getDerivedStateFromProps({ locationKey }: Props, state: State): State | null {
    return locationKey === state.locationKey ? null : { locationKey, failed: false };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Notice title={t`This page didn’t load`} alert page>
        <p>{t`You may be offline, or Cruddur has been updated.`}</p>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          {t`Reload`}
        </button>
      </Notice>
    );
  }
}

export function Boundary({ children }: { children: ReactNode }) {
  const { key } = useLocation();
  return <Catcher locationKey={key}>{children}</Catcher>;
}
