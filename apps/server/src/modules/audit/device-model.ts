// What a user agent says about the device, in two or three words for people and for the index: 'Chrome 131, Windows',
// 'WeChat 8, HUAWEI ABC-AN00', 'iPhone'. An AE title or the name of a program stays as it is.

const most = 60;

export function deviceModel(device: string | undefined): string | null {
  if (device === undefined || device.trim() === '') return null;
  if (!device.startsWith('Mozilla/')) return (device.split('/')[0] ?? device).trim().slice(0, most) || null;
  const words = [programOf(device), machineOf(device)].filter((word) => word !== null);
  return words.length === 0 ? 'browser' : words.join(', ').slice(0, most);
}

// The first that fits: what is built upon another names the other as well.
const programs: readonly [RegExp, string][] = [
  [/MicroMessenger\/(\d+)/, 'WeChat'],
  [/Edg(?:e|A|iOS)?\/(\d+)/, 'Edge'],
  [/(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/HuaweiBrowser\/(\d+)/, 'Huawei Browser'],
  [/(?:Chrome|CriOS)\/(\d+)/, 'Chrome'],
  [/Version\/(\d+).*Safari/, 'Safari'],
];

function programOf(agent: string): string | null {
  for (const [pattern, name] of programs) {
    const version = pattern.exec(agent)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return null;
}

function machineOf(agent: string): string | null {
  const android = /Android [\d.]+; ([^;)]{1,40}?)(?: Build\/[^;)]*)?[;)]/.exec(agent)?.[1];
  if (android !== undefined && android !== 'K') return android.trim();
  // Linux last: Android and OpenHarmony say it too.
  return (
    (/iPhone|iPad|Android|Windows|Macintosh|CrOS|OpenHarmony/.exec(agent) ?? /Linux/.exec(agent))?.[0] ?? null
  );
}
