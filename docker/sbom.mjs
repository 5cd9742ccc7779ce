// sbom.mjs - prints the software bill of materials of an image (CycloneDX 1.6, JSON):
//   sbom.mjs --name cruddur-app --version V --dpkg STATUS [--npm LOCK[=PACKAGE,…]]…
// STATUS is /var/lib/dpkg/status of the image, LOCK a package-lock.json. Of a lock all packages are listed
// that are not for development, or the named PACKAGEs (a * may stand for a processor) and what they need.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { parseArgs } from 'node:util';

const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };

// Percent-encoded as a package URL wants it.
const encoded = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

// The installed packages of dpkg's status file, in paragraphs of "Name: value" lines.
export function debianComponents(status, release = '12') {
  const found = [];
  for (const paragraph of status.split(/\n\n+/)) {
    const fields = Object.fromEntries(
      [...paragraph.matchAll(/^([A-Z][A-Za-z-]*): (.*)$/gm)].map(([, name, value]) => [name, value]),
    );
    if (!/ installed$/.test(fields.Status ?? '')) continue;
    const { Package: name, Version: version, Architecture: arch } = fields;
    const purl = `pkg:deb/debian/${encoded(name)}@${encoded(version)}?arch=${arch}&distro=debian-${release}`;
    found.push({
      type: 'library',
      'bom-ref': purl,
      name,
      version,
      supplier: { name: 'Debian' },
      purl,
      properties: [{ name: 'debian:source', value: (fields.Source ?? name).split(' ')[0] }],
    });
  }
  return found;
}

// The place in a lock from which `from` loads the package `name`: its own node_modules, or that of a folder
// above it.
function placeOf(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    const place = `${folder ? `${folder}/` : ''}node_modules/${name}`;
    if (place in packages) return place;
    if (!folder.includes('/node_modules/')) break;
  }
  return `node_modules/${name}` in packages ? `node_modules/${name}` : undefined;
}

function closure(packages, names) {
  const places = new Set();
  const visit = (place) => {
    if (!place || places.has(place)) return;
    places.add(place);
    const { dependencies, optionalDependencies } = packages[place];
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies }))
      visit(placeOf(packages, place, name));
  };
  for (const name of names) {
    const place = `node_modules/${name.replace('*', process.arch)}`;
    if (!(place in packages)) throw new Error(`there is no ${place} in the lock`);
    visit(place);
  }
  return [...places];
}

export function npmComponents(lock, names) {
  const { packages } = lock;
  const places = names
    ? closure(packages, names)
    : Object.keys(packages).filter((place) => place !== '' && !packages[place].dev);
  return places.map((place) => {
    const { version, integrity, license, name = place.split('node_modules/').at(-1) } =
      packages[place];
    const [group, own] = name.startsWith('@') ? name.split('/') : [undefined, name];
    const purl = `pkg:npm/${group ? `${encoded(group)}/` : ''}${encoded(own)}@${encoded(version)}`;
    return {
      type: 'library',
      'bom-ref': purl,
      ...(group && { group }),
      name: own,
      version,
      ...(integrity && {
        hashes: [
          {
            alg: integrity.slice(0, integrity.indexOf('-')).replace('sha', 'SHA-'),
            content: Buffer.from(integrity.split(/[-\s]/)[1], 'base64').toString('hex'),
          },
        ],
      }),
      ...(license && { licenses: [{ expression: license }] }),
      purl,
    };
  });
}

// The same input gives the same text, also the serial number.
export function bill({ name, version, components }) {
  const byRef = new Map(components.map((one) => [one['bom-ref'], one]));
  const sorted = [...byRef.values()].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
  const root = `pkg:oci/${encoded(name)}@${encoded(version)}`;
  const digest = createHash('sha256').update(JSON.stringify([root, sorted])).digest('hex');
  const uuid = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuid}`,
    version: 1,
    metadata: {
      component: {
        type: 'container',
        'bom-ref': root,
        name,
        version,
        licenses: [{ license: { id: 'MIT' } }],
      },
      properties: [{ name: 'debian:architecture', value: ARCHITECTURES[process.arch] }],
    },
    components: sorted,
    dependencies: [{ ref: root, dependsOn: sorted.map((one) => one['bom-ref']) }],
  };
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      name: { type: 'string' },
      version: { type: 'string' },
      dpkg: { type: 'string' },
      npm: { type: 'string', multiple: true, default: [] },
    },
  });
  const components = debianComponents(fs.readFileSync(values.dpkg, 'utf8'));
  for (const one of values.npm) {
    const [file, names] = one.split('=');
    components.push(...npmComponents(JSON.parse(fs.readFileSync(file, 'utf8')), names?.split(',')));
  }
  process.stdout.write(`${JSON.stringify(bill({ ...values, components }), null, 1)}\n`);
}
