import type { Reporter, TestModule } from 'vitest/node';

/** Names every failed test again at the very end, first line of its error beside it, where a cut log still shows it. */
export class Failures implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]) {
    const lines = modules.flatMap((module) => [...module.children.allTests('failed')].map((test) =>
      `FAILED ${module.moduleId.replace(/.*\//, '')}: ${test.fullName}: ${test.result().errors?.[0]?.message.split('\n')[0] ?? ''}`));
    if (lines.length > 0) console.error(lines.join('\n'));
  }
}
