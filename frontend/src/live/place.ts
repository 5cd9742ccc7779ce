/* Places in a conversation: uuids of version 7, whose order is that of their times (RFC 9562, 5.7). */
/** The path of the messages of a conversation. */
export const messagesPath = (group: string) => `/api/messages/${encodeURIComponent(group)}`;

export const isPlace = (uuid: string | null | undefined): uuid is string => uuid?.charAt(14) === '7';

/** Whether `a` comes after `b`. Where one of them is of another version, nothing contradicts it. */
export const isLater = (a: string, b: string): boolean => !isPlace(a) || !isPlace(b) || a > b;

/** The place of a time: such a message need not exist. */
export function placeAt(created_at: string): string {
  const ms = Date.parse(created_at).toString(16).padStart(12, '0');
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7000-8000-000000000000`;
}
