// The demo's phone: a list of messages per number, newest first, that renews itself without script.
import type { OutboxItem } from './outbox-item.ts';

const style = `
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#eef2f4;color:#1b2a30;font:16px/1.6 "PingFang SC","HarmonyOS Sans SC","Noto Sans SC","Microsoft YaHei",system-ui,sans-serif}
main{max-width:480px;margin:0 auto;padding:16px}
h1{font-size:20px;margin:8px 0 4px}
.note{margin:0 0 16px;color:#52656d;font-size:14px}
section{margin:0 0 24px}
h2{font-size:15px;font-weight:600;margin:0 0 8px;color:#52656d;font-variant-numeric:tabular-nums}
article{background:#fff;border-radius:12px;padding:12px 14px;margin:0 0 10px;box-shadow:0 1px 2px rgba(20,40,50,.08)}
time{display:block;font-size:13px;color:#52656d;font-variant-numeric:tabular-nums}
p{margin:4px 0 0;overflow-wrap:anywhere}
a{color:#0a6770}
strong{font-size:22px;letter-spacing:2px;font-variant-numeric:tabular-nums}
.empty{background:#fff;border-radius:12px;padding:32px 16px;text-align:center;color:#52656d}`;

export function renderOutboxPage(items: readonly OutboxItem[]): string {
  const byPhone = Map.groupBy(items, (item) => item.phone);
  const sections = [...byPhone].map(([phone, messages]) => {
    const bubbles = messages.map(
      (item) => `<article><time>${timeOf(item.at)}</time><p>${bodyOf(item)}</p></article>`,
    );
    return `<section><h2>手机 ${escapeHtml(phone)}</h2>${bubbles.join('')}</section>`;
  });
  const content =
    sections.length === 0
      ? '<p class="empty">还没有短信。报告发布后，短信会出现在这里。</p>'
      : sections.join('');
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5"><title>短信发件箱（演示）</title><style>${style}</style></head>
<body><main><h1>短信发件箱（演示）</h1><p class="note">患者手机会收到的短信，最新的在前，每 5 秒更新。仅演示环境提供。</p>${content}</main></body></html>`;
}

function bodyOf(item: OutboxItem): string {
  let html = escapeHtml(item.body);
  for (const link of item.links) {
    const shown = escapeHtml(link);
    html = html.replace(shown, `<a href="${shown}">${shown}</a>`);
  }
  return item.code === undefined ? html : html.replace(item.code, `<strong>${item.code}</strong>`);
}

function timeOf(at: string): string {
  return new Date(at).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
