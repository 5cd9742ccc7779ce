/* Icons of one stroke width, hidden from screen readers: the element around an icon has the name. */
const PATHS = {
  home: 'M4 11.5 12 5l8 6.5M6 10v9h12v-9',
  search: 'M11 4.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Zm4.8 11.3 4.2 4.2',
  bell: 'M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 1.5h-15L6 16.5Zm4 4h4',
  mail: 'M4 6h16v12H4V6Zm0 1 8 6 8-6',
  person:
    'M12 4.5a3.75 3.75 0 1 1 0 7.5 3.75 3.75 0 0 1 0-7.5ZM4.5 20c.6-3.6 3.5-5.5 7.5-5.5s6.9 1.9 7.5 5.5',
  reply: 'M5 6h14v10h-7l-4 3.5V16H5V6Z',
  repost:
    'M5 13V9.5A2.5 2.5 0 0 1 7.5 7H17m-3-3 3 3-3 3M19 11v3.5a2.5 2.5 0 0 1-2.5 2.5H7m3 3-3-3 3-3',
  heart: 'M12 19.5S4.5 15 4.5 9.6A4 4 0 0 1 12 7.7a4 4 0 0 1 7.5 1.9C19.5 15 12 19.5 12 19.5Z',
  link: 'M10 14a3.5 3.5 0 0 0 5 0l3.5-3.5a3.5 3.5 0 0 0-5-5L12 7m2 3a3.5 3.5 0 0 0-5 0l-3.5 3.5a3.5 3.5 0 0 0 5 5L12 17',
  trash: 'M5 7h14M10 7V4.5h4V7m-7.5 0 .8 12.5h9.4L17.5 7M10.5 11v5m3-5v5',
  clock: 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm0 4v4.5l3 1.5',
  sun: 'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8Zm0-5v1.5M12 19.5V21M3 12h1.5m15 0H21M5.6 5.6l1.1 1.1m10.6 10.6 1.1 1.1m0-12.8-1.1 1.1M6.7 17.3l-1.1 1.1',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z',
  auto: 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm0 0v16m2-14v12m2-10.5v9m2-7v5',
  close: 'm6 6 12 12M18 6 6 18',
} as const;

export const MORE =
  'M6 11.2a.8.8 0 1 1 0 1.6.8.8 0 0 1 0-1.6Zm6 0a.8.8 0 1 1 0 1.6.8.8 0 0 1 0-1.6Zm6 0a.8.8 0 1 1 0 1.6.8.8 0 0 1 0-1.6Z';
/** Something ends soon. */
export const FLAME =
  'M12.5 3.5c.5 3.2 5 5 5 10a5.5 5.5 0 0 1-11 0c0-2 1-3.5 2.2-4.7.2 1.4.9 2.2 1.8 2.6-.2-2.700.3-5.400 2-7.900Z';

export type IconName = keyof typeof PATHS;

/** `path`: of an icon that only some pages have. */
export type IconProps = ({ name: IconName } | { path: string }) & {
  filled?: boolean;
  /** It points along the text: the other way in a page from right to left. */
  flips?: boolean;
};

export function Icon({ filled = false, flips = false, ...icon }: IconProps) {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      aria-hidden="true"
      data-filled={filled || undefined}
      data-flips={flips || undefined}
    >
      <path d={'path' in icon ? icon.path : PATHS[icon.name]} />
    </svg>
  );
}

export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <path className="logo-arc" d="M24.5 9.2A11 11 0 1 0 24.5 22.8" />
      <circle className="logo-dot" cx="25" cy="16" r="3" />
    </svg>
  );
}
