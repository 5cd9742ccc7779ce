// environment.mjs - .env.example documents exactly the variables that C, scripts and nginx read.
import { withoutComments, withoutHashes } from './tree.mjs';

const PRODUCT_VARIABLES =
  /\b((?:CRUDDUR|AWS|COGNITO|DDB|DB_SG|PROD)_[A-Z0-9_]+|(?:OWNER_)?CONNECTION_URL(?:_FILE)?|(?:OWNER_)?PGPASSWORD|GITPOD_IP|FRONTEND_URL|BACKEND_URL)\b/g;

// The variables of .env.example; a name that ends in _ is a family: CRUDDUR_WORKERS_ has one
// variable for each program.
export function documentedIn(tree) {
  const lines = tree.read('.env.example').matchAll(/^#?\s*([A-Z][A-Z0-9_]+)=/gm);
  return new Set([...lines].map(([, name]) => name));
}
const covers = (name, other) => name === other || (name.endsWith('_') && other.startsWith(name));

// Where each variable is read: in C, a string that is the name of a variable of the product, or an
// argument of getenv; in scripts and nginx, any mention outside comments.
function readIn(tree) {
  const found = new Map();
  const add = (name, file) => found.set(name, found.get(name) ?? file);
  const sources = ['common', 'fcgi', 'daemons', 'bin'].flatMap((folder) =>
    tree.files(folder).filter((name) => /\.[ch]$/.test(name)),
  );
  for (const file of sources) {
    const text = withoutComments(tree.read(file));
    for (const [, name] of text.matchAll(/"([A-Z][A-Z0-9_]*)"/g))
      for (const [whole] of name.matchAll(PRODUCT_VARIABLES)) if (whole === name) add(name, file);
    for (const [, name] of text.matchAll(/getenv\("([A-Z0-9_]+)"\)/g)) add(name, file);
  }
  for (const file of [...tree.files('bin'), ...tree.files('nginx')])
    if (!sources.includes(file))
      for (const [name] of withoutHashes(tree.read(file)).matchAll(PRODUCT_VARIABLES))
        add(name, file);
  return found;
}

// The secrets that may be given as NAME_FILE (bin/constants), which is read under that name only in
// common/base/env.c and bin/operator.sh.
function secretsOf(tree) {
  const lists = tree.read('bin/constants').matchAll(/^secrets_(?!container)([a-z]+)="([^"]*)"$/gm);
  return new Map([...lists].map(([, group, names]) => [group, names.split(' ')]));
}

function checkSecrets(tree, check, read, documented) {
  const secrets = secretsOf(tree);
  check(secrets.size > 0, 'bin/constants has no secrets_…="NAME …"');
  for (const names of secrets.values())
    for (const name of names) {
      read.set(`${name}_FILE`, 'bin/constants');
      for (const one of [name, `${name}_FILE`])
        check(
          documented.has(one),
          `bin/constants lists the secret ${one}, but .env.example does not document it; write: # ${one}=`,
        );
    }
  const inC = [
    ...tree.read(tree.common('config.c')).matchAll(/\{NEEDS_([A-Z]+), "([A-Z_]+)"\}/g),
  ].map(([, need, name]) => `${need.toLowerCase()} ${name}`);
  for (const need of ['db', 'dynamodb'])
    check(
      `${secrets.get(need)}` ===
        `${inC.filter((one) => one.startsWith(`${need} `)).map((one) => one.split(' ')[1])}`,
      `common/run/config.c and bin/constants have different secrets for ${need}`,
    );
}

export default function environment(tree, check) {
  const documented = documentedIn(tree);
  const read = readIn(tree);
  checkSecrets(tree, check, read, documented);
  check(documented.size > 0, '.env.example documents no variable');
  for (const [name, file] of read)
    check(
      [...documented].some((other) => covers(name, other)),
      `${file} reads ${name}, but .env.example does not document it; write: # ${name}=`,
    );
  for (const name of documented)
    check(
      [...read.keys()].some((other) => covers(other, name)),
      `.env.example documents ${name}, which is read nowhere; delete it`,
    );
}
