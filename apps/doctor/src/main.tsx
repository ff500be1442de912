// Start of the doctor app: words before the first paint, then the session gate and the screens.
import '@yunying/ui/theme.css';
import './styles/app.css';
import './styles/worklist.css';
import './styles/exam.css';
import './styles/reading.css';
import { setUpI18n } from '@yunying/ui';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { en } from './words/en.ts';
import { zhCn } from './words/zh-cn.ts';

setUpI18n({ zhCn, en });
// What is no reading room is built of antd: under way before the session is known.
if (!/\/view\//.test(window.location.pathname)) void import('./desk.tsx');
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
