// antd's look and language around the screens that are built of it: worklist and log-in.
import { useLanguage } from '@yunying/ui';
import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import type { ReactElement, ReactNode } from 'react';
import { theme } from './theme.ts';

export function AntdFrame({ children }: { children: ReactNode }): ReactElement {
  const language = useLanguage();
  return (
    <ConfigProvider
      theme={theme}
      locale={language === 'en' ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
    >
      {children}
    </ConfigProvider>
  );
}
