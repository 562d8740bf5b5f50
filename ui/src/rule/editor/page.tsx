import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { App, Button, Input, Segmented, Tabs } from 'antd';
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type KeptSample, type RuleDetail } from '../../client';
import { useCan } from '../../identity/session';
import { useHotkeys } from '../../kit/hotkeys';
import { useLeaveGuard } from '../../kit/leave-guard';
import { Page } from '../../kit/page';
import { useSettled } from '../../kit/settled';
import { Failure, Loading, useWords } from '../../kit/states';
import { Untrusted } from '../../kit/untrusted';
import { namesQuery } from '../attack';
import { DryRunPanel } from '../dry-run';
import { ruleQuery, rulesKey } from '../queries';
import '../rule.css';
import { logSourceAt, type Known } from './completion';
import './editor.css';
import { Feeds } from './feeds';
import { IssueList, useIssueText } from './issues';
import { Lifecycle } from './lifecycle';
import { draftOf, fingerprint, sent, type Draft, type Ran } from './model';
import { editorTabs, type EditorParams } from './params';
import { checkQuery, samplesQuery, schemaQuery } from './queries';
import { Samples } from './samples';
import { copyOf, template, templates, type Template } from './templates';
import { Versions } from './versions';
import type { EditorHandle, Mark } from './yaml-editor';

const YamlEditor = lazy(() => import('./yaml-editor'));
const fresh = getRouteApi('/shell/rules/new');
const existing = getRouteApi('/shell/rules/$id/edit');

/** Writes a rule: from a template, or from a copy of another. */
export function NewRule() {
  const { t } = useTranslation();
  const params = fresh.useSearch();
  const navigate = fresh.useNavigate();
  const can = useCan();
  const set = useCallback((change: EditorParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }), [navigate]);
  const from = useQuery({ ...ruleQuery(params.from ?? ''), enabled: params.from !== undefined });
  const samples = useQuery({ ...samplesQuery(params.from ?? ''), enabled: params.from !== undefined });
  const kind = params.kind ?? 'event';
  const begin = useMemo(() => (params.from ? from.data && copyOf(from.data.source) : template(kind)), [params.from, from.data, kind]);
  if (!can('rule.manage')) return <Page title={t('editor.new')}><p className="notice">{t('editor.mayNot')}</p></Page>;
  if (params.from && from.error) return <Page title={t('editor.new')}><Failure error={from.error} retry={() => void from.refetch()} /></Page>;
  if (begin === undefined || (params.from && samples.isPending)) return <Page title={t('editor.new')}><Loading lines={12} /></Page>;
  return <Workbench key={params.from ?? kind} begin={begin} samples={(samples.data?.items ?? []).map((each) => ({ ...each, origin: 'own' as const }))} params={params} set={set} />;
}

/** Changes a rule that is there. */
export function EditRule() {
  const { t } = useTranslation();
  const { id } = existing.useParams();
  const params = existing.useSearch();
  const navigate = existing.useNavigate();
  const can = useCan();
  const set = useCallback((change: EditorParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }), [navigate]);
  const rule = useQuery(ruleQuery(id));
  const samples = useQuery(samplesQuery(id));
  if (!can('rule.manage')) return <Page title={t('editor.edit')}><p className="notice">{t('editor.mayNot')}</p></Page>;
  if (rule.error && !rule.data) return <Page title={t('editor.edit')}><Failure error={rule.error} retry={() => void rule.refetch()} /></Page>;
  if (samples.error) return <Page title={t('editor.edit')}><Failure error={samples.error} retry={() => void samples.refetch()} /></Page>;
  if (!rule.data || !samples.data) return <Page title={t('editor.edit')}><Loading lines={12} /></Page>;
  return <Workbench key={id} begin={rule.data.source} samples={samples.data.items} rule={rule.data} params={params} set={set} />;
}

interface Props {
  begin: string;
  samples: KeptSample[];
  rule?: RuleDetail;
  params: EditorParams;
  set: (change: EditorParams) => void;
}

const pause = 300; // ms without typing before the text is checked

function Workbench({ begin, samples, rule, params, set }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [text, setText] = useState(begin);
  const [drafts, setDrafts] = useState<Draft[]>(() => samples.map(draftOf));
  const [kept, setKept] = useState(() => ({ text: begin, samples: rule ? own(drafts) : '[]', version: rule?.version ?? 0 }));
  const [note, setNote] = useState('');
  const handle = useRef<EditorHandle>(null);
  const settled = useSettled(text, pause);
  const check = useQuery(checkQuery(settled));
  const current = settled === text && !check.isPlaceholderData ? check.data : undefined;
  const issueText = useIssueText();
  const issues = useMemo(() => check.data?.issues ?? [], [check.data]);
  const marks = useMemo<Mark[]>(() => issues.map((issue) => ({ line: issue.line, column: issue.column, end: issue.end, severity: issue.severity, message: issueText(issue) })), [issues]); // eslint-disable-line react-hooks/exhaustive-deps -- words change with the language alone
  const known = useKnown(text);
  const changed = text !== kept.text || own(drafts) !== kept.samples;
  const pass = useLeaveGuard(changed);
  const trial = useMutation({
    mutationFn: async (of: { text: string; drafts: Draft[] }): Promise<Ran> => {
      const { samples, at } = sent(of.drafts);
      const answer = await ask(client.POST('/api/v1/rules/test', { body: { source: of.text, samples } }));
      return { of: fingerprint(of.text, of.drafts), passed: answer.passed, by: new Map(answer.items.map((item, i) => [at[i] ?? -1, item])) };
    },
  });
  const barred = current?.refused ? t('editor.barred') : undefined;
  const run = () => {
    set({ tab: undefined });
    if (sent(drafts).samples.length > 0) trial.mutate({ text, drafts });
    else void message.info(t('editor.samples.none'));
  };
  const saving = useSave({
    rule, note, kept, pass,
    done: (saved, state) => {
      setKept(state);
      setNote('');
      if (saved.source !== state.text) setText(saved.source);
    },
  });
  const save = () => {
    if (!saving.isPending && (changed || !rule)) saving.mutate({ text, drafts });
  };
  useHotkeys({
    'Mod+s': { run: (event) => (event.preventDefault(), save()), what: t('editor.save') },
    'Mod+enter': { run: (event) => (event.preventDefault(), run()), what: t('editor.samples.run') },
  });
  const title = check.data?.documents.find((each) => each.title !== '')?.title ?? '';
  const tab = params.tab ?? 'samples';
  return (
    <Page
      fill
      tab={title || t(rule ? 'editor.edit' : 'editor.new')}
      title={title ? <Untrusted value={title} /> : t(rule ? 'editor.edit' : 'editor.new')}
      count={changed ? <span className="unsaved">{t('editor.unsaved')}</span> : undefined}
      actions={
        <span className="row tight">
          {!rule && !params.from && !changed && <Begin kind={params.kind ?? 'event'} set={set} />}
          {rule && <Link className="copy" to="/rules/$id" params={{ id: rule.id }}>{t('editor.view')}</Link>}
          {rule && changed && <Input size="small" className="save-note" maxLength={500} aria-label={t('editor.note')} placeholder={t('editor.note')} value={note} onChange={(event) => setNote(event.target.value)} onPressEnter={save} />}
          <Button size="small" type="primary" loading={saving.isPending} disabled={!changed && rule !== undefined} onClick={save}>{t(rule ? 'editor.saveVersion' : 'editor.save')}</Button>
          {rule && <Lifecycle id={rule.id} changed={changed} />}
        </span>
      }
    >
      {saving.error && <Failure error={saving.error} />}
      <div className="rule-editor">
        <div className="rule-editor-left">
          <Suspense fallback={<Loading lines={12} />}>
            <YamlEditor value={text} changed={setText} marks={marks} known={known} label={t('editor.text')} save={save} run={run} handle={handle} />
          </Suspense>
          {check.error ? <Failure error={check.error} retry={() => void check.refetch()} /> : <IssueList issues={issues} goTo={(line, column) => handle.current?.goTo(line, column)} />}
        </div>
        <div className="rule-editor-right">
          <Tabs
            size="small"
            activeKey={tab}
            onChange={(key) => set({ tab: key === 'samples' ? undefined : editorTabs.find((each) => each === key) })}
            items={[
              {
                key: 'samples',
                label: t('editor.tab.samples'),
                children: <Samples drafts={drafts} change={setDrafts} ran={trial.data} stale={trial.data !== undefined && trial.data.of !== fingerprint(text, drafts)} running={trial.isPending} error={trial.error} run={run} rule={rule?.id} barred={barred} />,
              },
              { key: 'feeds', label: t('editor.tab.feeds'), children: tab === 'feeds' && <Feeds source={settled} barred={barred} /> },
              { key: 'dry', label: t('dryrun.tab'), children: tab === 'dry' && <DryRunPanel source={text} barred={barred} /> },
              ...(rule ? [{ key: 'versions', label: t('editor.tab.versions'), children: tab === 'versions' && <Versions rule={rule} rolled={(back) => { setText(back.source); setKept((was) => ({ ...was, text: back.source, version: back.version })); }} /> }] : []),
            ]}
          />
        </div>
      </div>
    </Page>
  );
}

function Begin({ kind, set }: { kind: Template; set: (change: EditorParams) => void }) {
  const { t } = useTranslation();
  return (
    <Segmented<Template>
      size="small"
      aria-label={t('editor.begin')}
      value={kind}
      onChange={(value) => set({ kind: value === 'event' ? undefined : value })}
      options={templates.map((value) => ({ value, label: t(`editor.template.${value}`) }))}
    />
  );
}

/** What is known of the words of the rule: those of the schema, of the log source that is written, and of ATT&CK. */
function useKnown(text: string): Known {
  const { i18n } = useTranslation();
  const { product, category, service } = logSourceAt(text, 0);
  const of = { product: product?.slice(0, 64), category: category?.slice(0, 64), service: service?.slice(0, 64) };
  const schema = useQuery(schemaQuery(of)).data;
  const names = useQuery(namesQuery).data;
  const tags = useMemo(() => {
    const chinese = i18n.language === 'zh-CN' ? names?.zh : undefined;
    const techniques = Object.entries(names?.en ?? {}).map(([id, name]) => ({ tag: `attack.${id.toLowerCase()}`, name: chinese?.[id] ?? name }));
    return [...tacticTags, ...techniques];
  }, [names, i18n.language]);
  return useMemo(() => ({ modifiers: [], correlations: [], products: [], categories: [], services: [], fields: [], ...schema, tags }), [schema, tags]);
}

const tacticTags = [
  'reconnaissance', 'resource-development', 'initial-access', 'execution', 'persistence', 'privilege-escalation', 'defense-evasion',
  'credential-access', 'discovery', 'lateral-movement', 'collection', 'command-and-control', 'exfiltration', 'impact',
].map((name) => ({ tag: `attack.${name}`, name: '' }));

/** Our own samples as they are kept, to tell whether they changed. */
function own(drafts: Draft[]): string {
  return JSON.stringify(sent(drafts.filter((draft) => draft.origin !== 'pack')).samples);
}

interface Kept {
  text: string;
  samples: string;
  version: number;
}

interface Saving {
  rule: RuleDetail | undefined;
  note: string;
  kept: Kept;
  /** Lets the page be left although it has changed. */
  pass: () => void;
  done: (saved: RuleDetail, kept: Kept) => void;
}

/** Keeps text and samples. A new text of several documents becomes as many rules: each is enabled and judged by itself. */
function useSave({ rule, note, kept, pass, done }: Saving) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const words = useWords();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ text, drafts }: { text: string; drafts: Draft[] }) => {
      const { samples } = sent(drafts.filter((draft) => draft.origin !== 'pack'));
      const keep = async (id: string) => {
        if (own(drafts) !== (rule ? kept.samples : '[]')) await ask(client.PUT('/api/v1/rules/{id}/samples', { params: { path: { id } }, body: { items: samples } }));
      };
      if (rule) {
        await keep(rule.id);
        if (text === kept.text) return { saved: { ...rule, version: kept.version, source: text }, drafts, created: undefined };
        return { saved: await ask(client.PUT('/api/v1/rules/{id}', { params: { path: { id: rule.id } }, body: { source: text, note, version: kept.version } })), drafts, created: undefined };
      }
      const first = await ask(client.POST('/api/v1/rules', { body: { source: text, note } }));
      await keep(first.id);
      return { saved: first, drafts, created: first.created.length };
    },
    onSuccess: async ({ saved, drafts, created }) => {
      void message.success(created !== undefined && created > 1 ? t('editor.savedSeveral', { count: created }) : t('editor.saved'));
      done(saved, { text: saved.source, samples: own(drafts), version: saved.version });
      await Promise.all([queries.invalidateQueries({ queryKey: ['rule', saved.id] }), queries.invalidateQueries({ queryKey: rulesKey })]);
      if (rule) return;
      pass();
      await navigate({ to: '/rules/$id/edit', params: { id: saved.id } });
    },
    onError: (error) => void message.error(words(error), 6),
  });
}
