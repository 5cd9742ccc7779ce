/* The name and the handle of a person, wherever both are shown. */

/**
 * A name is what its owner wrote. It is isolated, so that it cannot reorder what stands beside it,
 * and it is what gets cut off when there is too little room.
 */
export function Name({ children }: { children: string }) {
  return <bdi className="name">{children}</bdi>;
}

/** A handle tells people apart. It has its own box, and it is always shown whole. */
export function Handle({ children }: { children: string }) {
  return (
    <span className="handle" dir="ltr">
      @{children}
    </span>
  );
}
