import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imagesToPdf, renderPdfPages } from '../../documents/index.ts';
import { findPatient } from '../mpi/index.ts';
import { findExams } from '../orders/index.ts';
import { hl7, type MllpRig, openMllpRig, pid, segment } from '../orders/testing/mllp-rig.ts';
import { composeReport } from './compose-report.ts';
import { getReportPage, getReportPdf } from './open-report.ts';
import { getReportSummaries, getReports } from './read-reports.ts';
import { relinkReports } from './relink-reports.ts';
import { renderVersion } from './render-version.ts';
import { reportMessages } from './reports.mllp.ts';
import { findUnlinkedReports } from './unlinked.ts';

const corpus = resolve(
  process.env.YUNYING_CORPUS ?? resolve(import.meta.dirname, '../../../../../../shared/corpus'),
  'hl7v2/dcm4che',
);
const findings = '双肺纹理清晰，右肺上叶见磨玻璃结节，大小约6mm×5mm。\\.br\\肝右叶见囊肿，CT值约8HU。';

describe('reports that come by HL7', () => {
  let rig: MllpRig;
  const folder = join(tmpdir(), `yunying-reports-${process.pid}`);
  beforeAll(async () => {
    mkdirSync(join(folder, 'ok'), { recursive: true });
    rig = await openMllpRig(reportMessages, { YUNYING_REPORT_FOLDERS: join(folder, 'ok') });
  });
  afterAll(async () => {
    await rig.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const obr = (accession: string, status: string, item = '胸部CT平扫') =>
    segment('OBR', {
      1: '1',
      2: `P${accession}`,
      3: accession,
      4: `CT02^${item}`,
      7: '20261120093000',
      18: accession,
      22: '20261120101200',
      24: 'CT',
      25: status,
      32: 'D9^黄^主任',
      33: 'D8&李&明',
    });
  const obx = (n: number, name: string, text: string, status: string) =>
    `OBX|${n}|TX|${name}||${text}||||||${status}`;
  const textReport = (
    accession: string,
    status: string,
    more: { impression?: string; patient?: string } = {},
  ) =>
    hl7('ORU^R01^ORU_R01', [
      more.patient ?? pid(`P-${accession}`, '韦^小妹'),
      `ORC|RE|P${accession}|${accession}`,
      obr(accession, status),
      obx(1, 'FINDINGS^检查所见', findings, status),
      obx(2, 'IMPRESSION^诊断意见', more.impression ?? '右肺上叶磨玻璃结节，建议复查。', status),
    ]);
  const examOf = async (accession: string) =>
    (await findExams(rig.ctx.db, { kind: 'all' }, { q: accession })).items[0];
  const reportsOf = async (accession: string) =>
    getReports(rig.ctx.db, (await examOf(accession))?.examId ?? '0');
  const render = async (accession: string) => {
    for (const report of await reportsOf(accession))
      await renderVersion(rig.ctx, report.reportId, report.version);
    return reportsOf(accession);
  };
  const versions = (reportId: string) =>
    rig.ctx.db
      .selectFrom('report_version')
      .select(['version', 'state', 'impression'])
      .where('report_id', '=', reportId)
      .orderBy('version')
      .execute();
  const bytesOf = async (part: Awaited<ReturnType<typeof getReportPdf>>) => {
    const chunks: Buffer[] = [];
    for await (const chunk of (await part.read()).body) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  const samplePdf = () =>
    composeReport({
      institutionName: '某医院',
      title: '超声检查报告单',
      particulars: [['姓名', '测试']],
      itemName: '腹部超声',
      sections: [{ heading: '超声所见', text: '肝脏形态正常。\n'.repeat(60) }],
      signatures: [['报告医师', '李明']],
      mark: null,
      stamp: null,
      madeAt: new Date(0),
    });
  const ed = (n: number, kind: string, bytes: Uint8Array, status: string) =>
    `OBX|${n}|ED|REPORT^检查报告||${kind}^Base64^${Buffer.from(bytes).toString('base64')}||||||${status}`;

  it('tells findings and impression apart, links by accession number and verifies the exam', async () => {
    expect(await rig.send(textReport('R1', 'F'))).toMatchObject({ code: 'AA' });
    const [report] = await reportsOf('R1');
    expect(report).toMatchObject({
      version: 1,
      state: 'final',
      title: 'CT检查报告单',
      findings: '双肺纹理清晰，右肺上叶见磨玻璃结节，大小约6mm×5mm。\n肝右叶见囊肿，CT值约8HU。',
      impression: '右肺上叶磨玻璃结节，建议复查。',
      body: null,
      author: '李明',
      verifier: '黄主任',
      pages: [],
      pdfUrl: null,
    });
    expect(await examOf('R1')).toMatchObject({ status: 'verified', modality: 'CT', itemName: '胸部CT平扫' });
  });

  it('keeps every version: preliminary, final, corrected, withdrawn, issued again', async () => {
    await rig.send(textReport('R2', 'P', { impression: '初步' }));
    expect((await examOf('R2'))?.status).toBe('reported');
    await rig.send(textReport('R2', 'F', { impression: '正式' }));
    expect(await rig.send(textReport('R2', 'P', { impression: '迟到的初步' }))).toMatchObject({ code: 'AA' });
    await rig.send(textReport('R2', 'F', { impression: '正式' }));
    await rig.send(textReport('R2', 'F', { impression: '改了' }));
    await rig.send(textReport('R2', 'C', { impression: '又改了' }));
    expect(await rig.send(hl7('ORU^R01', [pid('P-R2', '韦^小妹'), obr('R2', 'X')]))).toMatchObject({
      code: 'AA',
    });
    const [report] = await reportsOf('R2');
    expect(report).toMatchObject({ state: 'withdrawn', version: 5, impression: '又改了' });
    expect(await rig.send(textReport('R2', 'F', { impression: '重新出具' }))).toMatchObject({ code: 'AA' });
    expect(await versions(report?.reportId ?? '0')).toEqual([
      { version: 1, state: 'preliminary', impression: '初步' },
      { version: 2, state: 'final', impression: '正式' },
      { version: 3, state: 'corrected', impression: '改了' },
      { version: 4, state: 'corrected', impression: '又改了' },
      { version: 5, state: 'withdrawn', impression: '又改了' },
      { version: 6, state: 'corrected', impression: '重新出具' },
    ]);
  });

  it('answers AE to a withdrawal of a report that never came and to a report number of another patient', async () => {
    expect(await rig.send(hl7('ORU^R01', [pid('P-R3', '韦^小妹'), obr('R3', 'X')]))).toMatchObject({
      code: 'AE',
    });
    await rig.send(textReport('R4', 'F'));
    const other = await rig.send(textReport('R4', 'C', { patient: pid('P-other', '赵^四') }));
    expect(other).toMatchObject({ code: 'AE' });
    expect(await reportsOf('R4')).toMatchObject([{ version: 1 }]);
  });

  it('reads MDM: new, edited, replaced, cancelled', async () => {
    const txa = (status: string, parent = '') =>
      segment('TXA', {
        1: '1',
        2: 'RAD',
        4: '20261120100000',
        6: '20261120100500',
        9: 'D8^李^明',
        10: 'D9^黄^主任',
        12: 'DOC5',
        13: parent,
        15: 'R5',
        17: status,
      });
    const document = (event: string, text: string, status = 'LA', parent = '') =>
      hl7(`MDM^${event}^MDM_T02`, [
        pid('P-R5', '韦^小妹'),
        txa(status, parent),
        ...(text === '' ? [] : [obx(1, 'IMPRESSION', text, 'F')]),
      ]);
    expect(await rig.send(hl7('MDM^T01', [pid('P-R5', '韦^小妹'), txa('DI')]))).toMatchObject({ code: 'AA' });
    expect(await examOf('R5')).toMatchObject({ status: 'examined' });
    expect(await rig.send(document('T02', '初稿', 'IP'))).toMatchObject({ code: 'AA' });
    expect(await rig.send(document('T08', '定稿'))).toMatchObject({ code: 'AA' });
    expect(await rig.send(document('T06', '补充一句', 'LA', 'DOC5'))).toMatchObject({ code: 'AA' });
    expect(await rig.send(document('T10', '替换', 'LA', 'DOC5'))).toMatchObject({ code: 'AA' });
    expect(await rig.send(document('T11', ''))).toMatchObject({ code: 'AA' });
    const [report] = await reportsOf('R5');
    expect((await versions(report?.reportId ?? '0')).map((row) => row.state)).toEqual([
      'preliminary',
      'final',
      'corrected',
      'corrected',
      'withdrawn',
    ]);
    expect(report).toMatchObject({ author: '李明', verifier: '黄主任' });
    expect(await rig.send(document('T02', ''))).toMatchObject({ code: 'AE' });
  });

  it('makes a PDF and pages of a text, once', async () => {
    await rig.send(textReport('R6', 'F', { patient: pid('P-R6', '覃^䶮𠮷') }));
    const [report] = await render('R6');
    expect(report?.pages).toMatchObject([{ page: 1, width: 1240 }]);
    const page = await bytesOf(await getReportPage(rig.ctx, report?.reportId ?? '', 1, 1));
    expect(await sharp(page).metadata()).toMatchObject({ format: 'jpeg', width: 1240 });
    const pdf = await bytesOf(await getReportPdf(rig.ctx, report?.reportId ?? '', 1));
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.length).toBeLessThan(300_000);
    const before = await rig.ctx.db
      .selectFrom('blob')
      .select((e) => e.fn.countAll<string>().as('n'))
      .executeTakeFirst();
    await render('R6');
    expect(
      await rig.ctx.db
        .selectFrom('blob')
        .select((e) => e.fn.countAll<string>().as('n'))
        .executeTakeFirst(),
    ).toEqual(before);
  });

  it('keeps a PDF bit for bit and makes its pages; a withdrawal is stamped', async () => {
    const pdf = await samplePdf();
    expect(
      await rig.send(
        hl7('ORU^R01', [pid('P-R7', '韦^小妹'), obr('R7', 'F', '腹部超声'), ed(1, '^AP^PDF', pdf, 'F')]),
      ),
    ).toMatchObject({ code: 'AA' });
    const [report] = await render('R7');
    expect(report?.pages.length).toBe(3);
    expect(
      Buffer.compare(await bytesOf(await getReportPdf(rig.ctx, report?.reportId ?? '', 1)), Buffer.from(pdf)),
    ).toBe(0);
    await rig.send(hl7('ORU^R01', [pid('P-R7', '韦^小妹'), obr('R7', 'X')]));
    const [withdrawn] = await render('R7');
    expect(withdrawn).toMatchObject({ state: 'withdrawn', version: 2 });
    expect(withdrawn?.pages.length).toBe(3);
    const stamped = await bytesOf(await getReportPage(rig.ctx, report?.reportId ?? '', 2, 1));
    const { channels } = await sharp(stamped).stats();
    expect((channels[0]?.mean ?? 0) - (channels[2]?.mean ?? 0)).toBeGreaterThan(1); // reddish
  });

  it('keeps JPEG pages bit for bit and binds them into a PDF', async () => {
    const jpeg = await sharp({ create: { width: 800, height: 1100, channels: 3, background: '#eef' } })
      .jpeg()
      .toBuffer();
    const second = await sharp({ create: { width: 1100, height: 800, channels: 3, background: '#fee' } })
      .jpeg()
      .toBuffer();
    const message = hl7('ORU^R01', [
      pid('P-R8', '韦^小妹'),
      obr('R8', 'F'),
      ed(1, '^IM^JPEG', jpeg, 'F'),
      ed(2, '^IM^JPEG', second, 'F'),
    ]);
    expect(await rig.send(message)).toMatchObject({ code: 'AA' });
    const [report] = await render('R8');
    expect(report?.pages.map((page) => [page.width, page.height])).toEqual([
      [800, 1100],
      [1100, 800],
    ]);
    expect(
      Buffer.compare(await bytesOf(await getReportPage(rig.ctx, report?.reportId ?? '', 1, 1)), jpeg),
    ).toBe(0);
    const pages = await renderPdfPages(await bytesOf(await getReportPdf(rig.ctx, report?.reportId ?? '', 1)));
    expect(pages.map((page) => page.width > page.height)).toEqual([false, true]);
  });

  it('reads a referenced file only from a permitted folder', async () => {
    const pdf = await samplePdf();
    writeFileSync(join(folder, 'ok', 'a.pdf'), pdf);
    writeFileSync(join(folder, 'secret.pdf'), pdf);
    symlinkSync(join(folder, 'secret.pdf'), join(folder, 'ok', 'link.pdf'));
    const byPath = (accession: string, path: string) =>
      rig.send(
        hl7('ORU^R01', [
          pid(`P-${accession}`, '韦^小妹'),
          obr(accession, 'F'),
          `OBX|1|RP|REPORT||${path}^^AP^PDF||||||F`,
        ]),
      );
    expect(await byPath('R9', join(folder, 'ok', 'a.pdf'))).toMatchObject({ code: 'AA' });
    expect(await byPath('R9a', '\\E\\\\E\\ris\\E\\reports\\E\\a.pdf')).toMatchObject({ code: 'AA' });
    for (const path of [
      join(folder, 'secret.pdf'),
      '../secret.pdf',
      join(folder, 'ok', '..', 'secret.pdf'),
      join(folder, 'ok', 'link.pdf'),
      '/etc/passwd',
      'http://host/a.pdf',
      join(folder, 'ok'),
    ]) {
      expect(await byPath('R9x', path), path).toMatchObject({ code: 'AE' });
    }
  });

  it('refuses content that cannot be shown, and says where', async () => {
    const empty = await rig.send(hl7('ORU^R01', [pid('P-R10', '韦^小妹'), obr('R10', 'F')]));
    expect(empty).toMatchObject({ code: 'AE' });
    const broken = await rig.send(
      hl7('ORU^R01', [pid('P-R10', '韦^小妹'), obr('R10', 'F'), 'OBX|1|ED|X||^AP^PDF^Base64^@@@@||||||F']),
    );
    expect(broken.raw).toContain('OBX');
    const damaged = await rig.send(
      hl7('ORU^R01', [
        pid('P-R10', '韦^小妹'),
        obr('R10', 'F'),
        ed(1, '^IM^JPEG', Buffer.from('ffd8ffe000104a46', 'hex'), 'F'),
      ]),
    );
    expect(damaged).toMatchObject({ code: 'AE' });
    const word = await rig.send(
      hl7('ORU^R01', [
        pid('P-R10', '韦^小妹'),
        obr('R10', 'F'),
        ed(1, '^AP^MSWORD', Buffer.from('doc'), 'F'),
      ]),
    );
    expect(word.code).toBe('AE');
  });

  it('waits without a number, is shown as unlinked, and is linked when its order comes', async () => {
    const noNumber = hl7('ORU^R01', [
      pid('P-R11', '韦^小妹'),
      segment('OBR', { 1: '1', 3: 'RPT11', 4: 'X^胸部CT', 24: 'CT', 25: 'F' }),
      obx(1, 'IMPRESSION', '结节', 'F'),
    ]);
    expect(await rig.send(noNumber)).toMatchObject({ code: 'AA' });
    // The filler number stands for the accession number, so a report number of its own makes an exam …
    expect(await examOf('RPT11')).toMatchObject({ origin: 'report' });
    // … and only a patient conflict leaves a report waiting.
    await rig.send(hl7('ORM^O01', [pid('P-R12', '李^明'), 'ORC|NW|PL12|R12', 'OBR|1|PL12|R12|X^Y']));
    await rig.send(textReport('R12', 'F', { patient: pid('P-R12b', '李^明') }));
    expect((await findUnlinkedReports(rig.ctx.db)).items).toMatchObject([
      { reason: 'patient-differs', accessionNumber: 'R12', patientId: 'P-R12b' },
    ]);
    await rig.send(hl7('ADT^A40', [pid('P-R12', '李^明'), 'MRG|P-R12b^^^YYYY^MR']));
    const exam = await examOf('R12');
    await relinkReports(rig.ctx, exam?.examId ?? '0');
    expect(await findUnlinkedReports(rig.ctx.db)).toMatchObject({ items: [], total: 0 });
    expect(await examOf('R12')).toMatchObject({ status: 'verified' });
    const summaries = await getReportSummaries(rig.ctx.db, [exam?.examId ?? '0']);
    expect(summaries.get(exam?.examId ?? '')).toMatchObject([
      { state: 'final', version: 1, rendered: false },
    ]);
  });

  it.skipIf(!existsSync(corpus))(
    'reads the reports of the corpus (needs the corpus of real files)',
    async () => {
      expect(await rig.send(readFileSync(join(corpus, 'ORU_R01-PDF.hl7')))).toMatchObject({ code: 'AA' });
      expect(await rig.send(readFileSync(join(corpus, 'ORU_R01-SR.hl7')))).toMatchObject({ code: 'AA' });
      expect(await rig.send(readFileSync(join(corpus, 'ORU_R01-CDA.hl7')))).toMatchObject({ code: 'AE' });
      const [report] = await reportsOf('AccessionNumber');
      expect(report).toMatchObject({ state: 'corrected', version: 2 });
      expect(await findPatient(rig.ctx.db, rig.institutionId, 'PID_1')).toMatchObject({
        name: 'Lucy Mark Smith',
      });
    },
  );

  it('refuses pictures of no size', async () => {
    const page = { jpeg: new Uint8Array(), width: 0, height: 0 };
    await expect(
      imagesToPdf({ title: 'x', madeAt: new Date(0), pages: [page], stamp: null }),
    ).rejects.toThrow('documents.damaged');
  });
});
