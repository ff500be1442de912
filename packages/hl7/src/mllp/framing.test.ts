import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../testing/mutate.ts';
import { type FrameEvent, MllpDeframer, mllpFrame } from './framing.ts';

function feed(deframer: MllpDeframer, stream: Uint8Array, sizes: readonly number[]): FrameEvent[] {
  const events: FrameEvent[] = [];
  let at = 0;
  for (let i = 0; at < stream.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    events.push(...deframer.push(stream.subarray(at, at + size)));
    at += size;
  }
  return [...events, ...deframer.end()];
}

describe('MLLP framing', () => {
  it('gives the same frames however the stream is cut', () => {
    // Any bytes but the three that frame.
    const byte = fc.integer({ min: 0, max: 255 }).filter((b) => b !== 0x0b && b !== 0x1c);
    const messages = fc.array(
      fc.array(byte, { maxLength: 60 }).map((list) => Buffer.from(list)),
      { maxLength: 6 },
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(messages, sizes, (list, cuts) => {
        const stream = Buffer.concat(list.map(mllpFrame));
        const events = feed(new MllpDeframer({ maxBytes: 100 }), stream, cuts);
        const frames = events.map((event) =>
          event.kind === 'frame' ? Buffer.from(event.bytes).toString('hex') : '',
        );
        expect(frames).toEqual(list.map((message) => message.toString('hex')));
      }),
      { numRuns: 300 },
    );
  });

  it('accounts for any bytes at all without failing, and never keeps more than its limit', () => {
    const random = seededRandom(5);
    for (let round = 0; round < 300; round++) {
      const stream = Buffer.from(
        Array.from({ length: 400 }, () =>
          random() < 0.2 ? ([0x0b, 0x1c, 0x0d][Math.floor(random() * 3)] ?? 0) : 0x41,
        ),
      );
      const events = feed(new MllpDeframer({ maxBytes: 50 }), stream, [1 + Math.floor(random() * 40)]);
      for (const event of events)
        if (event.kind === 'frame') expect(event.bytes.length).toBeLessThanOrEqual(50);
      expect(events.filter((event) => event.kind === 'too-large').length).toBeLessThanOrEqual(1);
    }
  });

  it('takes a doubled start byte for one', () => {
    const events = new MllpDeframer({ maxBytes: 100 }).push(Buffer.from('\x0b\x0bMSH|^~\\&|\r\x1c\r'));
    expect(events.map((event) => event.kind)).toEqual(['frame']);
  });
});
