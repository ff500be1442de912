// antd in the platform's look: one brand hue, radius 6, dense type, no shadows but the one level.
import type { ThemeConfig } from 'antd';

export const theme: ThemeConfig = {
  token: {
    colorPrimary: '#0e7c86',
    colorLink: '#0e7c86',
    colorError: '#c8321f',
    colorWarning: '#b76e00',
    colorSuccess: '#2b7a3d',
    colorText: '#16202a',
    colorTextPlaceholder: '#66737f',
    colorTextSecondary: '#55626e',
    colorBorder: '#cfd7de',
    colorBorderSecondary: '#dfe5ea',
    borderRadius: 6,
    fontSize: 14,
    fontFamily:
      '"PingFang SC", "HarmonyOS Sans SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif',
  },
};
