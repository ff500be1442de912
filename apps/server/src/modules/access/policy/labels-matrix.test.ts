// Levels of subjects × levels of objects × tags (spec AC-6), every case written out by a rule of one line.
import { describe, expect, it } from 'vitest';
import { noAuthority } from './authority.ts';
import { decide, type Protected } from './decide.ts';
import { restrictions, type SecurityTag, securityTags } from './labels.ts';

const now = new Date('2026-11-24T10:30:00+08:00');
const levels = [1, 2, 3, 4, 5];
const exam: Omit<Protected, 'labels'> = {
  examId: '1',
  personId: '7',
  institutionId: '1',
  departmentId: null,
  examType: 'RAD',
  examAt: now,
  orderingDoctors: [],
};

function holder(level: number, tags: readonly SecurityTag[], opened: { lifted?: boolean; broken?: boolean }) {
  return {
    ...noAuthority,
    grants: [
      {
        grantId: '1',
        role: null,
        permissions: new Set(['exam.view'] as const),
        reach: {},
        level,
        tags: new Set(tags),
      },
    ],
    lifted: new Set(opened.lifted === true ? ['7'] : []),
    broken: new Set(opened.broken === true ? ['7'] : []),
  };
}

describe('labels', () => {
  it.each(securityTags)('AC-6 five levels of readers, five of exams, tag %s, every restriction', (tag) => {
    const wrong: string[] = [];
    for (const subject of levels)
      for (const object of levels)
        for (const restriction of restrictions)
          for (const tags of [[], [tag], securityTags.filter((other) => other !== tag)])
            for (const opened of [{}, { lifted: true }, { broken: true }]) {
              const decision = decide(
                holder(subject, tags, opened),
                { ...exam, labels: [{ tag, level: object, restriction }] },
                'exam.view',
                now,
              );
              const opens = subject >= object && (restriction === 'none' || tags.includes(tag));
              const expected =
                opens || 'lifted' in opened || ('broken' in opened && restriction !== 'hidden');
              if (decision.allowed !== expected)
                wrong.push(`${subject} ${object} ${restriction} [${tags}] ${Object.keys(opened)}`);
            }
    expect(wrong).toEqual([]);
  });
});
