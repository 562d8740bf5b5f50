import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { findTenant, useCan, useMe } from '../identity/session';
import { CopyButton } from '../kit/copy';
import { useHotkeys } from '../kit/hotkeys';
import { useLeaveGuard } from '../kit/leave-guard';
import { Page } from '../kit/page';
import { Failure, Loading } from '../kit/states';
import { At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { TenantName } from '../tenancy/band';
import { Decide, useDecisions } from './decide';
import { DeviceLine } from './device-line';
import { changed as with_, correctionOf, leftOut, restored, standing, type Change } from './draft';
import { DriftList } from './drift-list';
import { Facts } from './facts';
import { FieldEditor } from './field-editor';
import { FieldTable } from './field-table';
import { FormatLine, FormatTabs } from './format-tabs';
import type { ProposalParams } from './params';
import { eventFieldsQuery, proposalQuery } from './queries';
import { RawLines } from './raw-lines';
import { Reason, State } from './state';
import type { ProposalDetail } from './types';
import { useDraft } from './use-draft';
import './learn.css';

const YamlView = lazy(() => import('../rule/yaml-view'));
const route = getRouteApi('/shell/parsers/proposals/$id');

/** One proposal: how a source's records may be read, to be corrected and taken over. */
export function ProposalPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const proposal = useQuery(proposalQuery(id));
  if (proposal.error && !proposal.data) return <Page title={t('learn.one')}><Failure error={proposal.error} retry={() => void proposal.refetch()} /></Page>;
  if (!proposal.data) return <Page title={t('learn.one')}><Loading lines={12} /></Page>;
  return <Loaded key={`${proposal.data.id} ${proposal.data.version}`} detail={proposal.data} />;
}

function Loaded({ detail }: { detail: ProposalDetail }) {
  const { t } = useTranslation();
  const slug = findTenant(useMe(), detail.tenant)?.slug;
  const can = useCan();
  const open = detail.state === 'open' && can('source.manage');
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: ProposalParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const { draft, setDraft, changed, busy, shown, error } = useDraft(detail);
  const pass = useLeaveGuard(changed);
  const known = useQuery({ ...eventFieldsQuery, enabled: open });
  const format = detail.proposal.formats.find(({ id }) => id === params.format) ?? detail.proposal.formats[0];
  const counted = shown.proposal.formats.find(({ id }) => id === format?.id) ?? format;
  const fields = format ? standing(draft, format, counted) : [];
  const field = fields.find(({ origin }) => origin === params.field) ?? fields[0];
  const editing = open && params.edit === true && field !== undefined;
  const decisions = useDecisions({ detail, draft, ready: open && !busy && error === null, pass });
  const choose = (name: string, edit: boolean) => set({ field: name, edit: edit || undefined });
  const move = (step: number) => {
    const to = fields[Math.min(fields.length - 1, Math.max(0, fields.findIndex((each) => each === field) + step))];
    if (to) choose(to.origin, false);
  };
  const turn = (step: number) => {
    const all = detail.proposal.formats;
    const to = all[(all.findIndex((each) => each === format) + step + all.length) % all.length];
    if (to) set({ format: to.id, field: undefined, edit: undefined });
  };
  const change = (what: Change) => format && field && setDraft((before) => with_(before, detail.proposal, format.id, field.origin, what));
  const restore = (name: string) => format && setDraft((before) => restored(before, format.id, name));
  const toggle = () => format && setDraft((before) => (leftOut(before, format.id) ? restored(before, format.id, '') : with_(before, detail.proposal, format.id, '', { drop: true })));
  const edit = (event: KeyboardEvent) => {
    event.preventDefault(); // the letter is not for the field that opens
    if (field) choose(field.origin, true);
  };
  useHotkeys({
    j: { run: () => move(1), what: t('learn.key.next') },
    k: { run: () => move(-1), what: t('learn.key.previous') },
    n: { run: () => turn(1), what: t('learn.key.format') },
    ...(open ? {
      e: { run: edit, what: t('learn.key.edit') },
      x: { run: () => change({ target: '', as: '' }), what: t('learn.key.drop') },
      u: { run: () => field && restore(field.origin), what: t('learn.key.restore') },
      a: { run: decisions.approve, what: t('learn.key.approve') },
      r: { run: (event: KeyboardEvent) => { event.preventDefault(); decisions.reject(); }, what: t('learn.key.reject') },
    } : {}),
  });
  return (
    <Page
      title={<>{t('learn.one')} <Untrusted value={detail.source.name} /></>}
      tab={`${t('learn.one')} ${detail.source.name}`}
      count={<span className="row tight"><Reason reason={detail.reason} /><State state={detail.state} /></span>}
      actions={
        <>
          <TenantName id={detail.tenant} />
          <Link to="/sources/$id" params={{ id: detail.source.id }} search={{ tenant: slug }}>{t('learn.toSource')}</Link>
          {open && <Decide decisions={decisions} />}
        </>
      }
    >
      {!open && detail.state !== 'open' && <Decided detail={detail} />}
      <Facts detail={shown} busy={busy} />
      {error && <Failure error={error} />}
      {detail.in_force && <DriftList source={detail.source.id} before={detail.in_force} after={detail.proposal} show={(to, name) => set({ format: to, field: name, edit: undefined })} />}
      {open && <DeviceLine device={draft.device ?? detail.proposal.device} set={(device) => setDraft((before) => ({ ...before, device }))} />}
      {format && counted && (
        <section className="stack learn-body" aria-label={t('learn.formats')}>
          <FormatTabs formats={detail.proposal.formats} known={detail.in_force} unclaimed={detail.proposal.unclaimed} draft={draft} chosen={format.id} choose={(to) => set({ format: to, field: undefined, edit: undefined })} />
          <FormatLine format={counted} out={leftOut(draft, format.id)} toggle={open ? toggle : undefined} />
          <div className={`learn-sides ${leftOut(draft, format.id) ? 'left-out' : ''}`}>
            <RawLines format={format} rows={shown.rows} field={field} busy={busy} />
            <FieldTable
              fields={fields} lines={format.lines} chosen={field?.origin} editing={editing} open={open} choose={choose}
              editor={(of) => (
                <FieldEditor
                  key={of.origin} field={of} named={format.structure === 'columns' || format.structure === 'text'} known={known.data?.items ?? []} change={change} close={() => choose(of.origin, false)}
                  restore={correctionOf(draft, format.id, of.origin) && (() => restore(of.origin))}
                />
              )}
            />
          </div>
        </section>
      )}
      <details className="learn-pack" open={params.text === true} onToggle={(event) => event.currentTarget.open !== (params.text === true) && set({ text: event.currentTarget.open || undefined })}>
        <summary>{t('learn.pack')} <code>{shown.pack_id}</code></summary>
        {params.text && (
          <div className="stack tight">
            <div className="row"><code className="soft">pack.yml</code><CopyButton value={shown.pack} label={t('kit.copy')} /></div>
            <Suspense fallback={<Loading lines={12} />}><YamlView text={shown.pack} label={t('learn.pack')} /></Suspense>
          </div>
        )}
      </details>
    </Page>
  );
}

function Decided({ detail }: { detail: ProposalDetail }) {
  const { t } = useTranslation();
  return (
    <p className="notice">
      {t(`learn.decided.${detail.state === 'approved' ? 'approved' : 'rejected'}`)} · <Untrusted value={detail.decided_by} /> <At at={detail.decided_at} />
      {detail.note && <> · <Untrusted value={detail.note} /></>}
    </p>
  );
}
