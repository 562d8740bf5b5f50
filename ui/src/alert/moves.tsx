import { useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, Problem, type AlertDetail, type AlertMove } from '../client';
import { At } from '../kit/time';
import { useChange } from '../kit/use-change';
import { alertQuery, alertsKey } from './queries';
import { states, type State } from './params';
import { verdicts, type Verdict } from './state';

/** Buttons for the moves that the alert's state allows. A closing asks for verdict and reason. */
export function Moves({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [closing, setClosing] = useState(false);
  const [conflict, setConflict] = useState<Problem>();
  const key = alertQuery(alert.id).queryKey;
  const move = useChange({
    run: (body: AlertMove) => ask(client.POST('/api/v1/alerts/{id}/transitions', { params: { path: { id: alert.id } }, body })),
    stale: [key, alertsKey],
    done: t('alert.moved'),
    then: () => setClosing(false),
    caught: (error) => {
      if (!(error instanceof Problem) || error.status !== 409) return false;
      setClosing(false);
      setConflict(error);
      return true;
    },
  });
  const reload = () => {
    setConflict(undefined);
    void queries.invalidateQueries({ queryKey: key });
  };
  if (conflict) return <Conflict problem={conflict} reload={reload} />;
  const moves = states.filter((state) => alert.moves.includes(state));
  return (
    <div className="row">
      {moves.map((to) => (
        <Button
          key={to}
          type={to === primary(alert.state) ? 'primary' : 'default'}
          loading={move.isPending && move.variables.to === to}
          disabled={move.isPending}
          onClick={() => (to === 'closed' ? setClosing(true) : move.mutate({ to, version: alert.version }))}
        >
          {t(`alert.move.${alert.state === 'closed' && to === 'investigating' ? 'reopen' : to}`)}
        </Button>
      ))}
      {closing && (
        <CloseForm
          busy={move.isPending}
          cancel={() => setClosing(false)}
          close={(verdict, reason) => move.mutate({ to: 'closed', verdict, reason, version: alert.version })}
        />
      )}
    </div>
  );
}

function primary(state: State): State {
  if (state === 'new') return 'acknowledged';
  return state === 'acknowledged' ? 'investigating' : 'closed';
}

function Conflict({ problem, reload }: { problem: Problem; reload: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="notice warn" role="alert">
      <p>{problem.by ? t('alert.conflict.by', { by: problem.by }) : t('alert.conflict.somebody')} <At at={problem.at} /></p>
      <p className="soft">{t('alert.conflict.text')}</p>
      <Button size="small" onClick={reload}>{t('alert.conflict.reload')}</Button>
    </div>
  );
}

interface CloseProps {
  busy: boolean;
  cancel: () => void;
  close: (verdict: Verdict, reason: string) => void;
}

function CloseForm({ busy, cancel, close }: CloseProps) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ verdict: Verdict; reason: string }>();
  return (
    <Modal open title={t('alert.close.title')} okText={t('alert.move.closed')} confirmLoading={busy} onCancel={cancel} onOk={form.submit}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={({ verdict, reason }) => close(verdict, reason.trim())}>
        <Form.Item name="verdict" label={t('alert.close.verdict')} rules={[{ required: true, message: t('kit.required') }]}>
          <Select
            autoFocus
            placeholder={t('alert.close.choose')}
            options={verdicts.map((each) => ({ value: each, label: t(`alert.verdict.${each}`) }))}
          />
        </Form.Item>
        <Form.Item name="reason" label={t('alert.close.reason')} rules={[{ required: true, whitespace: true, message: t('kit.required') }]}>
          <Input.TextArea rows={4} maxLength={4000} placeholder={t('alert.close.example')} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
