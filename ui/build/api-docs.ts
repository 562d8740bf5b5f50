import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

// Files of swagger-ui-dist that the page needs, and its licence.
const files = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png', 'LICENSE', 'NOTICE'];

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>iSOC API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

// No validator: it would send the address of the document to another host.
const start = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
});
`;

/** Puts the API's documentation page into the build, complete, so that /docs works without a network. */
export function apiDocs(): Plugin {
  return {
    name: 'isoc-api-docs',
    apply: 'build',
    async generateBundle() {
      const root = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
      for (const name of files) {
        this.emitFile({ type: 'asset', fileName: `docs/${name}`, source: await readFile(join(root, name)) });
      }
      this.emitFile({ type: 'asset', fileName: 'docs/index.html', source: page });
      this.emitFile({ type: 'asset', fileName: 'docs/start.js', source: start });
    },
  };
}
