// main.mjs - the stack that most areas share, as `make run` configures it; importing it starts it.
import { after } from 'node:test';

import { Stack } from './stack.mjs';

export const stack = await Stack.start();

after(() => stack.down());
