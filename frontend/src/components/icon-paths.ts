/* Paths of icons that no first page of a visitor has; those of icons.tsx are in all first pages. */
export const PEN = 'M5 19h3.5L19 8.5 15.5 5 5 15.5V19Zm8-11.5L16.5 11';
export const KEYBOARD = 'M3.5 7h17v10h-17V7Zm3.5 3h.01M10.5 10h.01M14 10h.01M17 10h.01M8 14h8';
export const OUT = 'M14 5H6v14h8m-4-7h10m-4-4 4 4-4 4';
export const SEND = 'M5 12 4 5l16 7-16 7 1-7Zm0 0h7';
export const DOWN = 'M12 5v14m6-6-6 6-6-6';
export const MORE =
  'M6 11.2a.8.8 0 1 1 0 1.6.8.8 0 0 1 0-1.6Zm6 0a.8.8 0 1 1 0 1.6.8.8 0 0 1 0-1.6Zm6 0a.8.8 0 1 1 0 1.6.8.8 0 0 1 0-1.6Z';
export const MUTE =
  'M6 16.5V11a6 6 0 0 1 9-5.2m3 5.2v5.5l1.5 1.5h-15L6 16.5Zm4 4h4M4 4l16 16';
export const BLOCK = 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM6.4 6.4l11.2 11.2';
export const AT =
  'M15.5 8.5v5a2.3 2.3 0 0 0 4.5 0V12a8 8 0 1 0-3 6.3M12 8.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7Z';
export const BACK = 'M19 12H5m6-6-6 6 6 6';
