// settings.ts - what an installation chooses (docs/deploy.md, "Settings"), and the sizes of sizes.json.
import fs from 'node:fs';

export interface Size {
  dailyUsers: number; // that the size is meant for; the estimate of costs uses it
  natGateways: number;
  replica: {
    min: number;
    max: number;
    cpu: number; // 1024 are one processor
    memory: number; // MiB
    connections: number; // to PostgreSQL, of one replica (CRUDDUR_CONNECTIONS)
    streams: number; // CRUDDUR_STREAMS
  };
  edge: { min: number; max: number; cpu: number; memory: number; streams: number };
  database: {
    class: string;
    multiAz: boolean;
    storage: number; // GB
    storageMax: number; // until which it grows by itself
    connections: number; // max_connections
  };
  table: { reads: number; writes: number }; // units a second that the table can take at once
}

const SIZES_FILE = new URL('../sizes.json', import.meta.url);
export const SIZES: Record<string, Size> = JSON.parse(fs.readFileSync(SIZES_FILE, 'utf8'));

// Routes that have replicas of their own.
export interface GroupSettings {
  programs: string[]; // of nginx/routes
  min: number;
  max: number;
}

export interface Settings {
  name: string; // of the installation: the names of its stacks and resources begin with it
  size: string; // a name of sizes.json
  version: string; // the tag of the images
  domain?: string; // of the pages; without it CloudFront's own name
  certificate?: string; // its certificate in ACM, in us-east-1
  alarmEmail?: string; // gets the alarms
  mailFrom?: string; // the sender of Cognito's mails, of a domain that SES has verified
  table?: string; // of the conversations, after a restore into one with another name
  role: string; // of the workers in PostgreSQL: of the two, the one that serves
  repository?: string; // OWNER/NAME on GitHub, whose workflow may deploy
  routes?: Record<string, GroupSettings>; // by the name of the group
}

// Each has a secret; to change the password, the other one is made and serves.
export const ROLES = ['cruddur_app', 'cruddur_b'] as const;

const PATTERNS: Record<Exclude<keyof Settings, 'routes'>, RegExp> = {
  name: /^[a-z][a-z0-9-]{1,19}$/,
  size: new RegExp(`^(${Object.keys(SIZES).join('|')})$`),
  version: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/,
  domain: /^([a-z0-9-]+\.)+[a-z]{2,}$/,
  certificate: /^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]+$/,
  alarmEmail: /^[^@\s]+@[^@\s]+$/,
  mailFrom: /^[^@\s]+@[^@\s]+$/,
  table: /^[A-Za-z0-9_.-]{3,255}$/,
  role: new RegExp(`^(${ROLES.join('|')})$`),
  repository: /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/,
};

const DEFAULTS: Settings = { name: 'cruddur', size: 'small', version: 'unknown', role: ROLES[0] };

function groupOf(name: string, given: unknown): GroupSettings {
  const wrong = (text: string) => new Error(`the setting routes: ${name} ${text}`);
  if (!/^[a-z][a-z0-9-]{0,14}$/.test(name)) throw wrong('is no name of a group, such as chat');
  const { programs, min = 2, max = min, ...rest } = (given ?? {}) as Record<string, unknown>;
  const [other] = Object.keys(rest);
  if (other) throw wrong(`has ${other}; a group has programs, min and max`);
  if (!Array.isArray(programs) || programs.length === 0)
    throw wrong('needs programs: a list of programs of nginx/routes');
  const isCount = (value: unknown) => Number.isInteger(value) && (value as number) > 0;
  if (!isCount(min) || !isCount(max) || (min as number) > (max as number))
    throw wrong('must have a number min of replicas, and max, which is not less');
  return { programs, min: min as number, max: max as number };
}

function groupsOf(routes: unknown): Record<string, GroupSettings> {
  if (typeof routes !== 'object' || routes === null)
    throw new Error('the setting routes must have groups: {"chat": {"programs": ["messages"]}}');
  return Object.fromEntries(
    Object.entries(routes).map(([name, given]) => [name, groupOf(name, given)]),
  );
}

// Check settings and fill in the defaults. Throws an error that names the setting.
export function checked({ routes, ...given }: Record<string, unknown>): Settings {
  for (const [name, value] of Object.entries(given)) {
    const pattern = PATTERNS[name as keyof typeof PATTERNS];
    if (!pattern)
      throw new Error(
        `there is no setting ${name}; the settings are ${Object.keys(PATTERNS).join(', ')}, routes`,
      );
    if (typeof value !== 'string' || !pattern.test(value))
      throw new Error(
        `the setting ${name} must match ${pattern.source}, not ${JSON.stringify(value)}`,
      );
  }
  const settings: Settings = { ...DEFAULTS, ...given };
  if (routes !== undefined) settings.routes = groupsOf(routes);
  if (Boolean(settings.domain) !== Boolean(settings.certificate))
    throw new Error('the settings domain and certificate belong together');
  return settings;
}

// The settings of the file, if it exists, with the version of the images.
export function settingsOf(file: string, version?: string): Settings {
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '{}';
  let given;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
  return checked({ ...given, ...(version && { version }) });
}

export function sizeOf({ size }: Settings): Size {
  return SIZES[size]!;
}

// The table that the stack makes, and the one that is used: after a restore (bin/ddb/restore) another one.
export const firstTableOf = ({ name }: Settings) => `${name}-messages`;
export const tableOf = (settings: Settings) => settings.table ?? firstTableOf(settings);
