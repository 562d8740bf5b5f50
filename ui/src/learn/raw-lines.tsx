import { useTranslation } from 'react-i18next';
import { Empty } from '../kit/states';
import type { Span } from '../kit/highlight';
import { Untrusted } from '../kit/untrusted';
import type { Standing } from './draft';
import { placesOf } from './places';
import type { LearnedFormat, ReadLine } from './types';

interface Props {
  format: LearnedFormat;
  rows: ReadLine[];
  field: Standing | undefined;
  /** Figures of a change are on their way. */
  busy: boolean;
}

/** Lines of a format as they came, the chosen field marked in each, and what the pack to be makes of it. */
export function RawLines({ format, rows, field, busy }: Props) {
  const { t } = useTranslation();
  const read = rows.filter((row) => row.format === format.id);
  const lines: ReadLine[] = read.length > 0 ? read : format.samples.map((raw) => ({ raw, parser: '', format: format.id, fields: [] }));
  if (lines.length === 0) return <Empty title={t('learn.noLines')} />;
  return (
    <ol className="learn-raw" aria-label={t('learn.raw')} aria-busy={busy || undefined}>
      {lines.map((line, i) => <Line key={`${i} ${line.raw}`} line={line} structure={format.structure} field={field} />)}
    </ol>
  );
}

function Line({ line, structure, field }: { line: ReadLine; structure: string; field: Standing | undefined }) {
  const { t } = useTranslation();
  const made = field ? line.fields.filter((each) => isOf(each, field)) : [];
  const told = made.flatMap(({ raw }) => raw.map(({ start, end }): Span => [start, end]));
  const values = field ? [...made.map(({ value }) => value), ...field.values.map(({ value }) => value), ...Object.keys(field.table)] : [];
  return (
    <li>
      <p className="mono learn-line-text"><Untrusted value={line.raw} places={field && (told.length > 0 ? told : placesOf(line.raw, structure, field.origin, values))} /></p>
      {made.length > 0 && (
        <p className="learn-made">
          {made.map((each) => <span key={each.name}><span className="soft" aria-hidden="true">→ </span><code>{each.name}</code> = <code><Untrusted value={each.value} /></code></span>)}
        </p>
      )}
      {line.fields.length > 0 && (
        <details>
          <summary className="soft">{t('learn.read', { count: line.fields.length })}</summary>
          <table className="learn-table">
            <tbody>
              {line.fields.map((each, at) => (
                <tr key={`${at} ${each.name}`}><th scope="row"><code><Untrusted value={each.name} /></code></th><td><code><Untrusted value={each.value} /></code></td></tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </li>
  );
}

// A form like the endpoint fills several fields below the target.
function isOf(read: ReadLine['fields'][number], field: Standing): boolean {
  if (read.from !== '') return read.from === field.name && (field.target !== '' || read.raw.length > 0);
  return field.target !== '' && field.as !== '' && read.name.startsWith(`${field.target}.`);
}
