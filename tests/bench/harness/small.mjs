// small.mjs - a stack with the data that instructions are counted on: the same amount every time.
import { Stack } from '../../api/harness/stack.mjs';
import { hotRoutes, makeWorld } from './routes.mjs';

const CONVERSATIONS_WRITTEN_TO = 64;

// Start it. Returns { stack, routes }: the hot routes, but for what only nginx does otherwise.
export async function startSmall() {
  const stack = await Stack.start({ settings: { CRUDDUR_EPHEMERAL: '1', CRUDDUR_WORKERS: '1' } });
  const world = await makeWorld(stack, { targets: CONVERSATIONS_WRITTEN_TO });
  // Not the seed's, which expire one by one.
  await stack.sql('truncate activities cascade');
  await stack.sql(
    `insert into activities (user_uuid, message, created_at, expires_at)
     select '${world.reader.uuid}', 'The jump gate opens at nine. Number ' || 100 + n || '. #news',
            now() - n * interval '1 second', now() + interval '1 day'
       from generate_series(1, 30) as n`,
  );
  return { stack, routes: hotRoutes(world).filter(({ cached }) => !cached) };
}
