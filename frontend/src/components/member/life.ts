/* The lives that a crud can have. */
import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

import type { TimeToLive } from '../../api/types';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Choice {
  name: MessageDescriptor;
  ms: number;
}

export const LIVES: Record<TimeToLive, Choice> = {
  '30-days': { name: msg`30 days`, ms: 30 * DAY },
  '7-days': { name: msg`7 days`, ms: 7 * DAY },
  '3-days': { name: msg`3 days`, ms: 3 * DAY },
  '1-day': { name: msg`1 day`, ms: DAY },
  '12-hours': { name: msg`12 hours`, ms: 12 * HOUR },
  '3-hours': { name: msg`3 hours`, ms: 3 * HOUR },
  '1-hour': { name: msg`1 hour`, ms: HOUR },
};

export const DEFAULT_LIFE: TimeToLive = '7-days';

const isLife = (text: string): text is TimeToLive => Object.hasOwn(LIVES, text);

/** The life that was chosen last, if this version still has it. */
export const lifeOf = (chosen: string | undefined): TimeToLive =>
  chosen !== undefined && isLife(chosen) ? chosen : DEFAULT_LIFE;
