// /api/docs: the OpenAPI document as one readable HTML page. Pure function, no scripts, nothing from outside.

type Json = Record<string, unknown>;

const style = `body{font:16px/1.6 system-ui,"PingFang SC","Noto Sans SC",sans-serif;margin:0 auto;max-width:60rem;padding:1rem;color:#1b2733}
h2{border-top:1px solid #d5dde5;padding-top:1rem;font-size:1.1rem;word-break:break-all}code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre{background:#f4f7fa;padding:.75rem;overflow:auto;border-radius:6px}.verb{display:inline-block;min-width:4rem;font-weight:700;color:#0b6bcb}
.tag{background:#e8f1fb;border-radius:4px;padding:.1rem .4rem;margin-right:.5rem;font-size:.85rem}`;

export function renderApiPage(document: unknown): string {
  const doc = asObject(document);
  const title = escapeHtml(String(asObject(doc.info).title ?? 'API'));
  const parts: string[] = [];
  for (const [path, item] of Object.entries(asObject(doc.paths))) {
    for (const [verb, operation] of Object.entries(asObject(item)))
      parts.push(renderOperation(path, verb, asObject(operation)));
  }
  return (
    `<!doctype html><html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>` +
    `<style>${style}</style></head><body><h1>${title}</h1><p><a href="openapi.json">openapi.json</a></p>${parts.join('\n')}</body></html>`
  );
}

function renderOperation(path: string, verb: string, operation: Json): string {
  const tags = [`权限 ${operation['x-permission'] ?? '—'}`, `范围 ${operation['x-scope'] ?? '—'}`];
  const parts = [
    `<h2><span class="verb">${escapeHtml(verb.toUpperCase())}</span> <code>${escapeHtml(path)}</code></h2>`,
  ];
  if (typeof operation.summary === 'string') parts.push(`<p>${escapeHtml(operation.summary)}</p>`);
  if (typeof operation.description === 'string') parts.push(`<p>${escapeHtml(operation.description)}</p>`);
  parts.push(`<p>${tags.map((tag) => `<span class="tag">${escapeHtml(tag)}</span>`).join('')}</p>`);
  for (const name of ['parameters', 'requestBody', 'responses']) {
    if (operation[name] === undefined) continue;
    parts.push(
      `<details><summary>${name}</summary><pre>${escapeHtml(JSON.stringify(operation[name], null, 2))}</pre></details>`,
    );
  }
  return parts.join('');
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
