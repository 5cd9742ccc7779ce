// small.mjs - a stack with a fixed amount of data, for counting instructions.
import { Stack } from '../../api/harness/stack.mjs';
import { hotRoutes, makeWorld } from './routes.mjs';

const CONVERSATIONS_WRITTEN_TO = 64;

// Start it. Returns { stack, routes }: the hot routes that workers serve, without the cached one.
export async function startSmall() {
  const stack = await Stack.start({ settings: { CRUDDUR_EPHEMERAL: '1', CRUDDUR_WORKERS: '1' } });
  const world = await makeWorld(stack, { targets: CONVERSATIONS_WRITTEN_TO });
  // Replace the cruds of the seed data, which expire at different times.
  await stack.sql('truncate activities cascade');
  await stack.sql(
    `insert into activities (user_uuid, message, created_at, expires_at)
     select '${world.reader.uuid}', 'The jump gate opens at nine. Number ' || 100 + n || '. #news',
            now() - n * interval '1 second', now() + interval '1 day'
       from generate_series(1, 30) as n`,
  );
  [[world.crud]] = await stack.sql('select uuid from activities order by created_at limit 1');
  return { stack, routes: hotRoutes(world).filter(({ cached }) => !cached) };
}
