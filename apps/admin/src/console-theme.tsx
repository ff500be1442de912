// The tokens of packages/ui in antd's words, and antd's own sentences in the language of the screens.
import { useLanguage } from '@yunying/ui';
import { App, ConfigProvider, type ThemeConfig } from 'antd';
import enUS from 'antd/es/locale/en_US';
import zhCN from 'antd/es/locale/zh_CN';
import type { ReactElement, ReactNode } from 'react';

const theme: ThemeConfig = {
  token: {
    colorPrimary: '#0e7c86',
    colorLink: '#0e7c86',
    colorLinkHover: '#0a6770',
    colorError: '#c8321f',
    colorWarning: '#b76e00',
    colorSuccess: '#2b7a3d',
    colorSuccessBg: '#e8f4ea',
    colorSuccessBorder: '#a8cfb0',
    colorWarningBg: '#fdf3e1',
    colorWarningBorder: '#e8c68b',
    colorErrorBg: '#fdecea',
    colorErrorBorder: '#ecb1a9',
    colorInfo: '#0a6770',
    colorInfoBg: '#e6f4f4',
    colorInfoBorder: '#a9d3d6',
    colorPrimaryBg: '#e6f4f4',
    colorPrimaryHover: '#0a6770',
    colorPrimaryActive: '#08545b',
    colorText: '#16202a',
    colorTextSecondary: '#55626e',
    colorTextTertiary: '#66737f',
    colorTextDescription: '#55626e',
    colorTextPlaceholder: '#66737f',
    colorBorder: '#b9c3cc',
    colorBorderSecondary: '#dfe5ea',
    colorBgLayout: '#f3f6f8',
    borderRadius: 6,
    fontSize: 14,
    fontFamily:
      '"PingFang SC", "HarmonyOS Sans SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif',
  },
  components: {
    Form: { itemMarginBottom: 16 },
    Table: {
      headerBg: '#f3f6f8',
      headerColor: '#55626e',
      cellFontSizeMD: 13,
      cellPaddingBlockMD: 9,
      cellPaddingInlineMD: 14,
      headerSplitColor: 'transparent',
    },
  },
};

export function ConsoleTheme({ children }: { children: ReactNode }): ReactElement {
  const language = useLanguage();
  return (
    <ConfigProvider
      theme={theme}
      locale={language === 'en' ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
    >
      <App message={{ top: 64, maxCount: 3 }}>{children}</App>
    </ConfigProvider>
  );
}
