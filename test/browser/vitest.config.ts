import { defineConfig } from 'vitest/config';
import { Failures } from './failures.ts';

// Browser and binary are shared within a file. Most of the time of a file is waiting: three at once keep two cores busy.
export default defineConfig({ test: { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 20_000 } }, maxWorkers: 3, reporters: ['default', new Failures()] } });
