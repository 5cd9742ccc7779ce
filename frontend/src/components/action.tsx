import { Icon, type IconName } from './icons';

interface ActionProps {
  icon: IconName;
  label: string;
  count?: number;
  pressed?: boolean;
  onClick: () => void;
}

export function Action({ icon, label, count, pressed, onClick }: ActionProps) {
  return (
    <button
      type="button"
      className="action"
      data-kind={icon}
      aria-pressed={pressed}
      aria-label={count === undefined ? label : `${label}, ${count}`}
      title={label}
      onClick={onClick}
    >
      <Icon name={icon} filled={pressed === true && icon === 'heart'} />
      <span aria-hidden="true">{count || ''}</span>
    </button>
  );
}
