import { t } from '@lingui/core/macro';
import { useState } from 'react';

import { formatLocale } from '../base/language';
import { Icon, type IconName } from './icons';

/** At most four characters: `999`, `1.2K`, `12K`, `3M`. */
function short(count: number): string {
  if (count < 1_000) return count === 0 ? '' : String(count);
  const decimal = new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: 1 });
  if (count >= 1_000_000) {
    const millions = decimal.format(Math.floor(count / 1_000_000));
    return t`${millions}M`;
  }
  const thousands = decimal.format(
    count < 10_000 ? Math.floor(count / 100) / 10 : Math.floor(count / 1_000),
  );
  return t`${thousands}K`;
}

/** A number that rolls in when it changes; not the one that is there first. */
function Count({ count }: { count: number }) {
  const [last, setLast] = useState(count);
  const [rolls, setRolls] = useState(false);
  if (count !== last) {
    setLast(count);
    setRolls(true);
  }
  return (
    <span key={count} className="action-count" data-rolls={rolls || undefined} aria-hidden="true">
      {short(count)}
    </span>
  );
}

interface ActionProps {
  icon: IconName;
  label: string;
  count: number;
  pressed?: boolean;
  onClick: () => void;
}

export function Action({ icon, label, count, pressed, onClick }: ActionProps) {
  const [popped, setPopped] = useState(false);
  return (
    <button
      type="button"
      className="action"
      data-kind={icon}
      data-popped={popped || undefined}
      aria-pressed={pressed}
      aria-label={t`${label}, ${count}`}
      title={label}
      onClick={() => {
        setPopped(true);
        onClick();
      }}
    >
      <Icon name={icon} filled={pressed === true && icon === 'heart'} />
      <Count count={count} />
    </button>
  );
}
