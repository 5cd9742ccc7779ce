// containers.mjs - workspaces in the cloud start what exists, on the ports of a local run; the
// compose files set variables that are read, and confine every container of the product;
// production.env.example has their variables, and no value of a local run; images have the scripts
// that their scripts call.
import YAML from 'yaml';

import { documentedIn } from './environment.mjs';

const COMPOSE = ['compose.yaml', 'compose.prod.yaml', 'compose.tls.yaml'].map(
  (name) => `docker/${name}`,
);

function production(tree, check, documented) {
  const name = 'production.env.example';
  const lines = [...tree.read(name).matchAll(/^(#?)([A-Z][A-Z0-9_]*)=(.*)$/gm)];
  const needed = new Set(lines.filter(([, off]) => !off).map(([, , variable]) => variable));
  const local = [...tree.read('bin/constants').matchAll(/^local_\w+=(.*)$/gm)].map(([, v]) => v);
  check(lines.length > 0, `${name} has no variable`);
  for (const [, , variable, value] of lines) {
    check(documented.has(variable), `${name} has ${variable}, which .env.example does not document`);
    check(
      !local.includes(value) && !/127\.0\.0\.1|localhost|@|Cruddur-/.test(value),
      `${name} gives ${variable} a value of a local run; leave it empty`,
    );
  }
  for (const file of COMPOSE.slice(1))
    for (const [, variable, rest] of tree.read(file).matchAll(/\$\{([A-Z0-9_]+)([^}]*)\}/g)) {
      check(
        variable === 'CRUDDUR_IMAGE_BEFORE' || lines.some(([, , one]) => one === variable),
        `${file} reads ${variable}, which ${name} does not have; write: #${variable}=`,
      );
      check(
        rest !== ':?' || needed.has(variable),
        `${file} needs ${variable}, which is a comment in ${name}; write: ${variable}=`,
      );
    }
}

export default function containers(tree, check) {
  const makefile = tree.read('Makefile');
  const documented = documentedIn(tree);
  const example = tree.read('.env.example');
  const portOf = (name) =>
    Number(new RegExp(`^CRUDDUR_${name}_PORT=(\\d+)$`, 'm').exec(example)?.[1]);
  const localPorts = ['HTTP', 'COGNITO', 'DYNAMODB', 'POSTGRES'].map(portOf).sort();
  check(!localPorts.some(Number.isNaN), '.env.example has no CRUDDUR_HTTP_PORT=… and the like');

  const gitpod = YAML.parse(tree.read('.gitpod.yml'));
  const devcontainer = JSON.parse(tree.read('.devcontainer/devcontainer.json'));
  for (const [name, ports, commands] of [
    [
      '.gitpod.yml',
      gitpod.ports.map(({ port }) => port),
      gitpod.tasks.flatMap(({ init, command }) => [init, command]),
    ],
    [
      'devcontainer.json',
      devcontainer.forwardPorts,
      [devcontainer.onCreateCommand, devcontainer.postStartCommand],
    ],
  ]) {
    check(
      `${[...ports].sort()}` === `${localPorts}`,
      `${name} forwards ${ports}; write the ports of .env.example: ${localPorts}`,
    );
    const targets = commands.flatMap((command) =>
      [...command.matchAll(/^make (.*)$/gm)].flatMap((match) => match[1].split(' ')),
    );
    check(targets.includes('up'), `${name} does not start the product; write: make up`);
    for (const target of targets)
      check(
        new RegExp(`^${target}:`, 'm').test(makefile),
        `${name} runs make ${target}, but the Makefile has no such target`,
      );
  }
  for (const name of Object.keys(devcontainer.containerEnv))
    check(
      documented.has(name),
      `devcontainer.json sets ${name}, but .env.example does not document it`,
    );
  check(
    tree.exists(gitpod.image.file),
    `.gitpod.yml names ${gitpod.image.file}, but there is no such file`,
  );

  production(tree, check, documented);
  for (const name of COMPOSE) {
    const { services } = YAML.parse(tree.read(name), { merge: true });
    const product = Object.entries(services).filter(([, { image }]) => /cruddur-/.test(image));
    check(product.length > 0, `${name} has no service with an image cruddur-…`);
    for (const [service, { environment = {}, read_only, cap_drop, user }] of product) {
      check(
        read_only && `${cap_drop}` === 'ALL' && !user,
        `${name}: ${service} is not confined; write: read_only: true, cap_drop: [ALL], and no user`,
      );
      if (service === 'cognito') continue; // configured by cognito-local's own variables
      for (const variable of Object.keys(environment))
        check(
          documented.has(variable),
          `${name} sets ${variable}, but .env.example does not document it`,
        );
    }
  }
  const scripts = tree.files('bin');
  for (const name of ['docker/Dockerfile', 'tests/containers/stand-ins.Dockerfile']) {
    const copied = [...tree.read(name).matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, files]) =>
      files.split(' '),
    );
    for (const script of copied.filter((file) => scripts.includes(file))) {
      const calls = tree.read(script).matchAll(/\$root\/(bin\/[a-z-]+(\.sh)?)/g);
      for (const called of new Set([...calls].map(([, file]) => file)))
        check(
          copied.includes(called),
          `${name} copies ${script} without ${called}, which it calls`,
        );
    }
  }
}
