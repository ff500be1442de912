// Start of the patient app: words and type size before the first paint, then the screens.
import '@yunying/ui/theme.css';
import './styles/app.css';
import './styles/entry.css';
import './styles/exams.css';
import './styles/exam.css';
import './styles/dark-room.css';
import { applyTypeSize, setUpI18n } from '@yunying/ui';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { en } from './words/en.ts';
import { zhCn } from './words/zh-cn.ts';

setUpI18n({ zhCn, en });
applyTypeSize();
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
