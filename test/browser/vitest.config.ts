import { defineConfig } from 'vitest/config';
import { Failures } from './failures';

// Browser and binary are shared within a file; one file at a time keeps two cores honest.
export default defineConfig({ test: { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false, reporters: ['default', new Failures()] } });
