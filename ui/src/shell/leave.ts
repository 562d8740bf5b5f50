import { useNavigate } from '@tanstack/react-router';
import { App } from 'antd';
import { useLogOut } from '../identity/session';
import { useWords } from '../kit/states';
import { forgetRecents } from './recent';

/** Logs out and goes to the log-in; what was looked at here is forgotten. */
export function useLeave(): () => Promise<void> {
  const navigate = useNavigate();
  const logOut = useLogOut();
  const { message } = App.useApp();
  const words = useWords();
  return async () => {
    try {
      await navigate({ to: '/login', search: {} });
      forgetRecents();
      await logOut();
    } catch (error) {
      void message.error(words(error));
    }
  };
}
