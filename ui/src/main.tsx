import { createRoot } from 'react-dom/client';
import { App } from './app';
import { start } from './i18n';
import './kit/base.css';
import { signStyles } from './kit/nonce';

const root = document.getElementById('root');
if (root) {
  signStyles();
  await start();
  createRoot(root).render(<App />);
}
