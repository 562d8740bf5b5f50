import { createRoot } from 'react-dom/client';
import { App } from './app';
import { start } from './i18n';
import './kit/base.css';

const root = document.getElementById('root');
if (root) {
  await start();
  createRoot(root).render(<App />);
}
