/*
 * Light or dark colours: those of the system, unless the person chose. start.js applies the choice at
 * the start.
 */
import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

import { local } from './local';

export type Theme = 'auto' | 'light' | 'dark';

declare global {
  interface Window {
    /** Of start.js. */
    paintFrame?: (theme: Theme) => void;
  }
}

const STORAGE_KEY = 'cruddur:theme';

/** The choices and their names. */
export const THEMES: Record<Theme, MessageDescriptor> = {
  auto: msg`System`,
  light: msg`Light`,
  dark: msg`Dark`,
};

export function storedTheme(): Theme {
  const stored = local.get(STORAGE_KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

export function chooseTheme(theme: Theme) {
  local.set(STORAGE_KEY, theme);
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  window.paintFrame?.(theme);
}
