import { type ComponentType, lazy } from 'react';

/** A part that the page can do without: if its code cannot be loaded, nothing is in its place. */
export const optional = <Props>(load: () => Promise<{ default: ComponentType<Props> }>) =>
  lazy<ComponentType<Props>>(() => load().catch(() => ({ default: () => null })));
