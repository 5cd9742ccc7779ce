/* Paths of icons that no first page of a visitor has; those of icons.tsx are in all first pages. */
export { MORE } from './icons';

export const PLUS = 'M12 5v14M5 12h14';
export const PEOPLE =
  'M9.5 5a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4ZM3.5 19c.5-3.2 2.9-4.8 6-4.8s5.5 1.6 6 4.8M15.5 5.3a3.2 3.2 0 0 1 0 5.8M17.5 14.6c1.7.7 2.8 2.2 3.1 4.4';
export const PEN = 'M5 19h3.5L19 8.5 15.5 5 5 15.5V19Zm8-11.5L16.5 11';
export const KEYBOARD = 'M3.5 7h17v10h-17V7Zm3.5 3h.01M10.5 10h.01M14 10h.01M17 10h.01M8 14h8';
export const OUT = 'M14 5H6v14h8m-4-7h10m-4-4 4 4-4 4';
export const SEND = 'M5 12 4 5l16 7-16 7 1-7Zm0 0h7';
export const COPY = 'M9 9h10v11H9V9Zm-2 6H5V4h10v2';
export const DOWN = 'M12 5v14m6-6-6 6-6-6';
export const MUTE =
  'M6 16.5V11a6 6 0 0 1 9-5.2m3 5.2v5.5l1.5 1.5h-15L6 16.5Zm4 4h4M4 4l16 16';
export const BLOCK = 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM6.4 6.4l11.2 11.2';
export const FLAG = 'M6 20.5V4.5m0 .5c4-2 8 2 12 0v8.5c-4 2-8-2-12 0';
export const SHIELD = 'M12 4l7 2.5v5c0 4.2-2.9 7.2-7 8.5-4.1-1.3-7-4.3-7-8.5v-5L12 4Zm-3 8 2.2 2.2 4-4.2';
export const AT =
  'M15.5 8.5v5a2.3 2.3 0 0 0 4.5 0V12a8 8 0 1 0-3 6.3M12 8.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7Z';
export const BOOKMARK = 'M7 4.5h10v15l-5-4-5 4v-15Z';
export const SETTINGS =
  'M4 7h10m4 0h2M4 17h2m4 0h10M14 7a2 2 0 1 0 4 0 2 2 0 0 0-4 0ZM6 17a2 2 0 1 0 4 0 2 2 0 0 0-4 0Z';
export const HIDE =
  'M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6Zm9-2.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5ZM4 4l16 16';
export const SHARE = 'M12 14.5V4m-4 4 4-4 4 4M6 11.5v8h12v-8';
export const BACK = 'M19 12H5m6-6-6 6 6 6';
