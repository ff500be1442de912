import { describe, expect, it } from 'vitest';
import { isFromOurPages } from './same-origin.ts';

const ask = (headers: Record<string, string>) =>
  isFromOurPages({ headers, host: 'yun.example:8080' }, 'https://yun.example');

describe('isFromOurPages', () => {
  it.each([
    ['a page of ours', { 'sec-fetch-site': 'same-origin' }, true],
    ['typed by the person', { 'sec-fetch-site': 'none' }, true],
    ['a foreign page', { 'sec-fetch-site': 'cross-site' }, false],
    ['a sister domain', { 'sec-fetch-site': 'same-site' }, false],
    [
      'a foreign page that sends JSON',
      { 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' },
      false,
    ],
    ['our origin in an old browser', { origin: 'http://yun.example:8080' }, true],
    ['our public origin behind a proxy', { origin: 'https://yun.example' }, true],
    ['a foreign origin', { origin: 'https://evil.example' }, false],
    ['an origin hidden by the browser', { origin: 'null' }, false],
    ['a foreign referrer', { referer: 'https://evil.example/yun.example:8080' }, false],
    ['a program that sends JSON', { 'content-type': 'application/json; charset=utf-8' }, true],
    ['a form without origin', { 'content-type': 'application/x-www-form-urlencoded' }, false],
    ['a form that pretends', { 'content-type': 'text/plain' }, false],
    ['nothing at all', {}, false],
  ])('%s', (_who, headers, expected) => {
    expect(ask(headers as Record<string, string>)).toBe(expected);
  });
});
