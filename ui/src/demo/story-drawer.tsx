import { CheckCircleOutlined, ClockCircleOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Drawer } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Demo, DemoStep } from '../client';
import { Severity } from '../kit/severity';
import { useAbsolute } from '../kit/time';
import { TenantName } from '../tenancy/band';
import { attacks, isCode, type Attack } from './story';
import { Remove } from './strip';

/** The three attacks step by step, with the alerts that each step raised. The page beside it stays in use. */
export function StoryDrawer({ demo, close }: { demo: Demo; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      open
      size={460}
      mask={false}
      title={t('demo.story')}
      onClose={close}
      footer={<div className="row"><Remove removing={demo.phase === 'removing'} /><span className="soft">{t('demo.removeNote')}</span></div>}
    >
      <p className="soft">{t('demo.intro')}</p>
      {attacks.map((attack) => <Told key={attack} attack={attack} steps={demo.steps.filter((step) => step.attack === attack)} />)}
    </Drawer>
  );
}

function Told({ attack, steps }: { attack: Attack; steps: DemoStep[] }) {
  const { t } = useTranslation();
  const customer = steps[0]?.tenant;
  return (
    <section className="demo-attack">
      <h3>{t(`demo.attack.${attack}`)}{customer && <TenantName id={customer} />}</h3>
      <p className="soft">{t(`demo.attackText.${attack}`)}</p>
      <ol>{steps.map((step) => <Step key={step.code} step={step} />)}</ol>
    </section>
  );
}

function Step({ step }: { step: DemoStep }) {
  const { t, i18n } = useTranslation();
  const absolute = useAbsolute();
  if (!isCode(step.code)) return null;
  const at = absolute(new Date(step.at));
  return (
    <li className={step.told ? '' : 'faint'}>
      <span className="demo-sign">
        {step.told
          ? <CheckCircleOutlined role="img" aria-label={t('demo.told')} title={t('demo.told')} />
          : <ClockCircleOutlined role="img" aria-label={t('demo.notYet')} title={t('demo.notYet')} />}
      </span>
      <time dateTime={step.at} title={at}>{at.slice(11, 16)}</time>
      <div>
        <span>{t(`demo.step.${step.code}`)}</span> <code className="faint">{step.host}</code>
        {step.alerts.map((alert) => (
          <Link key={alert.id} to="/alerts/$id" params={{ id: alert.id }}>
            <Severity level={alert.level} bare />{i18n.language === 'zh-CN' && alert.title_zh ? alert.title_zh : alert.title}
          </Link>
        ))}
      </div>
    </li>
  );
}
