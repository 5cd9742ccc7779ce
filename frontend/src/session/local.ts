/*
 * localStorage, or the memory of this tab where the browser keeps nothing: reading and writing throw
 * there (blocked cookies), or only writing does (no room).
 */
const memory = new Map<string, string>();

export const local = {
  get(key: string): string | null {
    const here = memory.get(key);
    if (here !== undefined) return here;
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },

  set(key: string, value: string) {
    try {
      localStorage.setItem(key, value);
      memory.delete(key);
    } catch {
      memory.set(key, value);
    }
  },

  remove(key: string) {
    memory.delete(key);
    try {
      localStorage.removeItem(key);
    } catch {
      // It has nothing.
    }
  },

  keys(): string[] {
    try {
      return [...Object.keys(localStorage), ...memory.keys()];
    } catch {
      return [...memory.keys()];
    }
  },
};
