import { describe, expect, test } from 'vitest';

import { Problem } from './problem';

const problem = (status: number, ...codes: string[]) => new Problem(status, codes, 1000, '');

describe('a request that failed', () => {
  test('is sent again when the server or the network may recover in a moment', () => {
    expect(problem(0).isTemporary).toBe(true);
    expect(problem(429, 'too_many_requests').isTemporary).toBe(true);
    expect(problem(503, 'unavailable').isTemporary).toBe(true);
  });

  test('is not sent again when it is wrong, or when a quota of 24 hours is used up', () => {
    expect(problem(422, 'message_blank').isTemporary).toBe(false);
    expect(problem(429, 'quota_exceeded').isTemporary).toBe(false);
  });
});
