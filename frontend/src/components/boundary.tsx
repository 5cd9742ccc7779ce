/* Catches what a page throws: most often its code could not be loaded, offline or after an update. */
import { Component, type ReactNode } from 'react';
import { useLocation } from 'react-router';

import { Notice } from './basics';

interface Props {
  /** Another place is another attempt. */
  place: string;
  children: ReactNode;
}

interface State {
  place: string;
  failed: boolean;
}

class Catcher extends Component<Props, State> {
  override state: State = { place: this.props.place, failed: false };

  static getDerivedStateFromError(): Partial<State> {
    return { failed: true };
  }

  static getDerivedStateFromProps({ place }: Props, state: State): State | null {
    return place === state.place ? null : { place, failed: false };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Notice title="This page did not load" alert page>
        <p>You may be offline, or there is a new version.</p>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Reload
        </button>
      </Notice>
    );
  }
}

export function Boundary({ children }: { children: ReactNode }) {
  const { key } = useLocation();
  return <Catcher place={key}>{children}</Catcher>;
}
