import type { Demo, DemoAlert, DemoStep } from '../client';
import { levels } from '../kit/severity';

export const attacks = ['ssh', 'web', 'windows'] as const;
export type Attack = (typeof attacks)[number];

/** The steps that the screens have words for, in order. A server that knows more of them is newer than this page. */
export const codes = [
  'ssh.probe', 'ssh.bruteforce', 'ssh.login', 'ssh.account', 'ssh.key', 'ssh.cron', 'ssh.shell',
  'web.scan', 'web.injection', 'web.traversal', 'web.upload', 'web.command', 'web.shell', 'web.dropper', 'web.mining',
  'windows.document', 'windows.discovery', 'windows.lsass', 'windows.hash', 'windows.psexec', 'windows.wmic', 'windows.task', 'windows.cleared',
] as const;
export type Code = (typeof codes)[number];

export function isCode(code: string): code is Code {
  return (codes as readonly string[]).includes(code);
}

/** The share of the records that were taken, 0 to 100, never 100 before all were. */
export function percent({ sent, total }: Pick<Demo, 'sent' | 'total'>): number {
  return total > 0 ? Math.min(100, Math.floor((sent / total) * 100)) : 0;
}

/** The alert to look at first: the gravest so far, of these the earliest in the story. */
export function worthALook(steps: DemoStep[]): DemoAlert | undefined {
  const rank = (level: string) => (levels as readonly string[]).indexOf(level);
  let best: DemoAlert | undefined;
  for (const alert of steps.flatMap(({ alerts }) => alerts)) {
    if (!best || rank(alert.level) < rank(best.level)) best = alert;
  }
  return best;
}
