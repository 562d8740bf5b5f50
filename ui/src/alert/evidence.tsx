import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { AlertEvidence, AlertMatch, FlatEvent } from '../client';
import { CopyButton } from '../kit/copy';
import '../kit/data-table.css';
import { asText, Fields } from '../kit/fields';
import { Section } from '../kit/page';
import { At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { filter } from '../search/logsql';

interface Props {
  evidence: AlertEvidence[];
  count: number;
  tenant: string | undefined;
}

/** The firings that were kept: which values made the rule true, in the record as it was received. */
export function Evidence({ evidence, count, tenant }: Props) {
  const { t } = useTranslation();
  return (
    <Section
      title={t('alert.evidence.title')}
      extra={evidence.length < count && <span className="faint">{t('alert.evidence.kept', { kept: evidence.length, count })}</span>}
    >
      <div>
        {evidence.map((each, i) => <Piece key={each.event_id} evidence={each} tenant={tenant} open={i === 0} />)}
      </div>
    </Section>
  );
}

function Piece({ evidence, tenant, open }: { evidence: AlertEvidence; tenant: string | undefined; open: boolean }) {
  const { t } = useTranslation();
  const { event, matches } = evidence;
  return (
    <details className="evidence" open={open}>
      <summary>
        <At at={evidence.time} fine />
        <span className="grow clip"><Untrusted value={asText(event?.['message'])} /></span>
      </summary>
      <div>
        <Matches matches={matches} />
        {event ? (
          <>
            <p className="raw"><Untrusted value={asText(event['event.original'])} marks={matches.map((match) => match.value)} /></p>
            <div className="row">
              <Link to="/search" search={{ q: onHost(event), tenant, ...around(evidence.time) }}>
                {t('alert.evidence.search')}
              </Link>
              <CopyButton value={asText(event['event.original'])} label={t('alert.evidence.copy')} />
            </div>
            <details>
              <summary className="soft">{t('kit.fields')}</summary>
              <Fields event={event} marks={byField(matches)} />
            </details>
          </>
        ) : (
          <p className="notice">{t('alert.evidence.gone')}</p>
        )}
      </div>
    </details>
  );
}

function Matches({ matches }: { matches: AlertMatch[] }) {
  const { t } = useTranslation();
  if (matches.length === 0) return <p className="soft">{t('alert.evidence.noMatches')}</p>;
  return (
    <div className="data-table">
      <table aria-label={t('alert.evidence.matches')}>
        <thead>
          <tr>
            <th>{t('alert.evidence.selection')}</th>
            <th>{t('alert.evidence.field')}</th>
            <th>{t('alert.evidence.value')}</th>
            <th>{t('alert.evidence.pattern')}</th>
          </tr>
        </thead>
        <tbody>
          {matches.map((match, i) => (
            <tr key={i}>
              <td className="min"><Untrusted value={match.selection} /></td>
              <td className="min">{match.field ? <Untrusted value={match.field} /> : <span className="soft">{t('alert.evidence.keyword')}</span>}</td>
              <td className="wide"><code><mark><Untrusted value={match.value} /></mark></code></td>
              <td className="wide"><code><Untrusted value={match.pattern} /></code></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function byField(matches: AlertMatch[]): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const { field, value } of matches) {
    if (field) (fields[field] ??= []).push(value);
  }
  return fields;
}

// What else the same host said; everything where the event names none.
function onHost(event: FlatEvent): string | undefined {
  const host = asText(event['host.name']);
  return host ? filter('host.name', host, true) : undefined;
}

// A minute to either side: enough to see what came before and after.
function around(time: string): { from: string; to: string } {
  const at = new Date(time).getTime();
  return { from: new Date(at - 60_000).toISOString(), to: new Date(at + 60_000).toISOString() };
}
