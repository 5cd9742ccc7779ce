// groups.ts - what replicas serve: all routes, or the programs of a group (the setting routes). The edge learns it
// in CRUDDUR_EDGE; its bin/render makes the patterns of the paths from the table of routes.
import fs from 'node:fs';

import { type Settings, type Size, sizeOf } from './settings.ts';

// While a version replaces another one: at most this many percent of the replicas run.
export const DEPLOY_PERCENT = { least: 100, most: 150 };
// A name in Cloud Map leads to eight addresses at most, so that there may not be more replicas.
export const REPLICAS_MAX = 8;
// Of every replica, because they tell of itself (bin/render).
const EVERYWHERE = ['health_check', 'ready', 'metrics'];
const OTHERS = 13; // connections of operators (docs/operations.md, "Sizing"), and of three tasks

export interface Group {
  name: string; // in the network
  programs: string[]; // none: all
  min: number;
  max: number;
  connections: number; // CRUDDUR_CONNECTIONS
}

// The programs of nginx/routes, and the largest size of each pool.
function pools(): Map<string, number> {
  const text = fs.readFileSync(new URL('../../nginx/routes', import.meta.url), 'utf8');
  const lines = text.matchAll(/^(\w+) +(?:\d+-)?(\d+)$/gm);
  return new Map([...lines].map(([, program, most]) => [program!, Number(most)]));
}

// Replicas of few pools need few connections.
function connectionsOf(programs: string[], { replica }: Size): number {
  const sizes = pools();
  const most = programs.reduce((sum, program) => sum + sizes.get(program)!, 0);
  return Math.min(replica.connections, most + 1);
}

function check(groups: Group[], { size }: Settings, { database }: Size): void {
  const known = pools();
  const seen = new Set(EVERYWHERE);
  for (const { name, programs, max } of groups) {
    if (max > REPLICAS_MAX)
      throw new Error(`there may be ${REPLICAS_MAX} ${name} at most, not ${max}`);
    for (const program of programs) {
      if (!known.has(program))
        throw new Error(`the setting routes: ${name} has ${program}, which is not in nginx/routes`);
      if (seen.has(program))
        throw new Error(
          `the setting routes: ${name} has ${program}, which ` +
            `${EVERYWHERE.includes(program) ? 'all replicas have' : 'another group has'}`,
        );
      seen.add(program);
    }
  }
  // live_hub has one connection of its own.
  const most = groups.reduce(
    (sum, { max, connections }) =>
      sum + Math.ceil((max * DEPLOY_PERCENT.most) / 100) * (connections + 1),
    OTHERS,
  );
  if (most > database.connections)
    throw new Error(
      `all replicas may have ${most} connections while a version replaces another one, but the database of the ` +
        `size ${size} has ${database.connections}: choose fewer replicas for routes, or a larger size`,
    );
}

// The replicas of an installation: first those of all routes, then those of the groups.
export function groupsOf(settings: Settings): [Group, ...Group[]] {
  const size = sizeOf(settings);
  const { min, max, connections } = size.replica;
  const all: Group = { name: 'replicas', programs: [], min, max, connections };
  const own = Object.entries(settings.routes ?? {}).map(([name, group]) => ({
    name,
    ...group,
    connections: connectionsOf(group.programs, size),
  }));
  if (own.some(({ name }) => name === all.name))
    throw new Error(`the setting routes: ${all.name} is the name of those that serve all routes`);
  const groups: [Group, ...Group[]] = [all, ...own];
  check(groups, settings, size);
  return groups;
}

// CRUDDUR_EDGE: app:8080 messages,message_create=chat:8080
export const edgeOf = (groups: Group[], domain: string, port: number): string =>
  groups
    .map(({ name, programs }) => {
      const where = `${name}.${domain}:${port}`;
      return programs.length === 0 ? where : `${programs.join()}=${where}`;
    })
    .join(' ');
