// Reports that a RIS sends as a picture: a one-page PDF, or a JPEG of the page. Laid out plainly with the CJK font that
// the server carries too.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import PDFDocument from 'pdfkit';
import sharp from 'sharp';
import type { DemoCase } from './cases.ts';
import { demoInstitution } from './messages.ts';
import { type DemoPatient, patients } from './patients.ts';

const fontFolder = dirname(
  createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-sc/package.json'),
);
const font = join(fontFolder, '400Regular', 'NotoSansSC_400Regular.ttf');

export async function reportPdf(demoCase: DemoCase): Promise<Buffer> {
  const report = demoCase.report;
  if (report === null) throw new Error(`case ${demoCase.key} has no report`);
  const patient: DemoPatient = patients[demoCase.patient];
  // A fixed creation date: the same bytes on every run.
  const document = new PDFDocument({
    size: 'A4',
    margin: 56,
    info: { CreationDate: new Date('2026-11-20T00:00:00Z') },
  });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => document.on('end', resolve));
  document.font(font).fontSize(20).text(demoInstitution.name, { align: 'center' });
  document.fontSize(14).text(`${demoCase.department.name}检查报告单`, { align: 'center' }).moveDown();
  const line = (text: string) => document.fontSize(11).text(text).moveDown(0.4);
  line(
    `姓名：${patient.familyName}${patient.givenName}    性别：${patient.sex === 'M' ? '男' : '女'}    编号：${patient.patientId}`,
  );
  line(`检查号：${demoCase.accessionNumber}    检查项目：${demoCase.itemName}`);
  document.moveDown().fontSize(13).text('检查所见').moveDown(0.3);
  line(report.findings);
  document.moveDown().fontSize(13).text('诊断意见').moveDown(0.3);
  line(report.impression);
  document.moveDown(2);
  line(`报告医师：${report.author}        审核医师：${report.verifier}`);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

export async function reportJpeg(demoCase: DemoCase): Promise<Buffer> {
  const library = await PDFiumLibrary.init();
  try {
    const document = await library.loadDocument(await reportPdf(demoCase));
    const render = async ({ data, width, height }: { data: Uint8Array; width: number; height: number }) =>
      sharp(data, { raw: { width, height, channels: 4 } })
        .flatten({ background: '#fff' })
        .jpeg({ quality: 82 })
        .toBuffer();
    const page = await document.getPage(0).render({ scale: 2, render });
    document.destroy();
    return Buffer.from(page.data);
  } finally {
    library.destroy();
  }
}
