// profile.mjs - the instructions of a worker per request, by function, measured with callgrind.
// Run as: node tests/bench/profile.mjs ROUTE [REQUESTS, 200]
import { profile } from './harness/callgrind.mjs';
import { percent, readable } from './harness/numbers.mjs';
import { hotRoutes, NO_WORLD } from './harness/routes.mjs';
import { startSmall } from './harness/small.mjs';

const FUNCTIONS = 40; // per list

const [name, count = '200'] = process.argv.slice(2);
const names = hotRoutes(NO_WORLD)
  .filter(({ cached }) => !cached)
  .map((route) => route.name);
if (!names.includes(name)) {
  console.error(`make profile ROUTE=… [N=200]: ROUTE is one of ${names.join(', ')}`);
  process.exit(2);
}
const { stack, routes } = await startSmall();
try {
  const route = routes.find((one) => one.name === name);
  const { total, spread, functions } = await profile(stack, route, Number(count));
  const show = (list, of) => {
    for (const one of list.slice(0, FUNCTIONS))
      console.log(
        `${readable(one[of]).padStart(9)} ${percent(one[of] / total).padStart(6)}  ` +
          `${one.name}  [${one.object}]`,
      );
  };
  const objects = Object.values(
    functions.reduce((sums, { object, self }) => {
      sums[object] ??= { name: '', object, self: 0 };
      sums[object].self += self;
      return sums;
    }, {}),
  ).sort((a, b) => b.self - a.self);

  console.log(
    `${name}: ${total.toLocaleString('en-US')} instructions per request, without the kernel`,
  );
  console.log(`median of ${count} requests, which differ by ${(100 * spread).toFixed(1)} %`);
  console.log('\nby program and library');
  show(objects, 'self');
  console.log('\nby function, without callees');
  show(functions, 'self');
  console.log('\nby function, with callees');
  show(
    [...functions].sort((a, b) => b.inclusive - a.inclusive),
    'inclusive',
  );
} finally {
  await stack.down();
}
