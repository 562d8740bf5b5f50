import { useTranslation } from 'react-i18next';
import type { FlatEvent } from '../../client';
import { asText } from '../../kit/fields';
import { Untrusted } from '../../kit/untrusted';
import { Value } from '../../kit/value-menu';

interface Member {
  what: 'parent' | 'self';
  program?: [field: string, value: string];
  command?: [field: string, value: string];
  pid: string;
  user: string;
}

const members = {
  parent: {
    program: ['process.parent.executable', 'winlog.event_data.ParentImage', 'winlog.event_data.ParentProcessName', 'process.parent.name'],
    command: ['process.parent.command_line', 'winlog.event_data.ParentCommandLine'], pid: ['process.parent.pid'], user: ['process.parent.user.name'],
  },
  self: {
    program: ['process.executable', 'winlog.event_data.Image', 'winlog.event_data.NewProcessName', 'process.name'],
    command: ['process.command_line', 'winlog.event_data.CommandLine'], pid: ['process.pid'], user: ['user.name'],
  },
} as const;

/** Parent and process of an event that has both or a command line; else nothing. */
export function family(event: FlatEvent): Member[] {
  const pick = (names: readonly string[]): [string, string] | undefined => {
    for (const name of names) {
      const value = asText(event[name]);
      if (value !== '' && value !== '-') return [name, value];
    }
    return undefined;
  };
  const found = (['parent', 'self'] as const).map((what) => ({
    what, program: pick(members[what].program), command: pick(members[what].command),
    pid: pick(members[what].pid)?.[1] ?? '', user: pick(members[what].user)?.[1] ?? '',
  }));
  const there = found.filter((each) => each.program ?? each.command);
  return there.length === 2 || there.some((each) => each.command) ? there : [];
}

/** Who started what: parent, process, command line. */
export function ProcessTree({ event, tenant, at }: { event: FlatEvent; tenant: string; at: string }) {
  const { t } = useTranslation();
  const found = family(event);
  if (found.length === 0) return null;
  return (
    <section className="section">
      <h2>{t('why.process.title')}</h2>
      <ol className="process-tree">
        {found.map((each, i) => (
          <li key={each.what} style={{ marginLeft: i * 22 }} className={i > 0 ? 'child' : ''}>
            <p>
              <span className="faint">{t(`why.process.${each.what}`)}</span>{' '}
              {each.program && <code><Value field={each.program[0]} value={each.program[1]} tenant={tenant} at={at} /></code>}
              {each.pid && <span className="faint"> PID <Untrusted value={each.pid} /></span>}
              {each.user && <span className="faint"> · <Untrusted value={each.user} /></span>}
            </p>
            {each.command && <p className="process-command"><code><Value field={each.command[0]} value={each.command[1]} tenant={tenant} at={at} /></code></p>}
          </li>
        ))}
      </ol>
    </section>
  );
}
