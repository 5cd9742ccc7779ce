/*
 * The address that an authenticator app reads, by a link or from a QR code.
 * https://github.com/google/google-authenticator/wiki/Key-Uri-Format
 */
const ISSUER = 'Cruddur';

export const otpauthUri = (account: string, secret: string) =>
  `otpauth://totp/${ISSUER}:${encodeURIComponent(account)}?secret=${secret}&issuer=${ISSUER}`;

/** In groups of four, as people type it. */
export const groupsOf = (secret: string) => secret.match(/.{1,4}/g)?.join(' ') ?? '';

/** An SVG path of the dark modules of a QR code: one rectangle for each run in a row. */
export function modulesPath(rows: boolean[][]): string {
  let path = '';
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      const start = x;
      while (row[x]) x++;
      if (x > start) path += `M${start} ${y}h${x - start}v1H${start}z`;
    }
  });
  return path;
}
