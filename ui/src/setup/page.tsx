import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ask, client } from '../client';
import { chosen } from '../i18n';
import { Page } from '../kit/page';
import { Failure, Loading } from '../kit/states';
import { useChange } from '../kit/use-change';
import { AccountStep } from './account-step';
import { next, setupQuery, steps, type Step } from './queries';
import './setup.css';
import { SourceStep } from './source-step';
import { StartStep } from './start-step';

const route = getRouteApi('/shell/setup');

/** The first run: one's own password and language, then a demonstration or the first customer and its first source. */
export function SetupPage() {
  const { t } = useTranslation();
  const { data: setup, error, refetch } = useQuery(setupQuery);
  const { step: asked } = route.useSearch();
  if (error) return <Page title={t('setup.title')}><Failure error={error} retry={() => void refetch()} /></Page>;
  if (!setup) return <Page title={t('setup.title')}><Loading /></Page>;
  const now: Step = setup.first_password ? 'account' : (asked ?? next(setup, chosen()));
  return (
    <Page title={t('setup.title')}>
      <div className="setup">
        <p className="soft">{t('setup.intro')}</p>
        <ol className="setup-steps">
          {steps.map((step, i) => (
            <li key={step} className={i < steps.indexOf(now) ? 'done' : step === now ? 'now' : ''} aria-current={step === now ? 'step' : undefined}>
              <i aria-hidden="true">{i < steps.indexOf(now) ? '✓' : i + 1}</i>{t(`setup.step.${step}`)}
            </li>
          ))}
        </ol>
        {now === 'account' && <AccountStep setup={setup} />}
        {now === 'start' && <StartStep setup={setup} />}
        {now === 'source' && <SourceStep />}
        {!setup.first_password && <Later />}
      </div>
    </Page>
  );
}

function Later() {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const later = useChange({
    run: () => ask(client.PATCH('/api/v1/setup', { body: { dismissed: true } })),
    stale: [],
    then: (setup) => {
      queries.setQueryData(setupQuery.queryKey, setup);
      void navigate({ to: '/' });
    },
  });
  return (
    <p className="setup-later">
      <Button type="link" loading={later.isPending} onClick={() => later.mutate()}>{t('setup.later')}</Button>
      <span className="soft">{t('setup.laterText')}</span>
    </p>
  );
}
