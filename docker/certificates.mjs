// certificates.mjs - prints the certificates of the authorities that a service's own are signed by:
//   certificates.mjs rds
// For the build of images (docker/Dockerfile).
import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';

const SOURCES = { rds: 'https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem' };
const TIMEOUT_MS = 60_000;
const LEAST = 10; // certificates; each region of RDS has some

// The certificates of a bundle, as text. Throws when it is cut short, or is something else.
export function bundleOf(text, now = new Date()) {
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const rest = text.replaceAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----|\s/g, '');
  if (found.length < LEAST || rest) throw new Error('this is no bundle of certificates');
  const living = found.filter((pem) => {
    const certificate = new X509Certificate(pem);
    return certificate.ca && new Date(certificate.validTo) > now;
  });
  if (living.length === 0) throw new Error('all of these certificates have ended');
  return `${living.join('\n')}\n`;
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === import.meta.filename) {
  const source = SOURCES[process.argv[2]];
  if (!source) throw new Error(`usage: certificates.mjs ${Object.keys(SOURCES).join('|')}`);
  const answer = await fetch(source, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`${source} answers ${answer.status}`);
  process.stdout.write(bundleOf(await answer.text()));
}
