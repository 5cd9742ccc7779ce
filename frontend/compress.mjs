// compress.mjs - compresses the built assets once, at the highest level. nginx sends these files
// (gzip_static, brotli_static) instead of compressing on every request.
import fs from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const FOLDER = 'dist/assets';

for (const name of fs.readdirSync(FOLDER)) {
  if (!/\.(js|css|svg)$/.test(name)) continue;
  const file = path.join(FOLDER, name);
  const bytes = fs.readFileSync(file);
  fs.writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  fs.writeFileSync(`${file}.br`, brotliCompressSync(bytes));
}
