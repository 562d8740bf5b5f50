import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const worth = /\.(js|css|html|svg|json)$/;
const smallest = 1024; // bytes; below, headers cost more than is saved

/** Leaves a brotli and a gzip form beside every text file of the build, for the server to choose from. */
export function precompress(): Plugin {
  let out = '';
  return {
    name: 'isoc-precompress',
    apply: 'build',
    configResolved(config) {
      out = join(config.root, config.build.outDir);
    },
    async closeBundle() {
      const entries = await readdir(out, { recursive: true, withFileTypes: true });
      for (const entry of entries) {
        if (!entry.isFile() || !worth.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        if (path === join(out, 'index.html')) continue; // gets a nonce on each answer
        const body = await readFile(path);
        if (body.length < smallest) continue;
        const params = { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
        await writeFile(`${path}.br`, await promisify(brotliCompress)(body, { params }));
        await writeFile(`${path}.gz`, await promisify(gzip)(body, { level: 9 }));
      }
    },
  };
}
