/* Where the list of completions stands: at the caret, on phones above the keyboard. */

const COPIED = [
  'direction',
  'fontFamily',
  'fontSize',
  'fontStyle',
  'fontWeight',
  'letterSpacing',
  'lineHeight',
  'paddingBottom',
  'paddingLeft',
  'paddingRight',
  'paddingTop',
  'tabSize',
  'textAlign',
  'textIndent',
  'wordSpacing',
] as const;

/** Place of a character of a text area in the window. No browser tells it: it is found in a copy. */
function characterBox(field: HTMLTextAreaElement, at: number): DOMRect {
  const copy = document.createElement('div');
  const mark = document.createElement('span');
  const style = getComputedStyle(field);
  for (const name of COPIED) copy.style[name] = style[name];
  const box = field.getBoundingClientRect();
  Object.assign(copy.style, {
    position: 'fixed',
    visibility: 'hidden',
    boxSizing: 'border-box',
    left: `${box.left + field.clientLeft}px`,
    top: `${box.top + field.clientTop - field.scrollTop}px`,
    width: `${field.clientWidth}px`,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'break-word',
  });
  copy.append(field.value.slice(0, at), mark);
  mark.textContent = '\u200b';
  document.body.append(copy);
  const found = mark.getBoundingClientRect();
  copy.remove();
  return found;
}

const PHONE = matchMedia('(max-width: 759px)');
const GAP = 6;

/** Move `list` to the character `at` of the field, inside of what the keyboard leaves of the window. */
export function placeList(list: HTMLElement, field: HTMLTextAreaElement, at: number) {
  const view = window.visualViewport;
  const top = view?.offsetTop ?? 0;
  const bottom = top + (view?.height ?? window.innerHeight);
  const width = document.documentElement.clientWidth;
  const { offsetHeight: high, offsetWidth: wide } = list;
  if (PHONE.matches) {
    // A composer at the bottom must stay in sight.
    const composer = (field.form ?? field).getBoundingClientRect();
    const above = composer.bottom > bottom - high;
    list.style.left = '0';
    list.style.top = `${above ? Math.max(top, composer.top - high) : bottom - high}px`;
    return;
  }
  const { left, top: line, bottom: under } = characterBox(field, at);
  const isRightToLeft = getComputedStyle(field).direction === 'rtl';
  const start = isRightToLeft ? left - wide : left;
  const fits = under + GAP + high <= bottom;
  list.style.left = `${Math.max(GAP, Math.min(start, width - wide - GAP))}px`;
  list.style.top = `${fits ? under + GAP : Math.max(top, line - GAP - high)}px`;
}
