// The administration console. Order: words and language, then the query cache that turns a lost session into the
// log-in screen, then the router; the first paint is the shape of the page, not a blank one.
import '@yunying/ui/theme.css';
import './console.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { setUpI18n } from '@yunying/ui';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createConsoleCache } from './console-cache.ts';
import { ConsoleTheme } from './console-theme.tsx';
import { router } from './router.tsx';
import { en } from './words/en.ts';
import { zhCn } from './words/zh-cn.ts';

setUpI18n({ zhCn, en });
const cache = createConsoleCache();
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root element');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={cache}>
      <ConsoleTheme>
        <RouterProvider router={router} />
      </ConsoleTheme>
    </QueryClientProvider>
  </StrictMode>,
);
