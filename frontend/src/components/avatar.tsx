import { firstGrapheme } from '../base/characters';

const TONES = 8;

/** The first letter of the name on one of 8 colours; a handle has the same colour everywhere. */
export function Avatar({ handle, name, size }: { handle: string; name: string; size?: 'large' }) {
  let sum = 0;
  for (const letter of handle.toLowerCase()) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  const letter = firstGrapheme(name) ?? firstGrapheme(handle) ?? '?';
  return (
    <span className="avatar" data-tone={sum % TONES} data-size={size} aria-hidden="true">
      {firstGrapheme(letter.toUpperCase())}
    </span>
  );
}
