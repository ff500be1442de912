import { expect, it } from 'vitest';
import { deviceModel } from './device-model.ts';

const agents: [string | undefined, string | null][] = [
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    'Chrome 131, Windows',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0',
    'Edge 130, Windows',
  ],
  [
    'Mozilla/5.0 (Linux; Android 12; ABR-AL80 Build/HUAWEIABR-AL80; wv) AppleWebKit/537.36 Version/4.0 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.49',
    'WeChat 8, ABR-AL80',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1',
    'Safari 17, iPhone',
  ],
  [
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36',
    'Chrome 131, Android',
  ],
  ['CT_ROOM_2', 'CT_ROOM_2'],
  ['curl/8.5.0', 'curl'],
  ['', null],
  [undefined, null],
];

it.each(agents)('%s is told in a few words', (agent, words) => {
  expect(deviceModel(agent)).toBe(words);
});
