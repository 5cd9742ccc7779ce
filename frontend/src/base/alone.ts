/*
 * Work that only one tab does at a time: a Web Lock, which ends with its tab. Without them (plain
 * HTTP, or storage that is blocked) the work of this tab queues, and other tabs are not seen.
 */
const turns = new Map<string, Promise<unknown>>();

export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const lock = { taken: false };
  if ('locks' in navigator)
    try {
      return await navigator.locks.request(name, () => {
        lock.taken = true;
        return work();
      });
    } catch (error) {
      if (lock.taken) throw error;
    }
  const turn = (turns.get(name) ?? Promise.resolve()).then(work, work);
  turns.set(name, turn);
  return turn;
}
