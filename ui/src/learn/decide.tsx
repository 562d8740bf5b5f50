import { useQueryClient } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, Problem } from '../client';
import { useChange } from '../kit/use-change';
import type { Draft } from './draft';
import { proposalsKey } from './queries';
import type { ProposalDetail } from './types';

interface Options {
  detail: ProposalDetail;
  draft: Draft;
  /** What stands on the screen was understood by the server. */
  ready: boolean;
  /** Lets the page be left without asking. */
  pass: () => void;
}

/** Taking a proposal over, and rejecting it. */
export function useDecisions({ detail, draft, ready, pass }: Options) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [noting, setNoting] = useState(false);
  const stale = [proposalsKey, ['sources'], ['parsers'], ['own-pack']];
  // Somebody else decided meanwhile: the page shows what.
  const caught = (error: unknown) => {
    if (error instanceof Problem && error.status === 409) void queries.invalidateQueries({ queryKey: proposalsKey });
    return false;
  };
  const approve = useChange({
    run: () => ask(client.POST('/api/v1/parser-proposals/{proposal}/approve', {
      params: { path: { proposal: detail.id } }, body: { version: detail.version, corrections: draft.corrections, device: draft.device },
    })),
    stale, caught, done: t('learn.approved'), then: pass,
  });
  const reject = useChange({
    run: (note: string) => ask(client.POST('/api/v1/parser-proposals/{proposal}/reject', { params: { path: { proposal: detail.id } }, body: { version: detail.version, note } })),
    stale, caught, done: t('learn.rejected'),
    then: () => {
      pass();
      setNoting(false);
    },
  });
  return {
    ready,
    busy: approve.isPending || reject.isPending,
    approve: () => ready && !approve.isPending && approve.mutate(),
    reject: () => setNoting(true),
    noting,
    stop: () => setNoting(false),
    rejectWith: (note: string) => reject.mutate(note),
  };
}

export function Decide({ decisions }: { decisions: ReturnType<typeof useDecisions> }) {
  const { t } = useTranslation();
  const [note, setNote] = useState('');
  return (
    <>
      <Button onClick={decisions.reject}>{t('learn.reject')}</Button>
      <Button type="primary" disabled={!decisions.ready} loading={decisions.busy} onClick={decisions.approve}>{t('learn.approve')}</Button>
      <Modal
        open={decisions.noting} title={t('learn.rejectTitle')} okText={t('learn.reject')} okButtonProps={{ danger: true }} confirmLoading={decisions.busy}
        onCancel={decisions.stop} onOk={() => decisions.rejectWith(note)}
      >
        <label className="stack tight">
          <span>{t('learn.rejectNote')}</span>
          <Input.TextArea autoFocus value={note} rows={3} maxLength={1000} onChange={(event) => setNote(event.target.value)} onKeyDown={(event) => (event.ctrlKey || event.metaKey) && event.key === 'Enter' && decisions.rejectWith(note)} />
        </label>
      </Modal>
    </>
  );
}
