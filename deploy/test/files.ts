// files.ts - files of the checkout, as the tests read them.
import fs from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const DEPLOY = path.join(ROOT, 'deploy');
export const read = (name: string): string => fs.readFileSync(path.join(ROOT, name), 'utf8');

// A template, or a part of one.
export type Json = any;
export const json = (name: string): Json => JSON.parse(read(name));

export const EXAMPLE = { ...json('deploy/settings.example.json'), version: 'v1-0-g0123456' };
