import { initialsOf, toneOf } from '../base/face';

/** The initials of a person; a handle has the same colour everywhere. */
export function Avatar({ handle, name, size }: { handle: string; name: string; size?: 'large' }) {
  return (
    <span className="avatar" data-tone={toneOf(handle)} data-size={size} aria-hidden="true">
      {initialsOf(name, handle)}
    </span>
  );
}
