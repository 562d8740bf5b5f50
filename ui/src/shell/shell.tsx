import { MenuOutlined } from '@ant-design/icons';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { colour } from '../tenancy/colour';
import { useScope } from '../tenancy/scope';
import { AccountMenu } from './account-menu';
import { DisplayMenu } from './display';
import { Navigation } from './navigation';
import './shell.css';
import { TenantSwitcher } from './tenant-switcher';

/** What stands around every screen: whose data it is, where one can go, who one is. */
export function Shell() {
  const { t } = useTranslation();
  const { tenant } = useScope();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [openAt, setOpenAt] = useState<string>();
  const open = openAt === path; // going anywhere closes the menu of a narrow screen
  return (
    <div className="shell">
      <a className="skip" href="#content">{t('shell.skip')}</a>
      <div className={`band ${tenant ? '' : 'all'}`} style={tenant && { background: colour(tenant.id) }} />
      <header className="top">
        <Button
          className="burger"
          type="text"
          icon={<MenuOutlined />}
          aria-label={t('shell.menu')}
          aria-expanded={open}
          onClick={() => setOpenAt(open ? undefined : path)}
        />
        <span className="brand">iSOC</span>
        <TenantSwitcher />
        <span className="grow" />
        <DisplayMenu />
        <AccountMenu />
      </header>
      <div className="below">
        <Navigation open={open} />
        <div className="content"><Outlet /></div>
      </div>
    </div>
  );
}
