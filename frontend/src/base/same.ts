/**
 * Whether two answers of the server are equal. A list that keeps the object which it has then renders
 * nothing.
 */
export function sameFields(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), b as Record<string, unknown>];
  return (
    left.length === Object.keys(b).length &&
    left.every(([name, value]) => name in right && sameFields(value, right[name]))
  );
}
