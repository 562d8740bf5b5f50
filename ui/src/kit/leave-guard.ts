import { useBlocker } from '@tanstack/react-router';
import { App } from 'antd';
import { useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

/** Asks before what is not saved is left. What it returns lets the next way out pass unasked. */
export function useLeaveGuard(changed: boolean): () => void {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const now = useRef(changed);
  useEffect(() => {
    now.current = changed;
  });
  useBlocker({
    shouldBlockFn: async ({ current, next }) => {
      if (!now.current || current.pathname === next.pathname) return false;
      const stay = await new Promise<boolean>((resolve) => {
        modal.confirm({ title: t('kit.leave.title'), content: t('kit.leave.text'), okText: t('kit.leave.go'), cancelText: t('kit.leave.stay'), okButtonProps: { danger: true }, onOk: () => resolve(false), onCancel: () => resolve(true) });
      });
      return stay;
    },
    enableBeforeUnload: () => now.current,
  });
  return useCallback(() => {
    now.current = false;
  }, []);
}
