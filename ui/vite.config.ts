import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { apiDocs } from './build/api-docs.ts';
import { precompress } from './build/precompress.ts';

// The server that `npm run dev` passes API calls to.
const server = process.env.ISOC_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), apiDocs(), precompress()],
  server: {
    host: '127.0.0.1',
    proxy: { '/api': server, '/openapi.json': server, '/openapi.yaml': server },
  },
  build: {
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 700,
    assetsInlineLimit: 0,
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/kit/test-setup.ts'],
  },
});
